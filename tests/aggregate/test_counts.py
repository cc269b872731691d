from __future__ import annotations

import numpy as np
import pytest

from qualcode.aggregate.counts import MISSING, Counts, table_columns, tally
from qualcode.errors import AggregateError

from .mini_study import category_counts, code_counts, document, documents, small_codebook


def mini_counts(by: str | None = "region") -> Counts:
    return tally(documents(), code_counts(), category_counts(), small_codebook(), by=by, level="code")


def test_codes_stand_by_number_and_categories_in_file_order() -> None:
    book = small_codebook()
    assert [(c.number, c.id, c.category) for c in table_columns(book, level="code")] == [
        (1, "silos", "data"),
        (2, "consent", "data"),
        (3, "pay", "money"),
        (4, "trials", "money"),
    ]
    assert [(c.number, c.id) for c in table_columns(book, level="category")] == [(None, "data"), (None, "money")]


def test_auto_and_pending_are_kept_apart() -> None:
    counts = mini_counts()
    b1 = counts.document_ids.index("b1")
    assert counts.segments[b1].tolist() == [1, 0, 5, 0]
    assert counts.words[b1].tolist() == [10, 0, 90, 0]
    assert counts.pending[b1].tolist() == [0, 0, 2, 0]
    np.testing.assert_array_equal(counts.first[b1], [8, np.nan, 1, np.nan])


def test_groups_are_sorted_and_sum_up() -> None:
    counts = mini_counts()
    assert counts.groups == ("Alpha", "Beta", "Gamma")
    assert counts.documents.tolist() == [4, 3, 2]
    assert counts.group_words.tolist() == [500, 600, 200]


def test_documents_without_the_attribute_are_the_last_group() -> None:
    rows = [document("a", "Zeta", 10), document("b", None, 20)]
    counts = tally(rows, [], [], small_codebook(), by="region", level="code")
    assert counts.groups == ("Zeta", MISSING)
    assert counts.group_words.tolist() == [10, 20]


def test_attribute_written_like_the_missing_group_is_refused() -> None:
    with pytest.raises(AggregateError, match="Leave it empty"):
        tally([document("a", MISSING, 10)], [], [], small_codebook(), by="region", level="code")


def test_without_by_there_is_one_group() -> None:
    counts = mini_counts(by=None)
    assert counts.groups == ("all",)
    assert counts.documents.tolist() == [9]


def test_by_document_groups_by_name() -> None:
    assert mini_counts(by="document").groups[:2] == ("a1.txt", "a2.txt")


@pytest.mark.parametrize(("by", "level"), [("speaker", "code"), ("region", "theme")])
def test_unknown_by_or_level_is_wrong_use(by: str, level: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        tally([], [], [], small_codebook(), by=by, level=level)  # type: ignore[arg-type]
