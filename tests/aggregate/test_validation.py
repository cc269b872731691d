from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualcode.aggregate.validation import WORKSHOP_COLUMNS, workshop_table
from qualcode.errors import AggregateError

from .mini_study import Row, category_counts, code_counts, document, documents, small_codebook

NAN = float("nan")


def study() -> list[Row]:
    """The mini study with two workshops in Beta (b1 says pay and silos, b2 pay) and one in Gamma (g2, silent)."""
    return [row | {"kind": "workshop"} if row["document_id"] in ("b1", "b2", "g2") else row for row in documents()]


def table(rows: list[Row] | None = None, counts: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"level": "code", **options}
    rows = study() if rows is None else rows
    return workshop_table(
        rows, code_counts() if counts is None else counts, category_counts(), small_codebook(), **given
    )


def cells(df: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return [list(row) for row in df[list(columns)].itertuples(index=False)]


COUNTED = ("group", "code", "interviews", "interviews_with_code", "workshops", "workshops_with_code", "result")


def test_every_cell_of_the_mini_study() -> None:
    df = table()
    assert cells(df, *COUNTED) == [
        ["Alpha", "silos", 4, 2, 0, 0, "no workshop"],
        ["Alpha", "consent", 4, 1, 0, 0, "no workshop"],
        ["Alpha", "pay", 4, 1, 0, 0, "no workshop"],
        ["Alpha", "trials", 4, 0, 0, 0, "no workshop"],
        ["Beta", "silos", 1, 0, 2, 1, "added"],
        ["Beta", "consent", 1, 1, 2, 0, "dropped"],
        ["Beta", "pay", 1, 0, 2, 2, "added"],
        ["Beta", "trials", 1, 0, 2, 0, "not raised"],
        ["Gamma", "silos", 1, 1, 1, 0, "dropped"],
        ["Gamma", "consent", 1, 0, 1, 0, "not raised"],
        ["Gamma", "pay", 1, 0, 1, 0, "not raised"],
        ["Gamma", "trials", 1, 0, 1, 0, "not raised"],
    ]
    interviews = [60 / 500, 10 / 500, 10 / 500, 0, 0, 20 / 200, 0, 0, 5 / 50, 0, 0, 0]
    workshops = [NAN, NAN, NAN, NAN, 10 / 400, 0, 120 / 400, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(df["share_words_interviews"], interviews)
    np.testing.assert_allclose(df["share_words_workshops"], workshops)


def test_all_regions_together_confirm_more() -> None:
    assert cells(table(by=None), "group", "code", "result") == [
        ["all", "silos", "confirmed"],
        ["all", "consent", "dropped"],
        ["all", "pay", "confirmed"],
        ["all", "trials", "not raised"],
    ]


def test_categories_are_compared_like_codes() -> None:
    assert cells(table(level="category"), "group", "code", "result")[2:4] == [
        ["Beta", "data", "confirmed"],
        ["Beta", "money", "added"],
    ]


def test_attrs_count_each_group() -> None:
    attrs = table().attrs
    assert attrs["group_interviews"] == {"Alpha": 4, "Beta": 1, "Gamma": 1}
    assert attrs["group_workshops"] == {"Alpha": 0, "Beta": 2, "Gamma": 1}
    assert {name: n for name, n in attrs["group_results"]["Beta"].items() if n} == {
        "added": 2,
        "dropped": 1,
        "not raised": 1,
    }
    assert attrs["n_documents"] == 9
    assert attrs["left_out"] == {}
    assert attrs["undefined"] == ["share_words_workshops is missing without words of workshops asked about the code."]


def test_other_kinds_are_left_out_and_counted() -> None:
    more = [
        document("r1", "Beta", 100, kind="report"),
        document("r2", "Delta", 100, kind="survey"),
        document("r3", "Beta", 100, kind=None),
        document("r4", "Beta", 100, kind="report"),
    ]
    df = table([*study(), *more])
    pd.testing.assert_frame_equal(df, table())  # Delta has neither interview nor workshop: no rows
    assert df.attrs["left_out"] == {"(missing)": 1, "report": 2, "survey": 1}
    assert "Left out, neither interview nor workshop: 1 (missing), 2 report, 1 survey." in df.attrs["notes"]
    assert df.attrs["n_documents"] == 9


def test_a_region_with_a_workshop_alone_has_no_interviews() -> None:
    rows = [row for row in study() if row["document_id"] in ("b1", "b2")]
    df = table(rows, [row for row in code_counts() if row["document_id"] in ("b1", "b2")])
    assert set(df["result"]) == {"no interviews"}


def test_not_asked_is_not_dropped() -> None:
    rows = [row | {"topics_asked": '["pay"]'} if row["document_id"] == "g2" else row for row in study()]
    assert cells(table(rows), *COUNTED)[8:] == [
        ["Gamma", "silos", 1, 1, 0, 0, "not asked"],
        ["Gamma", "consent", 1, 0, 0, 0, "not asked"],
        ["Gamma", "pay", 1, 0, 1, 0, "not raised"],
        ["Gamma", "trials", 1, 0, 0, 0, "not asked"],
    ]


def test_columns_and_dtypes_are_the_documented_ones() -> None:
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in WORKSHOP_COLUMNS.items()})
    for df in (table(), table(level="category"), table([], [])):
        assert df.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()
    assert len(table([], [])) == 0


def test_row_order_does_not_matter() -> None:
    pd.testing.assert_frame_equal(table(), table(study()[::-1], code_counts()[::-1]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "kind"}, 'cannot be "kind"'),
        ({"by": "document"}, 'cannot be "document"'),
        ({"by": "speaker"}, "must be one of"),
        ({"level": "theme"}, "must be"),
    ],
)
def test_wrong_options_are_wrong_use(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        table(**options)


def test_counts_of_documents_that_are_not_there_are_refused() -> None:
    with pytest.raises(AggregateError, match="g1 is not among the documents"):
        table([row for row in study() if row["document_id"] != "g1"])
