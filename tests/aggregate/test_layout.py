from __future__ import annotations

import pandas as pd

from qualcode.aggregate.counts import Column
from qualcode.aggregate.layout import CODE_COLUMNS, code_columns, typed_frame


def test_order_and_dtypes_are_those_asked_for() -> None:
    df = typed_frame({"b": [1.5], "a": [2]}, {"a": "int64", "b": "float64"})
    assert list(df.columns) == ["a", "b"]
    assert [str(dtype) for dtype in df.dtypes] == ["int64", "float64"]


def test_whole_numbers_may_be_missing() -> None:
    numbers = typed_frame({"n": [2.0, float("nan"), None]}, {"n": "Int64"})["n"]
    assert numbers.tolist() == [2, pd.NA, pd.NA]
    assert str(typed_frame({"n": []}, {"n": "Int64"})["n"].dtype) == "Int64"


def test_codes_have_a_number_and_categories_none() -> None:
    columns = [Column("pay", 3, "Pay", "money"), Column("money", None, "Money", "money")]
    df = typed_frame(code_columns(columns), CODE_COLUMNS)
    assert df["code_number"].tolist() == [3, pd.NA]
    assert df[["code", "code_name", "category"]].to_numpy().tolist() == [
        ["pay", "Pay", "money"],
        ["money", "Money", "money"],
    ]
