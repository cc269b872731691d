"""How far coders agree, and the sentences on which they do not, in any format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..codebook import Codebook
from .summary import frame_records
from .table import Column, Format, Table, is_missing, render
from .wording import plural, shortened

if TYPE_CHECKING:
    import pandas as pd

_UNITS = {"segment": "sentence", "turn": "turn", "document": "document"}
_QUOTE = 240
DISAGREEMENT_KEYS = (
    *("distance", "document", "region", "turn", "position", "words", "speaker", "text"),
    *("differing", "differing_codes", "settled"),
)
"""Keys of a disagreement in JSON; one ``codes_NAME`` for each coder follows."""


class Agreed(Protocol):
    """What `agreement_text` needs; `qualcode.flow.Agreement` has it."""

    @property
    def frame(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def coders(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def by(self) -> str: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102


class Disagreed(Protocol):
    """What `disagreements_text` needs; `qualcode.flow.Disagreements` has it."""

    @property
    def rows(self) -> list[dict[str, Any]]: ...  # noqa: D102
    @property
    def coders(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def codebook(self) -> Codebook: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102


def agreement_text(found: Agreed, output: Format) -> str | bytes:
    """The table of coefficients: all columns for csv, json and xlsx; else those people read.

    Parameters
    ----------
    found : Agreed
    output : Format

    Returns
    -------
    str or bytes
    """
    records = frame_records(found.frame)
    title = f"Agreement of {_listed(found.coders)} by {found.by}"
    if output in ("csv", "json", "xlsx"):
        columns = tuple(Column(str(key), str(key)) for key in found.frame.columns)
        return render([Table(columns, records, title, found.notes)], output)
    rows = [
        {**row, **{f"{name}_range": (row[f"{name}_low"], row[f"{name}_high"]) for name in _RANGED}} for row in records
    ]
    notes = (*_on_sets(records[-1], found.unit), *_reasons(records, found.by), *found.notes)
    return render([Table(tuple(_columns(found)), rows, title, notes)], output)


_RANGED = ("percent_agreement", "kappa", "alpha", "ac1", "same_sets", "masi_alpha")


def _columns(found: Agreed) -> Iterator[Column]:
    if found.by == "region":
        yield Column("group", "Region", flexible=True, show=_region)
    else:
        yield Column("code_number", "No", right=True)
        yield Column("code_name", found.by.capitalize(), flexible=True)
    yield Column("units", f"{_UNITS[found.unit].capitalize()}s", right=True, show=lambda value: f"{value:,}")
    yield Column("documents", "Docs", right=True)
    yield from _with_range("percent_agreement", "Agree %", _percent)
    for name, title in (("kappa", "kappa"), ("alpha", "alpha"), ("ac1", "AC1")):
        yield from _with_range(name, title, _decimal)
    yield Column("prevalence", "Yes %", right=True, show=_percent)
    if len(found.coders) == 2:
        yield Column("bias_index", "Bias", right=True, show=lambda value: f"{value:+.2f}".replace("-", "−"))
    if found.by == "region":
        yield from _with_range("masi_alpha", "MASI alpha", _decimal)


def _with_range(name: str, title: str, show: Callable[[float], str]) -> Iterator[Column]:
    yield Column(name, title, right=True, show=show)
    yield Column(f"{name}_range", "95 %", right=True, show=lambda pair: _range(pair, show))


def _range(pair: tuple[Any, Any], show: Callable[[float], str]) -> str:
    return "" if is_missing(pair[0]) else f"{show(pair[0])}–{show(pair[1])}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _on_sets(row: Mapping[str, Any], unit: str) -> Iterator[str]:
    """What the last row says of whole sets of codes."""
    if not row["set_units"]:
        return
    parts = [f"the same codes on {_percent(row['same_sets'])} %{_in_words(row, 'same_sets', _percent)}"]
    if not is_missing(row["masi_alpha"]):
        parts.append(f"alpha with MASI distance {_decimal(row['masi_alpha'])}{_in_words(row, 'masi_alpha', _decimal)}")
    yield f"Sets of codes, {plural(row['set_units'], _UNITS[unit])}: {'; '.join(parts)}."


def _in_words(row: Mapping[str, Any], name: str, show: Callable[[float], str]) -> str:
    pair = _range((row[f"{name}_low"], row[f"{name}_high"]), show)
    return pair and f" ({pair})"


def _reasons(records: Sequence[Mapping[str, Any]], by: str) -> Iterator[str]:
    """Why numbers are missing; rows for the same reason together, codes by their numbers."""
    rows: dict[str, list[str]] = {}
    for row in records:
        if row["reason"]:
            number = row["code_number"]
            name = _region(row["group"]) if by == "region" else row["code_name"] if number is None else f"{number:.0f}"
            rows.setdefault(row["reason"], []).append(name)
    for reason, names in rows.items():
        numbered = "No " if names[0].isdecimal() else ""
        yield f"{numbered}{', '.join(names)}: {reason}."


def _region(name: str) -> str:
    return "All" if name == "all" else name


def disagreements_text(found: Disagreed, output: Format) -> str | bytes:
    """The sentences on which coders differ, the worst first: ready to be talked over.

    Parameters
    ----------
    found : Disagreed
    output : Format

    Returns
    -------
    str or bytes
    """
    title = f"Where {_listed(found.coders)} differ"
    if output in ("csv", "json", "xlsx"):
        keys = (*DISAGREEMENT_KEYS, *(f"codes_{coder}" for coder in found.coders))
        return render([Table(tuple(Column(key, key) for key in keys), found.rows, title, found.notes)], output)
    rows = [{**row, "place": f"{row['document']}:{row['position']}"} for row in found.rows]
    columns = (
        Column("place", "Sentence", widest=24),
        Column("text", "Said", show=lambda text: shortened(text, _QUOTE), widest=36),
        *(
            Column(f"codes_{coder}", coder, show=lambda ids: _names(ids, found.codebook), widest=20)
            for coder in found.coders
        ),
        Column("distance", "Distance", right=True, show=_decimal),
        *(
            (Column("settled", "Settled", show=lambda ids: ids and _names(ids, found.codebook), widest=16),)
            if _any_settled(rows)
            else ()
        ),
    )
    notes = (f"{plural(len(rows), 'sentence')}, the worst first; settle them in: qualcode review.", *found.notes)
    return render([Table(columns, rows, title, notes)], output)


def _any_settled(rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(row["settled"] for row in rows)


def _names(ids: str, codebook: Codebook) -> str:
    return "; ".join(codebook.by_id[code].name for code in ids.split()) or "–"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
