from __future__ import annotations

import pytest

from qualcode.present.figures.measures import MEASURES, measure_of, signed
from qualcode.present.figures.shown import read_summary

from .drawn import summary


def test_a_measure_reads_its_value_and_interval() -> None:
    row = {"share_words": 0.2, "share_words_low": 0.1, "q_value": 0.01}
    value, low, high = MEASURES["share_words"].bounds(row)
    assert (value, low) == (0.2, 0.1)
    assert high != high


def test_q_is_about_emphasis_and_may_be_missing() -> None:
    row = {"q_value": 0.04}
    assert [measure.is_striking(row) for measure in MEASURES.values()] == [False, True, True]
    assert not MEASURES["share_words"].is_striking({"q_value": float("nan")})
    assert not MEASURES["share_words"].is_striking({})


def test_what_a_bar_is_says_how_often_was_drawn() -> None:
    shown = read_summary(summary(), None)
    assert measure_of("share_words").interval_told(shown).endswith("(bootstrap of documents, 200 draws).")
    frame = summary()
    frame.attrs = {}
    assert measure_of("share_words").interval_told(read_summary(frame, None)).endswith("(bootstrap of documents).")


def test_more_and_less_have_a_sign_and_nothing_has_none() -> None:
    assert [signed(value) for value in (0.06, -12.3, 0, 0.04, -0.04)] == ["+0.1", "−12.3", "0.0", "0.0", "0.0"]


def test_another_column_is_no_measure() -> None:
    with pytest.raises(ValueError, match=r"`value` must be one of .*Got 'rank' instead"):
        measure_of("rank")
