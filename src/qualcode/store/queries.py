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

# On codings c and codes e.
_codings_asked = """
    (:status IS NULL OR c.status = :status)
    AND (:code IS NULL OR e.code_id IN (SELECT value FROM json_each(:code)))
    AND (:category IS NULL OR e.category_id IN (SELECT value FROM json_each(:category)))
"""

# Current codings with all that belongs to them. CROSS JOIN keeps SQLite to this order: from the few documents to
# their codings. Segments of a document are numbered in one go, so its codings are one stretch of the index of a run;
# looking for codings segment by segment takes twice as long.
_current_codings = """
    FROM documents d
    CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    CROSS JOIN runs r ON r.run_id = v.run_id
    CROSS JOIN coders k ON k.coder_id = r.coder_id
    CROSS JOIN codings c INDEXED BY codings_counted ON c.run_id = v.run_id AND c.segment_id
        BETWEEN (SELECT min(segment_id) FROM segments WHERE document_id = d.document_id AND is_coded = 1)
        AND (SELECT max(segment_id) FROM segments WHERE document_id = d.document_id AND is_coded = 1)
    CROSS JOIN segments s ON s.segment_id = c.segment_id AND s.document_id = d.document_id
    CROSS JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = c.code_id
    WHERE d.is_current = 1
"""

# --- reading: tables ---------------------------------------------------------------------------

# one row per current coding; columns of the view codings_long
codings = f"""
SELECT * FROM codings_long d
WHERE {_documents_asked}
  AND (:coder IS NULL OR d.coder = :coder)
  AND (:status IS NULL OR d.status = :status)
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

# one row per current document, code and status; columns document_id, code_id, status, segments, words,
# intense_segments, first_position
code_counts = f"""
SELECT s.document_id, c.code_id, c.status,
       count(*) AS segments, sum(s.words) AS words,
       sum(c.is_intense) AS intense_segments, min(s.position) AS first_position
{_current_codings}
  AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codings_asked}
GROUP BY d.rowid, e.number, c.status
ORDER BY d.name, e.number, c.status
"""

# one row per current document, category and status, a segment with two codes of a category once;
# columns document_id, category_id, status, segments, words, intense_segments, first_position
category_counts = f"""
SELECT p.document_id, p.category_id, p.status,
       count(*) AS segments, sum(p.words) AS words,
       sum(p.is_intense) AS intense_segments, min(p.position) AS first_position
FROM (
    SELECT d.name, s.document_id, s.position, s.words, r.codebook_id, e.category_id, c.status,
           max(c.is_intense) AS is_intense
    {_current_codings}
      AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codings_asked}
    GROUP BY s.segment_id, e.category_id, c.status
) p
JOIN categories g ON g.codebook_id = p.codebook_id AND g.category_id = p.category_id
GROUP BY p.document_id, p.category_id, p.status
ORDER BY p.name, g.position, p.status
"""

# one row per current coding that counts, in the order of documents, segments and codes; columns document_id, turn,
# position, words, code_id
coded_sentences = f"""
SELECT s.document_id, s.turn, s.position, s.words, c.code_id
{_current_codings}
  AND c.status = 'auto'
  AND {_documents_asked} AND (:coder IS NULL OR k.name = :coder) AND {_codings_asked}
ORDER BY d.name, c.segment_id, c.code_id
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
# document_id, segment_id, position, words, stratum, chance, coder, machine (JSON list of the codes that count), person
# (JSON list of the codes whose newest verdict by that coder says that they apply)
audit_rows = """
SELECT d.document_id, s.segment_id, s.position, s.words, a.stratum, a.chance, k.name AS coder,
    (SELECT json_group_array(code_id) FROM (
        SELECT c.code_id FROM codings c JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = c.code_id
        WHERE c.run_id = a.run_id AND c.segment_id = a.segment_id AND c.status = 'auto'
        ORDER BY e.number
    )) AS machine,
    (SELECT json_group_array(code_id) FROM (
        SELECT e.code_id FROM codes e
        WHERE e.codebook_id = r.codebook_id AND (
            SELECT w.decision FROM verdicts w
            WHERE w.segment_id = a.segment_id AND w.coder_id = a.coder_id
              AND w.codebook_id = e.codebook_id AND w.code_id = e.code_id
            ORDER BY w.verdict_id DESC LIMIT 1
        ) IN ('accept', 'add')
        ORDER BY e.number
    )) AS person
FROM audits a
CROSS JOIN segments s ON s.segment_id = a.segment_id
CROSS JOIN documents d ON d.document_id = s.document_id AND d.is_current = 1
CROSS JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1 AND v.run_id = a.run_id
CROSS JOIN runs r ON r.run_id = a.run_id
CROSS JOIN coders k ON k.coder_id = a.coder_id
ORDER BY d.name, s.position
"""

# one row per current document and run that ever covered it, the oldest run first; columns document_id, run, coder,
# codebook_id, version (of the codebook)
runs_over = f"""
SELECT d.document_id, r.run_id AS run, k.name AS coder, r.codebook_id, b.version
FROM documents d
JOIN coverage v ON v.document_id = d.document_id
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
JOIN coverage v ON v.run_id = r.run_id
JOIN documents d ON d.document_id = v.document_id AND d.is_current = 1
WHERE k.name = :coder
GROUP BY d.document_id
ORDER BY d.name
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

# one row in all; columns documents, words, segments, coded_segments, auto, pending
status_counts = f"""
WITH current AS (
    SELECT c.segment_id, c.status, c.probability
{_current_codings})
SELECT
    (SELECT count(*) FROM documents WHERE is_current = 1) AS documents,
    (SELECT coalesce(sum(words), 0) FROM documents WHERE is_current = 1) AS words,
    (SELECT coalesce(sum(segments), 0) FROM documents_long) AS segments,
    (SELECT count(DISTINCT segment_id) FROM current WHERE status = 'auto') AS coded_segments,
    (SELECT count(*) FROM current WHERE status = 'auto') AS auto,
    (SELECT count(*) FROM current WHERE status = 'pending') AS pending,
    (SELECT coalesce(sum(1 - probability), 0) FROM current WHERE status = 'auto') AS expected_wrong,
    (SELECT coalesce(sum(probability * (1 - probability)), 0) FROM current WHERE status = 'auto') AS variance_wrong
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

# at most one row; columns codebook_id, facets_id (NULL = none) of the run of the newest current codings
newest_run = """
SELECT r.codebook_id, r.facets_id
FROM runs r
LEFT JOIN coverage v ON v.run_id = r.run_id AND v.is_current = 1
LEFT JOIN documents d ON d.document_id = v.document_id AND d.is_current = 1
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

# one row per table, then per view, in the order they were made; columns name, type
relations = "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY type, rowid"

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

# at most one row; column run_id
run_of_hash = "SELECT run_id FROM runs WHERE run_hash = :run_hash"

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
    documents = (SELECT count(*) FROM coverage WHERE run_id = :run_id)
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

# parameters: document_id and what describes the file without its words; changes no row that says so already
update_document = """
UPDATE documents SET
    region = :region, country = :country, stakeholder_group = :stakeholder_group, kind = :kind, date = :date,
    language = :language, topics_asked = :topics_asked, format = :format, encoding = :encoding,
    source_hash = :source_hash, reading_hash = :reading_hash, left_out = :left_out
WHERE document_id = :document_id
  AND (region, country, stakeholder_group, kind, date, language, topics_asked, format, encoding, source_hash,
       reading_hash, left_out)
      IS NOT (:region, :country, :stakeholder_group, :kind, :date, :language, :topics_asked, :format, :encoding,
              :source_hash, :reading_hash, :left_out)
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

# one row per segment of a document; columns position, segment_id
segment_ids = "SELECT position, segment_id FROM segments WHERE document_id = :document_id"

# --- writing: coverage, codings, facets -------------------------------------------------------------

# parameters: run_id, document_id
retire_coverage = """
UPDATE coverage SET is_current = 0 WHERE document_id = :document_id AND is_current = 1 AND run_id <> :run_id
"""

# parameters: run_id, document_id; changes nothing where the run is the current one already
add_coverage = """
INSERT INTO coverage (run_id, document_id, is_current) VALUES (:run_id, :document_id, 1)
ON CONFLICT (run_id, document_id) DO UPDATE SET is_current = 1 WHERE is_current = 0
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
JOIN coverage v ON v.document_id = d.document_id AND v.run_id = :run_id
JOIN segments s ON s.document_id = d.document_id AND s.position = :position AND s.is_coded = 1
WHERE d.name = :name AND d.is_current = 1
"""

# parameters: run_id, segment_id, stratum, chance; changes no row that says so already
add_audit = """
INSERT INTO audits (run_id, segment_id, stratum, chance) VALUES (:run_id, :segment_id, :stratum, :chance)
ON CONFLICT (run_id, segment_id) DO UPDATE SET stratum = excluded.stratum, chance = excluded.chance
WHERE (stratum, chance) IS NOT (excluded.stratum, excluded.chance)
"""

# at most one row; columns run_id, segment_id, codebook_id, coder_id (NULL = nobody has looked): a segment of the sample
# of the current run over a current document
audited_segment = """
SELECT a.run_id, a.segment_id, r.codebook_id, a.coder_id
FROM documents d
JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
JOIN runs r ON r.run_id = v.run_id
JOIN segments s ON s.document_id = d.document_id AND s.position = :position
JOIN audits a ON a.run_id = v.run_id AND a.segment_id = s.segment_id
WHERE d.name = :name AND d.is_current = 1
"""

# one row per code of a codebook, by number; columns code_id, is_counted (1 where a run counts it in a segment),
# decision and is_audit of the coder's newest verdict on it (NULL = none)
codes_judged = """
SELECT e.code_id,
       EXISTS (SELECT 1 FROM codings c WHERE c.run_id = :run_id AND c.segment_id = :segment_id
               AND c.code_id = e.code_id AND c.status = 'auto') AS is_counted,
       w.decision, w.is_audit
FROM codes e
LEFT JOIN verdicts w ON w.verdict_id = (
    SELECT max(n.verdict_id) FROM verdicts n
    WHERE n.segment_id = :segment_id AND n.coder_id = :coder_id
      AND n.codebook_id = e.codebook_id AND n.code_id = e.code_id
)
WHERE e.codebook_id = :codebook_id
ORDER BY e.number
"""

# parameters: all columns of verdicts but verdict_id
add_verdict = """
INSERT INTO verdicts (segment_id, codebook_id, code_id, coder_id, decision, is_audit, memo, decided_utc)
VALUES (:segment_id, :codebook_id, :code_id, :coder_id, :decision, :is_audit, :memo, :decided_utc)
"""

# parameters: run_id, segment_id, coder_id, decided_utc
finish_audit = """
UPDATE audits SET coder_id = :coder_id, decided_utc = :decided_utc WHERE run_id = :run_id AND segment_id = :segment_id
"""
