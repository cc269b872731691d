from __future__ import annotations

import math

import numpy as np
import pytest

from qualcode.aggregate.bootstrap import resample
from qualcode.aggregate.counts import Counts, tally
from qualcode.aggregate.emphasis import emphasis, ranks, smith_salience

from .mini_study import Row, code_counts, count, document, documents, small_codebook

SILOS, CONSENT, PAY, TRIALS = range(4)
NAN = float("nan")


def counts_of(rows: list[Row], codes: list[Row]) -> Counts:
    return tally(rows, codes, [], small_codebook(), by="region", level="code")


def test_share_of_words_is_a_ratio_of_sums() -> None:
    found = emphasis(counts_of(documents(), code_counts()), None)
    assert found["words"].tolist() == [[60, 10, 10, 0], [10, 20, 120, 0], [5, 0, 0, 0]]
    # Not the mean of the documents' shares, which for silos in Alpha would be (0.2 + 0.2) / 4.
    np.testing.assert_allclose(found["share_words"][0], [60 / 500, 10 / 500, 10 / 500, 0])


def test_salience_of_the_mini_study() -> None:
    found = emphasis(counts_of(documents(), code_counts()), None)
    # Alpha: a1 raises pay, then silos; a2 silos and consent in one sentence (silos has the lower
    # number); a3 and a4 nothing that counts. Beta: b1 pay, silos; b2 pay; b3 consent. Gamma: g1 silos.
    expected = [
        [(1 / 2 + 1) / 4, (1 / 2) / 4, 1 / 4, 0.0],
        [(1 / 2) / 3, 1 / 3, (1 + 1) / 3, 0.0],
        [1 / 2, 0.0, 0.0, 0.0],
    ]
    np.testing.assert_allclose(found["salience"], expected)


def test_smiths_s_of_three_free_lists() -> None:
    # Hand-worked: lists (dog, cat, bird), (cat, dog), (bird); columns dog, cat, bird.
    lists = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, NAN], [NAN, NAN, 0.0]])
    expected = np.array([[1, 2 / 3, 1 / 3], [1 / 2, 1, 0], [0, 0, 1]])
    np.testing.assert_allclose(smith_salience(lists), expected)
    np.testing.assert_allclose(smith_salience(lists).mean(axis=0), [1.5 / 3, (5 / 3) / 3, (4 / 3) / 3])


def test_document_without_codes_has_no_salience() -> None:
    assert smith_salience(np.full((1, 3), np.nan)).tolist() == [[0.0, 0.0, 0.0]]


def test_intensity_is_the_share_of_coded_segments() -> None:
    found = emphasis(counts_of(documents(), code_counts()), None)
    np.testing.assert_allclose(found["intensity"], [[2 / 5, 0, 0, NAN], [0, 0, 1, NAN], [0, NAN, NAN, NAN]])


def test_equal_shares_share_the_best_rank_and_zero_has_none() -> None:
    found = emphasis(counts_of(documents(), code_counts()), None)
    np.testing.assert_array_equal(found["rank"], [[1, 2, 2, NAN], [3, 2, 1, NAN], [1, NAN, NAN, NAN]])
    np.testing.assert_array_equal(ranks(np.array([[NAN, 0.1]])), [[NAN, 1]])


def test_interval_brackets_the_share_and_is_missing_where_fewer_than_two_raise_the_code() -> None:
    counts = counts_of(documents(), code_counts())
    found = emphasis(counts, resample(counts, draws=2000, seed=1))
    low, point, high = found["share_words_low"], found["share_words"], found["share_words_high"]
    raised = counts.membership @ (counts.words > 0) >= 2
    np.testing.assert_array_equal(np.isnan(low), ~raised)
    assert ((low[raised] > 0) & (low[raised] < point[raised]) & (point[raised] < high[raised])).all()
    assert (high[raised] <= 1).all()


def test_interval_of_two_documents_by_hand() -> None:
    # One of the two is drawn and stands for both: shares 0.12 and 0.1, half of the draws each, so the standard
    # error is 0.01. n - 1 = 1: t(1) = 12.7062. Share 32/300 = 0.10667; 12.7062 x 0.01 / 0.10667 = 1.19121.
    rows = [document("p", "A", 100), document("q", "A", 200)]
    counts = counts_of(rows, [count("p", "pay", 1, 12, 0, 0), count("q", "pay", 1, 20, 0, 0)])
    found = emphasis(counts, resample(counts, draws=20_000, seed=1))
    assert found["share_words"][0, PAY] == pytest.approx(32 / 300)
    assert found["share_words_low"][0, PAY] == pytest.approx(0.10667 * math.exp(-1.19121), rel=0.005)
    assert found["share_words_high"][0, PAY] == pytest.approx(0.10667 * math.exp(1.19121), rel=0.005)


def test_top_three_counts_the_draws_among_the_first_three() -> None:
    # p raises silos, consent and pay, q trials (a little): in half of the draws p stands for both and trials has no
    # rank; in the other half trials is all there is.
    rows = [document("p", "A", 100), document("q", "A", 100)]
    codes = [count("p", code, 1, 10, 0, 0) for code in ("silos", "consent", "pay")]
    counts = counts_of(rows, [*codes, count("q", "trials", 1, 1, 0, 0)])
    drawn = emphasis(counts, resample(counts, draws=2000, seed=1))["top_three"]
    assert drawn[0, :3].tolist() == [drawn[0, PAY]] * 3
    assert drawn[0] == pytest.approx(np.full(4, 0.5), abs=0.05)
    assert drawn[0, PAY] + drawn[0, 3] == pytest.approx(1.0)
    assert np.isnan(emphasis(counts, None)["top_three"]).all()


def test_interval_narrows_like_the_standard_error_of_a_mean() -> None:
    # 400 documents of 100 words, half of them with 10 words: the share's standard error is
    # 0.05 / sqrt(400), so the interval is 2 * 1.96 * 0.0025 wide.
    rows = [document(f"d{i:03}", "A", 100) for i in range(400)]
    counts = counts_of(rows, [count(f"d{i:03}", "pay", 1, 10, 0, 0) for i in range(0, 400, 2)])
    found = emphasis(counts, resample(counts, draws=4000, seed=1))
    width = found["share_words_high"][0, PAY] - found["share_words_low"][0, PAY]
    assert width == pytest.approx(2 * 1.96 * 0.0025, rel=0.05)


def test_one_document_or_no_words_have_no_interval() -> None:
    rows = [document("p", "A", 100), document("q", "B", 0), document("r", "B", 0)]
    counts = counts_of(rows, [count("p", "pay", 1, 30, 0, 0)])
    found = emphasis(counts, resample(counts, draws=100, seed=1))
    assert np.isnan(found["share_words_low"]).all()
    np.testing.assert_array_equal(found["share_words"][:, PAY], [0.3, NAN])
    np.testing.assert_array_equal(found["rank"][:, PAY], [1, NAN])


def test_draws_of_silent_documents_alone_are_left_out() -> None:
    # Two documents of three draw each other or themselves; where both draws fall on the silent one there is no share.
    rows = [document("p", "A", 100), document("q", "A", 100), document("r", "A", 0)]
    counts = counts_of(rows, [count(name, "pay", 1, 30, 0, 0) for name in "pq"])
    found = emphasis(counts, resample(counts, draws=100, seed=1))
    assert found["share_words_low"][0, PAY] == pytest.approx(0.3) == found["share_words_high"][0, PAY]
