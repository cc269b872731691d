"""A study as it stands: what is collected against the plan, and what setting up wrote.

In: the status of a study, or the report of its setting up. Out: a table in any format, or text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ..study import RegionPlan
from .table import Column, Format, Table, is_missing, render
from .wording import plural


@dataclass(frozen=True, match_args=False)
class Statused(Protocol):
    """What `status_text` needs to know; `qualcode.flow.StatusReport` has it."""

    title: str
    documents: list[dict[str, Any]]
    plan: Mapping[str, RegionPlan]
    auto: int
    accepted: int
    pending: int
    rejected: int
    expected_wrong: float
    variance_wrong: float
    made_by: tuple[str, ...]
    drawn: int
    accuracy: Any
    done: Mapping[str, int]
    sentences: int
    assigned: tuple[Any, ...]
    undone_runs: int
    undone_imports: int


def status_text(report: Statused, output: Format) -> str | bytes:
    """Documents and words by region, kind and stakeholder group, against the plan; how far people and audit are.

    Parameters
    ----------
    report : Statused
    output : Format
        People read about codings, audit and coders under the table; programs find them in the row "Total".

    Returns
    -------
    str or bytes
    """
    table = _status_table(report)
    if output in ("table", "md", "html"):
        table = replace(table, rows=[_with_plan(row) for row in table.rows])
    return render([table], output)


def _status_table(report: Statused) -> Table:
    """Numbers only: each count with its plan in a column ``<name>_planned``, which people do not see."""
    groups = _stakeholder_groups(report)
    others = any(row["kind"] not in ("interview", "workshop") for row in report.documents)
    counted = (("interviews", "Interviews"), ("workshops", "Workshops"), *((g, g.capitalize()) for g in groups))
    columns = (
        Column("region", "Region", flexible=True),
        *(
            column
            for name, title in counted
            for column in (Column(name, title, right=True), Column(f"{name}{_PLANNED}"))
        ),
        Column("other", "Other" if others else "", right=True),
        Column("documents", "Documents", right=True),
        Column("words", "Words", right=True, show=lambda words: f"{words:,}" if isinstance(words, int) else words),
    )
    of_study = _of_study(report)
    regions = list(dict.fromkeys([*report.plan, *sorted({row["region"] or "(missing)" for row in report.documents})]))
    rows = [_status_row(region, report, groups) for region in regions]
    total = {column.key: _sum(row[column.key] for row in rows) for column in columns[1:]}
    planned = ("Collected of planned.",) if report.plan else ()
    notes = (*planned, _codings(report), *_accuracy(report), *report.made_by, *_people(report), *_undone(report))
    last = {"region": "Total", **total, **of_study}
    return Table((*columns, *map(Column, of_study)), [*rows, last], title=report.title, notes=notes)


def _of_study(report: Statused) -> dict[str, Any]:
    """What concerns the study and none of its regions, for programs."""
    accuracy = report.accuracy
    figures: dict[str, Any] = {}
    for name in ("precision", "recall", "f1"):
        for end in ("value", "low", "high"):
            key = name if end == "value" else f"{name}_{end}"
            figures[key] = None if accuracy is None else getattr(getattr(accuracy, name), end)
    return {
        **{name: getattr(report, name) for name in ("auto", "accepted", "pending", "rejected")},
        "audit_drawn": report.drawn,
        "audit_judged": 0 if accuracy is None else accuracy.judged,
        **figures,
        "sentences": report.sentences,
        "sentences_done": [{"coder": coder, "sentences": done} for coder, done in report.done.items()],
        "assigned": [asdict(one) for one in report.assigned],
        "undone_runs": report.undone_runs,
        "undone_imports": report.undone_imports,
    }


def _undone(report: Statused) -> Iterator[str]:
    undone = [(report.undone_runs, "run"), (report.undone_imports, "import")]
    said = " and ".join(plural(count, noun) for count, noun in undone if count)
    if said:
        count = report.undone_runs + report.undone_imports
        yield f"{said} {'is' if count == 1 else 'are'} taken back. See: qualcode undo --list"


def _codings(report: Statused) -> str:
    said = f"{report.auto + report.accepted:,} codings count"
    if report.accepted:
        said += f" ({report.accepted:,} of them accepted by people)"
    said += f", {report.pending:,} {'waits' if report.pending == 1 else 'wait'} for a person"
    return f"{said}, {report.rejected:,} rejected." if report.rejected else f"{said}."


def _accuracy(report: Statused) -> Iterator[str]:
    """How good the machine is: by the audit, else by its own probabilities, and how to find out."""
    if report.accuracy is None:
        yield from _expected_wrong(report)
        if report.drawn:
            yield f"Audit: {report.drawn:,} sentences drawn, none judged yet. Judge them: qualcode review --queue audit"
        elif report.auto:
            yield "The machine was not audited. Judge sentences drawn at random: qualcode review --audit 200"
        return
    yield (
        f"The machine by the audit ({report.accuracy.judged:,} of {report.accuracy.drawn:,} sentences judged): "
        f"precision {_share(report.accuracy.precision)}, recall {_share(report.accuracy.recall)}, "
        f"F1 {_share(report.accuracy.f1)}."
    )
    yield from report.accuracy.notes
    if report.accuracy.judged < report.accuracy.drawn:
        yield "Judge the other sentences drawn: qualcode review --queue audit"


def _share(estimate: Any) -> str:
    if is_missing(estimate.value):
        return "not known"
    between = "" if is_missing(estimate.low) else f" ({estimate.low:.2f} to {estimate.high:.2f})"
    return f"{estimate.value:.2f}{between}"


def _expected_wrong(report: Statused) -> Iterator[str]:
    """How many codings that count are wrong, by their probabilities: mean and 95 % of a sum of independent draws."""
    if report.auto:
        spread = 1.96 * report.variance_wrong**0.5
        low, high = max(0.0, report.expected_wrong - spread), report.expected_wrong + spread
        which = f"Of the {report.auto:,} that only the machine counts" if report.accepted else "Of those that count"
        yield (
            f"{which} about {report.expected_wrong:.0f} are wrong ({low:.0f} to {high:.0f}) if the "
            "probabilities hold on your notes as they did on held-out talk."
        )


def _people(report: Statused) -> Iterator[str]:
    """Who is done with how much, and how far each is with the documents assigned to her."""
    if report.done:
        done = ", ".join(f"{coder} {sentences:,}" for coder, sentences in report.done.items())
        yield f"Done of {plural(report.sentences, 'sentence')}: {done}."
    for one in report.assigned:
        yield (
            f"Assigned to {one.coder}: {one.documents_done:,} of {plural(one.documents, 'document')} done "
            f"({one.sentences_done:,} of {plural(one.sentences, 'sentence')})."
        )


_PLANNED = "_planned"


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _stakeholder_groups(report: Statused) -> list[str]:
    planned = [group for plan in report.plan.values() for group in plan.groups]
    interviews = [row for row in report.documents if row["kind"] == "interview"]
    found = sorted({row["stakeholder_group"] for row in interviews if row["stakeholder_group"]})
    return list(dict.fromkeys([*planned, *found]))


def _status_row(region: str, report: Statused, groups: Sequence[str]) -> dict[str, Any]:
    rows = [row for row in report.documents if (row["region"] or "(missing)") == region]
    plan = report.plan.get(region)
    interviews = [row for row in rows if row["kind"] == "interview"]
    by_group = {
        name: value
        for group in groups
        for name, value in (
            (group, sum(row["stakeholder_group"] == group for row in interviews)),
            (f"{group}{_PLANNED}", plan.groups.get(group, 0) if plan else None),
        )
    }
    return {
        "region": region,
        "interviews": len(interviews),
        "interviews_planned": plan.interviews if plan else None,
        "workshops": sum(row["kind"] == "workshop" for row in rows),
        "workshops_planned": plan.workshops if plan else None,
        **by_group,
        "other": sum(row["kind"] not in ("interview", "workshop") for row in rows),
        "documents": len(rows),
        "words": sum(row["words"] for row in rows),
    }


def _with_plan(row: Mapping[str, Any]) -> dict[str, Any]:
    """Counts beside what is planned: ``"3 of 44"``; nothing where nothing is planned or collected."""
    shown = dict(row)
    for name in (key.removesuffix(_PLANNED) for key in row if key.endswith(_PLANNED)):
        count, planned = row[name], row[f"{name}{_PLANNED}"]
        if planned is not None:
            shown[name] = f"{count} of {planned}"
        if not count and not planned:
            shown[name] = ""
    return shown


@dataclass(frozen=True, match_args=False)
class Initialised(Protocol):
    """What `init_text` needs to know; `qualcode.flow.InitReport` has it."""

    written: tuple[Path, ...]
    sources: int
    kept: tuple[Path, ...]


def init_text(report: Initialised) -> str:
    """What was made and what to do next."""
    lines = [f"Wrote {path}." for path in report.written]
    lines += [f"Kept {path} (it was there already)." for path in report.kept]
    lines.append(f"Found {plural(report.sources, 'source')}.")
    lines.append("Next: fill in documents.csv, then: qualcode tag --dry-run . and qualcode tag .")
    return "\n".join(lines)
