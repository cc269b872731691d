from __future__ import annotations

from math import log2
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualcode.aggregate.profiles import PROFILE_COLUMNS, profile_table
from qualcode.errors import AggregateError

from .mini_study import Row, document, documents, small_codebook

POLES = {"data": ["silos", "consent"], "money": ["pay", "trials"]}
T_1 = 12.7062047  # 0.975 quantile of Student's t with one degree of freedom


def sentence(document_id: str, position: int, words: int, *codes: str, **more: Any) -> list[Row]:
    return [
        {"document_id": document_id, "position": position, "words": words, "code_id": code, **more} for code in codes
    ]


def coded() -> list[Row]:
    """Words on data and on money: Alpha 60 and 10, Beta 30 and 120, Gamma 11 and 6."""
    return [
        *sentence("a1", 0, 10, "pay"),
        *sentence("a1", 3, 10, "silos"),
        *sentence("a1", 7, 10, "silos"),
        *sentence("a2", 5, 10, "silos", "consent"),  # two codes of a pole: once
        *sentence("a2", 6, 15, "silos"),
        *sentence("a2", 9, 15, "silos"),
        *sentence("b1", 1, 90, "pay"),
        *sentence("b1", 8, 10, "silos"),
        *sentence("b2", 2, 30, "pay"),
        *sentence("b3", 4, 20, "consent"),
        *sentence("g1", 0, 5, "silos"),
        *sentence("g2", 2, 6, "silos", "pay"),  # codes of both poles: for both
    ]


def table(rows: list[Row] | None = None, sentences: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"by": "region", "poles": POLES, "seed": 1, "draws": 500, **options}
    rows = documents() if rows is None else rows
    return profile_table(rows, coded() if sentences is None else sentences, small_codebook(), **given)


def test_words_and_ratios_of_the_mini_study() -> None:
    df = table()
    names = ["group", "documents", "documents_first", "documents_second", "words_first", "words_second"]
    assert df[names].to_numpy().tolist() == [
        ["Alpha", 4, 2, 1, 60, 10],
        ["Gamma", 2, 2, 1, 11, 6],
        ["Beta", 3, 2, 2, 30, 120],
    ]
    # 101 words on data and 136 on money in 9 documents: in ninths of a word the prior is 101 and 136.
    ratios = [(540 + 101) / (90 + 136), (99 + 101) / (54 + 136), (270 + 101) / (1080 + 136)]
    others = [(369 + 101) / (1134 + 136), (810 + 101) / (1170 + 136), (639 + 101) / (144 + 136)]
    np.testing.assert_allclose(df["log2_ratio"], [log2(ratio) for ratio in ratios])
    np.testing.assert_allclose(
        df["difference"], [log2(ratio / rest) for ratio, rest in zip(ratios, others, strict=True)]
    )


def test_columns_and_dtypes_are_the_documented_ones() -> None:
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in PROFILE_COLUMNS.items()})
    assert dict(table().dtypes.astype(str)) == dict(empty.dtypes.astype(str))
    assert dict(table([], []).dtypes.astype(str)) == dict(empty.dtypes.astype(str))


def four_documents() -> tuple[list[Row], list[Row]]:
    """In A 10 and 30 words on data, in B 10 and 10; each has 10 on money."""
    rows = [document(name, "A" if name in "pq" else "B", 100) for name in "pqrs"]
    data = {"p": 10, "q": 30, "r": 10, "s": 10}
    return rows, [
        row for name in "pqrs" for row in (*sentence(name, 0, data[name], "silos"), *sentence(name, 1, 10, "pay"))
    ]


def test_intervals_by_hand() -> None:
    df = table(*four_documents(), draws=20_000).set_index("group")
    # The prior is the average document: 15 words on data, 10 on money. A: (40 + 15) / (20 + 10), B: (20 + 15) / 30.
    assert df["log2_ratio"].to_dict() == pytest.approx({"A": log2(55 / 30), "B": log2(35 / 30)})
    # A draw takes one document of A twice: (20 + 15) / 30 or (60 + 15) / 30, so the error is half of log2(75 / 35);
    # two documents raise each pole, one degree of freedom.
    error = log2(75 / 35) / 2
    assert df["log2_ratio_low"]["A"] == pytest.approx(log2(55 / 30) - T_1 * error, rel=0.02)
    assert df["log2_ratio_high"]["A"] == pytest.approx(log2(55 / 30) + T_1 * error, rel=0.02)
    # B does not vary, so Welch leaves one degree of freedom to the difference too.
    assert df["difference_low"]["A"] == pytest.approx(log2(55 / 35) - T_1 * error, rel=0.02)


def test_swapping_the_poles_mirrors_everything() -> None:
    there = table(draws=200).set_index("group")
    back = table(draws=200, poles={"money": POLES["money"], "data": POLES["data"]}).set_index("group")
    for name in ("log2_ratio", "difference"):
        np.testing.assert_allclose(back[name][there.index], -there[name])
        np.testing.assert_allclose(back[f"{name}_low"][there.index], -there[f"{name}_high"])
    np.testing.assert_allclose(back["q_value"][there.index], there["q_value"])


def two_leanings(size: int = 10) -> tuple[list[Row], list[Row]]:
    """North dwells on data, South on money, East on both alike."""
    generator = np.random.Generator(np.random.PCG64(5))
    rows, sentences = [], []
    for region, (data, money) in {"North": (60, 15), "South": (15, 60), "East": (35, 35)}.items():
        for i in range(size):
            name = f"{region}{i}"
            rows.append(document(name, region, 1000))
            sentences += sentence(name, 0, data + int(generator.integers(0, 20)), "consent")
            sentences += sentence(name, 1, money + int(generator.integers(0, 20)), "trials")
    return rows, sentences


def test_agreement_with_what_a_claim_expects() -> None:
    expected = {"North": "data", "South": "data", "East": "money"}
    df = table(*two_leanings(), expected=expected).set_index("group")
    assert df.index.tolist() == ["North", "East", "South"]
    assert df["expected"].to_dict() == expected
    assert df["agreement"].to_dict() == {"North": "agrees", "South": "contradicts", "East": "open"}
    assert df["q_value"]["North"] < 0.05
    assert df["q_value"]["South"] < 0.05
    assert set(table(*two_leanings())["agreement"]) == {""}


def test_a_claim_is_tested_as_a_whole() -> None:
    rows, sentences = two_leanings()
    claim = table(rows, sentences, expected={"North": "data", "South": "money", "East": "money"}).attrs["claim"]
    words = {"data": [0, 0], "money": [0, 0]}
    for row in sentences:
        words["data" if row["code_id"] == "consent" else "money"]["North" not in row["document_id"]] += row["words"]
    prior = {pole: sum(counted) / 30 for pole, counted in words.items()}
    north, others = ((words["data"][i] + prior["data"]) / (words["money"][i] + prior["money"]) for i in (0, 1))
    assert claim["difference"] == pytest.approx(log2(north / others))
    assert claim["low"] > 0
    assert claim["p_value"] < 0.01
    assert claim["agreement"] == "agrees"
    wrong = table(rows, sentences, expected={"North": "money", "South": "data"}).attrs["claim"]
    assert wrong["agreement"] == "contradicts"
    assert wrong["high"] < 0
    assert table(rows, sentences, expected={"North": "money"}).attrs["claim"] is None
    assert table(rows, sentences).attrs["claim"] is None


def test_documents_not_asked_about_both_poles_count_nowhere() -> None:
    rows = [row | {"topics_asked": '["silos"]'} if row["document_id"] == "b1" else row for row in documents()]
    beta = table(rows).set_index("group").loc["Beta"]
    assert (beta["documents"], beta["documents_not_asked"]) == (2, 1)
    assert (beta["words_first"], beta["words_second"]) == (20, 30)
    # 91 and 46 words in the 8 documents left.
    assert beta["log2_ratio"] == pytest.approx(log2((160 + 91) / (240 + 46)))
    partly = [row | {"topics_asked": '["silos", "pay"]'} if row["document_id"] == "b1" else row for row in documents()]
    assert set(table(partly)["documents_not_asked"]) == {0}


def test_only_codings_that_count_count() -> None:
    more = [*coded(), *sentence("g1", 9, 40, "pay", status="pending"), *sentence("g1", 10, 4, "pay", status="auto")]
    gamma = table(sentences=more).set_index("group").loc["Gamma"]
    assert gamma["words_second"] == 10


def test_codes_of_neither_pole_count_nowhere() -> None:
    df = table(poles={"silos": ["silos"], "pay": ["pay"]}).set_index("group")
    assert (df["words_first"]["Beta"], df["words_second"]["Beta"]) == (10, 120)


def test_what_is_missing_is_missing_for_a_reason() -> None:
    rows = [*documents(), document("d1", "Delta", 100)]
    df = table(rows, expected={"Omega": "data"})
    assert df["group"].iloc[-1] == "Delta"
    delta = df.set_index("group").loc["Delta"]
    assert delta[["log2_ratio", "log2_ratio_low", "difference", "q_value"]].isna().all()
    assert df.attrs["undefined"] == [
        "log2_ratio is missing for Delta: no words on either pole.",
        "Intervals are missing for Alpha, Gamma: fewer than two documents raise one of the poles.",
        "The claim names Omega, of which there are no documents.",
    ]
    none = table(sentences=[row for row in coded() if row["code_id"] in POLES["data"]])
    assert none["log2_ratio"].isna().all()
    assert none.attrs["undefined"][0] == "log2_ratio and what rests on it are missing: there are no words on money."
    assert table([], []).attrs["undefined"][0].endswith("there are no words on data.")


def test_attrs_say_how_the_table_was_made() -> None:
    attrs = table().attrs
    assert (attrs["by"], attrs["poles"], attrs["seed"], attrs["draws"], attrs["n_documents"]) == (
        "region",
        ("data", "money"),
        1,
        500,
        9,
    )
    assert all(isinstance(line, str) for line in [*attrs["notes"], attrs["unit"]])


def test_row_order_does_not_matter() -> None:
    pd.testing.assert_frame_equal(table(), table(documents()[::-1], coded()[::-1]))


def test_rows_that_do_not_fit_are_refused() -> None:
    for rows, said in (
        (sentence("x9", 0, 5, "pay"), "not among the documents"),
        (sentence("a1", 0, 5, "staff"), "staff is not in the codebook"),
        (sentence("g1", 0, 51, "pay"), "only 50 words"),
        ([{"document_id": "a1", "code_id": "pay"}], "lacks position, words"),
    ):
        with pytest.raises(AggregateError, match=said):
            table(sentences=rows)


@pytest.mark.parametrize(
    "options",
    [
        {"poles": {"data": ["silos"]}},
        {"poles": {"data": ["silos"], "money": ["silos", "pay"]}},
        {"poles": {"data": ["silos"], "money": ["staff"]}},
        {"poles": {"data": ["silos"], "money": []}},
        {"expected": {"Alpha": "trust"}},
        {"by": "speaker"},
        {"seed": -1},
        {"draws": 0},
        {"small_group": -1},
    ],
)
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        table(**options)


def test_intervals_cover_the_true_ratio_and_difference() -> None:
    """100 studies of 4 regions of 12 interviews each: 92 to 98 % of the intervals hold the truth."""
    generator = np.random.Generator(np.random.PCG64(3))
    means = {"A": (60, 30), "B": (30, 60), "C": (45, 45), "D": (45, 45)}
    held: dict[str, list[bool]] = {"log2_ratio": [], "difference": []}
    for number in range(100):
        rows, sentences = [], []
        for region, (data, money) in means.items():
            for i in range(12):
                rows.append(document(f"{region}{i:02}", region, 10_000))
                for position, (code, mean) in enumerate((("silos", data), ("pay", money))):
                    words = int(generator.gamma(1.2, mean / 1.2)) if generator.random() < 0.7 else 0
                    sentences += sentence(f"{region}{i:02}", position, words, code) if words else []
        df = table(rows, sentences, draws=200, seed=number).set_index("group")
        for region, (data, money) in means.items():
            rest = (180 - data) / (180 - money)
            for name, true in (("log2_ratio", log2(data / money)), ("difference", log2(data / money / rest))):
                held[name].append(df[f"{name}_low"][region] <= true <= df[f"{name}_high"][region])
    assert 0.92 <= np.mean(held["log2_ratio"]) <= 0.98
    assert 0.92 <= np.mean(held["difference"]) <= 0.98
