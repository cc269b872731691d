from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as sampled
from hypothesis import settings
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score

from qualcode.aggregate.bootstrap import document_weights
from qualcode.aggregate.cooccurrence import COOCCURRENCE_COLUMNS, cooccurrence_table
from qualcode.aggregate.frames import documents_frame
from qualcode.aggregate.intervals import log_interval
from qualcode.errors import AggregateError

from .mini_study import Row, document, documents, small_codebook
from .test_coded import sentence

NAN = float("nan")
CODES = ("silos", "consent", "pay", "trials")
TURNS = {"a1": 3, "a2": 4, "a3": 2, "a4": 2, "b1": 5, "b2": 2, "b3": 3, "g1": 1, "g2": 2}
"""Turns of respondents of the mini study: 24 in 9 documents."""


def coded() -> list[Row]:
    """Turns: a1 {silos, pay} {silos}, a2 {silos, consent} {pay}, b1 {silos, pay} {pay} {pay}, b3 {consent}, g1 {pay}"""
    return [
        sentence("a1", 0, 0, "pay"),
        sentence("a1", 0, 1, "silos"),
        sentence("a1", 2, 5, "silos"),
        sentence("a1", 2, 6, "silos"),
        sentence("a2", 1, 3, "silos"),
        sentence("a2", 1, 3, "consent"),
        sentence("a2", 3, 9, "pay"),
        sentence("b1", 0, 0, "pay"),
        sentence("b1", 0, 2, "silos"),
        sentence("b1", 1, 4, "pay"),
        sentence("b1", 4, 20, "pay"),
        sentence("b3", 1, 7, "consent"),
        sentence("g1", 0, 1, "pay"),
    ]


def table(rows: list[Row] | None = None, sentences: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"unit": "turn", "level": "code", "seed": 1, "draws": 300, "turns": TURNS, **options}
    return cooccurrence_table(
        documents() if rows is None else rows, coded() if sentences is None else sentences, small_codebook(), **given
    )


def cells(df: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return [list(row) for row in df[list(columns)].itertuples(index=False)]


COUNTED = ("code_a", "code_b", "units_a", "units_b", "units_both", "units", "documents_both")


def test_every_counted_cell_by_turn() -> None:
    assert cells(table(), *COUNTED) == [
        ["silos", "consent", 4, 2, 1, 24, 1],
        ["silos", "pay", 4, 6, 2, 24, 2],
        ["silos", "trials", 4, 0, 0, 24, 0],
        ["consent", "pay", 2, 6, 0, 24, 0],
        ["consent", "trials", 2, 0, 0, 24, 0],
        ["pay", "trials", 6, 0, 0, 24, 0],
    ]


def test_every_counted_cell_by_document() -> None:
    assert cells(table(unit="document"), *COUNTED)[:4] == [
        ["silos", "consent", 3, 2, 1, 9, 1],
        ["silos", "pay", 3, 4, 3, 9, 3],
        ["silos", "trials", 3, 0, 0, 9, 0],
        ["consent", "pay", 2, 4, 1, 9, 1],
    ]


def test_jaccard_and_lift_are_the_formulas() -> None:
    by_turn, by_document = table(), table(unit="document")
    np.testing.assert_allclose(by_turn["jaccard"], [1 / 5, 2 / 8, NAN, 0, NAN, NAN])
    np.testing.assert_allclose(by_turn["lift"], [24 / 8, 2 * 24 / 24, NAN, 0, NAN, NAN])
    np.testing.assert_allclose(by_document["jaccard"], [1 / 4, 3 / 4, NAN, 1 / 5, NAN, NAN])
    np.testing.assert_allclose(by_document["lift"], [9 / 6, 3 * 9 / 12, NAN, 9 / 8, NAN, NAN])


def test_intervals_are_those_of_documents_drawn_again() -> None:
    # Silos and pay, turn by turn: documents a1, a2, b1, g1 have (silos, pay, both) turns.
    of_document = {"a1": (2, 1, 1), "a2": (1, 1, 0), "b1": (1, 3, 1), "g1": (0, 1, 0)}
    counts = np.array(
        [[*of_document.get(d, (0, 0, 0)), TURNS[d]] for d in documents_frame(documents())["document_id"]], dtype=float
    )
    a, b, both, n = (document_weights(9, draws=300, seed=1, stream="cooccurrence") @ counts).T
    kept = (a > 0) & (b > 0)
    drawn = {"jaccard": both[kept] / (a + b - both)[kept], "lift": (both * n)[kept] / (a * b)[kept]}
    row = table().iloc[1]
    for name, values in drawn.items():
        # Two documents hold both together; the rarer code, silos, is in three.
        low, high = log_interval(row[name], values.std(), df={"jaccard": 2, "lift": 3}[name])
        assert row[[f"{name}_low", f"{name}_high"]].tolist() == pytest.approx(
            [low, min(high, 1) if name == "jaccard" else high]
        )


def test_pairs_held_by_one_document_have_no_interval() -> None:
    df = table()
    ends = [f"{name}_{end}" for name in ("jaccard", "lift") for end in ("low", "high")]
    assert df[ends].notna().all(axis=1).tolist() == [False, True, False, False, False, False]
    assert df[ends].isna().all(axis=1).tolist() == [True, False, True, True, True, True]
    assert df.attrs["undefined"] == [
        "jaccard and lift are missing in 3 of 6 pairs: a code of the pair is in no turn.",
        "Intervals are missing in 2 of 6 pairs: fewer than two documents hold both in one turn, "
        "or all draws give the same.",
    ]


def test_codes_that_are_never_apart_have_no_falsely_narrow_interval() -> None:
    sentences = [sentence(d, 0, 0, code) for d in ("a1", "a2", "a3") for code in ("silos", "pay")]
    row = table(sentences=sentences).iloc[1]
    assert row["jaccard"] == 1
    assert np.isnan(row["jaccard_low"])
    assert row["lift_low"] < row["lift"] < row["lift_high"]


def test_a_code_that_is_everywhere_has_a_lift_of_one_and_no_interval_of_it() -> None:
    sentences = [sentence(row["document_id"], 0, 0, "pay") for row in documents()]
    df = table(sentences=[*sentences, sentence("a1", 0, 1, "silos"), sentence("b1", 0, 1, "silos")], unit="document")
    assert df["lift"].iloc[1] == 1
    assert df[["lift_low", "lift_high"]].iloc[1].isna().all()
    assert df["jaccard_low"].iloc[1] < 2 / 9 < df["jaccard_high"].iloc[1]


def test_columns_and_dtypes_are_the_documented_ones() -> None:
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in COOCCURRENCE_COLUMNS.items()})
    for df in (table(), table(level="category"), table(turns=None), table([], [], turns={})):
        assert df.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()
    row = table().iloc[0]
    named = ["code_number_a", "code_name_a", "category_a", "code_number_b", "code_name_b", "category_b"]
    assert row[named].tolist() == [1, "Silos", "data", 2, "Consent", "data"]


def test_categories_are_together_where_any_of_their_codes_are() -> None:
    df = table(level="category")
    assert cells(df, *COUNTED) == [["data", "money", 5, 6, 2, 24, 2]]
    assert df["code_number_a"].isna().all()


def test_without_turns_there_is_no_lift_and_it_says_so() -> None:
    df = table(turns=None)
    assert df[["units", "lift", "lift_low", "lift_high"]].isna().all(axis=None)
    assert "lift is missing: how many turns the documents have was not given." in df.attrs["undefined"]
    pd.testing.assert_series_equal(df["jaccard_low"], table()["jaccard_low"])


def test_documents_count_for_pairs_they_were_asked_about_only() -> None:
    # a1 (silos in two turns, pay in one) was asked about data alone.
    rows = [row | {"topics_asked": '["data"]'} if row["document_id"] == "a1" else row for row in documents()]
    assert cells(table(rows), *COUNTED)[:2] == [
        ["silos", "consent", 4, 2, 1, 24, 1],
        ["silos", "pay", 2, 5, 1, 21, 1],
    ]


@pytest.mark.parametrize(("pays", "flag"), [(4, ""), (5, ""), (6, "ratio>5")])
def test_unequal_pairs_are_flagged(pays: int, flag: str) -> None:
    sentences = [sentence("b1", turn, turn, "pay") for turn in range(pays)] + [sentence("b1", 0, 9, "silos")]
    df = table(sentences=sentences, turns=TURNS | {"b1": 9})
    assert df["flag"].tolist() == ["", flag, "", "", "", ""]


def test_row_order_does_not_matter_and_the_seed_does() -> None:
    pd.testing.assert_frame_equal(table(), table(documents()[::-1], coded()[::-1]))
    assert table(seed=2)["jaccard_low"].iloc[1] != table()["jaccard_low"].iloc[1]


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ({"a1": 3}, '"g1.txt" is not there'),
        (TURNS | {"b1": 2}, '"b1.txt" has 2 turns of respondents, but 3 with codes'),
    ],
)
def test_wrong_turns_are_named(turns: dict[str, int], message: str) -> None:
    with pytest.raises(AggregateError, match=message):
        table(turns=turns)


@pytest.mark.parametrize("options", [{"unit": "sentence"}, {"level": "theme"}, {"seed": -1}, {"draws": 0}])
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        table(**options)


def test_no_documents_leave_every_pair_without_numbers() -> None:
    df = table([], [], turns={})
    assert cells(df, *COUNTED)[0] == ["silos", "consent", 0, 0, 0, 0, 0]
    assert df[["jaccard", "lift"]].isna().all(axis=None)


@settings(max_examples=30, deadline=None)
@sampled(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2), st.sampled_from(CODES))))
def test_sets_of_turns_and_sklearn_agree(said: set[tuple[int, int, int, str]]) -> None:
    rows = [document(f"d{i}", "Alpha", 120) for i in range(5)]
    sentences = [sentence(f"d{i}", turn, 3 * turn + place, code) for i, turn, place, code in said]
    for unit, units in (
        ("turn", [(i, turn) for i in range(5) for turn in range(4)]),
        ("document", [(i, -1) for i in range(5)]),
    ):
        holding = {c: {(i, t if unit == "turn" else -1) for i, t, _, code in said if code == c} for c in CODES}
        df = table(rows, sentences, unit=unit, draws=20, turns={f"d{i}": 4 for i in range(5)})
        for (a, b), row in zip(combinations(CODES, 2), df.to_dict("records"), strict=True):
            one, two = holding[a], holding[b]
            assert [row["units_a"], row["units_b"], row["units_both"], row["units"]] == [
                *(len(one), len(two), len(one & two), len(units))
            ]
            if not one or not two:
                assert np.isnan([row["jaccard"], row["lift"]]).all()
                continue
            assert row["jaccard"] == pytest.approx(len(one & two) / len(one | two))
            assert row["jaccard"] == pytest.approx(jaccard_score([u in one for u in units], [u in two for u in units]))
            assert row["lift"] == pytest.approx((len(one & two) / len(units)) / (len(one) * len(two) / len(units) ** 2))
            assert not row["jaccard_low"] > row["jaccard"]
            assert not row["jaccard_high"] < row["jaccard"]
            assert not row["jaccard_high"] > 1


def simulate(generator: np.random.Generator, interviews: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Turns of each interview; the interview of each turn; and which of four codes it has.

    Whether and how often an interview raises a code is drawn per interview; a third of the turns speak of
    barriers, so that codes meet more often than by chance.
    """
    turns = np.maximum(3, generator.lognormal(np.log(20), 0.4, interviews).round()).astype(np.int64)
    raises, often = np.array([0.4, 0.6, 0.75, 0.9]), np.array([0.05, 0.08, 0.15, 0.3])
    share = often / raises
    chance = generator.beta(6 * share, 6 * (1 - share), (interviews, 4)) * (generator.random((interviews, 4)) < raises)
    of_turn = np.repeat(np.arange(interviews), turns)
    speaks = np.where(generator.random((len(of_turn), 1)) < 0.35, 2.0, 0.46)
    return turns, of_turn, generator.random((len(of_turn), 4)) < chance[of_turn] * speaks


@pytest.mark.parametrize("unit", ["turn", "document"])
@pytest.mark.parametrize("interviews", [14, 44])
def test_intervals_cover_the_truth(unit: str, interviews: int) -> None:
    truth = population(unit)
    held: dict[str, list[bool]] = {"jaccard": [], "lift": []}
    for number in range(100):
        turns, of_turn, has = simulate(np.random.Generator(np.random.PCG64([20250301, number])), interviews)
        place = np.arange(len(of_turn)) - np.repeat(np.cumsum(turns) - turns, turns)
        sentences = [sentence(f"d{of_turn[t]:02}", int(place[t]), int(place[t]), CODES[c]) for t, c in np.argwhere(has)]
        given = {f"d{i:02}": int(n) for i, n in enumerate(turns)}
        rows = [document(name, "Alpha", 10 * n) for name, n in given.items()]
        df = table(rows, sentences, unit=unit, turns=given, seed=number, draws=300)
        for name, cells in held.items():
            low, high = df[f"{name}_low"], df[f"{name}_high"]
            cells += ((low <= truth[name]) & (truth[name] <= high))[low.notna()].tolist()
    assert 0.92 <= np.mean(held["jaccard"]) <= 0.98
    assert np.mean(held["lift"]) >= 0.92  # more in small groups: few documents hold a pair


def population(unit: str) -> dict[str, np.ndarray]:
    """Jaccard and lift of each pair over very many interviews."""
    turns, _, has = simulate(np.random.Generator(np.random.PCG64(1)), 50_000)
    if unit == "document":
        has = np.logical_or.reduceat(has, np.cumsum(turns) - turns)
    a, b = np.triu_indices(4, 1)
    one, two, both = has[:, a].sum(axis=0), has[:, b].sum(axis=0), (has[:, a] & has[:, b]).sum(axis=0)
    return {"jaccard": both / (one + two - both), "lift": both * len(has) / (one * two)}
