"""How far people agree, with each other and with the machine; and the sentences on which they do not."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from ..codebook import Codebook
from ..errors import SelectionError, nearest
from ..review import MACHINE
from .people import find_person
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..store import Filter, Row, Store


@dataclass(frozen=True)
class Agreement:
    """How far coders agree.

    Attributes
    ----------
    frame : DataFrame
        As `qualcode.aggregate.agreement_table`.
    coders : tuple of str
        The first is the first of yes-no.
    by : {"code", "category", "region"}
    unit : {"segment", "turn", "document"}
    notes : tuple of str
        What was compared and what not, and who saw what.
    """

    frame: pd.DataFrame
    coders: tuple[str, ...]
    by: str
    unit: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Disagreements:
    """Sentences on which coders differ, the worst first.

    Attributes
    ----------
    rows : list of dict
        Columns of `qualcode.aggregate.disagreements` (None = missing), and: speaker, text, settled (those of
        `differing_codes` that an adjudication settled, apart by a blank).
    coders : tuple of str
    codebook : Codebook
    notes : tuple of str
    """

    rows: list[dict[str, Any]]
    coders: tuple[str, ...]
    codebook: Codebook
    notes: tuple[str, ...]


def agreement(
    work: Workspace, asked: Filter, *, coders: str | None = None, by: str = "code", unit: str = "segment"
) -> Agreement:
    """How far coders agree.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Documents.
    coders : str or None
        Names, with commas between; "machine" = whatever tagged a document last. None = all people who have decided
        something; of one alone, this one and the machine.
    by : {"code", "category", "region"}
    unit : {"segment", "turn", "document"}

    Returns
    -------
    Agreement

    Raises
    ------
    SelectionError
        If a name is none, nobody has decided anything, or no document fits.
    """
    from ..aggregate import agreement_table
    from ..aggregate.agreement import AgreementBy
    from ..aggregate.judgements import AgreementUnit
    from ..store import Store

    for name, value, allowed in (("--by", by, get_args(AgreementBy)), ("--unit", unit, get_args(AgreementUnit))):
        if value not in allowed:
            raise SelectionError(f'{name} "{value}" is not known. {nearest(value, allowed)}')
    with Store(work.store_path, read_only=True) as store:
        said = _read(store, asked, coders)
    settings = work.study.study
    frame = agreement_table(
        said.judgements,
        said.sentences,
        said.codebook,
        coders=said.coders,
        by=by,  # type: ignore[arg-type]  # checked above
        unit=unit,  # type: ignore[arg-type]
        draws=settings.bootstrap_draws,
        seed=settings.seed,
    )
    return Agreement(frame, said.coders, by, unit, (*frame.attrs["notes"], *said.notes))


def list_disagreements(work: Workspace, asked: Filter, *, coders: str | None = None) -> Disagreements:
    """The sentences on which coders differ, the worst first, with their words.

    Parameters
    ----------
    work, asked, coders
        As for `agreement`.

    Returns
    -------
    Disagreements

    Raises
    ------
    SelectionError
        As for `agreement`.
    """
    from ..aggregate import disagreements
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        said = _read(store, asked, coders)
        settled = {
            (o["document_id"], o["position"], o["code"]) for o in store.verdicts.opinions() if o["is_adjudicated"]
        }
        frame = disagreements(said.judgements, said.codebook, coders=said.coders)
        rows = []
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            place = row["document_id"], row["position"]
            (spoken,) = store.segment_context(*place, before=0, after=0)
            codes = [code for code in row["differing_codes"].split() if (*place, code) in settled]
            words = {"speaker": spoken["speaker"], "text": spoken["text"], "settled": " ".join(codes)}
            rows.append({**{str(name): value for name, value in row.items()}, **words})
    return Disagreements(rows, said.coders, said.codebook, said.notes)


# --- what is compared --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
    """Judgements of the coders, in the documents that fit and that were tagged with the codebook."""

    judgements: list[Row]
    sentences: list[Row]
    codebook: Codebook
    coders: tuple[str, ...]
    notes: tuple[str, ...]


def _read(store: Store, asked: Filter, coders: str | None) -> _Said:
    codebook = store.codebook()
    fitting = store.document_rows(store.check_filter(asked))
    if not fitting:
        raise SelectionError("No document fits all of these filters. What there is: qualcode status")
    runs = {run["run"] for run in store.coverage_codebooks() if run["name"] == codebook.id}
    wanted = {row["document_id"] for row in fitting if row["run"] in runs}
    people = [row for row in store.verdicts.judgements() if row["document_id"] in wanted]
    sentences = [row for row in store.verdicts.machine_judgements() if row["document_id"] in wanted]
    names = _coders(coders, {row["coder"] for row in people})
    machine = [
        {**row, "coder": MACHINE, "judged": "[]", "looked": 1, "is_blind": 1} for row in sentences if row["is_machine"]
    ]
    if MACHINE in names and not machine:
        raise SelectionError(
            "No machine has read these documents, so people can be compared only with each other. "
            "Have them read: qualcode import FILE --tag"
        )
    rows = [row for row in people if row["coder"] in names] + (machine if MACHINE in names else [])
    known = set(codebook.by_id)
    kept = [{**row, **{name: _only(row[name], known) for name in ("codes", "judged")}} for row in rows]
    notes = (
        *_other_codebooks(len(fitting) - len(wanted), rows, known, codebook),
        *_who_saw(people, names),
    )
    return _Said(kept, sentences, codebook, names, notes)


def _coders(given: str | None, people: Collection[str]) -> tuple[str, ...]:
    if given is not None:
        written = [name.strip() for name in given.split(",")]
        found = [name if name == MACHINE else find_person(name, {*people, MACHINE}) for name in written]
        if len(found) < 2 or len(set(found)) < len(found):
            raise SelectionError(
                f'--coders "{given}": name two coders or more, each once, as in Ann,Ben or Ann,{MACHINE}.'
            )
        return tuple(found)
    if not people:
        raise SelectionError("Nobody has decided anything in these documents yet. Begin with: qualcode review")
    return tuple(sorted(people)) if len(people) > 1 else (*people, MACHINE)


def _only(codes: str, known: Collection[str]) -> str:
    return json.dumps([code for code in json.loads(codes) if code in known])


def _other_codebooks(documents: int, rows: Sequence[Row], known: Collection[str], codebook: Codebook) -> Iterator[str]:
    """What is left out because it was coded with another codebook."""
    if documents:
        yield f"{documents:,} documents are left out: they were not tagged with the codebook {codebook.id}."
    gone = Counter(code for row in rows for code in json.loads(row["codes"]) if code not in known)
    if gone:
        yield (
            f"{sum(gone.values()):,} decisions are left out: codebook {codebook.version} has no code "
            f"{', '.join(sorted(gone))}."
        )


def _who_saw(people: Sequence[Row], names: Sequence[str]) -> Iterator[str]:
    """Who looked at how many sentences, and at how many without seeing what others and the machine say."""
    looks: dict[str, list[int]] = defaultdict(list)
    for row in people:
        if row["looked"] and row["coder"] in names:
            looks[row["coder"]].append(row["is_blind"])
    shares = [f"{name} {sum(looks[name]):,} of {len(looks[name]):,}" for name in names if looks[name]]
    if shares:
        yield f"Sentences looked at blind: {', '.join(shares)}."
    if MACHINE in names and any(not is_blind for blind in looks.values() for is_blind in blind):
        yield "Who sees the machine's codings agrees with them more: agreement with the machine is flattered here."
