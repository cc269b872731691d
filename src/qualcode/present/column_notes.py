"""What every column of the workbook counts: meaning, unit, and when it is empty.

In: the name of a sheet and of a column. Out: its note. The formulas are in ``docs/method.md``; here stands what a
reader of a single sheet needs. Where a name means something else in one sheet, that sheet has its own note.
"""

from __future__ import annotations

from typing import NamedTuple

NEVER = "never"
_UNKNOWN = "not known"
_NO_DOCUMENTS = "no document was asked about it"
_NO_WORDS = "no words of respondents"
_FEW = "fewer than two documents raise it, or the group has one document"
_UNHEARD = "one of the codes is never raised"
_RARELY = "fewer than two documents hold both codes"
_FEW_CODED = "fewer than two documents of the language have a code"
_ALONE = "there is no other group, or nobody speaks of it anywhere"


class ColumnNote(NamedTuple):
    """What a column holds.

    Attributes
    ----------
    meaning : str
    unit : str
        "share 0-1", "log2 odds", "documents" ...; it decides how numbers look.
    empty : str
        When a cell is empty.
    """

    meaning: str
    unit: str
    empty: str = NEVER


def column_note(sheet: str, column: str) -> ColumnNote | None:
    """The note of a column, or None where there is none.

    Examples
    --------
    >>> column_note("Codes by region", "words").meaning
    'Words of respondents in sentences with the code that count'
    >>> column_note("Documents", "words").meaning
    'Words of respondents in the document'
    """
    return _OF_SHEET.get((sheet, column)) or _NOTES.get(column)


_TEXT = "text"
_SHARE = "share 0-1"
_ODDS = "log2 odds"
_P = "probability of chance 0-1"

_NOTES: dict[str, ColumnNote] = {
    # What a row is about
    "code_number": ColumnNote("Number of the code in the codebook", "number", "the row is a category"),
    "code": ColumnNote("Id of the code (of the category, where the row is one)", _TEXT),
    "code_name": ColumnNote("Name of the code (of the category, where the row is one)", _TEXT),
    "category": ColumnNote("Id of the category", _TEXT),
    "path": ColumnNote("Category > Code, by name", _TEXT),
    "group": ColumnNote("Region; (missing) = not known; all = the whole study", _TEXT),
    "region": ColumnNote("Region of the document", _TEXT, _UNKNOWN),
    "country": ColumnNote("Country of the document", _TEXT, _UNKNOWN),
    "stakeholder_group": ColumnNote("Stakeholder group of the document", _TEXT, _UNKNOWN),
    "kind": ColumnNote("interview, workshop, report or survey", _TEXT, _UNKNOWN),
    "date": ColumnNote("Date of the document", _TEXT, _UNKNOWN),
    "language": ColumnNote("Language of the document, ISO 639 code", _TEXT, _UNKNOWN),
    "document_id": ColumnNote("Id of the document: made of its content and version", _TEXT),
    "document": ColumnNote("Name of the document's file; may name a person: remove it before passing on", _TEXT),
    "speaker": ColumnNote(
        "Who speaks, as the notes write it; may name a person: remove it before passing on", _TEXT, _UNKNOWN
    ),
    "topics_asked": ColumnNote(
        "Codes or categories the people were asked about", _TEXT, "they were asked about everything"
    ),
    # Frequency
    "documents": ColumnNote("Documents of the group that were asked about the code", "documents"),
    "documents_not_asked": ColumnNote("Documents of the group that were not asked about the code", "documents"),
    "documents_unasked": ColumnNote(
        "Documents not asked about the code that raise it all the same; in no other number", "documents"
    ),
    "documents_with_code": ColumnNote("Documents asked about the code with at least one sentence of it", "documents"),
    "share_documents": ColumnNote("documents_with_code / documents", _SHARE, _NO_DOCUMENTS),
    "share_documents_low": ColumnNote("Lower end of its 95 % interval (Wilson)", _SHARE, _NO_DOCUMENTS),
    "share_documents_high": ColumnNote("Upper end of its 95 % interval (Wilson)", _SHARE, _NO_DOCUMENTS),
    "segments": ColumnNote("Sentences with the code that count", "sentences"),
    "segments_pending": ColumnNote("Sentences whose coding waits for a person; in no other number", "sentences"),
    "documents_pending": ColumnNote("Documents with a pending coding of the code", "documents"),
    # Emphasis
    "words": ColumnNote("Words of respondents in sentences with the code that count", "words"),
    "group_words": ColumnNote("Words of respondents in the documents asked about the code", "words"),
    "share_words": ColumnNote("words / group_words", _SHARE, _NO_WORDS),
    "share_words_low": ColumnNote("Lower end of its 95 % interval (bootstrap of documents)", _SHARE, _FEW),
    "share_words_high": ColumnNote("Upper end of its 95 % interval (bootstrap of documents)", _SHARE, _FEW),
    "share_words_corrected": ColumnNote(
        "share_words after the audit: what a person judged in a random sample put right", _SHARE, "nothing was audited"
    ),
    "share_words_corrected_low": ColumnNote(
        "Lower end of its 95 % interval (bootstrap of documents)", _SHARE, "nothing was audited, or too little"
    ),
    "share_words_corrected_high": ColumnNote(
        "Upper end of its 95 % interval (bootstrap of documents)", _SHARE, "nothing was audited, or too little"
    ),
    "segments_audited": ColumnNote("Sentences a person judged in a random sample", "sentences", "nothing was audited"),
    "relative_emphasis": ColumnNote(
        "Emphasis against all other groups: 0 = the same, 1 = twice the odds, -1 = half", _ODDS, _ALONE
    ),
    "relative_emphasis_low": ColumnNote("Lower end of its 95 % interval", _ODDS, f"{_ALONE}; {_FEW}"),
    "relative_emphasis_high": ColumnNote("Upper end of its 95 % interval", _ODDS, f"{_ALONE}; {_FEW}"),
    "relative_emphasis_z": ColumnNote(
        "relative_emphasis in standard deviations of regrouped documents", "z", f"{_ALONE}; too few documents"
    ),
    "q_value": ColumnNote(
        "Whether it stands out, corrected for all comparisons of the sheet; below 0.05 it does",
        _P,
        "no test: too few documents, or nothing to compare",
    ),
    "salience": ColumnNote("Smith's S: how early the code comes up, mean over documents", "0-1", _NO_DOCUMENTS),
    "intensity": ColumnNote("Share of its sentences with a stress word", _SHARE, "no sentence has the code"),
    "rank": ColumnNote("Place in the group by share_words, 1 = most", "rank", "no words with the code"),
    "top_three": ColumnNote(
        "Share of bootstrap draws in which the code is among the group's first three", _SHARE, _FEW
    ),
    "flag": ColumnNote("n<5 = so few documents that the row does not speak for its group", _TEXT, "enough documents"),
    # All groups at once
    "groups": ColumnNote("Regions with a document asked about the code", "regions"),
    "expected_least": ColumnNote("Smallest count to be expected if regions did not differ", "documents", _NO_DOCUMENTS),
    "expected_below_5": ColumnNote("Share of the table's cells with an expected count below 5", _SHARE, _NO_DOCUMENTS),
    "test": ColumnNote("fisher (two regions) or chi-square (more)", _TEXT, "p is withheld: see reason"),
    "statistic": ColumnNote("Pearson's chi-square, without correction", "chi-square", "no or every document raises it"),
    "df": ColumnNote("Degrees of freedom of the chi-square", "number", "no or every document raises it"),
    "p_value": ColumnNote("How often chance alone makes such differences", _P, "withheld: see reason"),
    "cramers_v": ColumnNote(
        "How far regions differ: 0 = not at all, 1 = each region all or none", "0-1", "no or every document raises it"
    ),
    "cramers_v_corrected": ColumnNote("cramers_v corrected for small samples", "0-1", "samples too small to correct"),
    "reason": ColumnNote("Why p is withheld", _TEXT, "it is not"),
    # Workshops against interviews
    "interviews_with_code": ColumnNote("Interviews asked about the code that raise it", "documents"),
    "workshops_with_code": ColumnNote("Workshops asked about the code that raise it", "documents"),
    "share_words_interviews": ColumnNote("Words on the code / all words, in interviews", _SHARE, _NO_WORDS),
    "share_words_workshops": ColumnNote("Words on the code / all words, in workshops", _SHARE, _NO_WORDS),
    "result": ColumnNote(
        "confirmed = raised in both, added = in a workshop only, dropped = in interviews only; else why there is none",
        _TEXT,
    ),
    # Pairs of codes
    **{
        f"{name}_{side}": ColumnNote(f"{what} of the {which} code", unit)
        for side, which in (("a", "first"), ("b", "second"))
        for name, what, unit in (
            ("code_number", "Number", "number"),
            ("code", "Id", _TEXT),
            ("code_name", "Name", _TEXT),
            ("category", "Id of the category", _TEXT),
            ("units", "Turns of respondents with a sentence", "turns"),
        )
    },
    "units_both": ColumnNote("Turns of respondents with both codes", "turns"),
    "units": ColumnNote("All turns of respondents in documents asked about both codes", "turns", _UNKNOWN),
    "documents_both": ColumnNote("Documents with both codes in one turn", "documents"),
    "jaccard": ColumnNote("units_both / turns with either: 0 = never together, 1 = never apart", "0-1", _UNHEARD),
    "jaccard_low": ColumnNote("Lower end of its 95 % interval (bootstrap of documents)", "0-1", _RARELY),
    "jaccard_high": ColumnNote("Upper end of its 95 % interval (bootstrap of documents)", "0-1", _RARELY),
    "lift": ColumnNote("How much more often they meet than by chance: 1 = as often, 2 = twice", "times", _UNHEARD),
    "lift_low": ColumnNote("Lower end of its 95 % interval (bootstrap of documents)", "times", _RARELY),
    "lift_high": ColumnNote("Upper end of its 95 % interval (bootstrap of documents)", "times", _RARELY),
    # Saturation
    "codes_expected": ColumnNote("Codes that so many documents raise, mean over all choices of them", "codes"),
    "codes_low": ColumnNote("95 of 100 random orders of the documents have more codes than this, or as many", "codes"),
    "codes_high": ColumnNote(
        "95 of 100 random orders of the documents have fewer codes than this, or as many", "codes"
    ),
    "new_expected": ColumnNote("Codes that the last of so many documents adds, on average", "codes", "no document yet"),
    "codes_observed": ColumnNote("Codes raised so far in the order the documents were held", "codes"),
    # Languages
    "read_by": ColumnNote("How the language is read: model, cues, or not read", _TEXT, _UNKNOWN),
    "documents_without_code": ColumnNote("Documents of the language without a single coded sentence", "documents"),
    "coded_segments": ColumnNote("Sentences with at least one code that counts", "sentences"),
    "share_coded": ColumnNote("coded_segments / segments", _SHARE, "no sentences, or the language is not read"),
    "share_coded_low": ColumnNote("Lower end of its 95 % interval (bootstrap of documents)", _SHARE, _FEW_CODED),
    "share_coded_high": ColumnNote("Upper end of its 95 % interval (bootstrap of documents)", _SHARE, _FEW_CODED),
    # Passages
    "turn": ColumnNote("Which turn of the document, from 0", "number"),
    "position": ColumnNote("Which sentence of the document, from 0", "number"),
    "first_position": ColumnNote("First sentence of the passage in the document, from 0", "number"),
    "last_position": ColumnNote("Last sentence of the passage in the document, from 0", "number"),
    "start": ColumnNote("Where it starts in the document's text", "characters"),
    "end": ColumnNote("Where it ends in the document's text; this character is outside", "characters"),
    "sentences": ColumnNote("Sentences of the passage", "sentences"),
    "probability": ColumnNote("Mean probability the machine gave its codings", "0-1", "people alone gave the code"),
    "status": ColumnNote("accepted = people said so of each sentence; auto = the machine is sure", _TEXT),
    "text": ColumnNote("The respondent's own words", _TEXT),
    "codes": ColumnNote("Ids of the codes that count on the passage", _TEXT),
    "choice": ColumnNote("Why it is quoted: typical or contrasting", _TEXT, "not chosen as an illustration"),
    "facet": ColumnNote("Id of the facet", _TEXT),
    "facet_name": ColumnNote("Name of the facet", _TEXT),
    "facet_group": ColumnNote("What sort of facet: affected_party, impact, recommendation ...", _TEXT),
    # Participation
    "interviews": ColumnNote("Interviews in the store", "documents"),
    "workshops": ColumnNote("Workshops in the store", "documents"),
    "other": ColumnNote("Reports, surveys and documents of unknown kind in the store", "documents"),
    "planned_interviews": ColumnNote("Interviews that qualcode.toml plans", "documents", "no plan"),
    "planned_workshops": ColumnNote("Workshops that qualcode.toml plans", "documents", "no plan"),
    "workshop_participants": ColumnNote("People planned for the workshops, by qualcode.toml", "people", "no plan"),
    # Overview and the sheets of words
    "level": ColumnNote("category or code", _TEXT),
    "regions": ColumnNote("Regions of the study that have a name", "regions"),
    "regions_raising": ColumnNote("Regions with at least one document that raises it", "regions"),
    "paragraph": ColumnNote("A paragraph of the methods section", _TEXT),
    "sheet": ColumnNote("Sheet of this workbook; (all) = every sheet", _TEXT),
    "column": ColumnNote("Column of that sheet", _TEXT, "the note is about the whole sheet"),
    "meaning": ColumnNote("What the column counts or says", _TEXT),
    "unit": ColumnNote("In what it is counted", _TEXT, "the note is about the whole sheet"),
    "empty": ColumnNote("When a cell of the column is empty", _TEXT, "the note is about the whole sheet"),
}

_OF_SHEET: dict[tuple[str, str], ColumnNote] = {
    ("Workshops", "interviews"): ColumnNote("Interviews of the region that were asked about the code", "documents"),
    ("Workshops", "workshops"): ColumnNote("Workshops of the region that were asked about the code", "documents"),
    ("Co-occurrence", "flag"): ColumnNote(
        "ratio>5 = one code is in more than five times the turns of the other: jaccard is small anyhow",
        _TEXT,
        "it is not",
    ),
    ("Saturation", "documents"): ColumnNote("So many documents of the study", "documents"),
    ("Saturation", "document"): ColumnNote(
        "Name of the last of them, in the order they were held; may name a person", _TEXT, "no document yet"
    ),
    ("Languages", "language"): ColumnNote("ISO 639 code; (missing) = not known", _TEXT),
    ("Languages", "documents"): ColumnNote("Documents in the language", "documents"),
    ("Languages", "words"): ColumnNote("Words of respondents in these documents", "words"),
    ("Languages", "segments"): ColumnNote("Sentences of respondents in these documents", "sentences"),
    ("Association", "documents"): ColumnNote("Documents of all regions that were asked about the code", "documents"),
    ("Documents", "words"): ColumnNote("Words of respondents in the document", "words"),
    ("Documents", "segments"): ColumnNote("Sentences of respondents in the document", "sentences"),
    ("Documents", "name"): ColumnNote(
        "Name of the document's file; may name a person: remove it before passing on", _TEXT
    ),
    ("Quotes", "words"): ColumnNote("Words of the passage", "words"),
    ("Facets", "words"): ColumnNote("Words of the sentence", "words"),
    ("Facets", "probability"): ColumnNote("How sure the rule is", "0-1", _UNKNOWN),
    ("Participation", "region"): ColumnNote("Region; (missing) = not known; all = the whole study", _TEXT),
    ("Participation", "country"): ColumnNote("Country of the region", _TEXT, "not known, or several"),
    ("Participation", "words"): ColumnNote("Words of respondents in all documents of the region", "words"),
}
_OF_SHEET |= {
    ("Overview", name): _NOTES[name]._replace(empty=f"the row is a category; {_NOTES[name].empty}")
    for name in (
        "share_documents_low",
        "share_documents_high",
        "share_words_low",
        "share_words_high",
        "rank",
        "top_three",
    )
}
