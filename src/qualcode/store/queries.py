"""Every query of the store: lower-case names, named parameters, what one row is above each.

Values reach a query only as parameters. The fragments at the top are the one place where the
filters of `qualcode.store.Filter` are spelled out; a parameter that is NULL filters nothing.
"""

from __future__ import annotations

# --- filters -----------------------------------------------------------------------------------

# On documents d (or a view named d) and coders k.
_documents_asked = """
    (:region IS NULL OR d.region = :region)
    AND (:country IS NULL OR d.country = :country)
    AND (:stakeholder_group IS NULL OR d.stakeholder_group = :stakeholder_group)
    AND (:kind IS NULL OR d.kind = :kind)
    AND (:since IS NULL OR d.date >= substr(:since, 1, length(d.date)))
"""

# On codings c (or what stands for them) and codes e.
_codes_asked = """
    (:code IS NULL OR e.code_id IN (SELECT value FROM json_each(:code)))
    AND (:category IS NULL OR e.category_id IN (SELECT value FROM json_each(:category)))
"""

# What the machine of the current run suggested, with what people made of it (j). CROSS JOIN keeps SQLite to this
# order: from the few documents to their codings. Segments of a document are numbered in one go, so its codings are
# one stretch of the index of a run; looking for codings segment by segment takes twice as long.
_suggested = """
    FROM documents d
    CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    CROSS JOIN runs r ON r.run_id = v.run_id
    CROSS JOIN coders k ON k.coder_id = r.coder_id
    CROSS JOIN codebooks b ON b.codebook_id = r.codebook_id
    CROSS JOIN codings c INDEXED BY codings_counted ON c.run_id = v.run_id AND c.segment_id
        BETWEEN (SELECT min(segment_id) FROM segments WHERE document_id = d.document_id AND is_coded = 1)
        AND (SELECT max(segment_id) FROM segments WHERE document_id = d.document_id AND is_coded = 1)
    CROSS JOIN segments s ON s.segment_id = c.segment_id AND s.document_id = d.document_id
    CROSS JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = c.code_id
    LEFT JOIN decisions j ON j.segment_id = c.segment_id AND j.codebook = b.name AND j.code_id = c.code_id
    WHERE d.is_current = 1
"""

# What people decided on codes that the current run did not suggest (c = the decision).
_added = """
    FROM documents d
    CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    CROSS JOIN runs r ON r.run_id = v.run_id
    CROSS JOIN coders k ON k.coder_id = r.coder_id
    CROSS JOIN codebooks b ON b.codebook_id = r.codebook_id
    CROSS JOIN decisions c ON c.codebook = b.name AND c.segment_id
        BETWEEN (SELECT min(segment_id) FROM segments WHERE document_id = d.document_id AND is_coded = 1)
        AND (SELECT max(segment_id) FROM segments WHERE document_id = d.document_id AND is_coded = 1)
    CROSS JOIN segments s ON s.segment_id = c.segment_id AND s.document_id = d.document_id
    CROSS JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = c.code_id
    WHERE d.is_current = 1
      AND NOT EXISTS (SELECT 1 FROM codings m
                      WHERE m.run_id = v.run_id AND m.segment_id = c.segment_id AND m.code_id = c.code_id)
"""

# What holds for a suggestion: people's word; where a person has looked and said nothing of it, it waits.
_outcome = """
    CASE
        WHEN j.outcome IS NOT NULL THEN j.outcome
        WHEN c.status = 'auto' AND EXISTS (
            SELECT 1 FROM looks l JOIN actions a ON a.action_id = l.action_id AND a.undone_utc IS NULL
            JOIN codebooks h ON h.codebook_id = l.codebook_id AND h.name = b.name
            WHERE l.segment_id = c.segment_id
        ) THEN 'pending'
        ELSE c.status
    END
"""

# Which of the current codings are asked for, and what a count calls them: auto = counts, pending = waits.
_outcomes_asked = """
    (:status IS NULL OR outcome = :status OR (:status = 'counted' AND outcome <> 'pending'))
"""
_counted_as = "CASE outcome WHEN 'pending' THEN 'pending' ELSE 'auto' END AS status"

_is_intense = """
    EXISTS (SELECT 1 FROM intense i WHERE i.run_id = v.run_id AND i.segment_id = c.segment_id)
"""

# Current codings that count or wait, one row each, for counting: d_order, name, document_id, segment_id, position,
# turn, words, code_id, number, category_id, codebook_id, is_intense, outcome (auto, accepted, pending).
_current_codings = f"""
    SELECT d.rowid AS d_order, d.name, s.document_id, s.segment_id, s.position, s.turn, s.words,
           c.code_id, e.number, e.category_id, r.codebook_id, c.is_intense,
           {_outcome} AS outcome
    {_suggested}
      AND j.outcome IS NOT 'rejected'
      AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codes_asked}
    UNION ALL
    SELECT d.rowid, d.name, s.document_id, s.segment_id, s.position, s.turn, s.words,
           c.code_id, e.number, e.category_id, r.codebook_id, {_is_intense}, c.outcome
    {_added}
      AND c.outcome <> 'rejected'
      AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codes_asked}
"""

# The same of the machine alone, whatever people said.
_machine_codings = f"""
    SELECT d.rowid AS d_order, d.name, s.document_id, s.segment_id, s.position, s.turn, s.words,
           c.code_id, e.number, e.category_id, r.codebook_id, c.is_intense, c.status AS outcome
    {_suggested}
      AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codes_asked}
"""

# --- reading: tables ---------------------------------------------------------------------------

# one row per current coding; columns of the view codings_long
codings = f"""
SELECT * FROM codings_long d
WHERE {_documents_asked}
  AND (:coder IS NULL OR d.coder = :coder OR (d.coder_kind = 'human' AND d.run IN (
      SELECT run_id FROM runs JOIN coders USING (coder_id) WHERE name = :coder)))
  AND (:status IS NULL OR d.status = :status OR (:status = 'counted' AND d.status <> 'pending'))
  AND (:code IS NULL OR d.code IN (SELECT value FROM json_each(:code)))
  AND (:category IS NULL OR d.category IN (SELECT value FROM json_each(:category)))
ORDER BY d.document, d.position, d.code_number
"""

# one row per current document; columns document_id, name, version, region, country, stakeholder_group,
# kind, date, language, topics_asked, words, segments, format, encoding, coder, codebook_version, run
document_rows = f"""
SELECT d.document_id, d.document AS name, d.version,
       d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language, d.topics_asked,
       d.words, d.segments, d.format, d.encoding, d.coder, d.codebook_version, d.run
FROM documents_long d
WHERE {_documents_asked} AND (:coder IS NULL OR d.coder = :coder)
ORDER BY d.document
"""


def _code_counts(codings: str) -> str:
    return f"""
SELECT document_id, code_id, {_counted_as},
       count(*) AS segments, sum(words) AS words,
       sum(is_intense) AS intense_segments, min(position) AS first_position
FROM ({codings})
WHERE {_outcomes_asked}
GROUP BY d_order, number, status
ORDER BY name, number, status
"""


# one row per current document, code and status; columns document_id, code_id, status (auto = counts), segments, words,
# intense_segments, first_position
code_counts = _code_counts(_current_codings)

# the same rows, of what the machine alone says
machine_code_counts = _code_counts(_machine_codings)


def _category_counts(codings: str) -> str:
    return f"""
SELECT p.document_id, p.category_id, p.status,
       count(*) AS segments, sum(p.words) AS words,
       sum(p.is_intense) AS intense_segments, min(p.position) AS first_position
FROM (
    SELECT name, document_id, position, words, codebook_id, category_id, {_counted_as}, max(is_intense) AS is_intense
    FROM ({codings})
    WHERE {_outcomes_asked}
    GROUP BY segment_id, category_id, status
) p
JOIN categories g ON g.codebook_id = p.codebook_id AND g.category_id = p.category_id
GROUP BY p.document_id, p.category_id, p.status
ORDER BY p.name, g.position, p.status
"""


# one row per current document, category and status, a segment with two codes of a category once;
# columns document_id, category_id, status, segments, words, intense_segments, first_position
category_counts = _category_counts(_current_codings)

# the same rows, of what the machine alone says
machine_category_counts = _category_counts(_machine_codings)

# one row per current coding that counts, in the order of documents, segments and codes; columns document_id, turn,
# position, words, code_id
coded_sentences = f"""
SELECT document_id, turn, position, words, code_id
FROM ({_current_codings})
WHERE outcome <> 'pending'
ORDER BY name, segment_id, code_id
"""

# one row per current document; columns document_id, turns (those with a respondents' segment)
respondent_turns = f"""
SELECT d.document_id,
       (SELECT count(DISTINCT s.turn) FROM segments s WHERE s.document_id = d.document_id AND s.is_coded = 1) AS turns
FROM documents_long d
WHERE {_documents_asked} AND (:coder IS NULL OR d.coder = :coder)
ORDER BY d.document
"""

# one row per current facet; columns of the view facets_long
facets = f"""
SELECT * FROM facets_long d
WHERE {_documents_asked}
  AND (:coder IS NULL OR d.run IN (SELECT run_id FROM runs JOIN coders USING (coder_id) WHERE name = :coder))
ORDER BY d.document, d.position, d.facet_number
"""

# one row per segment of the audit sample that a person has looked at, of current runs and documents; columns
# document_id, segment_id, position, words, stratum, chance, coder (who looked last), machine (JSON list of the codes
# that the run counts), person (JSON list of the codes that the person says apply, or that an adjudication does)
audit_rows = """
SELECT d.document_id, s.segment_id, s.position, s.words, a.stratum, a.chance, k.name AS coder,
    (SELECT json_group_array(code_id) FROM (
        SELECT c.code_id FROM codings c JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = c.code_id
        WHERE c.run_id = a.run_id AND c.segment_id = a.segment_id AND c.status = 'auto'
        ORDER BY e.number
    )) AS machine,
    (SELECT json_group_array(code_id) FROM (
        SELECT e.code_id FROM codes e
        WHERE e.codebook_id = r.codebook_id AND coalesce(
            (SELECT g.decision FROM adjudications g
             WHERE g.segment_id = a.segment_id AND g.codebook = b.name AND g.code_id = e.code_id),
            (SELECT o.decision FROM opinions o
             WHERE o.segment_id = a.segment_id AND o.codebook = b.name AND o.code_id = e.code_id
               AND o.coder_id = k.coder_id)
        ) IN ('accept', 'add')
        ORDER BY e.number
    )) AS person
FROM audits a
CROSS JOIN segments s ON s.segment_id = a.segment_id
CROSS JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1 AND v.run_id = a.run_id
CROSS JOIN runs r ON r.run_id = a.run_id
CROSS JOIN codebooks b ON b.codebook_id = r.codebook_id
CROSS JOIN coders k ON k.coder_id = (
    SELECT l.coder_id FROM looked l WHERE l.segment_id = a.segment_id AND l.codebook = b.name
    ORDER BY l.clock DESC, l.coder_id LIMIT 1
)
ORDER BY d.name, s.position
"""

# one row per segment of the audit sample of current runs and documents; columns document_id, segment_id, position,
# words, stratum, chance
audit_sample = """
SELECT d.document_id, s.segment_id, s.position, s.words, a.stratum, a.chance
FROM audits a
JOIN segments s ON s.segment_id = a.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1 AND v.run_id = a.run_id
ORDER BY d.name, s.position
"""

# one row per current document and run that stands over it, the oldest run first; columns document_id, run, coder,
# codebook_id, version (of the codebook)
runs_over = f"""
SELECT d.document_id, r.run_id AS run, k.name AS coder, r.codebook_id, b.version
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.undone_utc IS NULL
JOIN runs r ON r.run_id = v.run_id
JOIN coders k ON k.coder_id = r.coder_id
JOIN codebooks b ON b.codebook_id = r.codebook_id
WHERE d.is_current = 1 AND {_documents_asked}
ORDER BY r.finished_utc, r.run_id, d.name
"""

# parameters: runs, a JSON object of run by document; one row per coding that counts, columns of the view codings_long
codings_of_runs = """
SELECT d.document_id, d.name AS document, d.region, d.country, d.stakeholder_group, d.kind, t.speaker, s.turn,
       s.position, s.start, s."end", substr(d.text, s.start + 1, s."end" - s.start) AS text, s.words,
       e.number AS code_number, c.code_id AS code, e.category_id AS category, c.probability, c.status, c.is_intense
FROM json_each(:runs) j
JOIN documents d ON d.document_id = j.key
JOIN runs r ON r.run_id = j.value
JOIN segments s ON s.document_id = d.document_id
JOIN turns t ON t.document_id = s.document_id AND t.position = s.turn
JOIN codings c ON c.run_id = r.run_id AND c.segment_id = s.segment_id AND c.status = 'auto'
JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = c.code_id
ORDER BY d.name, s.position, e.number
"""

# one row per segment around a place, in the order of the document; columns of the view segments_long
segment_context = """
SELECT * FROM segments_long
WHERE document_id = :document_id AND position BETWEEN :first AND :last
ORDER BY position
"""

# one row per current document a coder has looked at, with the newest of the coder's runs over it
coder_documents = """
SELECT d.name, d.document_id, max(r.run_id) AS run_id
FROM coders k
JOIN runs r ON r.coder_id = k.coder_id
JOIN coverage v ON v.run_id = r.run_id AND v.undone_utc IS NULL
JOIN documents d ON d.document_id = v.document_id AND d.is_current = 1
WHERE k.name = :coder
GROUP BY d.document_id
ORDER BY d.name
"""

# parameters: also match, an expression of FTS5; one row per segment of a current document that it fits, whoever speaks;
# columns document_id, document, position, role
search = f"""
SELECT d.document_id, d.name AS document, s.position, t.role
FROM segments_fts f
CROSS JOIN segments s ON s.segment_id = f.rowid
CROSS JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
CROSS JOIN turns t ON t.document_id = s.document_id AND t.position = s.turn
WHERE segments_fts MATCH :match AND {_documents_asked}
ORDER BY d.name, s.position
"""

# one row per coder
known_coders = "SELECT name FROM coders ORDER BY name"

# one row per coding that counts, of a run over a document
run_codings = """
SELECT s.position, c.code_id
FROM segments s
JOIN codings c ON c.run_id = :run_id AND c.segment_id = s.segment_id AND c.status = 'auto'
WHERE s.document_id = :document_id
ORDER BY s.position, c.code_id
"""

# one row: the text of a current document and its attributes
document_text = """
SELECT name, text, format, encoding, source_hash, region, country, stakeholder_group, kind, date, language, topics_asked
FROM documents WHERE name = :name AND is_current = 1
"""

# one row per turn of a current document
document_turns = """
SELECT t.* FROM turns t JOIN documents d ON d.document_id = t.document_id AND d.is_current = 1
WHERE d.name = :name ORDER BY t.position
"""

# one row per segment of a current document
document_segments = """
SELECT s.* FROM segments s JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
WHERE d.name = :name ORDER BY s.position
"""

# one row in all; columns as `StoreCounts`
status_counts = f"""
WITH current AS (
    SELECT c.segment_id, {_outcome} AS status, c.probability
    {_suggested}
    UNION ALL
    SELECT c.segment_id, c.outcome, NULL
    {_added}
)
SELECT
    (SELECT count(*) FROM documents WHERE is_current = 1) AS documents,
    (SELECT coalesce(sum(words), 0) FROM documents WHERE is_current = 1) AS words,
    (SELECT coalesce(sum(segments), 0) FROM documents_long) AS segments,
    (SELECT count(DISTINCT segment_id) FROM current WHERE status IN ('auto', 'accepted')) AS coded_segments,
    (SELECT count(*) FROM current WHERE status = 'auto') AS auto,
    (SELECT count(*) FROM current WHERE status = 'accepted') AS accepted,
    (SELECT count(*) FROM current WHERE status = 'rejected') AS rejected,
    (SELECT count(*) FROM current WHERE status = 'pending') AS pending,
    (SELECT coalesce(sum(1 - probability), 0) FROM current WHERE status = 'auto') AS expected_wrong,
    (SELECT coalesce(sum(probability * (1 - probability)), 0) FROM current WHERE status = 'auto') AS variance_wrong,
    (SELECT count(*) FROM runs JOIN coders USING (coder_id) WHERE undone_utc IS NOT NULL AND kind <> 'human')
        AS undone_runs,
    (SELECT count(*) FROM imports WHERE undone_utc IS NOT NULL) AS undone_imports
"""

# --- reading: what there is --------------------------------------------------------------------

# one row per current document; columns name, document_id, reading_hash, the attributes, codebook_id, facets_id,
# model_hash, coder, settings of the newest run over it (NULL without one)
known_documents = """
SELECT d.name, d.document_id, d.reading_hash,
       d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language, d.topics_asked,
       r.codebook_id, r.facets_id, r.model_hash, k.name AS coder, r.settings
FROM documents d
LEFT JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
LEFT JOIN runs r ON r.run_id = v.run_id
LEFT JOIN coders k ON k.coder_id = r.coder_id
WHERE d.is_current = 1
ORDER BY d.name
"""

# one row per codebook, coder, model and settings the current codings come from, the newest first;
# columns codebook_id, name, version, coder, coder_kind, model_hash, settings, run, finished_utc, documents
coverage_codebooks = """
SELECT b.codebook_id, b.name, b.version, k.name AS coder, k.kind AS coder_kind,
       r.model_hash, r.settings, r.run_id AS run, r.finished_utc, count(*) AS documents
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN coders k ON k.coder_id = r.coder_id
JOIN codebooks b ON b.codebook_id = r.codebook_id
WHERE d.is_current = 1
GROUP BY r.run_id
ORDER BY r.finished_utc DESC, r.run_id DESC
"""

# at most one row; column content: the codebook asked for
codebook_content = "SELECT content FROM codebooks WHERE codebook_id = :codebook_id"

# at most one row: whether anything was ever stored
any_codebook = "SELECT 1 FROM codebooks LIMIT 1"

# at most one row; columns codebook_id, facets_id (NULL = none) of the run of the newest current codings
newest_run = """
SELECT r.codebook_id, r.facets_id
FROM runs r
LEFT JOIN coverage v ON v.run_id = r.run_id AND v.is_current = 1
LEFT JOIN documents d ON d.document_id = v.document_id AND d.is_current = 1
WHERE r.undone_utc IS NULL
ORDER BY d.document_id IS NULL, r.finished_utc DESC, r.run_id DESC
LIMIT 1
"""

# one row per code of the codebooks the current codings come from; columns code_id, number, name,
# category_id, category_name
known_codes = """
SELECT DISTINCT e.code_id, e.number, e.name, e.category_id, g.name AS category_name
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN codes e ON e.codebook_id = r.codebook_id
JOIN categories g ON g.codebook_id = e.codebook_id AND g.category_id = e.category_id
WHERE d.is_current = 1
ORDER BY e.number, e.code_id
"""

# one row per value of an attribute (or coder) among the current documents; column value
values = """
SELECT DISTINCT
    CASE :column
        WHEN 'region' THEN d.region
        WHEN 'country' THEN d.country
        WHEN 'stakeholder_group' THEN d.stakeholder_group
        WHEN 'kind' THEN d.kind
        WHEN 'date' THEN d.date
        WHEN 'language' THEN d.language
        WHEN 'coder' THEN k.name
        WHEN 'name' THEN d.name
    END AS value
FROM documents d
LEFT JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
LEFT JOIN runs r ON r.run_id = v.run_id
LEFT JOIN coders k ON k.coder_id = r.coder_id
WHERE d.is_current = 1 AND value IS NOT NULL
ORDER BY value
"""

# --- reading: the schema itself ----------------------------------------------------------------

# one row per table, then per view, in the order they were made; columns name, type; the tables in which FTS5 keeps
# its index are no business of ours
relations = """
SELECT name, type FROM sqlite_schema
WHERE type IN ('table', 'view') AND name NOT GLOB 'segments_fts_*'
ORDER BY type, rowid
"""

# one row per column of a table or view; columns name, type, required, key
columns_of = """
SELECT name, type, "notnull" AS required, pk AS key FROM pragma_table_info(:relation) ORDER BY cid
"""

# one row per column of a foreign key, the last declared key first; columns target, column
foreign_keys_of = """
SELECT "table" AS target, "from" AS column FROM pragma_foreign_key_list(:relation) ORDER BY id
"""

# --- writing: codebook, coder, run -------------------------------------------------------------

# parameters: codebook_id, name, title, version, language, content
add_codebook = """
INSERT INTO codebooks (codebook_id, name, title, version, language, content)
VALUES (:codebook_id, :name, :title, :version, :language, :content)
ON CONFLICT (codebook_id) DO NOTHING
"""

# parameters: codebook_id, category_id, position, name, colour
add_category = """
INSERT INTO categories (codebook_id, category_id, position, name, colour)
VALUES (:codebook_id, :category_id, :position, :name, :colour)
"""

# parameters: codebook_id, code_id, category_id, number, name, short_definition, colour
add_code = """
INSERT INTO codes (codebook_id, code_id, category_id, number, name, short_definition, colour)
VALUES (:codebook_id, :code_id, :category_id, :number, :name, :short_definition, :colour)
"""

# parameters: coder_id, name, kind
add_coder = """
INSERT INTO coders (coder_id, name, kind) VALUES (:coder_id, :name, :kind)
ON CONFLICT (coder_id) DO NOTHING
"""

# at most one row; columns run_id, undone_utc
run_of_hash = "SELECT run_id, undone_utc FROM runs WHERE run_hash = :run_hash"

# parameters: run_id
renew_run = "UPDATE runs SET undone_utc = NULL WHERE run_id = :run_id"

# parameters: all columns of runs but run_id and documents; one row back, column run_id
add_run = """
INSERT INTO runs (run_id, run_hash, coder_id, codebook_id, facets_id, model_hash, settings, seed, qualcode_version,
                  started_utc, finished_utc, documents)
VALUES ((SELECT coalesce(max(run_id), 0) + 1 FROM runs), :run_hash, :coder_id, :codebook_id, :facets_id, :model_hash,
        :settings, :seed, :qualcode_version, :started_utc, :started_utc, 0)
RETURNING run_id
"""

# parameters: run_id, started_utc, finished_utc
finish_run = """
UPDATE runs SET
    started_utc = :started_utc,
    finished_utc = :finished_utc,
    documents = (SELECT count(*) FROM coverage WHERE run_id = :run_id AND undone_utc IS NULL)
WHERE run_id = :run_id
"""

# --- writing: documents ------------------------------------------------------------------------

# at most one row; column is_current
document_state = "SELECT is_current FROM documents WHERE document_id = :document_id"

# one row; columns known (1 when a version is current), last_version
name_state = """
SELECT coalesce(max(is_current), 0) AS known, coalesce(max(version), 0) AS last_version
FROM documents WHERE name = :name
"""

# parameters: name
retire_versions = "UPDATE documents SET is_current = 0 WHERE name = :name AND is_current = 1"

# parameters: document_id
restore_version = "UPDATE documents SET is_current = 1 WHERE document_id = :document_id"

# parameters: all columns of documents but is_current
add_document = """
INSERT INTO documents (document_id, name, version, is_current, region, country, stakeholder_group, kind, date,
                       language, topics_asked, words, format, encoding, source_hash, reading_hash, text_hash, left_out,
                       text)
VALUES (:document_id, :name, :version, 1, :region, :country, :stakeholder_group, :kind, :date,
        :language, :topics_asked, :words, :format, :encoding, :source_hash, :reading_hash, :text_hash, :left_out,
        :text)
"""

# parameters: document_id and all that a file says; its words are those the id is made of, so they are new only where
# the store's were damaged; changes no row that says so already
update_document = """
UPDATE documents SET
    region = :region, country = :country, stakeholder_group = :stakeholder_group, kind = :kind, date = :date,
    language = :language, topics_asked = :topics_asked, format = :format, encoding = :encoding,
    source_hash = :source_hash, reading_hash = :reading_hash, left_out = :left_out, text = :text,
    text_hash = :text_hash
WHERE document_id = :document_id
  AND (region, country, stakeholder_group, kind, date, language, topics_asked, format, encoding, source_hash,
       reading_hash, left_out, text, text_hash)
      IS NOT (:region, :country, :stakeholder_group, :kind, :date, :language, :topics_asked, :format, :encoding,
              :source_hash, :reading_hash, :left_out, :text, :text_hash)
"""

# parameters: document_id and all attributes; changes no row that says so already
update_attributes = """
UPDATE documents SET
    region = :region, country = :country, stakeholder_group = :stakeholder_group, kind = :kind, date = :date,
    language = :language, topics_asked = :topics_asked
WHERE document_id = :document_id AND is_current = 1
  AND (region, country, stakeholder_group, kind, date, language, topics_asked)
      IS NOT (:region, :country, :stakeholder_group, :kind, :date, :language, :topics_asked)
"""

# parameters: all columns of turns
add_turn = """
INSERT INTO turns (document_id, position, start, "end", speaker, role, time, heading)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

# parameters: time, heading, document_id, position, time, heading; times and headings are not part of document_id
update_turn = """
UPDATE turns SET time = ?, heading = ?
WHERE document_id = ? AND position = ? AND (time, heading) IS NOT (?, ?)
"""

# one row; column last_id
last_segment = "SELECT coalesce(max(segment_id), 0) AS last_id FROM segments"

# parameters: all columns of segments
add_segment = """
INSERT INTO segments (segment_id, document_id, position, turn, start, "end", words, is_coded)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

# parameters: segment_id, text
add_words = "INSERT INTO segments_fts (rowid, text) VALUES (?, ?)"

# one row per segment of a document; columns position, segment_id
segment_ids = "SELECT position, segment_id FROM segments WHERE document_id = :document_id"

# --- writing: coverage, codings, facets -------------------------------------------------------------

# parameters: run_id, document_id
retire_coverage = """
UPDATE coverage SET is_current = 0 WHERE document_id = :document_id AND is_current = 1 AND run_id <> :run_id
"""

# parameters: run_id, name; what the run covers of a document stands again, older versions too
renew_coverage = """
UPDATE coverage SET undone_utc = NULL
WHERE run_id = :run_id AND undone_utc IS NOT NULL
  AND document_id IN (SELECT document_id FROM documents WHERE name = :name)
"""

# parameters: run_id, document_id, name; one row: what else covers the document in any version; columns standing, last
# (greatest sequence of those that stand, and of all)
other_coverage = """
SELECT coalesce(max(v.sequence) FILTER (WHERE v.undone_utc IS NULL), 0) AS standing,
       coalesce(max(v.sequence), 0) AS last
FROM documents d JOIN coverage v ON v.document_id = d.document_id
WHERE d.name = :name AND (v.run_id, v.document_id) <> (:run_id, :document_id)
"""

# parameters: run_id, document_id, standing, last; changes nothing where the run is the newest one already
add_coverage = """
INSERT INTO coverage (run_id, document_id, is_current, sequence) VALUES (:run_id, :document_id, 1, :last + 1)
ON CONFLICT (run_id, document_id) DO UPDATE SET
    is_current = 1,
    sequence = CASE WHEN sequence > :standing THEN sequence ELSE excluded.sequence END
WHERE is_current = 0 OR sequence <= :standing
"""

# --- taking back -------------------------------------------------------------------------------

# parameters: names (JSON list, of documents); the newest run over each version, and the newest version, of what stands
_newest_coverage = """
SELECT run_id, document_id FROM (
    SELECT v.run_id, v.document_id,
           row_number() OVER (PARTITION BY v.document_id ORDER BY v.sequence DESC, v.run_id DESC) AS age
    FROM documents d JOIN coverage v ON v.document_id = d.document_id AND v.undone_utc IS NULL
    WHERE d.name IN (SELECT value FROM json_each(:names))
) WHERE age = 1
"""
_newest_version = """
SELECT document_id FROM (
    SELECT d.document_id, row_number() OVER (PARTITION BY d.name ORDER BY v.sequence DESC, d.version DESC) AS age
    FROM documents d JOIN coverage v ON v.document_id = d.document_id AND v.undone_utc IS NULL
    WHERE d.name IN (SELECT value FROM json_each(:names))
) WHERE age = 1
"""
_in_names = "document_id IN (SELECT document_id FROM documents WHERE name IN (SELECT value FROM json_each(:names)))"

# parameters: names; what no longer is the newest first, so that there are never two
settle_current = (
    f"UPDATE coverage SET is_current = 0 WHERE is_current = 1 AND {_in_names} "
    f"AND (run_id, document_id) NOT IN ({_newest_coverage})",
    f"UPDATE coverage SET is_current = 1 WHERE is_current = 0 AND (run_id, document_id) IN ({_newest_coverage})",
    f"UPDATE documents SET is_current = 0 WHERE is_current = 1 AND {_in_names} "
    f"AND document_id NOT IN ({_newest_version})",
    f"UPDATE documents SET is_current = 1 WHERE is_current = 0 AND document_id IN ({_newest_version})",
)

# parameters: run_id; one row per document that stands of a run; columns run_id, document_id, name
coverage_of_run = """
SELECT v.run_id, v.document_id, d.name FROM coverage v JOIN documents d ON d.document_id = v.document_id
WHERE v.run_id = :run_id AND v.undone_utc IS NULL
"""

# parameters: import_id; the same, of what an import brought and no other that stands
coverage_of_import = """
SELECT v.run_id, v.document_id, d.name
FROM import_coverage c
JOIN coverage v ON v.run_id = c.run_id AND v.document_id = c.document_id AND v.undone_utc IS NULL
JOIN documents d ON d.document_id = v.document_id
WHERE c.import_id = :import_id AND NOT EXISTS (
    SELECT 1 FROM import_coverage o JOIN imports i ON i.import_id = o.import_id AND i.undone_utc IS NULL
    WHERE o.run_id = c.run_id AND o.document_id = c.document_id AND o.import_id <> c.import_id
)
"""

# parameters: undone_utc, run_id, document_id
undo_coverage = "UPDATE coverage SET undone_utc = ? WHERE run_id = ? AND document_id = ?"

# parameters: undone_utc; a run of which nothing stands is taken back
undo_runs = """
UPDATE runs SET undone_utc = :undone_utc
WHERE undone_utc IS NULL AND NOT EXISTS (
    SELECT 1 FROM coverage v WHERE v.run_id = runs.run_id AND v.undone_utc IS NULL
)
"""

# parameters: import_id, undone_utc
undo_import = "UPDATE imports SET undone_utc = :undone_utc WHERE import_id = :import_id AND undone_utc IS NULL"

# parameters: import_id; one row per action of an import that stands; column action_id
standing_actions_of_import = """
SELECT a.action_id FROM import_actions o JOIN actions a ON a.action_id = o.action_id
WHERE o.import_id = :import_id AND a.undone_utc IS NULL
ORDER BY a.clock
"""

# one row per run of a machine or import, the newest first; columns id, made_utc, coder (for an import, the program that
# wrote the file), kind (tag or import), file (NULL = no import), documents (that came with it), undone_utc
runs_and_imports = """
SELECT * FROM (
    SELECT r.run_hash AS id, r.run_id, r.finished_utc AS made_utc, k.name AS coder, 'tag' AS kind, NULL AS file,
           (SELECT count(*) FROM coverage v WHERE v.run_id = r.run_id
            AND (r.undone_utc IS NOT NULL OR v.undone_utc IS NULL)) AS documents, r.undone_utc
    FROM runs r JOIN coders k ON k.coder_id = r.coder_id AND k.kind <> 'human'
    UNION ALL
    SELECT i.import_id, NULL, i.imported_utc, i.origin, 'import', i.file,
           (SELECT count(DISTINCT c.document_id) FROM import_coverage c WHERE c.import_id = i.import_id), i.undone_utc
    FROM imports i
)
ORDER BY made_utc DESC, run_id DESC, id
"""

# one row per coding of a run in a document; columns in the order of add_coding
codings_of_run = """
SELECT c.run_id, c.segment_id, c.code_id, c.probability, c.status, c.is_intense, c.evidence
FROM segments s JOIN codings c ON c.run_id = :run_id AND c.segment_id = s.segment_id
WHERE s.document_id = :document_id
ORDER BY c.segment_id, c.code_id
"""

# parameters: run_id, document_id
remove_codings = """
DELETE FROM codings
WHERE run_id = :run_id AND segment_id IN (SELECT segment_id FROM segments WHERE document_id = :document_id)
"""

# parameters: all columns of codings
add_coding = """
INSERT INTO codings (run_id, segment_id, code_id, probability, status, is_intense, evidence)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""

# one row per facet of a run in a document; columns in the order of add_facet
facets_of_run = """
SELECT f.run_id, f.segment_id, f.facet_id, f.probability, f.evidence
FROM segments s JOIN facets f ON f.run_id = :run_id AND f.segment_id = s.segment_id
WHERE s.document_id = :document_id
ORDER BY f.segment_id, f.facet_id
"""

# parameters: run_id, document_id
remove_facets = """
DELETE FROM facets
WHERE run_id = :run_id AND segment_id IN (SELECT segment_id FROM segments WHERE document_id = :document_id)
"""

# parameters: all columns of facets
add_facet = "INSERT INTO facets (run_id, segment_id, facet_id, probability, evidence) VALUES (?, ?, ?, ?, ?)"

# --- writing: audit ----------------------------------------------------------------------------

# at most one row; column segment_id: a respondents' segment of a current document that a run covers
covered_segment = """
SELECT s.segment_id
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.run_id = :run_id AND v.undone_utc IS NULL
JOIN segments s ON s.document_id = d.document_id AND s.position = :position AND s.is_coded = 1
WHERE d.name = :name AND d.is_current = 1
"""

# parameters: run_id, segment_id, stratum, chance; changes no row that says so already
add_audit = """
INSERT INTO audits (run_id, segment_id, stratum, chance) VALUES (:run_id, :segment_id, :stratum, :chance)
ON CONFLICT (run_id, segment_id) DO UPDATE SET stratum = excluded.stratum, chance = excluded.chance
WHERE (stratum, chance) IS NOT (excluded.stratum, excluded.chance)
"""

# parameters: run_id, segments (JSON list of those that stay)
remove_other_audits = """
DELETE FROM audits WHERE run_id = :run_id AND segment_id NOT IN (SELECT value FROM json_each(:segments))
"""

# at most one row; columns run_id, segment_id, codebook_id, document_id: a segment of the sample of the current run over
# a document
audited_segment = """
SELECT a.run_id, a.segment_id, r.codebook_id, d.document_id
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN segments s ON s.document_id = d.document_id AND s.position = :position
JOIN audits a ON a.run_id = v.run_id AND a.segment_id = s.segment_id
WHERE d.name = :name AND d.is_current = 1
"""

# one row per code of a codebook, by number; columns code_id, is_counted (1 where a run counts it in a segment),
# decision (of the coder's newest verdict on it; NULL = none)
codes_judged = """
SELECT e.code_id,
       EXISTS (SELECT 1 FROM codings c WHERE c.run_id = :run_id AND c.segment_id = :segment_id
               AND c.code_id = e.code_id AND c.status = 'auto') AS is_counted,
       (SELECT o.decision FROM opinions o
        WHERE o.segment_id = :segment_id AND o.code_id = e.code_id AND o.coder_id = :coder_id
          AND o.codebook = (SELECT name FROM codebooks WHERE codebook_id = :codebook_id)) AS decision
FROM codes e
WHERE e.codebook_id = :codebook_id
ORDER BY e.number
"""

# one row per code of a codebook; column code_id
codes_of = "SELECT code_id FROM codes WHERE codebook_id = :codebook_id ORDER BY number"

# --- writing: intense segments ------------------------------------------------------------------

# one row per segment of a run in a document that holds an intensity marker; columns run_id, segment_id
intense_of_run = """
SELECT i.run_id, i.segment_id
FROM segments s JOIN intense i ON i.run_id = :run_id AND i.segment_id = s.segment_id
WHERE s.document_id = :document_id
ORDER BY i.segment_id
"""

# parameters: run_id, document_id
remove_intense = """
DELETE FROM intense
WHERE run_id = :run_id AND segment_id IN (SELECT segment_id FROM segments WHERE document_id = :document_id)
"""

# parameters: run_id, segment_id
add_intense = "INSERT INTO intense (run_id, segment_id) VALUES (?, ?)"

# --- reviewing: reading ------------------------------------------------------------------------

_review_columns = """
       EXISTS (SELECT 1 FROM verdicts w JOIN actions a ON a.action_id = w.action_id AND a.undone_utc IS NULL
               WHERE w.segment_id = c.segment_id AND w.code_id = c.code_id AND a.coder_id = :me) AS is_mine,
       EXISTS (SELECT 1 FROM looks l JOIN actions a ON a.action_id = l.action_id AND a.undone_utc IS NULL
               WHERE l.segment_id = c.segment_id AND a.coder_id = :me) AS is_done
"""
_decided_with = """
    (SELECT json_group_array(codebook_id) FROM (
        SELECT o.codebook_id FROM opinions o
        WHERE o.segment_id = c.segment_id AND o.codebook = b.name AND o.code_id = c.code_id
        UNION SELECT g.codebook_id FROM adjudications g
        WHERE g.segment_id = c.segment_id AND g.codebook = b.name AND g.code_id = c.code_id
    ))
"""
_in_places = """
    (:document_id IS NULL OR d.document_id = :document_id)
    AND (:segments IS NULL OR c.segment_id IN (SELECT value FROM json_each(:segments)))
"""


def _suggestions(evidence: str) -> str:
    return f"""
SELECT d.document_id, d.name AS document, d.region, c.segment_id, s.position, s.words, c.code_id AS code, e.number,
       c.probability, c.status AS machine_status, {_outcome} AS outcome, {_review_columns},
       CASE WHEN j.outcome IS NOT NULL THEN {_decided_with} END AS decided_with, {evidence} AS evidence
{_suggested}
  AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codes_asked} AND {_in_places}
UNION ALL
SELECT d.document_id, d.name, d.region, c.segment_id, s.position, s.words, c.code_id, e.number,
       NULL, NULL, c.outcome, {_review_columns}, {_decided_with}, '[]'
{_added}
  AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codes_asked} AND {_in_places}
ORDER BY document, position, number
"""


# parameters: also me (coder_id of who asks), document_id and segments (NULL = all); one row per suggestion of the
# machine or decision of people on current documents, in the order of documents and segments; columns document_id,
# document, region, segment_id, position, words, code, number, probability (NULL = no machine), machine_status (NULL
# likewise), outcome, is_mine, is_done, decided_with (JSON list of the codebooks people decided with; NULL = nobody
# did), evidence
suggestions = _suggestions("'[]'")

# the same rows, with the machine's evidence: much slower
suggestions_with_evidence = _suggestions(
    "(SELECT m.evidence FROM codings m "
    "WHERE m.run_id = v.run_id AND m.segment_id = c.segment_id AND m.code_id = c.code_id)"
)

# one row per newest decision of a person that stands, of current documents; adjudications too; columns document_id,
# position, segment_id, code, coder, decision, is_adjudicated, decided_utc, codebook_id, codebook_version, action_id
opinions = """
WITH said AS (
    SELECT *, 0 AS is_adjudicated FROM opinions
    WHERE :segments IS NULL OR segment_id IN (SELECT value FROM json_each(:segments))
    UNION ALL
    SELECT *, 1 FROM adjudications
    WHERE :segments IS NULL OR segment_id IN (SELECT value FROM json_each(:segments))
)
SELECT d.document_id, s.position, s.segment_id, o.code_id AS code, k.name AS coder, o.decision, o.is_adjudicated,
       o.made_utc AS decided_utc, o.codebook_id, b.version AS codebook_version, o.action_id
FROM said o
JOIN segments s ON s.segment_id = o.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coders k ON k.coder_id = o.coder_id
JOIN codebooks b ON b.codebook_id = o.codebook_id
ORDER BY d.name, s.position, o.code_id, k.name, o.is_adjudicated
"""

# one row per segment and coder who is done with it, of current documents; columns document_id, position, segment_id,
# coder, is_blind
looks = """
SELECT d.document_id, s.position, s.segment_id, k.name AS coder, l.is_blind
FROM looked l
JOIN segments s ON s.segment_id = l.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coders k ON k.coder_id = l.coder_id
WHERE :segments IS NULL OR l.segment_id IN (SELECT value FROM json_each(:segments))
ORDER BY d.name, s.position, k.name
"""

# one row per current document, outcome and whether the current run suggests the code, of what people decided; columns
# document_id, outcome (accepted, rejected, pending), is_suggested, codings
decided = """
SELECT d.document_id, j.outcome,
       EXISTS (SELECT 1 FROM codings m WHERE m.run_id = v.run_id AND m.segment_id = j.segment_id
               AND m.code_id = j.code_id) AS is_suggested,
       count(*) AS codings
FROM decisions j
JOIN segments s ON s.segment_id = j.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN codebooks b ON b.codebook_id = r.codebook_id AND b.name = j.codebook
JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = j.code_id
GROUP BY d.document_id, j.outcome, is_suggested
ORDER BY d.name, j.outcome, is_suggested
"""

# parameters: coder_id; one row per current document with a segment the coder is done with; columns document_id,
# segments
done_by_document = """
SELECT s.document_id, count(DISTINCT l.segment_id) AS segments
FROM looks l
JOIN actions a ON a.action_id = l.action_id AND a.undone_utc IS NULL AND a.coder_id = :coder_id
JOIN segments s ON s.segment_id = l.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
GROUP BY s.document_id
"""

# parameters: coder_id; one row per segment of the audit sample of current runs that the coder is not done with, in
# random order; columns document_id, position, stratum, is_done (1 = somebody else is)
audit_waiting = """
SELECT d.document_id, s.position, a.stratum,
       EXISTS (SELECT 1 FROM looks l JOIN actions x ON x.action_id = l.action_id AND x.undone_utc IS NULL
               WHERE l.segment_id = a.segment_id) AS is_done
FROM audits a
JOIN segments s ON s.segment_id = a.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1 AND v.run_id = a.run_id
WHERE NOT EXISTS (
    SELECT 1 FROM looks l JOIN actions x ON x.action_id = l.action_id AND x.undone_utc IS NULL
    WHERE l.segment_id = a.segment_id AND x.coder_id = :coder_id
)
ORDER BY (s.segment_id * 2654435761) % 4294967296
"""

# one row per newest memo that stands, of current documents and of codes; columns document_id, position,
# segment_id (NULL = on the code as such), code (NULL = on the segment), coder, text, written_utc
memos = """
SELECT d.document_id, s.position, p.segment_id, p.code_id AS code, k.name AS coder, p.text, p.made_utc AS written_utc
FROM (
    SELECT m.segment_id, m.code_id, m.text, a.coder_id, a.made_utc,
           row_number() OVER (
               PARTITION BY m.segment_id, m.code_id, a.coder_id ORDER BY a.clock DESC, a.action_id DESC
           ) AS age
    FROM memos m JOIN actions a ON a.action_id = m.action_id AND a.undone_utc IS NULL
    WHERE :segments IS NULL OR m.segment_id IN (SELECT value FROM json_each(:segments))
) p
JOIN coders k ON k.coder_id = p.coder_id
LEFT JOIN segments s ON s.segment_id = p.segment_id
LEFT JOIN documents d ON d.document_id = s.document_id
WHERE p.age = 1 AND p.text <> '' AND (p.segment_id IS NULL OR d.is_current = 1)
ORDER BY d.name, s.position, p.code_id, k.name
"""

# one row per action, the newest first; columns action_id, coder, kind, clock, made_utc, undone_utc, verdicts, looks,
# segments, codes (JSON list)
actions = """
SELECT a.action_id, k.name AS coder, a.kind, a.clock, a.made_utc, a.undone_utc,
       (SELECT count(*) FROM verdicts w WHERE w.action_id = a.action_id) AS verdicts,
       (SELECT count(*) FROM looks l WHERE l.action_id = a.action_id) AS looks,
       (SELECT count(DISTINCT segment_id) FROM (
            SELECT segment_id FROM verdicts w WHERE w.action_id = a.action_id
            UNION SELECT segment_id FROM looks l WHERE l.action_id = a.action_id
            UNION SELECT segment_id FROM memos m WHERE m.action_id = a.action_id AND segment_id IS NOT NULL
       )) AS segments,
       (SELECT json_group_array(DISTINCT code_id) FROM verdicts w WHERE w.action_id = a.action_id) AS codes
FROM actions a JOIN coders k ON k.coder_id = a.coder_id
WHERE (:coder_id IS NULL OR a.coder_id = :coder_id) AND (:standing = 0 OR a.undone_utc IS NULL)
ORDER BY a.clock DESC, a.action_id DESC
LIMIT :limit
"""

# one row per person with an action that stands; column name
people = """
SELECT k.name FROM coders k
WHERE EXISTS (SELECT 1 FROM actions a WHERE a.coder_id = k.coder_id AND a.undone_utc IS NULL)
ORDER BY k.name
"""

# one row per segment an action touches; columns segment_id, document_id, position
segments_of_action = """
SELECT s.segment_id, s.document_id, s.position FROM segments s
WHERE s.segment_id IN (
    SELECT segment_id FROM verdicts WHERE action_id = :action_id
    UNION SELECT segment_id FROM looks WHERE action_id = :action_id
    UNION SELECT segment_id FROM memos WHERE action_id = :action_id AND segment_id IS NOT NULL
)
ORDER BY s.segment_id
"""

# one row per segment and person with a decision or a look that stands, of current documents; columns document_id,
# document, region, position, turn, words, coder, codes, judged (JSON lists), looked, is_blind
judgements = """
SELECT d.document_id, d.name AS document, d.region, s.position, s.turn, s.words, k.name AS coder,
       coalesce(o.codes, '[]') AS codes, coalesce(o.judged, '[]') AS judged,
       l.is_blind IS NOT NULL AS looked, coalesce(l.is_blind, 0) AS is_blind
FROM (
    SELECT segment_id, codebook, coder_id FROM opinions
    UNION SELECT segment_id, codebook, coder_id FROM looked
) p
LEFT JOIN (
    SELECT segment_id, codebook, coder_id,
           json_group_array(code_id) FILTER (WHERE decision IN ('accept', 'add')) AS codes,
           json_group_array(code_id) FILTER (WHERE decision <> 'unsure') AS judged
    FROM (SELECT * FROM opinions ORDER BY segment_id, codebook, coder_id, code_id)
    GROUP BY segment_id, codebook, coder_id
) o ON o.segment_id = p.segment_id AND o.codebook = p.codebook AND o.coder_id = p.coder_id
LEFT JOIN looked l ON l.segment_id = p.segment_id AND l.codebook = p.codebook AND l.coder_id = p.coder_id
JOIN segments s ON s.segment_id = p.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN codebooks b ON b.codebook_id = r.codebook_id AND b.name = p.codebook
JOIN coders k ON k.coder_id = p.coder_id
ORDER BY d.name, s.position, k.name
"""

# one row per respondents' segment of current documents with the machine's codes that count; columns as judgements, and
# is_machine: 0 where the current run is an import, so no machine has read the document
machine_judgements = """
SELECT d.document_id, d.name AS document, d.region, s.position, s.turn, s.words,
       (SELECT json_group_array(c.code_id) FROM codings c
        WHERE c.run_id = v.run_id AND c.segment_id = s.segment_id AND c.status = 'auto') AS codes,
       k.kind <> 'human' AS is_machine
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN coders k ON k.coder_id = r.coder_id
JOIN segments s ON s.document_id = d.document_id AND s.is_coded = 1
WHERE d.is_current = 1
ORDER BY d.name, s.position
"""

# one row per respondents' segment of current documents that somebody is done with or has decided on, by document id
# and position; columns document_id, document, position, segment_id, codebook (its name), is_done; JSON lists of code
# ids: by people's word accepted, rejected and pending, of the machine's that nobody decided on auto and waiting;
# decided_with (JSON list of [code id, codebook id] of the decisions that stand)
judged_sentences = """
WITH said AS MATERIALIZED (  -- once: segment by segment the views take a hundred times as long
    SELECT segment_id, codebook, json_group_array(json_array(code_id, codebook_id)) AS decided_with
    FROM (
        SELECT segment_id, codebook, code_id, codebook_id FROM opinions
        UNION SELECT segment_id, codebook, code_id, codebook_id FROM adjudications
    )
    GROUP BY segment_id, codebook
)
SELECT d.document_id, d.name AS document, s.position, s.segment_id, b.name AS codebook, max(p.is_done) AS is_done,
       (SELECT json_group_array(j.code_id) FROM decisions j
        WHERE j.segment_id = s.segment_id AND j.codebook = b.name AND j.outcome = 'accepted') AS accepted,
       (SELECT json_group_array(j.code_id) FROM decisions j
        WHERE j.segment_id = s.segment_id AND j.codebook = b.name AND j.outcome = 'rejected') AS rejected,
       (SELECT json_group_array(j.code_id) FROM decisions j
        WHERE j.segment_id = s.segment_id AND j.codebook = b.name AND j.outcome = 'pending') AS pending,
       (SELECT json_group_array(c.code_id) FROM codings c
        WHERE c.run_id = r.run_id AND c.segment_id = s.segment_id AND c.status = 'auto' AND c.code_id NOT IN (
            SELECT j.code_id FROM decisions j WHERE j.segment_id = s.segment_id AND j.codebook = b.name)) AS auto,
       (SELECT json_group_array(c.code_id) FROM codings c
        WHERE c.run_id = r.run_id AND c.segment_id = s.segment_id AND c.status = 'pending' AND c.code_id NOT IN (
            SELECT j.code_id FROM decisions j WHERE j.segment_id = s.segment_id AND j.codebook = b.name)) AS waiting,
       coalesce(w.decided_with, '[]') AS decided_with
FROM (
    SELECT segment_id, codebook, 0 AS is_done FROM decisions
    UNION SELECT segment_id, codebook, 1 FROM looked
) p
JOIN segments s ON s.segment_id = p.segment_id
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN codebooks b ON b.codebook_id = r.codebook_id AND b.name = p.codebook
LEFT JOIN said w ON w.segment_id = p.segment_id AND w.codebook = p.codebook
GROUP BY p.segment_id
ORDER BY d.document_id, s.position
"""

# one row: columns actions, undone, clock, runs, taken_back, finished_utc, documents; the same while nothing is decided,
# tagged or taken back
state = """
SELECT (SELECT count(*) FROM actions) AS actions,
       (SELECT count(*) FROM actions WHERE undone_utc IS NOT NULL) AS undone,
       (SELECT coalesce(max(clock), 0) FROM actions) AS clock,
       (SELECT count(*) FROM runs) AS runs,
       (SELECT count(*) FROM coverage WHERE undone_utc IS NOT NULL) AS taken_back,
       (SELECT max(finished_utc) FROM runs) AS finished_utc,
       (SELECT count(*) FROM documents) AS documents
"""

# at most one row: whether people ever decided anything
any_action = "SELECT 1 FROM actions LIMIT 1"

# one row per segment of a document; columns segment_id, position, is_coded
segments_at = """
SELECT s.segment_id, s.position, s.is_coded FROM segments s
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
WHERE s.document_id = :document_id
"""

# one row per document with people it is assigned to; columns document_id, coder
assignments = """
SELECT i.document_id, k.name AS coder
FROM assignments i JOIN documents d ON d.document_id = i.document_id AND d.is_current = 1
JOIN coders k ON k.coder_id = i.coder_id
ORDER BY d.name, k.name
"""

# --- reviewing: writing ------------------------------------------------------------------------

# parameters: document_id, position; at most one row; columns segment_id, is_coded, codebook_id (of the current run)
decidable_segment = """
SELECT s.segment_id, s.is_coded, r.codebook_id
FROM segments s
JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
WHERE s.document_id = :document_id AND s.position = :position
"""

# at most one row; column decision: the newest of a coder on a code of a segment, in codebooks of the same name
own_opinion = """
SELECT decision, codebook_id FROM opinions
WHERE segment_id = :segment_id AND code_id = :code_id AND coder_id = :coder_id
  AND codebook = (SELECT name FROM codebooks WHERE codebook_id = :codebook_id)
"""

# at most one row; columns decision, codebook_id: of the adjudication of a code of a segment, where this coder made it
own_adjudication = """
SELECT decision, codebook_id FROM adjudications
WHERE segment_id = :segment_id AND code_id = :code_id AND coder_id = :coder_id
  AND codebook = (SELECT name FROM codebooks WHERE codebook_id = :codebook_id)
"""

# at most one row: whether a coder is done with a segment, in that version of the codebook
own_look = """
SELECT 1 FROM looks l JOIN actions a ON a.action_id = l.action_id AND a.undone_utc IS NULL
WHERE l.segment_id = :segment_id AND a.coder_id = :coder_id AND l.codebook_id = :codebook_id
"""

# at most one row: whether the current run suggests a code on a segment
suggested_code = """
SELECT 1 FROM codings c JOIN segments s ON s.segment_id = c.segment_id
JOIN coverage v ON v.document_id = s.document_id AND v.is_current = 1 AND v.run_id = c.run_id
WHERE c.segment_id = :segment_id AND c.code_id = :code_id
"""

# one row: one more than the greatest clock
next_clock = "SELECT coalesce(max(clock), 0) + 1 FROM actions"

# parameters: action_id, coder_id, kind, clock, made_utc, undone_utc
add_action = """
INSERT INTO actions (action_id, coder_id, kind, clock, made_utc, undone_utc)
VALUES (:action_id, :coder_id, :kind, :clock, :made_utc, :undone_utc)
"""

# parameters: action_id, segment_id, codebook_id, code_id, decision
add_verdict = """
INSERT INTO verdicts (action_id, segment_id, codebook_id, code_id, decision)
VALUES (:action_id, :segment_id, :codebook_id, :code_id, :decision)
"""

# parameters: action_id, segment_id, codebook_id, is_blind
add_look = """
INSERT INTO looks (action_id, segment_id, codebook_id, is_blind)
VALUES (:action_id, :segment_id, :codebook_id, :is_blind)
"""

# parameters: action_id, segment_id, codebook_id, code_id, text
add_memo = """
INSERT INTO memos (action_id, segment_id, codebook_id, code_id, text)
VALUES (:action_id, :segment_id, :codebook_id, :code_id, :text)
"""

# parameters: action_id, undone_utc
undo_action = "UPDATE actions SET undone_utc = :undone_utc WHERE action_id = :action_id AND undone_utc IS NULL"

# takes all assignments away
remove_assignments = "DELETE FROM assignments"

# parameters: document_id, coder_id
add_assignment = "INSERT INTO assignments (document_id, coder_id) VALUES (:document_id, :coder_id)"

# --- exchanging --------------------------------------------------------------------------------

# one row per action, the oldest first, all of one moment; columns action_id, coder, kind, clock, made_utc, undone_utc,
# verdicts, looks (JSON lists of objects), memo (JSON object, or NULL); sentences by document_id, document and position
whole_actions = """
SELECT a.action_id, k.name AS coder, a.kind, a.clock, a.made_utc, a.undone_utc,
    (SELECT json_group_array(json(part)) FROM (
        SELECT json_object('document_id', s.document_id, 'document', d.name, 'position', s.position,
                           'codebook_id', w.codebook_id, 'code_id', w.code_id, 'decision', w.decision) AS part
        FROM verdicts w
        JOIN segments s ON s.segment_id = w.segment_id
        JOIN documents d ON d.document_id = s.document_id
        WHERE w.action_id = a.action_id
        ORDER BY s.document_id, s.position, w.code_id
    )) AS verdicts,
    (SELECT json_group_array(json(part)) FROM (
        SELECT json_object('document_id', s.document_id, 'document', d.name, 'position', s.position,
                           'codebook_id', l.codebook_id, 'is_blind', l.is_blind) AS part
        FROM looks l
        JOIN segments s ON s.segment_id = l.segment_id
        JOIN documents d ON d.document_id = s.document_id
        WHERE l.action_id = a.action_id
        ORDER BY s.document_id, s.position
    )) AS looks,
    (SELECT json_object('document_id', s.document_id, 'document', d.name, 'position', s.position,
                        'codebook_id', m.codebook_id, 'code_id', m.code_id, 'text', m.text)
     FROM memos m
     LEFT JOIN segments s ON s.segment_id = m.segment_id
     LEFT JOIN documents d ON d.document_id = s.document_id
     WHERE m.action_id = a.action_id) AS memo
FROM actions a JOIN coders k ON k.coder_id = a.coder_id
ORDER BY a.clock, a.action_id
"""

# one row per action; columns action_id, undone_utc
action_states = "SELECT action_id, undone_utc FROM actions"

# parameters: documents, a JSON list of ids; one row per respondents' segment, of any version of a document; columns
# document_id, position, segment_id
coded_segments_of = """
SELECT s.document_id, s.position, s.segment_id
FROM json_each(:documents) j JOIN segments s ON s.document_id = j.value AND s.is_coded = 1
"""

# parameters: action_id, undone_utc; of two times at which an action was taken back, the earlier stays
undo_earlier = """
UPDATE actions SET undone_utc = :undone_utc
WHERE action_id = :action_id AND (undone_utc IS NULL OR undone_utc > :undone_utc)
"""

# --- projects of other programs, and whole studies on their way -------------------------------------

# parameters: all columns of imports but undone_utc; a known one is only confirmed, never doubted again
add_import = """
INSERT INTO imports (import_id, file, origin, imported_utc, codebook_id, dialect, is_verified, content)
VALUES (:import_id, :file, :origin, :imported_utc, :codebook_id, :dialect, :is_verified, :content)
ON CONFLICT (import_id) DO UPDATE SET is_verified = max(is_verified, excluded.is_verified)
WHERE excluded.is_verified > is_verified
"""

# parameters: as add_import; an import that was taken back comes again as it is now
renew_import = """
UPDATE imports SET file = :file, imported_utc = :imported_utc, codebook_id = :codebook_id, dialect = :dialect,
                   is_verified = :is_verified, content = :content, undone_utc = NULL
WHERE import_id = :import_id AND undone_utc IS NOT NULL
"""

# parameters: import_id, run_id (NULL = none), documents (JSON list of the ids that the run has just covered)
add_import_coverage = """
INSERT INTO import_coverage
SELECT :import_id, v.run_id, v.document_id FROM coverage v
WHERE v.run_id = :run_id AND v.document_id IN (SELECT value FROM json_each(:documents))
ON CONFLICT DO NOTHING
"""

# parameters: import_id, documents (JSON list of ids); what other imports that stand brought of them is this one's too
share_import_coverage = """
INSERT INTO import_coverage
SELECT :import_id, c.run_id, c.document_id
FROM import_coverage c JOIN imports i ON i.import_id = c.import_id AND i.undone_utc IS NULL
WHERE c.document_id IN (SELECT value FROM json_each(:documents))
ON CONFLICT DO NOTHING
"""

# parameters: import_id, content (JSON with its documents); what the runs of imports cover of them
cover_import = """
INSERT INTO import_coverage
SELECT DISTINCT :import_id, v.run_id, v.document_id
FROM json_each(:content, '$.documents') j
JOIN coverage v ON v.document_id = j.value AND v.undone_utc IS NULL
JOIN runs r ON r.run_id = v.run_id
JOIN coders k ON k.coder_id = r.coder_id AND k.kind = 'human'
WHERE true
ON CONFLICT DO NOTHING
"""

# all actions that passages were made by are their import's
act_imports = """
INSERT INTO import_actions SELECT DISTINCT import_id, action_id FROM passages WHERE action_id IS NOT NULL
ON CONFLICT DO NOTHING
"""

# parameters: import_id, clock; all actions after that count of the clock are the import's
add_import_actions = """
INSERT INTO import_actions SELECT :import_id, action_id FROM actions WHERE clock > :clock
ON CONFLICT DO NOTHING
"""

# one row per import that stands, the oldest first; all columns but undone_utc
imports = """
SELECT import_id, file, origin, imported_utc, codebook_id, dialect, is_verified, content
FROM imports WHERE undone_utc IS NULL ORDER BY imported_utc, import_id
"""

# parameters: all columns of passages; one that was taken back comes again, with the new import and action
add_passage = """
INSERT INTO passages (passage_id, import_id, document_id, start, "end", codebook_id, code_id, coder_id, guid, created,
                      action_id)
VALUES (:passage_id, :import_id, :document_id, :start, :end, :codebook_id, :code_id, :coder_id, :guid, :created,
        :action_id)
ON CONFLICT (passage_id) DO UPDATE SET import_id = excluded.import_id, action_id = excluded.action_id
"""

# one row per passage of imports that stand in a current document, in the order of documents and places; columns of
# passages with document, codebook (name), coder and is_standing (1 = not taken back)
passages = """
SELECT p.*, d.name AS document, b.name AS codebook, k.name AS coder, a.undone_utc IS NULL AS is_standing
FROM passages p
JOIN imports i ON i.import_id = p.import_id AND i.undone_utc IS NULL
JOIN documents d ON d.document_id = p.document_id AND d.is_current = 1
JOIN codebooks b ON b.codebook_id = p.codebook_id
JOIN coders k ON k.coder_id = p.coder_id
LEFT JOIN actions a ON a.action_id = p.action_id
ORDER BY d.name, p.start, p."end", p.passage_id
"""

# one row per current document; columns document_id, name, text_hash, codebook_id, codebook (name) and coder_kind of the
# current run (NULL = none)
document_texts = """
SELECT d.document_id, d.name, d.text_hash, r.codebook_id, b.name AS codebook, k.kind AS coder_kind
FROM documents d
LEFT JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
LEFT JOIN runs r ON r.run_id = v.run_id
LEFT JOIN codebooks b ON b.codebook_id = r.codebook_id
LEFT JOIN coders k ON k.coder_id = r.coder_id
WHERE d.is_current = 1
ORDER BY d.name
"""

# one row per current document, by name; what a store keeps of it beside words and attributes, and its current run
document_details = """
SELECT d.document_id, d.name, d.reading_hash, d.source_hash, d.left_out, v.run_id
FROM documents d
LEFT JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
WHERE d.is_current = 1
ORDER BY d.name
"""

# one row per current run; columns as `RunRecord`
current_runs = """
SELECT r.run_id, k.name AS coder, k.kind AS coder_kind, r.codebook_id, r.facets_id, r.model_hash, r.settings, r.seed,
       r.qualcode_version, r.started_utc, r.finished_utc
FROM runs r
JOIN coders k ON k.coder_id = r.coder_id
WHERE r.run_id IN (
    SELECT v.run_id FROM coverage v JOIN documents d USING (document_id) WHERE v.is_current = 1 AND d.is_current = 1
)
ORDER BY r.run_id
"""

# one row per coding of the current runs, as the machine made it; columns document_id, position, code_id, probability,
# status, is_intense, evidence
machine_codings = """
SELECT d.document_id, s.position, c.code_id, c.probability, c.status, c.is_intense, c.evidence
FROM documents d
CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
CROSS JOIN segments s ON s.document_id = d.document_id
CROSS JOIN codings c ON c.run_id = v.run_id AND c.segment_id = s.segment_id
WHERE d.is_current = 1
ORDER BY d.name, s.position, c.code_id
"""

# one row per facet of the current runs; columns as above, without status and is_intense
machine_facets = """
SELECT d.document_id, s.position, f.facet_id AS code_id, f.probability, f.evidence
FROM documents d
CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
CROSS JOIN segments s ON s.document_id = d.document_id
CROSS JOIN facets f ON f.run_id = v.run_id AND f.segment_id = s.segment_id
WHERE d.is_current = 1
ORDER BY d.name, s.position, f.facet_id
"""

# one row per segment in which a current run found an intensity marker; columns document_id, position
machine_intense = """
SELECT d.document_id, s.position
FROM documents d
CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
CROSS JOIN segments s ON s.document_id = d.document_id
CROSS JOIN intense i ON i.run_id = v.run_id AND i.segment_id = s.segment_id
WHERE d.is_current = 1
ORDER BY d.name, s.position
"""

# one row; column documents: versions that another one has replaced, not those that were taken back
earlier_versions = """
SELECT count(*) AS documents FROM documents d
WHERE is_current = 0 AND EXISTS (SELECT 1 FROM coverage v WHERE v.document_id = d.document_id AND v.undone_utc IS NULL)
"""

# one row per current document, by id; columns document_id, text_hash, text_end (of the text, at most 2,000 characters),
# source_hash, the attributes and topics_asked, run_hash (NULL = no run)
fact_documents = """
SELECT d.document_id, d.text_hash, substr(d.text, -2000) AS text_end, d.source_hash,
       d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language, d.topics_asked, r.run_hash
FROM documents d
LEFT JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
LEFT JOIN runs r ON r.run_id = v.run_id
WHERE d.is_current = 1
ORDER BY d.document_id
"""

# one row per run behind the current codings; columns run_hash, tagger (NULL = people), codebook_id, facets_id,
# model_hash, settings (JSON), seed, qualcode_version
fact_runs = """
SELECT DISTINCT r.run_hash, CASE k.kind WHEN 'human' THEN NULL ELSE k.name END AS tagger, r.codebook_id, r.facets_id,
       r.model_hash, r.settings, r.seed, r.qualcode_version
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN coders k ON k.coder_id = r.coder_id
WHERE d.is_current = 1
ORDER BY r.run_hash
"""

# one row per coding of the current runs, by document id, position and code; columns document_id, position, code_id,
# probability, status, is_intense
fact_codings = """
SELECT d.document_id, s.position, c.code_id, c.probability, c.status, c.is_intense
FROM documents d
CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
CROSS JOIN segments s ON s.document_id = d.document_id
CROSS JOIN codings c ON c.run_id = v.run_id AND c.segment_id = s.segment_id
WHERE d.is_current = 1
ORDER BY d.document_id, s.position, c.code_id
"""

# one row per facet of the current runs, by document id, position and facet; columns document_id, position, facet_id,
# probability
fact_facets = """
SELECT d.document_id, s.position, f.facet_id, f.probability
FROM documents d
CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
CROSS JOIN segments s ON s.document_id = d.document_id
CROSS JOIN facets f ON f.run_id = v.run_id AND f.segment_id = s.segment_id
WHERE d.is_current = 1
ORDER BY d.document_id, s.position, f.facet_id
"""

# one row per action of a person that stands; column action_id
fact_decisions = "SELECT action_id FROM actions WHERE undone_utc IS NULL ORDER BY action_id"

# one row: whether the names of the store were replaced
is_pseudonymised = "SELECT EXISTS (SELECT 1 FROM pseudonymised)"
