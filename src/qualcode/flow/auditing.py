"""The audit: sentences drawn at random for a person to judge, and what they say of the machine."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import SelectionError, StoreError
from .workspace import Workspace

if TYPE_CHECKING:
    from ..aggregate import AuditAccuracy, Stratum
    from ..store import Store
    from ..study import Settings

Row = dict[str, Any]


@dataclass(frozen=True)
class AuditReport:
    """What `draw_audit` did.

    Attributes
    ----------
    drawn : int
        Sentences of the sample now.
    added, left : int
        Those that are new in it, and those no longer in it: documents or their regions have changed since, or the
        seed has. What people said of these stays.
    waiting : int
        Those that nobody has looked at.
    sentences : int
        All respondents' sentences.
    strata : tuple of Stratum
        By region, then counts, waits, nothing.
    seed : int
    """

    drawn: int
    added: int
    left: int
    waiting: int
    sentences: int
    strata: tuple[Stratum, ...]
    seed: int


def draw_audit(work: Workspace, n: int, *, seed: int | None = None) -> AuditReport:
    """Draw sentences at random, with and without codings, and keep them in the store for a person to judge.

    Parameters
    ----------
    work : Workspace
    n : int
        How many the sample is to have. Where it has as many already nothing is added; one that is larger is not
        made smaller.
    seed : int or None
        None = the study's. Another one draws another sample, in place of the old one.

    Returns
    -------
    AuditReport

    Raises
    ------
    SelectionError
        If `n` is too small for the strata (at least two sentences of each region and kind of prediction).
    StoreError
        If there is nothing tagged to draw from, or the store cannot be written.

    Notes
    -----
    How they are drawn, and with which chance: `qualcode.aggregate.sampling.draw_sample`. The sample depends on the
    sentences that the store holds now, the number and the seed, on nothing that was done before: after new documents
    were tagged, drawing again makes it a random sample of all of them.
    """
    from ..aggregate import draw_sample
    from ..errors import AggregateError
    from ..store import AuditDraw, Store

    seed = work.study.study.seed if seed is None else seed
    with Store(work.store_path) as store, store.writing():
        sentences = _sentences(store)
        if not sentences:
            raise StoreError(f"{work.store_path} holds no sentence of a respondent to draw. Tag your notes first")
        before = _places(store)
        try:
            sample = draw_sample(sentences, max(n, len(before)), seed=seed)
        except AggregateError as error:
            raise SelectionError(str(error)) from error
        draws: dict[int, list[AuditDraw]] = defaultdict(list)
        for place, stratum in sample.drawn:
            row = sentences[place]
            draws[row["run"]].append(AuditDraw(row["document"], row["position"], stratum.name, stratum.chance))
        for run in {row["run"] for row in sentences}:
            store.save_audit_sample(run, draws[run], is_whole=True)
        after = _places(store)
        return AuditReport(
            drawn=len(after),
            added=len(after - before),
            left=len(before - after),
            waiting=len(after) - len(store.audit_rows()),
            sentences=len(sentences),
            strata=sample.strata,
            seed=seed,
        )


def audit_sample(store: Store) -> list[Row]:
    """The whole sample, with what a person found where one has looked.

    Parameters
    ----------
    store : Store

    Returns
    -------
    list of dict
        As `Store.audit_rows`; where nobody has looked, `machine`, `person` and `coder` are None.
    """
    judged = {row["segment_id"]: row for row in store.audit_rows()}
    if not judged:
        return []
    nobody = {"coder": None, "machine": None, "person": None}
    return [judged.get(row["segment_id"], {**row, **nobody}) for row in store.audit_sample()]


def machine_accuracy(store: Store, documents: Sequence[Row], settings: Settings) -> AuditAccuracy | None:
    """How often the machine is right by the audit; None where no sentence was judged.

    Parameters
    ----------
    store : Store
    documents : sequence of dict
        Current documents; sentences of others are left out.
    settings : Settings
        Seed and draws.
    """
    from ..aggregate import audit_accuracy

    names = [row["document_id"] for row in documents]
    known = set(names)
    audit = [row for row in audit_sample(store) if row["document_id"] in known]
    if not audit:
        return None
    return audit_accuracy(audit, names, draws=settings.bootstrap_draws, seed=settings.seed)


def _sentences(store: Store) -> list[Row]:
    """All respondents' sentences of current documents, with what their run says of them."""
    runs = {row["document_id"]: row["run"] for row in store.document_rows()}
    machines = {made["run"]: made["model_hash"] or made["coder"] for made in store.coverage_codebooks()}
    waits = {
        (row["document_id"], row["position"])
        for row in store.verdicts.suggestions()
        if row["machine_status"] == "pending"
    }
    return [
        {
            **{name: row[name] for name in ("document_id", "document", "region", "position")},
            "predicted": _predicted(row, waits),
            "run": runs[row["document_id"]],
            "machine": machines[runs[row["document_id"]]],
        }
        for row in store.verdicts.machine_judgements()
        if row["is_machine"]
    ]


def _predicted(row: Row, waits: set[tuple[str, int]]) -> str:
    if json.loads(row["codes"]):
        return "counts"
    return "waits" if (row["document_id"], row["position"]) in waits else "nothing"


def _places(store: Store) -> set[int]:
    return {row["segment_id"] for row in store.audit_sample()}
