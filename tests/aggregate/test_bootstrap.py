from __future__ import annotations

import numpy as np
import pytest

from qualcode.aggregate.bootstrap import document_weights, resample, spread
from qualcode.aggregate.counts import tally

from .mini_study import Row, code_counts, count, document, documents, small_codebook


def resampled_words(rows: list[Row], codes: list[Row], seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    counts = tally(rows, codes, [], small_codebook(), by="region", level="code")
    drawn = resample(counts, draws=200, seed=seed)
    return drawn.words, drawn.rest_words


def test_each_draw_weighs_as_much_as_there_are_documents() -> None:
    weights = document_weights(7, draws=50, seed=3, stream="Crete")
    assert weights.shape == (50, 7)
    np.testing.assert_allclose(weights.sum(axis=1), 7.0)
    np.testing.assert_allclose(weights * 6 / 7, np.round(weights * 6 / 7))  # six of seven are drawn


def test_documents_are_drawn_equally_often_and_with_the_variance_of_an_estimate() -> None:
    weights = document_weights(5, draws=40_000, seed=3, stream="Crete")
    assert weights.mean(axis=0) == pytest.approx(np.ones(5), abs=0.02)
    # (n / (n - 1))^2 * (n - 1) p (1 - p) with p = 1 / n is 1, whatever n.
    assert weights.var(axis=0) == pytest.approx(np.ones(5), abs=0.02)


def test_the_spread_of_a_mean_is_its_textbook_variance() -> None:
    values = np.array([3.0, 8.0, 1.0, 4.0, 9.0, 2.0])
    weights = document_weights(6, draws=40_000, seed=3, stream="Crete")
    drawn = (weights @ values / 6)[None, :, None]
    assert spread(drawn)[0, 0] == pytest.approx(values.var(ddof=1) / 6, rel=0.03)


def test_one_document_is_itself_in_every_draw() -> None:
    assert document_weights(1, draws=3, seed=1, stream="Crete").tolist() == [[1.0]] * 3


def test_seed_and_stream_decide_the_draws() -> None:
    first = document_weights(9, draws=20, seed=1, stream="Crete")
    np.testing.assert_array_equal(first, document_weights(9, draws=20, seed=1, stream="Crete"))
    assert (first != document_weights(9, draws=20, seed=2, stream="Crete")).any()
    assert (first != document_weights(9, draws=20, seed=1, stream="Sofia")).any()


def test_draws_are_pinned_across_machines_and_releases() -> None:
    assert (document_weights(4, draws=3, seed=20250301, stream="Crete") * 3 / 4).tolist() == [
        [0.0, 1.0, 1.0, 1.0],
        [2.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 2.0, 1.0],
    ]


def test_sums_hold_whole_documents_only() -> None:
    words, _ = resampled_words(documents(), code_counts())
    # Gamma: g1 has 5 words with silos, g2 none; one of the two is drawn and stands for both.
    assert set(words[2, :, 0]) == {0.0, 10.0}


def test_row_order_does_not_matter() -> None:
    forward, rest = resampled_words(documents(), code_counts())
    backward, back_rest = resampled_words(documents()[::-1], code_counts()[::-1])
    np.testing.assert_array_equal(forward, backward)
    np.testing.assert_array_equal(rest, back_rest)


def test_a_group_keeps_its_draws_whatever_else_is_in_the_table() -> None:
    words, _ = resampled_words(documents(), code_counts())
    only = [row for row in documents() if row["region"] == "Beta"]
    alone, _ = resampled_words(only, [row for row in code_counts() if row["document_id"].startswith("b")])
    np.testing.assert_array_equal(words[1], alone[0])


def test_groups_alike_are_drawn_independently() -> None:
    rows = [document(f"{region}{i}", region, 100) for region in "AB" for i in range(9)]
    words, _ = resampled_words(rows, [count(f"{region}{i}", "pay", 1, i, 0, 0) for region in "AB" for i in range(1, 9)])
    assert abs(np.corrcoef(words[0, :, 2], words[1, :, 2])[0, 1]) < 0.2


def test_single_documents_have_no_sums_but_vary_together_among_the_others() -> None:
    rows = [document("a1", "A", 100), document("a2", "A", 100), document("b", "B", 100), document("c", "C", 100)]
    words, rest = resampled_words(rows, [count("b", "pay", 1, 10, 0, 0), count("a1", "pay", 1, 7, 0, 0)])
    assert np.isnan(words[1:]).all()
    assert np.isnan(rest[1:]).all()
    assert set(rest[0, :, 2]) == {0.0, 20.0}


def test_spread_leaves_draws_without_a_value_out() -> None:
    values = np.array([[[np.nan, np.nan], [1.0, np.nan], [3.0, np.nan]]])
    np.testing.assert_array_equal(spread(values), [[1.0, np.nan]])
