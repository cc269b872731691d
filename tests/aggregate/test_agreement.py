from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualcode.aggregate.agreement import AGREEMENT_COLUMNS, agreement_table
from qualcode.errors import AggregateError

from .mini_coders import Row, by_table, judged, places, places_of
from .mini_study import small_codebook

Table = pd.DataFrame


def agree(rows: list[Row], sentences: list[Row] | None = None, **options: Any) -> Table:
    chosen: dict[str, Any] = {"coders": ["A", "B"], "by": "code", "unit": "segment", "draws": 200, "seed": 1, **options}
    return agreement_table(rows, places_of(rows) if sentences is None else sentences, small_codebook(), **chosen)


def row_of(df: Table, code: str) -> dict[str, Any]:
    return dict(df[df["code"] == code].iloc[0])


def test_two_coders_by_hand() -> None:
    # Sim & Wright (2005), Physical Therapy 85, 257-268: 22, 2, 4 and 11 of 39 patients, kappa 0.67.
    pay = row_of(agree(by_table(22, 2, 4, 11)), "pay")
    assert [pay[name] for name in ("yes_yes", "yes_no", "no_yes", "no_no")] == [22, 2, 4, 11]
    assert [pay[name] for name in ("units", "documents", "coders")] == [39, 5, 2]
    assert pay["percent_agreement"] == pytest.approx(33 / 39)
    assert round(pay["kappa"], 2) == 0.67
    # n1 = 50 yes and n0 = 28 no of 78 decisions: 1 - 77 x 6 / (50 x 28).
    assert pay["alpha"] == pytest.approx(1 - 77 * 6 / (50 * 28))
    assert pay["prevalence"] == pytest.approx(50 / 78)
    assert pay["reason"] == ""
    for name in ("percent_agreement", "kappa", "alpha", "ac1"):
        assert pay[f"{name}_low"] < pay[name] < pay[f"{name}_high"]


def test_prevalence_and_bias_index() -> None:
    # Cunningham (2009), SAS Global Forum 242-2009, figure 2: PABAK 0.90, prevalence index 0.95, bias index 0.03.
    pay = row_of(agree(by_table(95, 4, 1, 0)), "pay")
    assert 2 * pay["percent_agreement"] - 1 == pytest.approx(0.90)
    assert pay["prevalence_index"] == pytest.approx(0.95)
    assert pay["bias_index"] == pytest.approx(0.03)
    assert pay["kappa"] == pytest.approx(-0.016, abs=5e-4)


def test_the_order_of_coders_turns_the_table() -> None:
    pay = row_of(agree(by_table(22, 2, 4, 11), coders=["B", "A"]), "pay")
    assert (pay["yes_no"], pay["no_yes"]) == (4, 2)
    assert pay["bias_index"] == pytest.approx(2 / 39)


def test_krippendorffs_examples_as_tables() -> None:
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability. Example A: two observers, yes or no, 0.095.
    meg, owen = "0100000010", "1110010000"
    rows = [judged(coder, f"d0/0/{n}", *["pay"] * int(said[n])) for coder, said in (("A", meg), ("B", owen))
            for n in range(10)]  # fmt: skip
    assert row_of(agree(rows), "pay")["alpha"] == pytest.approx(0.095, abs=5e-4)
    # Example C: four observers, 12 units, five values, some missing, 0.743. The fifth value is to give no code.
    observers = {"A": "123321412...", "B": "1233224125.3", "C": ".3332342251.", "D": "12332441251."}
    given = {"1": ["silos"], "2": ["consent"], "3": ["pay"], "4": ["trials"], "5": []}
    rows = [judged(coder, f"d{n}/0/0", *given[value]) for coder, values in observers.items()
            for n, value in enumerate(values) if value != "."]  # fmt: skip
    whole = row_of(agree(rows, coders=list("ABCD")), "all")
    assert (whole["set_units"], whole["coders"]) == (11, 4)
    assert whole["masi_alpha"] == pytest.approx(0.743, abs=5e-4)


def test_gwets_paradox_as_a_table() -> None:
    pay = row_of(agree(by_table(118, 5, 2, 0)), "pay")
    assert (pay["percent_agreement"], pay["kappa"], pay["ac1"]) == pytest.approx((0.944, -0.0234, 0.9408), abs=5e-5)


def test_rows_and_columns() -> None:
    df = agree(by_table(3, 1, 1, 9))
    assert df["code"].tolist() == ["silos", "consent", "pay", "trials", "all"]
    assert df["code_name"].iloc[-1] == "All codes"
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in AGREEMENT_COLUMNS.items()})
    assert dict(df.dtypes.astype(str)) == dict(empty.dtypes.astype(str))
    assert df.attrs["n_documents"] == 5


def test_the_whole_pools_all_decisions_and_compares_sets() -> None:
    rows = [
        *(judged(coder, "a1/0/0", "pay") for coder in "AB"),
        judged("A", "a1/0/1", "pay", "silos"), judged("B", "a1/0/1", "pay"),
        judged("A", "a2/0/0", "silos"), judged("B", "a2/0/0", "pay"),
        *(judged(coder, "a2/0/1") for coder in "AB"),
    ]  # fmt: skip
    whole = row_of(agree(rows), "all")
    # 16 decisions: pay yes-yes twice, silos yes-no twice, pay no-yes once, the other 11 no-no.
    assert [whole[name] for name in ("units", "yes_yes", "yes_no", "no_yes", "no_no")] == [16, 2, 2, 1, 11]
    assert whole["kappa"] == pytest.approx(2 * (2 * 11 - 2 * 1) / (4 * 13 + 3 * 12))
    # The four pairs of sets of `test_masi_alpha_by_hand`.
    assert whole["masi_alpha"] == pytest.approx(1 - (5 / 12) / (29 / 42))
    assert (whole["same_sets"], whole["set_units"]) == (0.5, 4)
    assert np.isnan(row_of(agree(rows), "pay")["masi_alpha"])


def test_only_what_two_coders_have_decided_on_is_used() -> None:
    rows = [
        judged("A", "a1/0/0", "pay"),
        judged("B", "a1/0/0", "pay", decided=["pay", "silos"], looked=0),  # trials and consent: nobody knows
        judged("A", "a1/0/1"),
        judged("B", "a2/0/0", "pay"),
    ]
    df = agree(rows, places("a1/0/0", "a1/0/1", "a2/0/0", "a3/0/0"))
    assert df["units"].tolist() == [1, 0, 1, 0, 2]
    whole = row_of(df, "all")
    assert whole["set_units"] == 0
    assert "judged for every code" in whole["reason"]
    assert row_of(df, "trials")["reason"] == "no sentence that two of the coders have judged"
    assert np.isnan(row_of(df, "trials")["percent_agreement"])
    assert df.attrs["notes"][1] == (
        "Sentences of respondents: 4; 0 used, 1 used for some codes, "
        "2 left out, judged but by no two for the same code, 1 left out, judged by nobody."
    )
    assert "2 decisions on single codes" in " ".join(df.attrs["notes"])


def test_a_code_that_is_given_is_decided_on() -> None:
    rows = [judged("A", "a1/0/0", "pay", looked=0), judged("B", "a1/0/0")]
    assert row_of(agree(rows), "pay")["yes_no"] == 1


def test_categories_are_decided_on_where_all_their_codes_are() -> None:
    rows = [
        judged("A", "a1/0/0", "silos"), judged("B", "a1/0/0", "consent"),
        judged("A", "a1/0/1", "silos"), judged("B", "a1/0/1", "silos", looked=0),
    ]  # fmt: skip
    df = agree(rows, by="category")
    assert df["code"].tolist() == ["data", "money", "all"]
    data = row_of(df, "data")
    assert (data["units"], data["yes_yes"]) == (1, 1)
    assert df["code_name"].iloc[-1] == "All categories"


def test_turns_and_documents_need_all_their_sentences() -> None:
    rows = [
        judged("A", "a1/0/0", "pay"), judged("B", "a1/0/0"),
        judged("A", "a1/0/1"), judged("B", "a1/0/1", "pay"),
        judged("A", "a1/2/2", "pay"), judged("B", "a1/2/2", "pay"),
        judged("A", "a2/0/0", "pay"), judged("B", "a2/0/0", "pay"),
    ]  # fmt: skip
    turns = agree(rows, [*places_of(rows), *places("a1/2/3")], unit="turn")
    # a1/0: both have pay somewhere; a1/2 is not wholly judged; a2/0 is.
    pay = row_of(turns, "pay")
    assert (pay["units"], pay["yes_yes"]) == (2, 2)
    assert "1 left out, judged by nobody" in turns.attrs["notes"][1]
    documents = agree(rows, [*places_of(rows), *places("a1/2/3")], unit="document")
    assert (row_of(documents, "pay")["units"], row_of(documents, "pay")["yes_yes"]) == (1, 1)
    complete = agree(rows, unit="document")
    assert row_of(complete, "pay")["units"] == 2


def test_regions_and_documents_without_one() -> None:
    rows = [
        *(judged(coder, "b1/0/0", "pay", region="Beta") for coder in "AB"),
        *(judged(coder, "a1/0/0", "pay", region="Alpha") for coder in "AB"),
        judged("A", "x1/0/0", region=None), judged("B", "x1/0/0", "pay", region=None),
    ]  # fmt: skip
    df = agree(rows, by="region")
    assert df["group"].tolist() == ["Alpha", "Beta", "(missing)", "all"]
    assert df["units"].tolist() == [4, 4, 4, 12]
    assert df["yes_yes"].tolist() == [1, 1, 0, 2]
    assert df["same_sets"].tolist() == pytest.approx([1, 1, 0, 2 / 3])
    assert df["code"].tolist() == ["all"] * 4


def test_a_region_keeps_its_interval_whatever_else_is_in_the_table() -> None:
    def study(regions: str) -> list[Row]:
        generator, rows = np.random.default_rng(4), []
        for region in regions:
            for document in range(6):
                for position in range(8):
                    for coder in "AB":
                        codes = ["pay"] * int(generator.random() < 0.4)
                        rows.append(judged(coder, f"{region}{document}/0/{position}", *codes, region=region))
        return rows

    alone, both = agree(study("K"), by="region"), agree(study("KL"), by="region")
    intervals = [f"{name}_{end}" for name in ("kappa", "ac1", "masi_alpha") for end in ("low", "high")]
    assert not alone[intervals].iloc[0].isna().any()
    pd.testing.assert_series_equal(alone[intervals].iloc[0], both[intervals].iloc[0])


def test_more_than_two_coders() -> None:
    rows = [judged(coder, f"a{n}/0/0", *["pay"] * (coder in says)) for n, says in enumerate(("ABC", "AB", "A", ""))
            for coder in "ABC"]  # fmt: skip
    df = agree(rows, coders=["A", "B", "C"])
    pay = row_of(df, "pay")
    # Units with 3, 2, 1 and 0 yes of 3: two of six ordered pairs agree in the middle ones.
    assert pay["percent_agreement"] == pytest.approx((1 + 1 / 3 + 1 / 3 + 1) / 4)
    # A-B: 2 yes-yes, 1 yes-no, 1 no-no: 0.5. A-C: 1, 2, 0, 1: 0.2. B-C: 1, 1, 0, 2: 0.5.
    assert pay["kappa"] == pytest.approx((0.5 + 0.2 + 0.5) / 3)
    # alpha: 6 yes, 6 no; sum of k(m - k)/(m - 1) = 1 + 1; 1 - 11 x 2 / 36.
    assert pay["alpha"] == pytest.approx(1 - 22 / 36)
    assert pay["coders"] == 3
    assert pd.isna(pay["yes_no"])
    assert np.isnan(pay["prevalence_index"])
    assert any("Light" in note for note in df.attrs["notes"])


def test_pairs_without_kappa_are_named() -> None:
    rows = [judged(coder, f"a{n}/0/0", *["pay"] * said) for n in (0, 1) for coder, said in (("A", n), ("B", n))]
    rows.append(judged("C", "a0/0/0"))
    df = agree(rows, coders=["A", "B", "C"])
    pay = row_of(df, "pay")
    assert pay["kappa"] == 1.0
    assert pay["reason"].startswith("kappa without 2 of 3 pairs of coders")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (by_table(0, 0, 0, 9), "all say no everywhere: no kappa, no alpha; no interval of percent_agreement, ac1: "
                               "a disagreement in no document"),
        (by_table(9, 0, 0, 0), "all say yes everywhere: no kappa, no alpha; no interval of percent_agreement, ac1: "
                               "a disagreement in no document"),
        (by_table(4, 0, 0, 5), "no interval of percent_agreement, kappa, alpha, ac1: a disagreement in no document"),
        (by_table(4, 1, 0, 5), "no interval of percent_agreement, kappa, alpha, ac1: "
                               "a disagreement in one document only"),
        (by_table(4, 1, 2, 5, documents=1), "no interval of percent_agreement, kappa, alpha, ac1: one document"),
        (by_table(1, 2, 2, 9), "no interval of kappa, alpha: an agreed yes in one document only"),
        (by_table(9, 2, 2, 0), "no interval of kappa, alpha: an agreed no in no document"),
        (by_table(3, 3, 3, 3, documents=3), "no interval of percent_agreement, kappa, alpha, ac1: "
                                            "the documents are all alike"),
    ],
)  # fmt: skip
def test_reasons(rows: list[Row], reason: str) -> None:
    pay = row_of(agree(rows), "pay")
    assert pay["reason"] == reason
    for name in ("percent_agreement", "kappa", "alpha", "ac1"):
        assert np.isnan(pay[f"{name}_low"]) == (name in reason.split(":")[-2])
        assert np.isnan(pay[name]) == (f"no {name}" in reason)


def test_sets_that_are_all_the_same_have_no_alpha() -> None:
    whole = row_of(agree(by_table(0, 0, 0, 9)), "all")
    assert np.isnan(whole["masi_alpha"])
    assert whole["same_sets"] == 1.0
    assert "all sets are the same: no masi_alpha" in whole["reason"]


@pytest.mark.parametrize("by", ["code", "category", "region"])
@pytest.mark.parametrize("unit", ["segment", "turn", "document"])
def test_nothing_judged_is_nothing_known(by: str, unit: str) -> None:
    for rows, sentences in (([], []), ([], places("a1/0/0")), ([judged("A", "a1/0/0", "pay")], places("a1/0/0"))):
        whole = agree(rows, sentences, by=by, unit=unit).iloc[-1]
        assert (whole["units"], whole["documents"], whole["coders"], whole["set_units"]) == (0, 0, 0, 0)
        assert np.isnan([whole["percent_agreement"], whole["ac1"], whole["prevalence"], whole["masi_alpha"]]).all()
        assert whole["reason"]


def test_other_coders_are_not_read() -> None:
    rows = by_table(22, 2, 4, 11)
    extra = [judged("machine", "d0/0/0", "pay")]
    pd.testing.assert_frame_equal(agree(rows), agree(rows + extra, places_of(rows)))


def test_row_order_does_not_matter() -> None:
    rows = by_table(22, 2, 4, 11)
    for unit in ("segment", "turn", "document"):
        first, second = agree(rows, unit=unit), agree(rows[::-1], places_of(rows)[::-1], unit=unit)
        pd.testing.assert_frame_equal(first, second)


def test_judgements_made_in_view_of_others_are_noted() -> None:
    rows = [row | {"is_blind": 0} for row in by_table(2, 1, 1, 2)]
    assert "12 judgements were made with other codings in view" in " ".join(agree(rows).attrs["notes"])
    assert "in view" not in " ".join(agree(by_table(2, 1, 1, 2)).attrs["notes"])


@pytest.mark.parametrize("options", [{"by": "coder"}, {"unit": "word"}, {"coders": ["A"]}, {"coders": ["A", "A"]}])
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        agree(by_table(1, 1, 1, 1), **options)


def test_a_judgement_of_an_unknown_sentence_is_refused() -> None:
    with pytest.raises(AggregateError, match=r"sentence 3 of a1\.txt is not among the sentences"):
        agree([judged("A", "a1/0/3")], places("a1/0/0"))


def test_a_region_named_as_missing_is_refused() -> None:
    with pytest.raises(AggregateError, match="name of the group without one"):
        agree([judged("A", "a1/0/0", region="(missing)")], by="region")
