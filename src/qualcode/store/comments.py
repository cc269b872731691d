"""What every table, view and column of the store means, in one line each.

In: nothing. Out: `COMMENTS`, read by ``describe.py`` for ``docs/schema.md``; a test compares it with a
freshly migrated store, so no column is without its line and no line without its column.
"""

from __future__ import annotations

_DOCUMENT = {
    "region": "region as the study names it; NULL = not known",
    "country": "country; NULL = not known",
    "stakeholder_group": "stakeholder group of the speaker(s); NULL = not known",
    "kind": "interview, workshop, report or survey; NULL = not known",
    "date": "ISO date, year-month or year; NULL = not known",
    "language": "ISO 639-1 code; NULL = not known",
}

_TOPICS = {
    "topics_asked": "JSON list of the codes and categories its people were asked about, as the study writes them; "
    "NULL = everything",
}

_PLACE = {
    "start": "first code point in the document's text, 0-based",
    "end": "code point after the last, so that substr(text, start + 1, end - start) is the words",
}

_CODER = {
    "coder": "name of who coded, with its version",
    "coder_kind": "human, rules or model",
    "codebook_version": "version of the codebook that was used",
    "run": "run_id of the run that coded",
}

_QUOTED = {
    "document_id": "documents.document_id",
    "document": "name of the document",
    **_DOCUMENT,
    "speaker": "speaker as written; NULL = nobody is named",
    "role": "respondent, interviewer, facilitator, note or heading",
    "turn": "position of the turn in the document",
    "position": "0-based order of the segment in the document",
    **_PLACE,
    "text": "the segment's own words",
    "words": "words of the segment",
}

TABLE = ""
"""Key of the line about a table or view itself."""

COMMENTS: dict[str, dict[str, str]] = {
    "codebooks": {
        TABLE: "One row per codebook content that a run has used, for codes or for facets.",
        "codebook_id": "content hash of the codebook",
        "name": "the codebook's id",
        "title": "its title",
        "version": "its version, major.minor.patch",
        "language": "ISO 639-1 code of its cues",
        "content": "the whole codebook as JSON",
    },
    "categories": {
        TABLE: "One row per category of a codebook; a category groups codes and is never applied to text.",
        "codebook_id": "the codebook",
        "category_id": "the category's id",
        "position": "0-based order in the codebook",
        "name": "name for people",
        "colour": "#rrggbb",
    },
    "codes": {
        TABLE: "One row per code of a codebook.",
        "codebook_id": "the codebook",
        "code_id": "the code's id",
        "category_id": "its category",
        "number": "the number people know the code by",
        "name": "name for people",
        "short_definition": "definition in one sentence",
        "colour": "#rrggbb",
    },
    "coders": {
        TABLE: "One row per person or machine that has coded.",
        "coder_id": 'uuid5 of "kind:name"',
        "name": "name with version, such as hybrid.v2",
        "kind": "human, rules or model",
    },
    "documents": {
        TABLE: "One row per version of a document; older versions stay, with their codings.",
        "document_id": "content hash of the name, the text and who speaks where",
        "name": "path relative to the named folder, with /",
        "version": "1 for the first text of this name, then 2 ...",
        "is_current": "1 for the version that counts, one per name; else 0",
        **_DOCUMENT,
        "words": "words of the respondents (segments with is_coded = 1)",
        "format": "file ending without the dot",
        "encoding": "encoding the bytes were decoded with",
        "source_hash": "sha256 of the file's bytes",
        "reading_hash": "hash of all that decided how the file was read; the same = nothing to read again",
        "text_hash": "sha256 of the text in UTF-8",
        "left_out": "JSON list of what the reader did not take over, with counts",
        "text": "the words as the source holds them, newlines unified to LF",
        **_TOPICS,
    },
    "turns": {
        TABLE: "One row per uninterrupted stretch by one speaker.",
        "document_id": "the document version",
        "position": "0-based order in the document",
        **_PLACE,
        "speaker": "as written in the source; NULL = nobody is named",
        "role": "respondent, interviewer, facilitator, note or heading",
        "time": "time stamp as written; NULL = none",
        "heading": "the last heading above the turn; NULL = none",
    },
    "segments": {
        TABLE: "One row per sentence of a turn, the unit of coding.",
        "segment_id": "number of the segment in this store",
        "document_id": "the document version",
        "position": "0-based order in the document",
        "turn": "position of its turn",
        **_PLACE,
        "words": "number of words",
        "is_coded": "1 where codings are possible (respondents' words), else 0",
    },
    "runs": {
        TABLE: "One row per coder with codebook, model and settings; the same again is the same run and grows.",
        "run_id": "number of the run in this store",
        "run_hash": "content hash of coder, codebook, model, settings, seed and program version",
        "coder_id": "who coded",
        "codebook_id": "with which codebook",
        "model_hash": "content hash of the trained model; NULL = none",
        "settings": "JSON of the thresholds and other settings that can change a coding",
        "seed": "seed of what is random; NULL = nothing is",
        "qualcode_version": "version of the program",
        "started_utc": "start of the last pass that changed the run, ISO 8601",
        "finished_utc": "end of that pass, ISO 8601",
        "documents": "documents the run covers, old versions among them",
        "facets_id": "with which facets (a codebook too); NULL = facets were not looked for",
    },
    "coverage": {
        TABLE: "One row per document a run looked at, all its is_coded segments; no coding = no code applies.",
        "run_id": "the run",
        "document_id": "the document version",
        "is_current": "1 for the newest run over the document, whose codings count; else 0",
    },
    "codings": {
        TABLE: "One row per code a run gave to a segment; also of old runs and old document versions.",
        "run_id": "the run",
        "segment_id": "the segment",
        "code_id": "the code, in the codebook of the run",
        "probability": "0-1, calibrated",
        "status": "auto counts in the tables; pending waits for a person",
        "is_intense": "1 when the segment holds an intensity marker of the codebook, else 0",
        "evidence": "JSON list of the reasons: source, detail, start, end, weight",
    },
    "facets": {
        TABLE: "One row per facet a run found in a segment: whom it concerns, with what effect, whether it recommends.",
        "run_id": "the run",
        "segment_id": "the segment",
        "facet_id": "the facet, in the facets' codebook of the run",
        "probability": "0-1; no calibrated frequency where rules gave it",
        "evidence": "JSON list of the reasons: source, detail, start, end, weight",
    },
    "verdicts": {
        TABLE: "One row per decision of a person on a code of a segment; the newest counts, none is changed.",
        "verdict_id": "number of the verdict in this store, in the order they were given",
        "segment_id": "the segment",
        "codebook_id": "the codebook of the code",
        "code_id": "the code",
        "coder_id": "who decided",
        "decision": "accept or reject what a machine counted, add what it did not, or unsure",
        "is_audit": "1 where the segment was drawn at random to measure the machine's errors, else 0",
        "memo": "why; NULL = not said",
        "decided_utc": "when, ISO 8601",
    },
    "audits": {
        TABLE: "One row per segment of a random sample that a person is to look at, whatever the machine says of it.",
        "run_id": "the run that is measured",
        "segment_id": "the segment",
        "stratum": "part of the run's segments it was drawn from",
        "chance": "the chance with which it was drawn, above 0, at most 1",
        "coder_id": "who has looked at it; NULL = nobody yet",
        "decided_utc": "when, ISO 8601; NULL = not yet",
    },
    "documents_long": {
        TABLE: "One row per current document, with who coded it last.",
        "document_id": "documents.document_id",
        "document": "name of the document",
        "version": "version of the document",
        **_DOCUMENT,
        **_TOPICS,
        "words": "words of the respondents",
        "segments": "segments that can be coded (respondents' sentences)",
        "format": "file ending without the dot",
        "encoding": "encoding the bytes were decoded with",
        "source_hash": "sha256 of the file's bytes",
        "left_out": "JSON list of what the reader did not take over",
        **_CODER,
    },
    "segments_long": {
        TABLE: "One row per segment of the current documents, with its words; all speakers.",
        "segment_id": "segments.segment_id",
        **_QUOTED,
        "time": "time stamp of the turn as written; NULL = none",
        "heading": "the last heading above the turn; NULL = none",
        "is_coded": "1 where codings are possible, else 0",
    },
    "codings_long": {
        TABLE: "One row per current coding: newest run, current document version.",
        "segment_id": "segments.segment_id",
        **_QUOTED,
        "code_number": "the number people know the code by",
        "code": "id of the code",
        "code_name": "name of the code",
        "category": "id of its category",
        "category_name": "name of its category",
        "probability": "0-1, calibrated",
        "status": "auto counts in the tables; pending waits for a person",
        "is_intense": "1 when the segment holds an intensity marker, else 0",
        "evidence": "JSON list of the reasons: source, detail, start, end, weight",
        **_CODER,
    },
    "facets_long": {
        TABLE: "One row per current facet: newest run, current document version.",
        "segment_id": "segments.segment_id",
        **_QUOTED,
        "facet": "id of the facet",
        "facet_number": "the number people know the facet by",
        "facet_name": "name of the facet",
        "facet_group": "id of its category",
        "probability": "0-1; no calibrated frequency where rules gave it",
        "evidence": "JSON list of the reasons: source, detail, start, end, weight",
        "run": "run_id of the run that found it",
    },
}
