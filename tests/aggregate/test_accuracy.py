from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score

from qualcode.aggregate import Accuracy, Judgement, measure

# Two documents, two codes. Rows: a0 a1 a2 (turn 1), a3 (turn 2); b0 b1 (turn 0).
JUDGED = Judgement(
    documents=("a", "a", "a", "a", "b", "b"),
    turns=np.array([1, 1, 1, 2, 0, 0]),
    codes=("pay", "data"),
    probabilities=np.array([[0.9, 0.1], [0.8, 0.0], [0.1, 0.0], [0.2, 0.7], [0.0, 0.6], [0.6, 0.2]]),
    truth=np.array([[1, 0], [1, 0], [1, 0], [0, 1], [1, 0], [0, 0]], dtype=bool),
    traps=(None, None, None, None, None, "negated"),
)


def measured(judgement: Judgement = JUDGED, **thresholds: float) -> Accuracy:
    return measure(judgement, thresholds or {"auto": 0.5}, seed=1, draws=200)


def test_decisions_are_counted_over_sentences_and_codes() -> None:
    (row,) = measured().overall.to_dict("records")
    # Given: a0 pay, a1 pay, a3 data, b0 data, b1 pay; right: the first three; gold: five.
    assert (row["precision"], row["recall"], row["f1"]) == (0.6, 0.6, 0.6)
    assert (row["given"], row["wanted"]) == (5, 5)
    # pay: 2 right of 3 given and 4 wanted = 4/7; data: 1 of 2 given, 1 wanted = 2/3
    assert row["macro_f1"] == pytest.approx((4 / 7 + 2 / 3) / 2)
    assert (row["detection_precision"], row["detection_recall"]) == (0.8, 0.8)
    assert (row["traps_coded"], row["traps"]) == (1, 1)


def test_passages_are_runs_of_a_code_within_a_turn() -> None:
    (row,) = measured().overall.to_dict("records")
    # Gold: a0-a2 pay (met by a0), a3 data (met), b0 pay (missed). Given: a0-a1, a3, b0 data, b1 pay.
    assert row["passage_recall"] == pytest.approx(2 / 3)
    assert row["passage_precision"] == pytest.approx(2 / 4)


def test_a_passage_does_not_cross_turns_or_documents() -> None:
    whole = replace(JUDGED, truth=np.ones((6, 2), dtype=bool), probabilities=np.ones((6, 2)))
    assert measured(whole).overall["passage_recall"].tolist() == [1.0]
    one = replace(whole, probabilities=np.array([[1.0, 0]] + [[0, 0]] * 5))
    assert measured(one).overall["passage_recall"].tolist() == [1 / 6]  # three stretches of each code


def test_the_profile_asks_whether_a_code_occurs_in_a_document() -> None:
    (row,) = measured().overall.to_dict("records")
    # Gold: a pay, a data, b pay. Given: a pay, a data, b pay, b data.
    assert (row["profile_precision"], row["profile_recall"]) == (0.75, 1.0)


def test_ranking_asks_for_a_right_code_among_the_best() -> None:
    rows = measured().ranking.set_index("best")
    assert rows.loc[1, "share"] == 0.8
    assert rows.loc[3, "share"] == 1.0
    assert rows.loc[1, "n"] == 5


def test_a_tie_of_zeros_goes_to_the_first_code() -> None:
    silent = replace(JUDGED, probabilities=np.zeros((6, 2)))
    assert measured(silent).ranking.set_index("best").loc[1, "share"] == 0.8  # "pay" is first, and mostly true


def test_confusion_has_each_sentence_once() -> None:
    rows = {(r["gold"], r["given"]): r["sentences"] for r in measured().confusion.to_dict("records")}
    assert rows == {
        ("pay", "pay"): 2, ("pay", "none"): 1, ("data", "data"): 1, ("pay", "data"): 1, ("none", "pay"): 1,
    }  # fmt: skip


def test_confusion_is_at_one_half_whatever_the_thresholds() -> None:
    assert measured(JUDGED, auto=0.85).confusion.equals(measured().confusion)


def test_a_right_code_among_others_as_probable_is_no_confusion() -> None:
    # A person gave a0 both codes; the gold has the second.
    both = Judgement(("a",), np.array([0]), ("pay", "data"), np.ones((1, 2)), np.array([[False, True]]), (None,))
    assert measured(both).confusion.to_dict("records") == [{"gold": "data", "given": "data", "sentences": 1}]


def test_calibration_by_bins_and_its_error() -> None:
    found = measured()
    rows = {r["low"]: (r["mean_probability"], r["share_right"], r["n"]) for r in found.calibration.to_dict("records")}
    assert rows[0.9] == (0.9, 1.0, 1)
    assert rows[0.6] == (pytest.approx(0.6), 0.0, 2)
    assert rows[0.1] == (pytest.approx(0.1), 0.5, 2)
    gaps = 0.1 + 0.2 + 0.3 + 2 * 0.6 + 2 * 0.2 + 2 * 0.4  # 0.9, 0.8, 0.7, 0.6 twice, 0.2 twice, 0.1 twice
    assert found.calibration_error == pytest.approx(gaps / 9)


def test_effort_reads_the_most_suspicious_first() -> None:
    effort = measured().effort.set_index("read")["seen"]
    # In order of 1 - product: a0, a1, a3 (0.76), b1 (0.68), b0 (0.6), a2: the fourth is no code.
    assert effort[0.5] == pytest.approx(3 / 5)
    assert effort[0.65] == pytest.approx(3 / 5)
    assert effort[1.0] == 1.0


def test_per_code_figures_are_at_the_first_threshold() -> None:
    rows = measured(JUDGED, auto=0.7, half=0.5).per_code.set_index("code")
    assert (rows.loc["pay", "given"], rows.loc["pay", "precision"], rows.loc["pay", "recall"]) == (2, 1.0, 0.5)
    assert rows.loc["pay", "passage_recall"] == 0.5


def test_average_precision_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    p, truth = np.round(random.uniform(size=(60, 2)), 1), random.uniform(size=(60, 2)) < 0.3
    judged = Judgement(("a",) * 60, np.arange(60), ("pay", "data"), p, truth, (None,) * 60)
    expected = [average_precision_score(truth[:, k], p[:, k]) for k in (0, 1)]
    assert measured(judged).per_code["average_precision"].tolist() == pytest.approx(expected)


@given(st.integers(0, 1000))
def test_f1_is_that_of_scikit_learn_and_lies_in_its_interval(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = 40
    p, truth = random.uniform(size=(n, 3)), random.uniform(size=(n, 3)) < 0.4
    documents = tuple(f"d{k}" for k in sorted(random.integers(0, 8, n)))
    judged = Judgement(documents, np.arange(n), ("a", "b", "c"), p, truth, (None,) * n)
    (row,) = measured(judged).overall.to_dict("records")
    assert row["f1"] == pytest.approx(f1_score(truth, p >= 0.5, average="micro"))
    assert row["f1_low"] - 1e-9 <= row["f1"] <= row["f1_high"] + 1e-9


def test_intervals_draw_documents_and_are_the_same_each_time() -> None:
    one, again = measured(), measured()
    assert one.overall.equals(again.overall)
    alone = replace(JUDGED, documents=("a",) * 6, turns=np.array([1, 1, 1, 2, 3, 3]))
    (row,) = measured(alone).overall.to_dict("records")
    assert row["f1_low"] == row["f1_high"] == row["f1"]  # one document is one voice


def test_intervals_are_those_of_documents_written_out_again_and_again() -> None:
    random = np.random.default_rng(5)
    p, truth = random.uniform(size=(30, 2)), random.uniform(size=(30, 2)) < 0.4
    at = np.repeat(np.arange(6), 5)
    judged = Judgement(tuple(f"d{k}" for k in at), np.arange(30), ("pay", "data"), p, truth, (None,) * 30)
    drawn = []
    for times in np.random.default_rng(1).multinomial(6, np.full(6, 1 / 6), size=200):
        rows = np.repeat(np.arange(30), times[at])
        drawn.append(f1_score(truth[rows], p[rows] >= 0.5, average="micro"))
    (row,) = measured(judged).overall.to_dict("records")
    assert [row["f1_low"], row["f1_high"]] == pytest.approx(np.percentile(drawn, [2.5, 97.5]))


def test_what_has_no_value_is_nan_with_a_reason() -> None:
    found = measured(JUDGED, auto=0.95)
    (row,) = found.overall.to_dict("records")
    assert math.isnan(row["precision"])
    assert row["recall"] == 0
    assert "Nothing is coded at auto (0.95): precision is undefined there." in found.notes
    empty = measured(replace(JUDGED, truth=np.zeros((6, 2), dtype=bool)))
    assert math.isnan(empty.overall["recall"].iloc[0])
    assert any("The gold has no code" in note for note in empty.notes)
    silent = measured(replace(JUDGED, probabilities=np.full((6, 2), 0.04)))
    assert math.isnan(silent.calibration_error)
    assert "No probability reaches 0.05: calibration is undefined." in silent.notes


def test_few_documents_and_absent_codes_are_noted() -> None:
    truth = JUDGED.truth.copy()
    truth[:, 1] = False
    notes = measured(replace(JUDGED, truth=truth)).notes
    assert "From 2 document(s): intervals over so few documents are too narrow." in notes
    assert "Not in the gold, so without recall: data." in notes


def test_codings_without_probabilities_have_no_curves() -> None:
    found = measured(replace(JUDGED, has_probabilities=False))
    assert found.ranking.empty
    assert found.calibration.empty
    assert found.curve.empty
    assert found.effort.empty
    assert math.isnan(found.calibration_error)
    assert "Codings without probabilities: no ranking, calibration or curves." in found.notes
    assert found.overall["f1"].tolist() == [0.6]


@pytest.mark.parametrize("thresholds", [{}, {"auto": 0.5}])
def test_nothing_to_measure_is_refused(thresholds: dict[str, float]) -> None:
    empty = Judgement((), np.zeros(0, dtype=int), ("a",), np.zeros((0, 1)), np.zeros((0, 1), dtype=bool), ())
    judgement = empty if thresholds else JUDGED
    with pytest.raises(ValueError, match="at least one sentence and one threshold"):
        measure(judgement, thresholds, seed=1, draws=10)
