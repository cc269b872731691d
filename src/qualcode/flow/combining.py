"""Shares of several teams in, the tables of one study out, as if their transcripts had been pooled.

`combine` gives the table of `summarize`, to the last digit where nothing is withheld; `combined_report` a report
without words. What does not go together (other codebooks, one document twice) is refused by name.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..codebook import Codebook
from ..errors import AggregateError, CodebookError, Fault, SelectionError, ShareError, nearest
from ..report import StudyReport
from ..share import ATTRIBUTES, Share, SharedCount, read_share
from .methods import methods_text
from .reporting import counted_report
from .results import people_said
from .tables import ReportTables
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..aggregate import AuditSums, Hidden

Level = Literal["code", "category"]
By = Literal["region", "country", "stakeholder_group", "kind", "language"]
Row = dict[str, Any]

NOT_IN_SHARES = {
    "cooccurrence": "Which codes stand together is not in shares.",
    "saturation": "The dates of the documents are not in shares.",
    "languages": "How many sentences have any code is not in shares.",
    "quotes": "Shares hold no words: quotes stay with the teams.",
    "facets": "Shares hold no words: affected parties, recommendations and the like stay with the teams.",
}
"""Tables of a report that cannot be made of shares, and why."""


@dataclass(frozen=True)
class Combined:
    """A table of several shares.

    Attributes
    ----------
    frame : DataFrame
        As `qualcode.aggregate.partial_summary`.
    by : {"region", "country", "stakeholder_group", "kind", "language"}
    notes : tuple of str
        What the numbers rest on, what is withheld and missing, who made the shares.
    """

    frame: pd.DataFrame
    by: str
    notes: tuple[str, ...]


def combine(work: Workspace, paths: Sequence[Path], *, by: str = "region", level: str = "code") -> Combined:
    """Frequency and emphasis of every code by group, over all shares.

    Parameters
    ----------
    work : Workspace
        Seed, draws, small groups; no store is read.
    paths : sequence of Path
        At least one share.
    by : {"region", "country", "stakeholder_group", "kind", "language"}
    level : {"code", "category"}

    Returns
    -------
    Combined

    Raises
    ------
    ShareError
        If a share cannot be read, was made with another codebook, or holds a document that another one holds too.
    SelectionError
        For an unknown `by` or `level`.
    """
    for name, value, known in (("--by", by, get_args(By)), ("--level", level, get_args(Level))):
        if value not in known:
            raise SelectionError(f'{name} "{value}" is not known. {nearest(value, list(known))}')
    pool = _Pool(work, paths)
    frame = pool.summary(by=by, level=level)  # type: ignore[arg-type]  # checked above
    missing = frame.attrs["undefined"] if pool.hidden else ()
    return Combined(frame, by, (*frame.attrs["notes"], *missing, *pool.notes(by)))


def combined_report(work: Workspace, paths: Sequence[Path]) -> StudyReport:
    """A cross-regional report of the shares: all its numbers, none of its words.

    Parameters
    ----------
    work, paths
        As for `combine`.

    Returns
    -------
    StudyReport
        ``missing`` names the tables that shares cannot give, with the reason.

    Raises
    ------
    ShareError
        As `combine`.
    SelectionError
        If counts or kinds are withheld: a report says which barriers nobody raises, and what is withheld is not that.
    """
    pool = _Pool(work, paths)
    pool.refuse_withheld()
    frames: dict[str, pd.DataFrame] = {
        "summary": pool.summary(by="region", level="code"),
        "categories": pool.summary(by="region", level="category"),
        "overall": pool.summary(by=None, level="code"),
    }
    missing = dict(NOT_IN_SHARES)
    for name, make in pool.makers().items():
        try:
            frames[name] = make()
        except AggregateError as error:
            missing[name] = str(error)
    return counted_report(
        study=work.study,
        codebook=pool.codebook,
        documents=pool.documents,
        tables=ReportTables(frames, missing),
        methods=pool.methods(),
        made_by=tuple(pool.notes("region")),
        date=max((run.day for share in pool.shares for run in share.runs), default=""),
    )


# --- what is pooled ----------------------------------------------------------------------------


class _Pool:
    """All shares as rows, as a store of all documents would give them."""

    def __init__(self, work: Workspace, paths: Sequence[Path]) -> None:
        named = [path for path, n in Counter(paths).items() if n > 1]
        if named:
            raise ShareError(Fault(str(path), 0, "is named twice. Name each share once.") for path in named)
        read = {path: read_share(path) for path in paths}
        _refuse_mixed(read)
        _refuse_doubles(read)
        self.study = work.study
        # As a pooled store has documents of one size: by region.
        self.shares = sorted(read.values(), key=lambda share: (share.region, share.sha256))
        self.codebook = _codebook(self.shares[0], work)
        self.ids = _ids(self.shares)
        self.documents = [
            _document(share, place, key)
            for share, keys in zip(self.shares, self.ids, strict=True)
            for place, key in enumerate(keys)
        ]
        self.hidden = list(self._hidden())

    def _hidden(self) -> Iterator[Hidden]:
        from ..aggregate import Hidden

        for share, keys in zip(self.shares, self.ids, strict=True):
            for one in share.withheld:
                yield Hidden(share.region, tuple(keys), one)

    def counts(self, level: Level) -> list[Row]:
        """What counts and what waits, as `Store.code_counts` and `Store.category_counts`."""
        return [
            row
            for share, keys in zip(self.shares, self.ids, strict=True)
            for counts in (share.codes if level == "code" else share.categories,)
            for status, rows in (("auto", counts.counted), ("pending", counts.pending))
            for row in _rows(rows, keys, level, status)
        ]

    def machine(self, level: Level) -> list[Row]:
        """What the machine alone counts."""
        return [
            row
            for share, keys in zip(self.shares, self.ids, strict=True)
            for counts in (share.codes if level == "code" else share.categories,)
            for row in _rows(counts.counted if counts.machine is None else counts.machine, keys, level, "auto")
        ]

    def audit(self, level: Level) -> AuditSums | tuple[()]:
        """The audits of all shares; empty where there is none."""
        from ..aggregate import AuditSums

        audits = [
            (share.audit, keys) for share, keys in zip(self.shares, self.ids, strict=True) if share.audit is not None
        ]
        if not audits:
            return ()
        return AuditSums(
            judged={key: n for audit, keys in audits for key, n in zip(keys, audit.judged, strict=True)},
            waiting=sum(audit.waiting for audit, _ in audits),
            blind=frozenset(keys[place] for audit, keys in audits for place in audit.blind),
            errors={
                (keys[error.document], error.unit): error.words
                for audit, keys in audits
                for error in (audit.codes if level == "code" else audit.categories)
            },
        )

    def summary(self, *, by: By | None, level: Level) -> pd.DataFrame:
        from ..aggregate import partial_summary

        settings, audit = self.study.study, self.audit(level)
        frame = partial_summary(
            self.documents,
            self.counts("code") if level == "code" else (),
            self.counts("category") if level == "category" else (),
            self.codebook,
            by=by,
            level=level,
            hidden=self.hidden,
            seed=settings.seed,
            draws=settings.bootstrap_draws,
            small_group=settings.small_group,
            audit=audit,
            machine_counts=self.machine(level) if audit else None,
        )
        attrs = frame.attrs
        frame = frame[frame["code"].notna()].reset_index(drop=True)
        frame.attrs = attrs
        return frame

    def makers(self) -> dict[str, Callable[[], pd.DataFrame]]:
        """What makes the other tables that counts are enough for, not made yet."""
        from .. import aggregate

        codes, categories = self.counts("code"), self.counts("category")
        given = (self.documents, codes, categories, self.codebook)
        return {
            "association": lambda: aggregate.association_table(*given, by="region", level="code"),
            "workshops": lambda: aggregate.workshop_table(*given, by="region", level="code"),
            "documents": lambda: aggregate.documents_frame(self.documents),
            "matrix": lambda: aggregate.matrix_frame(self.documents, codes, self.codebook),
        }

    def refuse_withheld(self) -> None:
        withheld = [
            share.region
            for share in self.shares
            if share.withheld or any("kind" in document.withheld for document in share.documents)
        ]
        if withheld:
            raise SelectionError(
                f"No report can be made: {', '.join(withheld)} withholds numbers, and a report says which barriers "
                "nobody raises. Take the tables (leave out --report), or ask for shares made with --smallest 1."
            )

    # --- what is said of it

    def notes(self, by: str) -> Iterator[str]:
        """Who made the shares, with which machine, what people decided, which attributes are withheld."""
        documents = sum(len(share.documents) for share in self.shares)
        named = ", ".join(f"{share.region} {len(share.documents)}" for share in self.shares)
        yield f"Combined from {len(self.shares)} share(s), {documents:,} documents: {named}."
        yield from _made_by(self.shares)
        if all(not share.withheld for share in self.shares):
            yield from people_said(_decided(self.shares))
        twice = sorted(region for region, n in Counter(share.region for share in self.shares).items() if n > 1)
        if twice:
            yield f"{', '.join(twice)}: from more than one share; no document is in two of them."
        audited = [share.region for share in self.shares if share.audit and share.withheld]
        if audited:
            yield f"{', '.join(audited)}: share_words_corrected is missing, as a code is withheld."
        for share in self.shares:
            hidden = sum(by in document.withheld for document in share.documents)
            if hidden:
                yield (
                    f"{share.region}: {by.replace('_', ' ')} of {hidden} documents is withheld, as fewer than "
                    f'{share.smallest} are alike. They stand under "(withheld)", so other groups may lack some.'
                )

    def methods(self) -> tuple[str, ...]:
        months = sorted(month for share in self.shares for month in share.months)
        dated = f" The notes are dated from {months[0]} to {months[-1]}." if months else ""
        runs = [
            {
                "codebook_id": share.codebook.hash,
                "coder": run.coder,
                "model_hash": run.model_hash,
                "settings": {"auto": run.auto} if run.auto is not None else {},
            }
            for share in self.shares
            for run in share.runs
        ]
        said = methods_text(
            self.documents,
            [],
            self.codebook,
            runs,
            [],
            self.study,
            decided=_decided(self.shares),
            selection=f"The teams counted their own documents and shared the counts, not the transcripts.{dated}",
            has_facets=False,
        )
        material, coding, checks, statistics, _quotes, limits = said
        strata = [stratum for share in self.shares if share.audit for stratum in share.audit.strata]
        if strata:
            judged, drawn = (sum(getattr(one, name) for one in strata) for name in ("judged", "drawn"))
            checks = " ".join(
                (
                    *people_said(_decided(self.shares)),
                    f"Of {drawn:,} sentences drawn at random, people judged {judged:,}; shares of words corrected by "
                    "them stand in the workbook (share_words_corrected).",
                )
            )
        return material, coding, checks, statistics, NOT_IN_SHARES["quotes"], limits


def _made_by(shares: Sequence[Share]) -> Iterator[str]:
    machines = [(share, run) for share in shares for run in share.runs if run.is_machine]
    audited = sum(sum(share.audit.judged) for share in shares if share.audit)
    checked = f"{audited:,} sentences drawn at random audited" if audited else "not audited"
    for share, run in machines[:1]:
        yield (
            f"Machine codings by {run.coder}, codebook {share.codebook.version}, {checked}; counted from probability "
            f"{run.auto or 0:.2f}, pending from {run.review or 0:.2f}."
        )
    if len({(run.model_hash, run.auto, run.review) for _, run in machines}) > 1:
        yield "Mixed: teams tagged with different taggers or thresholds. Make them alike: qualcode tag --retag FILES"
    coded = sum(run.documents for share in shares for run in share.runs if not run.is_machine)
    if coded:
        yield f"Coded by people in another program, and read by no machine: {coded:,} document(s)."


def _decided(shares: Sequence[Share]) -> list[Row]:
    return [
        {
            "outcome": "accepted" if what == "added" else what,
            "is_suggested": what != "added",
            "codings": codings,
        }
        for share in shares
        for what, codings in share.decided.items()
    ]


# --- rows --------------------------------------------------------------------------------------


def _ids(shares: Sequence[Share]) -> list[list[str]]:
    """Ids of the documents of each share; among documents of one region and size they keep the order of the share."""
    numbers = iter(range(sum(len(share.documents) for share in shares)))
    return [[f"{next(numbers):06d}" for _ in share.documents] for share in shares]


def _document(share: Share, place: int, key: str) -> Row:
    from ..aggregate import NOT_TOLD

    document = share.documents[place]
    return {
        "document_id": key,
        "name": f"{share.region} {document.id}",
        "region": share.region,
        **{name: NOT_TOLD if name in document.withheld else getattr(document, name) for name in ATTRIBUTES},
        "date": None,
        "words": document.words,
        "segments": document.segments,
        "topics_asked": None if document.asked is None else json.dumps(document.asked),
    }


def _rows(counts: Sequence[SharedCount], keys: Sequence[str], level: Level, status: str) -> Iterator[Row]:
    for count in counts:
        yield {
            "document_id": keys[count.document],
            f"{level}_id": count.unit,
            "status": status,
            "segments": count.segments,
            "words": count.words,
            "intense_segments": count.intense,
            "first_position": count.order,
        }


_UNDEFINED = "The definition is in the codebook; shares hold names alone."


def _codebook(share: Share, work: Workspace) -> Codebook:
    """The codebook of this study where it is the one of the shares, else one without definitions."""
    try:
        own = {code: category.id for code, category in work.codebook.category_of.items()}
        # A hash is what the share says of itself; its codes are what the rows are of.
        if work.codebook.hash == share.codebook.hash and own == share.codebook.category_of:
            return work.codebook
    except CodebookError:  # another one lies here, and a faulty one: the shares do not need it
        pass
    plain = share.codebook.model_dump(mode="json", exclude={"hash"})
    for category in plain["categories"]:
        category["definition"] = _UNDEFINED
        for code in category["codes"]:
            code |= {"definition": _UNDEFINED, "short_definition": _UNDEFINED}
    return Codebook.model_validate(plain)


# --- what does not go together -----------------------------------------------------------------


def _refuse_mixed(read: dict[Path, Share]) -> None:
    if len({share.codebook.hash for share in read.values()}) > 1:
        raise ShareError(
            Fault(
                str(path),
                0,
                f"{share.region} was coded with {share.codebook.id} {share.codebook.version} ({share.codebook.hash}). "
                "All shares must be of one codebook: agree on one, tag again, and share again.",
            )
            for path, share in read.items()
        )
    first = next(iter(read.values()))
    others = [path for path, share in read.items() if share.codebook != first.codebook]
    if others:
        raise ShareError(
            Fault(str(path), 0, f"its codes are not those of {next(iter(read))}, under one hash. Ask for it again.")
            for path in others
        )


def _refuse_doubles(read: dict[Path, Share]) -> None:
    """Refuse a document that is in two shares: by its id, or of one region by its counts."""
    where: dict[tuple[Any, ...], Path] = {}
    twice: dict[tuple[Path, Path], int] = defaultdict(int)
    for path, share in read.items():
        looks = _looks(share)
        for document, look in zip(share.documents, looks, strict=True):
            other = where.get((document.id,)) or where.get((share.region, *look))
            if other not in (None, path):
                assert other is not None
                twice[other, path] += 1
        where |= dict.fromkeys([(document.id,) for document in share.documents], path)
        # Two stores of one region have keys of their own, but a transcript of some size has counts of its own too.
        where |= {(share.region, *look): path for look in looks if look[0] >= _TELLING_WORDS}
    if twice:
        raise ShareError(
            Fault(str(path), 0, f"{n} of its documents are in {other} too. Leave one of the two files out.")
            for (other, path), n in twice.items()
        )


_TELLING_WORDS = 100
"""Two documents of so many words and the same counts are one document."""


def _looks(share: Share) -> list[tuple[Any, ...]]:
    """Size and counts of each document."""
    counts: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in share.codes.counted:
        counts[row.document].append((row.unit, row.segments, row.words))
    return [(d.words, d.segments, *sorted(counts[place])) for place, d in enumerate(share.documents)]
