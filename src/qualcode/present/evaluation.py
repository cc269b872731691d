"""How good codings are: tables in any format, and one figure.

In: an evaluation. Out: text or bytes of the tables, or a drawing in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ..codebook import Codebook
from ..errors import SelectionError
from .output import write_output
from .table import Column, Format, Table, render
from .wording import json_text, plural, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, match_args=False)
class Measured(Protocol):
    """What is shown of the figures; `qualcode.aggregate.Accuracy` has it. The tables are DataFrames."""

    overall: Any
    per_code: Any
    ranking: Any
    traps: Any
    confusion: Any
    calibration: Any
    curve: Any
    effort: Any
    calibration_error: float
    thresholds: Any
    documents: int
    sentences: int
    coded_sentences: int
    notes: tuple[str, ...]


@dataclass(frozen=True, match_args=False)
class Evaluated(Protocol):
    """What `evaluation_text` needs to know; `qualcode.flow.Evaluation` has it."""

    accuracy: Any
    judged: str
    gold: str
    codebook: Codebook


_FRAMES = ("overall", "per_code", "ranking", "traps", "confusion", "calibration", "curve", "effort")
_ENOUGH = 0.95
"""Share of the sentences with a code that a reader wants to have seen."""


def evaluation_text(found: Evaluated, output: Format) -> str | bytes:
    """The figures: every table in full for json, csv and xlsx, else the two tables people read.

    Parameters
    ----------
    found : Evaluated
    output : {"table", "csv", "json", "md", "html", "xlsx"}
        JSON is one object; CSV one table whose column ``table`` says where a row belongs, empty
        where that table has no such column; xlsx one sheet a table.

    Returns
    -------
    str or bytes
        Bytes for "xlsx" only.
    """
    if output == "json":
        return json_text(_record(found))
    if output == "csv":
        return render([_stacked(found)], output)
    if output == "xlsx":
        return render([_whole(found, name) for name in _FRAMES], output)
    return render(list(_tables(found)), output)


def _record(found: Evaluated) -> dict[str, Any]:
    accuracy = found.accuracy
    tables = {name: _rows(getattr(accuracy, name)) for name in _FRAMES}
    return {
        "judged": found.judged,
        "gold": found.gold,
        "documents": accuracy.documents,
        "sentences": accuracy.sentences,
        "coded_sentences": accuracy.coded_sentences,
        "thresholds": accuracy.thresholds,
        "calibration_error": _plain(accuracy.calibration_error),
        **tables,
        "notes": list(accuracy.notes),
    }


def _rows(frame: Any) -> list[dict[str, Any]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    """A JSON value: numbers of numpy as Python's, rounded to 4 digits, NaN as None."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return None if value != value else round(value, 4)
    return value


def _whole(found: Evaluated, name: str) -> Table:
    frame = getattr(found.accuracy, name)
    columns = tuple(Column(str(column), str(column)) for column in frame.columns)
    return Table(columns, _rows(frame), title=name, notes=tuple(_basis(found.accuracy)) if name == _FRAMES[0] else ())


def _stacked(found: Evaluated) -> Table:
    tables = [_whole(found, name) for name in _FRAMES]
    columns = dict.fromkeys(column for table in tables for column in table.columns)
    rows = [{"table": table.title, **row} for table in tables for row in table.rows]
    return Table((Column("table", "table"), *columns), rows)


# --- what people read --------------------------------------------------------------------------


def _tables(found: Evaluated) -> Iterator[Table]:
    accuracy: Measured = found.accuracy
    share = _share
    yield Table(
        (
            Column("threshold", "Coded from", flexible=True),
            *(Column(name, title, right=True) for name, title in (
                ("precision", "Precision"), ("recall", "Recall"), ("f1", "F1"), ("macro_f1", "Macro-F1"),
                ("passages", "Passages found"), ("profile", "Document P, R"), ("traps", "Traps coded"),
            )),
        ),
        [
            {
                "threshold": f"{row['threshold']} {row['value']:.2f}",
                **{name: _with_interval(row, name) for name in ("precision", "recall", "f1")},
                "macro_f1": share(row["macro_f1"]),
                "passages": share(row["passage_recall"]),
                "profile": f"{share(row['profile_precision'])}, {share(row['profile_recall'])}",
                "traps": f"{row['traps_coded']} of {row['traps']}",
            }
            for row in accuracy.overall.to_dict("records")
        ],
        title=f"{found.judged} against {found.gold}",
        notes=(*_basis(accuracy), "Document P, R: precision and recall of \"the code occurs in the document\"."),
    )  # fmt: skip
    names = {code.id: f"{code.number} {code.name}" for code in found.codebook.codes}
    yield Table(
        (
            Column("code", "Code", flexible=True),
            Column("precision", "Precision", right=True),
            Column("recall", "Recall", right=True),
            Column("f1", "F1", right=True),
            Column("passage_recall", "Passages found", right=True),
            Column("given", "Given", right=True),
            Column("wanted", "In gold", right=True),
        ),
        [
            {
                "code": names[row["code"]],
                **{name: share(row[name]) for name in ("precision", "recall", "passage_recall")},
                "f1": _with_interval(row, "f1"),
                "given": row["given"],
                "wanted": row["wanted"],
            }
            for row in accuracy.per_code.to_dict("records")
        ],
        title=f"By code, coded from {next(iter(accuracy.thresholds.values())):.2f}",
        notes=tuple(_trap_notes(accuracy)),
    )


def _share(value: float) -> str:
    return "" if value != value else f"{value:.2f}"


def _with_interval(row: dict[str, Any], name: str) -> str:
    if row[name] != row[name]:
        return ""
    return f"{row[name]:.2f} [{row[f'{name}_low']:.2f}, {row[f'{name}_high']:.2f}]"


def _basis(accuracy: Measured) -> Iterator[str]:
    """What the figures rest on, and what has no value for which reason."""
    yield (
        f"{plural(accuracy.documents, 'document')}, {plural(accuracy.sentences, 'sentence')} of respondents, "
        f"{accuracy.coded_sentences:,} with a code in the gold. In brackets: 95 % of bootstrap draws of documents."
    )
    yield from _ranking_notes(accuracy)
    yield from accuracy.notes


def _ranking_notes(accuracy: Measured) -> Iterator[str]:
    shares = {int(row["best"]): row for row in accuracy.ranking.to_dict("records")}
    if shares and shares[1]["n"]:
        first, three = shares[1], shares[3]
        yield (
            f"Of the {first['n']} sentences with a code a right one is the most probable in {first['share']:.2f} "
            f"[{first['low']:.2f}, {first['high']:.2f}], among the first three in {three['share']:.2f} "
            f"[{three['low']:.2f}, {three['high']:.2f}]."
        )
        if len(accuracy.calibration):
            yield f"Expected calibration error {accuracy.calibration_error:.3f}."
        enough = accuracy.effort[accuracy.effort["seen"] >= _ENOUGH]
        if len(enough):
            yield (
                f"Reading the most suspicious {enough['read'].iloc[0]:.0%} of the sentences shows 95 % of those "
                "with a code."
            )


def _trap_notes(accuracy: Measured) -> Iterator[str]:
    first = next(iter(accuracy.thresholds))
    rows = accuracy.traps[accuracy.traps["threshold"] == first].to_dict("records")
    if rows:
        told = ", ".join(f"{row['kind'].replace('_', ' ')} {row['coded']} of {row['n']}" for row in rows)
        yield f"Sentences that only look like one with a code, coded all the same: {told}."


# --- the figure --------------------------------------------------------------------------------

_Side = Literal["left", "right"]
_BLUE, _ORANGE, _GREY = "#0b5394", "#c65d00", "#777777"
_UNDATED: dict[str, dict[str, None]] = {".svg": {"Date": None}, ".png": {}, ".pdf": {"CreationDate": None}}
"""Endings a figure may have, with what keeps the time of drawing out of the file."""
_LOOK: dict[str, Any] = {
    "svg.hashsalt": "qualcode",
    "font.size": 9,
    "axes.titleweight": "bold",
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
}


def evaluation_figure(found: Evaluated, path: Path) -> None:
    """Draw calibration, precision against recall, reading effort and F1 by code into one file.

    Parameters
    ----------
    found : Evaluated
    path : Path
        Ending ``.svg``, ``.png`` or ``.pdf``; the same figures give the same bytes.

    Raises
    ------
    SelectionError
        If the ending is another one, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in _UNDATED:
        raise SelectionError(f'{path.name}: the ending "{path.suffix}" is no drawing. Endings: {", ".join(_UNDATED)}.')
    from matplotlib import style
    from matplotlib.figure import Figure

    drawn = BytesIO()
    panels: tuple[Callable[[Axes, Evaluated], None], ...] = (_draw_calibration, _draw_curve, _draw_effort, _draw_codes)
    # From the default style, not the user's; and without pyplot, whose window settings are the notebook's.
    with style.context(["default", _LOOK]):
        figure = Figure(figsize=(11, 8.5), layout="constrained")
        # Two rows apart: the long names of codes would push the panel above them aside.
        rows: Any = figure.subfigures(2, 1, hspace=0.04)
        axes = [axis for row in rows for axis in row.subplots(1, 2)]
        for axis, draw in zip(axes, panels, strict=True):
            draw(axis, found)
        figure.suptitle(_headline(found))
        figure.savefig(drawn, format=ending[1:], metadata=_UNDATED[ending], dpi=150)
    write_output(drawn.getvalue(), path)


def _headline(found: Evaluated) -> str:
    gold = Path(found.gold)
    return (
        f"{found.judged} against {gold.name if gold.suffix else found.gold}: "
        f"{plural(found.accuracy.documents, 'document')}, {plural(found.accuracy.sentences, 'sentence')}"
    )


def _draw_calibration(axis: Axes, found: Evaluated) -> None:
    bins = found.accuracy.calibration
    axis.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="probability given", ylabel="share that is right (number: codings)")
    axis.set_title("Calibration")
    if bins.empty:
        _leave_empty(axis)
        return
    axis.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle=":")
    axis.plot(bins["mean_probability"], bins["share_right"], color=_BLUE, marker="o", markersize=5)
    for row in bins.itertuples():
        _label(axis, f"{row.n:,}", row.mean_probability, row.share_right, (6, -11))
    axis.text(0.03, 0.94, f"expected calibration error {found.accuracy.calibration_error:.3f}")


def _draw_curve(axis: Axes, found: Evaluated) -> None:
    curve, overall = found.accuracy.curve, found.accuracy.overall
    axis.plot(curve["recall"], curve["precision"], color=_BLUE)
    axis.errorbar(
        overall["recall"], overall["precision"], xerr=_arms(overall, "recall"), yerr=_arms(overall, "precision"),
        fmt="s", color=_ORANGE, markersize=5, elinewidth=1,
    )  # fmt: skip
    for row in overall.itertuples():
        _label(axis, f"{row.threshold} {row.value:.2f}", row.recall, row.precision, (-8, -13), side="right")
    axis.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision", title="Where to count from")


def _draw_effort(axis: Axes, found: Evaluated) -> None:
    effort = found.accuracy.effort
    axis.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="share of sentences read, most suspicious first")
    axis.set(ylabel="share of sentences with a code seen", title="What a person must read")
    if effort["seen"].isna().all():
        _leave_empty(axis)
        return
    axis.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle=":")
    axis.plot([0, *effort["read"]], [0, *effort["seen"]], color=_BLUE)
    read, seen = effort.loc[effort["seen"] >= _ENOUGH, ["read", "seen"]].iloc[0]
    axis.plot(read, seen, color=_ORANGE, marker="s", markersize=5)
    _label(axis, f"{read:.0%} read, {seen:.0%} seen", read, seen, (4, -15))


def _draw_codes(axis: Axes, found: Evaluated) -> None:
    names = {code.id: f"{shortened(code.name, 36)} ({code.number})" for code in found.codebook.codes}
    rows = found.accuracy.per_code.iloc[::-1]
    places = range(len(rows))
    axis.errorbar(rows["f1"], places, xerr=_arms(rows, "f1"), fmt="o", color=_BLUE, markersize=5, capsize=2)
    for place, f1 in zip(places, rows["f1"], strict=True):
        if f1 != f1:
            axis.text(0.02, place, "neither given nor in the gold", color=_GREY, va="center")
    axis.set_yticks(list(places), [names[code] for code in rows["code"]], fontsize=min(8, 150 / len(rows)))
    start = next(iter(found.accuracy.thresholds.values()))
    axis.set(xlim=(0, 1.02), xlabel=f"F1, coded from {start:.2f}; 95 % of draws of documents", title="By code")


def _arms(rows: Any, name: str) -> list[Any]:
    """Lengths of the arms of intervals; a point outside its own interval has one arm only."""
    return [(rows[name] - rows[f"{name}_low"]).clip(lower=0), (rows[f"{name}_high"] - rows[name]).clip(lower=0)]


def _label(axis: Axes, text: str, x: float, y: float, away: tuple[int, int], side: _Side = "left") -> None:
    back = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}
    axis.annotate(text, (x, y), away, textcoords="offset points", ha=side, fontsize=8, bbox=back)


def _leave_empty(axis: Axes) -> None:
    axis.text(0.5, 0.5, "undefined: see the notes below the tables", color=_GREY, ha="center")
