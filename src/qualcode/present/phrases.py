"""Numbers of a report in words a policy reader understands; every phrase says what it counts.

In: findings, extracts and participation of a `StudyReport`. Out: plain text without markup, for Word and
HTML alike. A number that is undefined is said to be so, never shown as 0. Shares are 0-1, emphasis is log2 odds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..report import Extract, FacetCount, Finding, Participation, StudyReport
from .wording import plural

UNDEFINED = "–"
BLANK = "[To be written: "
"""What every mark for the author begins with."""
SIGNIFICANT = 0.05
"""A q-value below this stands out among all comparisons of the study."""

_SMALL = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PERCENT = "\xa0%"
"""With a blank at which no line breaks."""
_TIMES = {0.25: "a quarter as much", 1 / 3: "a third as much", 0.5: "half as much", 2 / 3: "two thirds as much"}
_TIMES |= {1.5: "one and a half times as much", 2: "twice as much", 3: "three times as much"}
_AROUND = 0.1
"""How far, relatively, a factor may lie from one that has a name."""
_VAST = 10
_FURTHER = "sheets Quotes and Facets of qualcode report --cross-regional --out FILE.xlsx"
_LINE_BREAK = re.compile(r"[ \t]*\r?\n[ \t]*")


# --- numbers -----------------------------------------------------------------------------------


def percent(share: float | None) -> str:
    r"""A share as a percentage; below 10 % with one decimal, and never rounded to all or nothing.

    Examples
    --------
    >>> [percent(share) for share in (0.7, 0.0123, 0.0001, 0, 0.999, None)]
    ['70\xa0%', '1.2\xa0%', 'below 0.1\xa0%', '0\xa0%', 'above 99\xa0%', '–']
    """
    if share is None:
        return UNDEFINED
    if 0 < share < 0.0005:
        return f"below 0.1{_PERCENT}"
    if 0.99 < share < 1:
        return f"above 99{_PERCENT}"
    return f"{100 * share:.{1 if 0 < share < 0.0995 else 0}f}{_PERCENT}"


def percent_range(low: float | None, high: float | None) -> str:
    r"""An interval of shares, as short as a table needs it.

    Examples
    --------
    >>> percent_range(0.397, 0.892), percent_range(0.004, 0.12), percent_range(None, None)
    ('40–89\xa0%', '0.4–12\xa0%', '–')
    """
    if low is None or high is None:
        return UNDEFINED
    return f"{percent(low).removesuffix(_PERCENT)}–{percent(high)}"


def times(log2_odds: float | None) -> str:
    """Relative emphasis as a factor, 1 = as much as elsewhere.

    Examples
    --------
    >>> times(1.0), times(-1.0), times(0.0), times(6.0), times(None)
    ('2.0', '0.5', '1.0', '64', '–')
    """
    if log2_odds is None:
        return UNDEFINED
    factor = 2**log2_odds
    return f"{factor:.0f}" if factor >= _VAST else f"{factor:.1f}" if factor >= 0.095 else f"{factor:.2f}"


def times_range(low: float | None, high: float | None) -> str:
    """An interval of factors.

    Examples
    --------
    >>> times_range(-0.3, 2.2)
    '0.8–4.6'
    """
    return UNDEFINED if low is None or high is None else f"{times(low)}–{times(high)}"


def one_in(share: float) -> str:
    r"""A share as "one word in eight"; a half and more as a percentage.

    Examples
    --------
    >>> one_in(0.125), one_in(0.012), one_in(0.0004), one_in(0.55)
    ('about one word in eight', 'about one word in 85', 'about one word in 2,500', 'about 55\xa0% of all words')
    """
    if share > 0.45:
        return f"about {percent(share)} of all words"
    number = 1 / share
    rounded = round(number) if number < 20 else 5 * round(number / 5) if number < 100 else int(float(f"{number:.2g}"))
    return f"about one word in {_number(rounded)}"


def _number(count: int) -> str:
    return _SMALL[count] if 0 < count < len(_SMALL) else f"{count:,}"


# --- findings ----------------------------------------------------------------------------------


def documents_noun(participation: Participation) -> str:
    """What the documents of a region are, in the plural.

    Examples
    --------
    >>> documents_noun(Participation("Crete", "Greece", 10, 1, 0, {}, 9000))
    'interviews and workshops'
    """
    if participation.other or not participation.interviews + participation.workshops:
        return "documents"
    kinds = {"interviews": participation.interviews, "workshops": participation.workshops}
    return " and ".join(kind for kind, count in kinds.items() if count)


def raised(finding: Finding, noun: str = "documents") -> str:
    r"""How many raise the barrier, and where the share may lie.

    Examples
    --------
    >>> from qualcode.present.phrases import _example
    >>> raised(_example(), "interviews")
    'raised in 7 of 10 interviews (70\xa0%; between 40\xa0% and 89\xa0% if other people of the region had been asked)'
    """
    count, of, others = finding.documents_with_code, finding.documents, _others(finding)
    if of == 0:
        return f"asked about in none of the {noun}"
    noun = noun if of != 1 else "document"
    high = finding.share_documents_high
    if count == 0:
        may = "" if high is None else f" (up to {percent(high)} may still hold it {others})"
        return f"raised in none of {of} {noun}{may}"
    inside = [percent(finding.share_documents)]
    if finding.share_documents_low is not None:
        inside.append(f"between {percent(finding.share_documents_low)} and {percent(high)} {others}")
    return f"raised in {count} of {of} {noun} ({'; '.join(inside)})"


def _others(finding: Finding) -> str:
    return f"if other people of the {'regions' if finding.group == 'all' else 'region'} had been asked"


def share_of_words(finding: Finding) -> str:
    r"""How much of what is said is about the barrier.

    Examples
    --------
    >>> from qualcode.present.phrases import _example
    >>> share_of_words(_example())
    'takes up about one word in eight of what respondents say (12\xa0%; 95\xa0% interval 8.0–18\xa0%)'
    """
    share = finding.share_words
    if share is None:
        return "has no share of words, as the documents hold no words of respondents"
    if share == 0:
        return "takes up no words of respondents"
    interval = f"95{_PERCENT} interval {percent_range(finding.share_words_low, finding.share_words_high)}"
    if finding.share_words_low is None:
        interval = "no interval, as fewer than two documents raise it"
    return f"takes up {one_in(share)} of what respondents say ({percent(share)}; {interval})"


def relative(finding: Finding) -> str:
    """Whether this region dwells on the barrier more than all other regions together, and how sure that is.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from qualcode.present.phrases import _example
    >>> relative(_example())
    'dwelt on about twice as much as elsewhere (0.8–4.6 times), though the interval includes no difference'
    >>> relative(replace(_example(), relative_emphasis_low=0.3, q_value=0.2))
    'dwelt on about twice as much as elsewhere (1.2–4.6 times), though among so many comparisons this may be chance \
(q = 0.20)'
    >>> relative(replace(_example(), relative_emphasis_low=0.3, q_value=0.01))
    'dwelt on about twice as much as elsewhere (1.2–4.6 times), which stands out among all comparisons (q = 0.01)'
    """
    value, low, high, q = (
        finding.relative_emphasis, finding.relative_emphasis_low, finding.relative_emphasis_high, finding.q_value
    )  # fmt: skip
    if value is None:
        return "not compared with other regions"
    said = f"dwelt on {_as_much(2**value)} elsewhere"
    if low is None or high is None:
        return f"{said}, without an interval, as fewer than two documents raise it here or elsewhere"
    said += f" ({times_range(low, high)} times)"
    if low <= 0 <= high:
        return f"{said}, though the interval includes no difference"
    if q is None:
        return said
    if q < SIGNIFICANT:
        return f"{said}, which stands out among all comparisons (q {_q(q)})"
    return f"{said}, though among so many comparisons this may be chance (q {_q(q)})"


def _as_much(factor: float) -> str:
    if 1 / (1 + _AROUND) < factor < 1 + _AROUND:
        return "about as much as"
    for known, name in _TIMES.items():
        if abs(factor / known - 1) <= _AROUND:
            return f"about {name} as"
    if factor > _VAST:
        return "more than ten times as much as"
    return f"about {factor:.1f} times as much as" if factor >= 1 / _VAST else "less than a tenth as much as"


def _q(q: float) -> str:
    return "< 0.01" if q < 0.005 else f"= {q:.2f}"


def rank(finding: Finding) -> str:
    r"""Its place by share of words, and how stable a place among the first three is.

    Examples
    --------
    >>> from qualcode.present.phrases import _example
    >>> rank(_example())
    'second by share of words; among the first three in 83\xa0% of the resampled sets of documents'
    """
    if finding.rank is None:
        return "without a rank, as nobody raises it"
    place = _ORDINALS[finding.rank - 1] if finding.rank <= len(_ORDINALS) else f"number {finding.rank}"
    stable = percent(finding.top_three)
    sure = (
        "" if finding.top_three is None else f"; among the first three in {stable} of the resampled sets of documents"
    )
    return f"{place} by share of words{sure}"


def pending(finding: Finding) -> str:
    """Sentences that wait for a person; empty where none does.

    Examples
    --------
    >>> from qualcode.present.phrases import _example
    >>> pending(_example())
    '2 sentences wait for review and are not counted.'
    """
    count = finding.segments_pending
    if not count:
        return ""
    verbs = "waits for review and is" if count == 1 else "wait for review and are"
    return f"{plural(count, 'sentence')} {verbs} not counted."


def least_documents(report: StudyReport) -> int:
    """Regions with fewer documents are called small: as the study's tables were made, else 5."""
    summary = report.tables.get("summary")
    return 5 if summary is None else int(summary.attrs.get("small_group", 5))


def small_group(participation: Participation, least: int = 5) -> str:
    """A warning where a region has fewer than `least` documents, else empty.

    Examples
    --------
    >>> small_group(Participation("Crete", "Greece", 2, 1, 0, {}, 9000))
    'With 3 interviews and workshops, the numbers describe these and do not speak for the region.'
    """
    count = participation.interviews + participation.workshops + participation.other
    if count >= least:
        return ""
    noun = documents_noun(participation) if count != 1 else "document"
    return (
        f"With {count} {noun}, the numbers describe {'it' if count == 1 else 'these'} and do not speak for the region."
    )


def facets(counts: Sequence[FacetCount]) -> str:
    """Affected parties or impacts with the number of documents behind each.

    Examples
    --------
    >>> facets([FacetCount("patients", "Patients", 4, 6), FacetCount("delay", "Delay", 1, 1)])
    'Patients (4 documents, 6 passages); Delay (1 document, 1 passage)'
    """
    return "; ".join(
        f"{count.name} ({plural(count.documents, 'document')}, {plural(count.passages, 'passage')})" for count in counts
    )


# --- passages ----------------------------------------------------------------------------------


def quoted(extract: Extract) -> str:
    r"""The words in quotation marks; a line break of the notes becomes a blank, all else stays.

    Examples
    --------
    >>> quoted(Extract("Nobody pays\n  for it.", "d1", "a.txt", 0, 22))
    '“Nobody pays for it.”'
    """
    return f"“{_LINE_BREAK.sub(' ', extract.text.strip())}”"


def source(extract: Extract, *, region: bool = False) -> str:
    """Who speaks: kind and stakeholder group, the region if asked; never a name of a document or a person.

    Examples
    --------
    >>> source(Extract("It is.", "d1", "anna.txt", 0, 6, "Crete", "Greece", "industry", "interview", "Anna"))
    'interview, industry'
    """
    known = (extract.kind, extract.stakeholder_group, extract.region if region else None)
    return ", ".join(part for part in known if part) or "source not described"


def more(items: Sequence[object], shown: int, region: str = "") -> str:
    """Where the rest of a list is, after its first `shown`; empty where all are shown.

    Not how many there are: the list itself may hold the first few only.

    Examples
    --------
    >>> more("abcdefgh", 5, "Crete")
    'Further passages of Crete: sheets Quotes and Facets of qualcode report --cross-regional --out FILE.xlsx'
    """
    where = f" of {region}" if region else ""
    return f"Further passages{where}: {_FURTHER}" if len(items) > shown else ""


def blank(question: str) -> str:
    """The mark of what a program cannot know: the same words everywhere, to be searched for.

    Examples
    --------
    >>> blank("who is affected, and how?")
    '[To be written: who is affected, and how?]'
    """
    return f"{BLANK}{question}]"


def of_planned(count: int, planned: int | None) -> str:
    """A count against the plan; where none was planned, the count alone.

    Examples
    --------
    >>> of_planned(3, 10), of_planned(3, None), of_planned(1, 0)
    ('3 of 10', '3', '1')
    """
    return f"{count:,} of {planned:,}" if planned else f"{count:,}"


def _example() -> Finding:
    """A finding for the examples above: 7 of 10 interviews, an eighth of the words."""
    return Finding(
        "silos", 1, "Data silos", "Data stay where they are.", "data", "Data", "Crete", 10, 7, 0.7, 0.397, 0.892,
        0.124, 0.08, 0.18, 1.0, -0.3, 2.2, 0.2, 2, 0.83, 12, 2,
    )  # fmt: skip
