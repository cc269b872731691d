from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.present import phrases
from qualcode.report import Extract, FacetCount, Finding, Participation

from .reports import GREEK, MARKUP, make_report


@pytest.fixture(scope="module")
def silos() -> Finding:
    """Greek region: 2 of 4 documents, 60 of 500 words."""
    return make_report().region(GREEK).findings[0]


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_frequency_says_what_it_counts_and_where_it_may_lie(silos: Finding) -> None:
    assert plain(phrases.raised(silos, "interviews")) == (
        "raised in 2 of 4 interviews (50 %; between 15 % and 85 % if other people of the region had been asked)"
    )


def test_nobody_raising_a_barrier_does_not_mean_that_nobody_holds_it(silos: Finding) -> None:
    none = replace(
        silos, documents_with_code=0, share_documents=0.0, share_documents_low=0.0, share_documents_high=0.49
    )
    assert plain(phrases.raised(none)) == (
        "raised in none of 4 documents (up to 49 % may still hold it if other people of the region had been asked)"
    )


def test_a_barrier_nobody_was_asked_about_is_not_said_to_be_absent(silos: Finding) -> None:
    unasked = replace(silos, documents=0, documents_with_code=0, share_documents=None)
    assert phrases.raised(unasked, "interviews") == "asked about in none of the interviews"


def test_a_missing_interval_is_left_out_or_explained(silos: Finding) -> None:
    alone = replace(silos, share_documents_low=None, share_documents_high=None, share_words_low=None)
    assert plain(phrases.raised(alone)) == "raised in 2 of 4 documents (50 %)"
    assert "no interval" in phrases.share_of_words(alone)


def test_undefined_shares_are_never_zero(silos: Finding) -> None:
    undefined = replace(silos, share_words=None, rank=None, relative_emphasis=None)
    assert "no share of words" in phrases.share_of_words(undefined)
    assert phrases.rank(undefined).startswith("without a rank")
    assert phrases.relative(undefined) == "not compared with other regions"
    assert [phrases.percent(None), phrases.times(None)] == ["–", "–"]
    assert [phrases.percent_range(None, 0.4), phrases.times_range(-1, None)] == ["–", "–"]


@pytest.mark.parametrize(
    ("log2_odds", "words"),
    [
        (0.0, "about as much as elsewhere"),
        (0.05, "about as much as elsewhere"),
        (1.0, "about twice as much as elsewhere"),
        (-1.0, "about half as much as elsewhere"),
        (-1.585, "about a third as much as elsewhere"),
        (0.6, "about one and a half times as much as elsewhere"),
        (2.0, "about 4.0 times as much as elsewhere"),
        (5.0, "more than ten times as much as elsewhere"),
        (-5.0, "less than a tenth as much as elsewhere"),
    ],
)
def test_relative_emphasis_is_told_as_a_factor(silos: Finding, log2_odds: float, words: str) -> None:
    assert words in phrases.relative(replace(silos, relative_emphasis=log2_odds))


def test_ranks_are_words_as_long_as_there_are_some(silos: Finding) -> None:
    assert phrases.rank(replace(silos, rank=10, top_three=None)) == "tenth by share of words"
    assert phrases.rank(replace(silos, rank=11, top_three=None)) == "number 11 by share of words"


@pytest.mark.parametrize(("count", "said"), [(0, ""), (1, "1 sentence waits"), (3, "3 sentences wait")])
def test_pending_sentences_are_counted_and_none_is_not_mentioned(silos: Finding, count: int, said: str) -> None:
    assert phrases.pending(replace(silos, segments_pending=count)).startswith(said)
    assert bool(phrases.pending(replace(silos, segments_pending=count))) is bool(count)


@pytest.mark.parametrize(
    ("interviews", "workshops", "other", "noun"),
    [
        (3, 0, 0, "interviews"),
        (0, 1, 0, "workshops"),
        (3, 1, 0, "interviews and workshops"),
        (3, 0, 1, "documents"),
        (0, 0, 0, "documents"),
    ],
)
def test_documents_are_called_what_they_are(interviews: int, workshops: int, other: int, noun: str) -> None:
    assert phrases.documents_noun(Participation("x", None, interviews, workshops, other, {}, 0)) == noun


def test_small_regions_are_warned_of_by_the_study_s_own_limit() -> None:
    report = make_report()
    assert phrases.least_documents(report) == 5
    assert phrases.least_documents(replace(report, tables={})) == 5
    heard = report.region(MARKUP).participation
    assert phrases.small_group(heard, 3) == ""
    assert phrases.small_group(heard, 4).startswith("With 3 interviews and workshops, the numbers describe these")
    one = replace(heard, interviews=1, workshops=0)
    assert phrases.small_group(one).startswith("With 1 document, the numbers describe it")


def test_facets_name_the_documents_behind_them() -> None:
    assert phrases.facets(()) == ""
    assert phrases.facets([FacetCount("p", "Patients", 2, 3)]) == "Patients (2 documents, 3 passages)"


def test_a_list_says_where_the_rest_is() -> None:
    assert phrases.more([1, 2, 3], 3, "Crete") == ""
    assert phrases.more([1, 2, 3], 2).startswith("Further passages: sheets Quotes and Facets of qualcode report")


@given(st.floats(0, 1))
def test_a_share_is_never_rounded_to_none_or_all(share: float) -> None:
    said = plain(phrases.percent(share))
    assert (said in ("0 %", "0.0 %")) is (share == 0)
    assert (said == "100 %") is (share == 1)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_is_not_told_as_a_smaller_one(first: float, second: float) -> None:
    low, high = sorted((first, second))
    numbers = [float(plain(phrases.percent(share)).split()[-2]) for share in (low, high)]
    assert numbers[0] <= numbers[1]


@given(st.floats(1e-6, 1))
def test_one_word_in_so_many_is_near_the_share(share: float) -> None:
    said = phrases.one_in(share)
    if said.endswith("words"):
        assert share > 0.45
    else:
        last = said.rsplit(" ", 1)[-1].replace(",", "")
        number = phrases._SMALL.index(last) if last in phrases._SMALL else int(last)
        assert number == pytest.approx(1 / share, rel=0.2)


@given(st.text(), st.text(min_size=1), st.text(min_size=1))
def test_who_speaks_is_never_named(text: str, document: str, speaker: str) -> None:
    extract = Extract(text, "id", document, 0, 1, "Crete", None, "industry", "interview", speaker)
    assert phrases.source(extract) == "interview, industry"
    assert phrases.source(extract, region=True) == "interview, industry, Crete"
    assert phrases.source(replace(extract, kind=None, stakeholder_group=None)) == "source not described"


def test_quoted_words_lose_only_the_line_breaks_of_the_notes() -> None:
    extract = Extract(" It is\r\n   so\u2028said <b>.\n", "d", "d", 0, 1)
    assert phrases.quoted(extract) == "“It is so\u2028said <b>.”"
