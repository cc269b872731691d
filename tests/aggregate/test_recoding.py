from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from qualcode.aggregate.recoding import RECODED_COLUMNS, CodedState, Held, recoding_table
from qualcode.codebook import Codebook

from .mini_study import count, document, small_codebook

DOCUMENTS = [document("a", "A", 100), document("b", "A", 300), document("c", None, 100)]


def held(code: str, place: str, *, region: str | None = "A", waits: bool = False) -> Held:
    return Held(region, code, place, waits)


def state(counts: list[Any], codings: list[Held], book: Codebook | None = None) -> CodedState:
    return CodedState(DOCUMENTS, counts, codings, book or small_codebook())


def cell(df: pd.DataFrame, group: str, code: str) -> dict[str, Any]:
    (row,) = df[(df["group"] == group) & (df["code"] == code)].to_dict("records")
    return {str(key): value for key, value in row.items()}


def test_codings_stay_come_and_go_by_sentence() -> None:
    before = state(
        [], [held("pay", "a1"), held("pay", "a2"), held("pay", "c1", region=None), held("pay", "b9", waits=True)]
    )
    after = state([], [held("pay", "a1"), held("pay", "b9"), held("silos", "a2"), held("pay", "c1", region=None)])
    df = recoding_table(before, after)
    names = ("codings_before", "codings_after", "unchanged", "added", "removed", "waiting_before", "waiting_after")
    expected = {
        ("all", "pay"): [3, 3, 2, 1, 1, 1, 0],
        ("A", "pay"): [2, 2, 1, 1, 1, 1, 0],
        ("(missing)", "pay"): [1, 1, 1, 0, 0, 0, 0],
        ("A", "silos"): [0, 1, 0, 1, 0, 0, 0],
    }
    assert {key: [cell(df, *key)[name] for name in names] for key in expected} == expected


def test_shares_and_ranks_are_those_of_the_tables() -> None:
    before = state([count("a", "pay", 1, 40, 0, 0), count("b", "silos", 1, 60, 0, 0)], [])
    after = state([count("a", "pay", 1, 40, 0, 0), count("b", "pay", 1, 60, 0, 0)], [])
    df = recoding_table(before, after)
    assert {name: str(df[name].dtype) for name in df if df[name].dtype.kind in "iuf"} == {
        name: dtype for name, dtype in RECODED_COLUMNS.items() if dtype in ("int64", "Int64", "float64")
    }
    pay, silos = (cell(df, "A", code) for code in ("pay", "silos"))
    assert (pay["share_documents_before"], pay["share_documents_after"], pay["change_documents"]) == (0.5, 1.0, 0.5)
    assert (pay["share_words_before"], pay["share_words_after"]) == (0.1, 0.25)
    assert (pay["rank_before"], pay["rank_after"], silos["rank_before"]) == (2, 1, 1)
    assert pd.isna(silos["rank_after"])
    whole = cell(df, "all", "pay")
    assert (whole["share_documents_after"], whole["share_words_after"]) == (2 / 3, 0.2)


def test_a_code_that_one_codebook_lacks_has_no_share_on_that_side() -> None:
    plain = small_codebook().model_dump(mode="json")
    money = next(category for category in plain["categories"] if any(code["id"] == "pay" for code in category["codes"]))
    money["codes"] = [code for code in money["codes"] if code["id"] != "pay"]
    without = Codebook.model_validate(plain)
    full = state([count("a", "pay", 1, 40, 0, 0)], [held("pay", "a1")])
    df = recoding_table(full, state([count("a", "pay", 1, 40, 0, 0)], [], without))
    row = cell(df, "A", "pay")
    assert (row["share_words_before"], row["codings_before"], row["removed"]) == (0.1, 1, 1)
    assert np.isnan([row["share_words_after"], row["change_words"]]).all()
    assert df[df["group"] == "A"]["code"].tolist()[-1] == "pay"  # codes that are gone come last


def test_from_nothing_everything_is_added() -> None:
    nothing = CodedState((), (), (), small_codebook())
    df = recoding_table(nothing, state([count("a", "pay", 1, 40, 0, 0)], [held("pay", "a1")]))
    assert df["group"].unique().tolist() == ["all", "A", "(missing)"]
    assert cell(df, "A", "pay")["added"] == 1
    assert df["share_words_before"].isna().all()
