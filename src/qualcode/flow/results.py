"""What a study holds: the two tables, codings, quotes, and the state against the plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from ..errors import SelectionError, nearest
from ..study import RegionPlan, Settings
from .auditing import audit_sample, machine_accuracy
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..aggregate import AuditAccuracy, Passage
    from ..store import Filter, Store

Level = Literal["code", "category"]


def make_filter(**given: Any) -> Filter:
    """A filter as typed; `None` = all. Names are checked against the store where it is used."""
    from ..store import Filter

    return Filter(**given)


@dataclass(frozen=True)
class Summary:
    """The two tables of a study.

    Attributes
    ----------
    frame : DataFrame
        As `qualcode.aggregate.summary_table`, with the rows asked for.
    by : str
        What groups the documents.
    level : {"code", "category"}
    group : str or None
        The one group asked for; None = all.
    notes : tuple of str
        What the numbers rest on, for the reader of the table.
    """

    frame: pd.DataFrame
    by: str
    level: Level
    group: str | None
    notes: tuple[str, ...]


BY = ("region", "country", "stakeholder_group", "kind", "language", "document")


def summarize(work: Workspace, asked: Filter, *, by: str | None = None, level: str = "code") -> Summary:
    """Frequency and emphasis of every code by group.

    Parameters
    ----------
    work : Workspace
    asked : Filter
    by : str or None
        None = region. Where the filter names one group of `by`, that group is compared with all others.
    level : {"code", "category"}

    Returns
    -------
    Summary
    """
    from ..store import Store

    by = by or "region"
    for name, value, known in (("--by", by, BY), ("--level", level, ("code", "category"))):
        if value not in known:
            raise SelectionError(f'{name} "{value}" is not known. {nearest(value, list(known))}')
    with Store(work.store_path, read_only=True) as store:
        chosen = store.check_filter(asked)
        if not store.document_rows(chosen):
            raise SelectionError("No document fits all of these filters. What there is: qualcode status")
        frame = summary_frame(store, chosen, work.study.study, by=by, level=level)
        group = getattr(chosen, by, None)
        return Summary(frame, by, level, group, (*frame.attrs["notes"], *provenance(store)))  # type: ignore[arg-type]  # level is one of two, checked above


def summary_frame(store: Store, chosen: Filter, settings: Settings, *, by: str | None, level: str) -> pd.DataFrame:
    """`qualcode.aggregate.summary_table` of a store, with the rows the filter asks for.

    Parameters
    ----------
    store : Store
    chosen : Filter
        As `Store.check_filter` gives it. The attribute that groups the table, code and category
        choose rows, after everything is computed: a group is always compared with all others.
    settings : Settings
        Seed, draws, small groups.
    by : str or None
    level : {"code", "category"}

    Returns
    -------
    DataFrame
        Index 0, 1 ...; ``attrs`` are those of the whole table.

    Raises
    ------
    ValueError
        For an unknown `by` or `level`, or settings out of range.
    """
    from ..aggregate import summary_table

    group = getattr(chosen, by, None) if by else None
    documents = replace(chosen, code=(), category=(), status=None, **({str(by): None} if group else {}))
    codebook = store.codebook()
    audit, counted = audit_sample(store), store.category_counts if level == "category" else store.code_counts
    frame = summary_table(
        store.document_rows(documents),
        store.code_counts(documents) if level == "code" else (),
        store.category_counts(documents) if level == "category" else (),
        codebook,
        by=by,
        level=level,  # type: ignore[arg-type]  # checked by the callee
        seed=settings.seed,
        draws=settings.bootstrap_draws,
        small_group=settings.small_group,
        audit=audit,
        machine_counts=counted(documents, machine_only=True) if audit else None,
    )
    keep = frame["code"].notna()
    if group:
        keep &= frame["group"] == group
    codes, named = (cast("tuple[str, ...]", ids) for ids in (chosen.code, chosen.category))  # a checked filter has ids
    if codes and level == "code":
        keep &= frame["code"].isin(codes)
    categories = {*named, *(codebook.category_of[code].id for code in codes if level == "category")}
    if categories:
        keep &= frame["category"].isin(categories)
    attrs = frame.attrs
    frame = frame[keep].reset_index(drop=True)
    frame.attrs = attrs
    return frame


def provenance(store: Store, documents: Sequence[Mapping[str, Any]] | None = None) -> Iterator[str]:
    """Which machine coded these documents (None = all), what people changed; a warning where machines are mixed."""
    made, audit, decided = store.coverage_codebooks(), store.audit_rows(), store.verdicts.decided()
    if documents is not None:
        runs, named = ({row[key] for row in documents} for key in ("run", "document_id"))
        made = [run for run in made if run["run"] in runs]
        audit, decided = ([row for row in rows if row["document_id"] in named] for rows in (audit, decided))
    audited = len(audit)
    checked = f"{audited:,} sentences drawn at random audited" if audited else "not audited"
    machines = [run for run in made if run["coder_kind"] != "human"]
    for run in machines[:1]:
        thresholds = run["settings"]
        yield (
            f"Machine codings by {run['coder']}, codebook {run['version']}, {checked}; counted from probability "
            f"{thresholds.get('auto', 0):.2f}, pending from {thresholds.get('review', 0):.2f}."
        )
    yield from people_said(decided)
    if len({(run["codebook_id"], run["model_hash"], *sorted(run["settings"].items())) for run in machines}) > 1:
        yield (
            "Mixed: documents were tagged with different codebooks, taggers or thresholds. "
            "Make them alike: qualcode tag --retag FILES"
        )
    people = {run["run"]: run["documents"] for run in made if run["coder_kind"] == "human"}
    coded = sum(people.values()) if documents is None else sum(row["run"] in people for row in documents)
    if coded:
        yield f"Coded by people in another program, and read by no machine: {coded:,} document(s)."


def people_said(decided: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What people made of the codings, in a sentence; nothing where they decided nothing.

    Parameters
    ----------
    decided : sequence of mapping
        As `qualcode.store.Verdicts.decided`.
    """
    counts: Counter[str] = Counter()
    for row in decided:
        is_added = row["outcome"] == "accepted" and not row["is_suggested"]
        counts["added" if is_added else row["outcome"]] += row["codings"]
    named = {"accepted": "accepted", "added": "added", "rejected": "rejected", "pending": "left open"}
    said = [f"{counts[outcome]:,} {what}" for outcome, what in named.items() if counts[outcome]]
    if said:
        yield f"Codings that people decided on: {', '.join(said)}."


def list_codings(work: Workspace, asked: Filter) -> list[dict[str, Any]]:
    """One row a coding, as the view ``codings_long`` has it.

    Parameters
    ----------
    work : Workspace
    asked : Filter

    Returns
    -------
    list of dict
        By document and position.
    """
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        return store.codings(store.check_filter(asked))


@dataclass(frozen=True)
class Quote:
    """A typical passage with what stands before and after it."""

    passage: Passage
    code_name: str
    before: str
    after: str


def list_quotes(work: Workspace, asked: Filter, *, per_code: int = 3) -> list[Quote]:
    """The most typical passages of each code in context, one a document first.

    Parameters
    ----------
    work : Workspace
    asked : Filter
    per_code : int
        At most so many passages a code.

    Returns
    -------
    list of Quote
        By code number, most typical first; only codings that count, those that people accepted first.
    """
    from ..aggregate import select_quotes
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        codebook = store.codebook()
        chosen = replace(store.check_filter(asked), status="counted")
        passages = select_quotes(store.codings(chosen), per_code=per_code)
        return [Quote(p, codebook.by_id[p.code].name, *_around(store, p)) for p in passages]


def _around(store: Store, passage: Passage) -> tuple[str, str]:
    """The sentence before and the one after a passage, whoever speaks; "" at the ends."""
    length = passage.last_position - passage.first_position
    rows = store.segment_context(passage.document_id, passage.first_position, before=1, after=length + 1)
    before = " ".join(r["text"] for r in rows if r["position"] < passage.first_position)
    after = " ".join(r["text"] for r in rows if r["position"] > passage.last_position)
    return before, after


@dataclass(frozen=True)
class Assigned:
    """How far a person is with the documents assigned to her.

    Attributes
    ----------
    coder : str
    documents, documents_done : int
        All, and those with every sentence done.
    sentences, sentences_done : int
        Of respondents.
    """

    coder: str
    documents: int
    documents_done: int
    sentences: int
    sentences_done: int


@dataclass(frozen=True)
class StatusReport:
    """What was collected, against the plan.

    Attributes
    ----------
    title : str
    documents : list of dict
        Rows of the store, one a document.
    plan : mapping of str to RegionPlan
        By region; empty without a plan.
    auto, accepted, pending, rejected : int
        Codings: counted because the machine is sure, counted because people say so, waiting for a person, not counted
        because people say so.
    expected_wrong, variance_wrong : float
        How many of `auto` are wrong, if probabilities hold: mean and variance.
    made_by : tuple of str
        Provenance of the codings.
    drawn : int
        Sentences drawn for the audit.
    accuracy : AuditAccuracy or None
        Of the machine, by the audit; None = no sentence drawn was judged.
    done : mapping of str to int
        Sentences each person is done with, by name.
    sentences : int
        All respondents' sentences.
    assigned : tuple of Assigned
        By name.
    undone_runs, undone_imports : int
        Taken back.
    """

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
    accuracy: AuditAccuracy | None
    done: Mapping[str, int]
    sentences: int
    assigned: tuple[Assigned, ...]
    undone_runs: int = 0
    undone_imports: int = 0


def study_status(work: Workspace) -> StatusReport:
    """Documents and words by region, kind and stakeholder group, against the plan.

    Parameters
    ----------
    work : Workspace

    Returns
    -------
    StatusReport
    """
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        counts, documents = store.status_counts(), store.document_rows()
        done = Counter((row["coder"], row["document_id"]) for row in store.verdicts.looks())
        by_coder: Counter[str] = Counter()
        for (coder, _), sentences in done.items():
            by_coder[coder] += sentences
        return StatusReport(
            title=work.study.study.title,
            documents=documents,
            plan=work.study.regions,
            auto=counts.auto,
            accepted=counts.accepted,
            pending=counts.pending,
            rejected=counts.rejected,
            expected_wrong=counts.expected_wrong,
            variance_wrong=counts.variance_wrong,
            made_by=tuple(provenance(store)),
            drawn=len(store.audit_sample()),
            accuracy=machine_accuracy(store, documents, work.study.study),
            done=dict(sorted(by_coder.items())),
            sentences=counts.segments,
            assigned=_assigned(store, documents, done),
            undone_runs=counts.undone_runs,
            undone_imports=counts.undone_imports,
        )


def _assigned(
    store: Store, documents: Sequence[Mapping[str, Any]], done: Mapping[tuple[str, str], int]
) -> tuple[Assigned, ...]:
    shares: dict[str, list[tuple[int, int]]] = defaultdict(list)
    given = store.verdicts.assignments()
    for row in documents:
        for coder in given.get(row["document_id"], ()):
            shares[coder].append((row["segments"], done.get((coder, row["document_id"]), 0)))
    return tuple(
        Assigned(
            coder,
            documents=len(share),
            documents_done=sum(finished >= sentences for sentences, finished in share),
            sentences=sum(sentences for sentences, _ in share),
            sentences_done=sum(finished for _, finished in share),
        )
        for coder, share in sorted(shares.items())
    )
