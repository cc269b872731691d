"""The three numbers that figures show, with their words: how many raise it, how much is said, more than elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .shown import Shown

Value = Literal["share_documents", "share_words", "relative_emphasis"]


@dataclass(frozen=True)
class Measure:
    """How a column of a summary is named, written and explained.

    Attributes
    ----------
    column : str
    what : str
        With ``{each}`` for the codes shown and ``{group}`` for what is compared.
    short, scale, unit : str
        The unit over a column of numbers, of a key, and in full of an axis.
    text : callable
        A number as it is printed.
    interval : str
        What its 95 % interval is, with ``{draws}``.
    counts : str
        What is counted.
    """

    column: str
    what: str
    short: str
    scale: str
    unit: str
    text: Callable[[float], str]
    interval: str
    counts: str

    def titled(self, shown: Shown, each: str, *, by: bool, capital: bool = True) -> str:
        """What a figure shows, with its unit: "Documents that raise each code, by region (%)"."""
        what = self.what.format(each=each, group=shown.by)
        by_group = f", by {shown.by}" if by and "{group}" not in self.what else ""
        start = what[:1].upper() if capital else what[:1]
        return f"{start}{what[1:]}{by_group}{' (%)' if '%' in self.unit else ''}"

    def interval_told(self, shown: Shown) -> str:
        """What a bar is, as a sentence."""
        draws = shown.attrs.get("draws")
        return f"Bars: {self.interval.format(draws=f', {draws:,} draws' if draws else '')}."

    def bounds(self, row: Mapping[str, Any]) -> tuple[float, float, float]:
        """Value, lower and upper end of the interval; nan = undefined."""
        value, low, high = (float(row.get(self.column + end, float("nan"))) for end in ("", "_low", "_high"))
        return value, low, high

    def is_striking(self, row: Mapping[str, Any]) -> bool:
        """Whether q < 0.05; the q-value is about emphasis, not about how many raise a code."""
        return self.column != "share_documents" and bool(row.get("q_value", 1.0) < 0.05)


def percent(share: float) -> str:
    """Whole percent, without the sign."""
    return f"{100 * share:.0f}"


def fine_percent(share: float) -> str:
    """Percent with one decimal, without the sign; 0 is "0".

    Examples
    --------
    >>> fine_percent(0.075), fine_percent(0.0)
    ('7.5', '0')
    """
    return f"{100 * share:.1f}" if share else "0"


def signed(value: float) -> str:
    """With its sign, so that more and less differ in grey print.

    Examples
    --------
    >>> signed(1.24), signed(-0.5), signed(-0.01)
    ('+1.2', '−0.5', '0.0')
    """
    shown = f"{value:+.1f}".replace("-", "−")
    return "0.0" if shown[1:] == "0.0" else shown


MEASURES: dict[str, Measure] = {
    "share_documents": Measure(
        "share_documents",
        "documents that raise {each}",
        "%",
        "documents, %",
        "documents that raise it, %",
        percent,
        "95 % interval (Wilson)",
        "A document counts once for a {code}, however long it is.",
    ),
    "share_words": Measure(
        "share_words",
        "respondents' words on {each}",
        "%",
        "respondents' words, %",
        "respondents' words, %",
        fine_percent,
        "95 % interval (bootstrap of documents{draws})",
        "Words of respondents in sentences with the {code}; a sentence may have several.",
    ),
    "relative_emphasis": Measure(
        "relative_emphasis",
        "emphasis on {each}, each {group} against all others",
        "log2 odds",
        "log2 odds",
        "log2 odds: 0 = as the others, +1 = twice the odds, −1 = half",
        signed,
        "95 % interval (bootstrap of documents{draws})",
        "Log2 odds of respondents' words: 0 = as the others, +1 = twice the odds, −1 = half.",
    ),
}


def measure_of(value: str) -> Measure:
    """The measure of a column; ValueError for a column that is none."""
    if value not in MEASURES:
        known = ", ".join(f'"{name}"' for name in MEASURES)
        raise ValueError(f"`value` must be one of {known}. Got {value!r} instead.")
    return MEASURES[value]
