from __future__ import annotations

import pytest

from qualcode.aggregate.counts import tally
from qualcode.aggregate.frames import Unit
from qualcode.aggregate.remarks import LINE, notes, undefined

from .mini_study import Row, category_counts, code_counts, count, document, documents, small_codebook


def how_made(rows: list[Row], codes: list[Row], *, by: str | None = "region", level: Unit = "code") -> list[str]:
    counts = tally(rows, codes, category_counts(), small_codebook(), by=by, level=level)
    return notes(counts, by=by, level=level, draws=2000, small_group=5)


def why_missing(rows: list[Row], codes: list[Row], *, by: str | None = "region") -> str:
    counts = tally(rows, codes, [], small_codebook(), by=by, level="code")
    return "\n".join(undefined(counts, by=by, level="code"))


def test_notes_say_what_each_number_counts() -> None:
    assert how_made(documents(), code_counts()) == [
        "Only respondents' words count. Frequency: a document once per code; 95 % Wilson interval.",
        "Emphasis: share of words in sentences with the code; 95 %: 2,000 bootstrap draws of documents.",
        "vs rest: log2 odds against all other groups (1 = twice the odds); prior: one average document.",
        "q: documents regrouped at random 2,000 times, Benjamini-Hochberg over the whole table.",
        "Fewer than 5 documents, so intervals are too narrow: Alpha, Beta, Gamma.",
        "Pending, not counted: 3 codings in the whole table (one sentence with one code).",
    ]


@pytest.mark.parametrize("by", ["region", "kind", "document", None])
@pytest.mark.parametrize("level", ["code", "category"])
def test_notes_are_at_most_six_lines_that_fit_under_a_table(by: str | None, level: Unit) -> None:
    lines = how_made(documents(), code_counts(), by=by, level=level)
    assert len(lines) <= 6
    assert max(len(line) for line in lines) <= LINE
    assert not any("_" in line for line in lines)  # words of the reader, not names of columns


def test_notes_leave_out_what_a_table_does_not_show() -> None:
    of_one_group = how_made(documents(), [], by=None)
    assert [line.split(":")[0] for line in of_one_group] == ["Only respondents' words count. Frequency", "Emphasis"]
    by_document = "\n".join(how_made(documents(), code_counts(), by="document"))
    for word in ("Wilson", "bootstrap", "regrouped", "Fewer than"):
        assert word not in by_document


def test_many_small_groups_are_cut_to_the_line_with_a_count() -> None:
    rows = [document(f"d{i}", f"Region {i}", 10) for i in range(9)]
    assert "Fewer than 5 documents, so intervals are too narrow: Region 0, Region 1, Region 2 and 6 more." in how_made(
        rows, []
    )
    (line,) = [line for line in how_made([document("a", "R" * 99, 10)], []) if line.startswith("Fewer")]
    assert line.endswith(f"{'R' * 99}.")  # one name at least, however long


def test_table_of_one_group_says_why_nothing_is_compared() -> None:
    assert 'no group beside "all"' in why_missing(documents(), code_counts(), by=None)


def test_table_by_document_says_why_intervals_are_missing() -> None:
    assert "each group is one document" in why_missing(documents(), code_counts(), by="document")


def test_unraised_codes_and_cells_without_interval_are_named() -> None:
    missing = why_missing(documents(), code_counts())
    assert "missing for trials: no words with the code anywhere" in missing
    assert "Interval of relative_emphasis missing in 8 cells" in missing  # consent and pay in Gamma
    assert "intensity is missing" in missing
    assert "q_value" not in missing


def test_single_documents_and_silent_groups_are_named() -> None:
    rows = [document("a", "A", 10), document("b", "A", 10), document("c", "B", 10), document("d", "C", 0)]
    missing = why_missing(rows, [count("a", "pay", 1, 5, 0, 0)])
    assert "missing for B: one document" in missing
    assert "missing for C: no words of respondents" in missing


def test_group_whose_rivals_are_one_document_is_named() -> None:
    rows = [document("a", "A", 10), document("b", "A", 10), document("c", "B", 10)]
    assert "q_value is missing for A: all other groups together are one document" in why_missing(rows, [])


def test_code_that_all_documents_raise_alike_is_named() -> None:
    rows = [document(name, "A" if name in "ab" else "B", 10) for name in "abcd"]
    codes = [count(name, "pay", 1, 5, 0, 0) for name in "abcd"]
    assert "q_value is missing for pay: all documents are alike" in why_missing(rows, codes)


def test_code_on_every_word_is_explained() -> None:
    rows = [document("a", "A", 10), document("b", "B", 10)]
    missing = why_missing(rows, [count("a", "pay", 1, 10, 0, 0), count("b", "pay", 1, 10, 0, 0)])
    assert "all words have the code" in missing


def test_long_lists_of_groups_are_cut_with_a_count() -> None:
    missing = why_missing([document(f"d{i}", f"R{i}", 10) for i in range(9)], [])
    assert "missing for R0, R1, R2, R3, R4, R5 and 3 more: one document" in missing


def test_no_documents_is_the_only_reason_then() -> None:
    assert why_missing([], []) == "There are no documents."
