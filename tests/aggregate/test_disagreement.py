from __future__ import annotations

import pandas as pd
import pytest

from qualcode.aggregate.disagreement import DISAGREEMENT_COLUMNS, disagreements

from .mini_coders import Row, judged
from .mini_study import small_codebook


def listed(rows: list[Row], coders: str = "AB") -> pd.DataFrame:
    return disagreements(rows, small_codebook(), coders=list(coders))


def test_worst_first() -> None:
    rows = [
        *(judged(coder, "a1/0/0", "pay") for coder in "AB"),  # agreed
        judged("A", "a1/0/1", "pay", "silos"), judged("B", "a1/0/1", "pay"),  # 2/3, one code
        judged("A", "a1/1/2", "pay"), judged("B", "a1/1/2", "trials"),  # 1, two codes
        judged("A", "a1/1/3"), judged("B", "a1/1/3", "silos"),  # 1, one code
        judged("A", "a0/0/9", "silos"), judged("B", "a0/0/9"),  # 1, one code, an earlier document
    ]  # fmt: skip
    df = listed(rows)
    assert df[["document", "turn", "position"]].to_numpy().tolist() == [
        ["a1.txt", 1, 2],
        ["a0.txt", 0, 9],
        ["a1.txt", 1, 3],
        ["a1.txt", 0, 1],
    ]
    assert df["distance"].tolist() == pytest.approx([1, 1, 1, 2 / 3])
    assert df["differing"].tolist() == [2, 1, 1, 1]
    assert df["differing_codes"].tolist() == ["pay trials", "silos", "silos", "silos"]
    assert df["codes_A"].tolist() == ["pay", "silos", "", "silos pay"]
    assert df["codes_B"].tolist() == ["trials", "", "silos", "pay"]
    assert df.columns.tolist() == [*DISAGREEMENT_COLUMNS, "codes_A", "codes_B"]


def test_only_codes_that_both_have_decided_on() -> None:
    rows = [
        judged("A", "a1/0/0", "pay", "silos"), judged("B", "a1/0/0", decided=["pay"], looked=0),
        judged("A", "a1/0/1", "silos"), judged("B", "a1/0/1", decided=["pay"], looked=0),
        judged("A", "a1/0/2", "silos"),
    ]  # fmt: skip
    df = listed(rows)
    assert df[["position", "codes_A", "codes_B", "differing_codes"]].to_numpy().tolist() == [[0, "pay", "", "pay"]]


def test_three_coders_count_by_their_farthest_pair() -> None:
    rows = [judged("A", "a1/0/0", "pay"), judged("B", "a1/0/0", "pay", "silos"), judged("C", "a1/0/0"),
            judged("A", "a1/0/1", "pay"), judged("B", "a1/0/1", "pay", "silos")]  # fmt: skip
    df = listed(rows, "ABC")
    assert df["distance"].tolist() == pytest.approx([1, 2 / 3])
    assert df["differing_codes"].tolist() == ["silos pay", "silos"]
    assert df["codes_C"].isna().tolist() == [False, True]
    assert df["codes_C"].iloc[0] == ""


def test_nothing_to_disagree_on() -> None:
    assert listed([]).empty
    assert listed([judged("A", "a1/0/0", "pay"), judged("B", "a1/0/1")]).empty
    assert listed([]).columns.tolist() == [*DISAGREEMENT_COLUMNS, "codes_A", "codes_B"]


def test_row_order_does_not_matter() -> None:
    rows = [judged(coder, f"a{n % 3}/0/{n}", *["pay"] * (coder == "A")) for n in range(9) for coder in "AB"]
    pd.testing.assert_frame_equal(listed(rows), listed(rows[::-1]))


def test_one_coder_cannot_disagree() -> None:
    with pytest.raises(ValueError, match="two different names"):
        listed([], "A")
