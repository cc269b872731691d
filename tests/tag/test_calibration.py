from __future__ import annotations

import numpy as np
import pytest

from qualcode.model import Thresholds
from qualcode.tag.calibration import Calibration, calibrate, calibration_error, find_thresholds, fit_calibration


def test_calibration_is_a_line_on_the_log_odds() -> None:
    odds = 2.0 * np.log(0.25 / 0.75) + 0.5
    assert Calibration(2.0, 0.5).apply(np.array([0.25])) == pytest.approx([1 / (1 + np.exp(-odds))])
    assert Calibration().apply(np.array([0.1, 0.9])) == pytest.approx([0.1, 0.9])


def test_probabilities_of_nought_and_one_stay_inside() -> None:
    found = Calibration(1.5, 0.2).apply(np.array([0.0, 1.0]))
    assert np.isfinite(found).all()
    assert 0 <= found[0] < 1e-6 < 1 - 1e-6 < found[1] <= 1


def test_a_calibrated_opinion_needs_no_change() -> None:
    # 100 opinions of 0.2 of which 20 are right, 100 of 0.8 of which 80 are.
    p = np.repeat([0.2, 0.8], 100)
    truth = np.concatenate([np.arange(100) < 20, np.arange(100) < 80]).astype(float)
    fitted = fit_calibration(p, truth)
    assert (fitted.slope, fitted.shift) == pytest.approx((1.0, 0.0), abs=0.01)


def test_a_timid_opinion_is_stretched() -> None:
    # Says 0.4 and 0.6 where 0.2 and 0.8 are right: slope logit(0.8) / logit(0.6) = 3.419.
    p = np.repeat([0.4, 0.6], 100)
    truth = np.concatenate([np.arange(100) < 20, np.arange(100) < 80]).astype(float)
    fitted = fit_calibration(p, truth)
    assert (fitted.slope, fitted.shift) == pytest.approx((3.419, 0.0), abs=0.01)
    assert fitted.apply(np.array([0.4, 0.6])) == pytest.approx([0.2, 0.8], abs=0.005)


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_without_both_kinds_nothing_is_changed(truth: float) -> None:
    assert fit_calibration(np.array([0.2, 0.7]), np.full(2, truth)) == Calibration()


def test_auto_is_the_lowest_threshold_that_is_right_nine_times_of_ten() -> None:
    p = np.array([0.9] * 9 + [0.8] + [0.5] * 5 + [0.3])
    truth = np.array([True] * 9 + [False] + [False] * 5 + [True])
    found = find_thresholds(p, truth)
    assert found.auto == 0.51  # 9 of the 10 opinions above are right; 0.50 lets five wrong ones in
    assert found.review == 0.3  # 95 % of the 10 reachable codings: all of them


def test_review_lets_one_in_twenty_go() -> None:
    p = np.concatenate([[0.1], np.full(19, 0.7)])
    assert find_thresholds(p, np.ones(20, dtype=bool)).review == 0.05
    p = np.concatenate([[0.1], np.full(20, 0.7)])
    found = find_thresholds(p, np.concatenate([[True], np.ones(20, dtype=bool)]))
    assert found.review == found.auto == 0.05


def test_codings_below_the_floor_do_not_pull_the_review_threshold() -> None:
    p = np.array([0.01] * 5 + [0.4] * 5 + [0.3] * 5)
    truth = np.array([True] * 5 + [True] * 5 + [False] * 5)
    assert find_thresholds(p, truth) == Thresholds(auto=0.31, review=0.31)


def test_where_no_threshold_is_right_often_enough_auto_is_high() -> None:
    assert find_thresholds(np.array([0.99, 0.5]), np.array([False, True])) == Thresholds(auto=0.95, review=0.5)
    assert find_thresholds(np.array([0.9]), np.array([False])) == Thresholds(auto=0.95, review=0.95)


def test_calibration_error_is_the_mean_gap_of_ten_bins() -> None:
    p = np.array([0.12, 0.14, 0.72, 0.78])
    truth = np.array([False, True, True, True])
    # bins: (0.13 against 0.5) and (0.75 against 1), two opinions each
    assert calibration_error(p, truth) == pytest.approx((0.37 + 0.25) / 2)
    assert calibration_error(np.array([0.01]), np.array([True])) == 0.0
    assert calibration_error(np.array([1.0]), np.array([True])) == 0.0


def test_figures_are_those_of_the_sentences_given() -> None:
    # Ten sentences of one code, "none" first; opinions are right and sure.
    predicted = np.array([[0.1, 0.9]] * 5 + [[0.9, 0.1]] * 5)
    truth = np.array([[1.0]] * 4 + [[0.0]] + [[0.0]] * 4 + [[1.0]])
    codes, any_code, thresholds, figures = calibrate(predicted, truth)
    assert codes == any_code
    assert codes.apply(np.array([0.9, 0.1])) == pytest.approx([0.8, 0.2], abs=0.01)
    assert (figures["sentences"], figures["codings"]) == (10, 5)
    assert figures["f1_at_half"] == 0.8
    assert figures["calibration_error"] == pytest.approx(0.0, abs=0.01)
    assert thresholds.auto == 0.95  # 0.8 is less than nine in ten
    assert figures["auto_recall"] == 0.0
    assert "auto_precision" not in figures  # nothing counts: it has no value
