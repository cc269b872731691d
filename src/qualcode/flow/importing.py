"""A project of another program in: its texts become documents, its codings verdicts of the people who made them.

A passage is kept to the character, as it was marked; what counts are the sentences it is about. One import is one
transaction: it is whole or not there. The same again adds nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..codebook import Codebook
from ..errors import ExchangeError, ReadError, SelectionError
from ..model import Transcript
from .code_matching import CodeMatch, match_codes
from .import_documents import SourceDesk, utc_now
from .import_memos import write_memos
from .import_passages import Passage, coder_names, decide_passages, find_passages, passage_row
from .imported import Imported, without_words
from .reading import ReadOptions
from .study_files import STUDY_PART, Restored, read_study, restore_study
from .tagging import opened
from .workspace import Workspace

if TYPE_CHECKING:
    from ..refi import Dialect, Loss, Project, Received
    from ..store import Row, Store

NAMED = 3
_BLANK = "\ufeff\u200b\u00a0 \t\n\f\v"
"""What is no word; as `qualcode.read` sees it."""
SAMPLES = 5
"""Passages shown where their places are not certain."""
ADVICE = {
    ".qcverdicts": "is a packet of decisions. Take it in with: qualcode verdicts import {name}",
    ".qdc": "is a codebook. Make a codebook.yaml of it with: qualcode codebook import {name} --out codebook.yaml",
}


@dataclass(frozen=True)
class ProjectImport:
    """What a store took from a project.

    Attributes
    ----------
    file, origin : str
        Name of the file, and the program that wrote it.
    restored : Restored or None
        It was a study of qualcode, unchanged since: everything came back. The other counts are 0 then.
    match : CodeMatch or None
        Which codes are which.
    new, known : int
        Documents.
    renamed : tuple of (str, str)
        Sources whose name was taken by other words here, with the document's name.
    passages, known_passages : int
        Codings of people, to the character; known ones came before.
    verdicts : mapping of str to int
        Sentences with a code now, by person.
    partial : int
        Passages that begin or end inside a sentence.
    uncounted : int
        Passages on words that are never coded (an interviewer's): kept, but no verdicts.
    decided_here : int
        Verdicts left out because the person has decided on the sentence and code here.
    memos : int
    dialect : Dialect
    is_verified, is_confirmed : bool
        The quoted words stand at their places; a person said that the places are right.
    quoted, agreeing : int
        Selections that quote their words, and those of them that agree.
    samples : tuple of (str, str, str)
        Document, code and words of some passages, where nothing is verified.
    without_region : int
        New documents.
    notes : tuple of str
    losses : tuple of Loss
    is_dry : bool
        Nothing was stored.
    """

    file: str
    origin: str
    dialect: Dialect
    is_verified: bool
    quoted: int
    agreeing: int
    is_confirmed: bool = False
    restored: Restored | None = None
    match: CodeMatch | None = None
    new: int = 0
    known: int = 0
    renamed: tuple[tuple[str, str], ...] = ()
    passages: int = 0
    known_passages: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    partial: int = 0
    uncounted: int = 0
    decided_here: int = 0
    memos: int = 0
    samples: tuple[tuple[str, str, str], ...] = ()
    without_region: int = 0
    notes: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    is_dry: bool = False


@dataclass(frozen=True)
class ImportOptions:
    """How a project is taken.

    Attributes
    ----------
    reading : ReadOptions
        Attributes, metadata and speakers, as for `tag`.
    codes : Path or None
        A csv with the columns ``code`` (theirs) and ``to`` (ours; blank = leave it out).
    own_codebook : bool
        Take the project's codes as a codebook of their own.
    whole_documents : bool
        Who coded in a document has read all of it: silence on a code says that it does not apply.
    confirmed : bool
        A person has seen that passages without quoted words are right.
    tag : bool
        Tag new documents with the study's codebook too.
    dry_run : bool
        Say what would happen, and store nothing.
    """

    reading: ReadOptions = field(default_factory=ReadOptions)
    codes: Path | None = None
    own_codebook: bool = False
    whole_documents: bool = False
    confirmed: bool = False
    tag: bool = False
    dry_run: bool = False


class _DryRunError(Exception):
    """Carries the report out of a transaction that is rolled back."""

    def __init__(self, report: ProjectImport) -> None:
        super().__init__()
        self.report = report


def import_project(work: Workspace, path: Path, options: ImportOptions | None = None) -> ProjectImport:
    """Take a REFI-QDA project into the store.

    Parameters
    ----------
    work : Workspace
    path : Path
        A ``.qdpx`` of any program.
    options : ImportOptions or None
        None = as they are by default.

    Returns
    -------
    ProjectImport

    Raises
    ------
    ExchangeError
        If the file cannot be read.
    SelectionError
        If only some of its codes are those of the study, or documents are coded with another codebook here.
    ReadError
        If there is no such file.
    """
    from ..refi import read_project

    options = options or ImportOptions()
    raw = _bytes(path)
    received = read_project(raw, file=str(path))
    try:
        with opened(work.store_path) as store, store.writing():
            if not options.dry_run:
                store.back_up()
            report = _restored(store, received, path) or _Importer(work, store, received, path, raw, options).run()
            if options.dry_run:
                raise _DryRunError(report)
    except _DryRunError as done:
        return replace(done.report, is_dry=True)
    return report


def _bytes(path: Path) -> bytes:
    advice = ADVICE.get(path.suffix.lower())
    if advice:
        raise SelectionError(f"{path} {advice.format(name=path.name)}")
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(f"{path}: there is no such file.") from error
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}).") from error


def _restored(store: Store, received: Received, path: Path) -> ProjectImport | None:
    """Everything back, where the project is one of ours that nobody has changed."""
    from ..store.projects import misfits

    part = received.extra.get(STUDY_PART)
    study = read_study(part, received.project, file=str(path)) if part else None
    if study is None:
        return None
    try:
        done = restore_study(store, study, received.project, file=str(path))
    except misfits() as error:  # somebody meddled with it
        raise ExchangeError(f"{path}: its part {STUDY_PART} is damaged ({error}). Export it again.") from error
    return replace(_report(path, received), restored=done, new=done.new, known=done.known)


def _report(path: Path, received: Received) -> ProjectImport:
    return ProjectImport(
        path.name, received.project.origin, received.dialect, received.is_verified, received.quoted, received.agreeing,
        notes=received.notes, losses=received.losses,
    )  # fmt: skip


class _Importer:
    """One import of a project of another program."""

    def __init__(
        self, work: Workspace, store: Store, received: Received, path: Path, raw: bytes, options: ImportOptions
    ) -> None:
        self.work, self.store, self.received, self.path, self.options = work, store, received, path, options
        self.project, self.wordless = _worded(received.project)
        self.import_id = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        self.is_confirmed = options.confirmed or self.import_id in {
            row["import_id"] for row in store.projects.imports() if row["is_verified"]
        }
        self.is_sure = received.is_verified or self.is_confirmed

    def run(self) -> ProjectImport:
        """Store all of it, in the caller's transaction."""
        options, file = self.options, self.path.name
        clock = self.store.verdicts.state()["clock"]
        match = match_codes(
            self.project,
            self._codebooks(),
            codes=options.codes,
            own=options.own_codebook,
            own_before=self._own_before(),
            file=file,
        )
        desk = SourceDesk(self.work, self.store, self.path, match.codebook, options.reading)
        transcripts = desk.take(self.project, tag=options.tag)
        passages, left_out = find_passages(self.project, match.codes, transcripts)
        news = self._new(passages, match.codebook)
        rest = without_words(self.project, match.codes, transcripts)
        self.store.projects.add_import(self._import_row(match, rest, transcripts), match.codebook)
        decided = decide_passages(self.store, news, is_sure=self.is_sure, whole_documents=options.whole_documents)
        self.store.projects.add_passages(passage_row(one, match.codebook, self.import_id, decided) for one in news)
        memos = write_memos(self.store, self.project, match.codes, transcripts)
        documents = [transcript.document_id for transcript in transcripts.values()]
        self.store.projects.note_brought(self.import_id, documents, run_id=desk.run_id, fresh=desk.fresh, clock=clock)
        return replace(
            _report(self.path, self.received),
            is_confirmed=self.is_confirmed,
            match=match,
            new=desk.new,
            known=desk.known,
            renamed=tuple(desk.renamed),
            passages=len(news),
            known_passages=len(passages) - len(news),
            verdicts={coder: one.verdicts for coder, one in decided.items()},
            partial=sum(passage.is_partial for passage in news),
            uncounted=sum(not passage.sentences for passage in news),
            decided_here=sum(one.decided_here for one in decided.values()),
            memos=memos,
            samples=() if self.is_sure else tuple(_samples(passages, match.codebook)),
            without_region=desk.without_region,
            notes=(*self.received.notes, *self._changed(), *_namesakes(self.project), *desk.notes),
            losses=(*self.received.losses, *self.wordless, *_losses(self.project, rest, left_out)),
        )

    def _codebooks(self) -> list[Codebook]:
        """Codebooks the codes may be those of: those the store knows, the newest first, and that of the study."""
        known = [self.store.codebook(row["codebook_id"]) for row in self.store.coverage_codebooks()]
        return list({book.hash: book for book in (*known, self.work.codebook)}.values())

    def _own_before(self) -> set[str]:
        """Ids of the codebooks that were made of projects."""
        rows = (row for row in self.store.projects.imports() if json.loads(row["content"])["is_own_codebook"])
        return {self.store.codebook(row["codebook_id"]).id for row in rows}

    def _changed(self) -> Iterator[str]:
        if STUDY_PART in self.received.extra:
            yield (
                "Another program has changed the project since qualcode wrote it, so what only qualcode reads was "
                "left alone: who speaks, probabilities, rules"
            )

    def _new(self, passages: Sequence[Passage], codebook: Codebook) -> list[Passage]:
        """Passages that the store does not hold, or that were taken back; all, where they are certain only now."""
        doubted = {row["import_id"] for row in self.store.projects.imports() if not row["is_verified"]}
        if self.import_id in doubted and self.is_sure:
            return list(passages)
        known = {row["passage_id"] for row in self.store.projects.passages() if row["is_standing"]}
        return [passage for passage in passages if passage.key(codebook) not in known]

    def _import_row(self, match: CodeMatch, rest: Project, transcripts: Mapping[str, Transcript]) -> Row:
        kept = Imported(
            codebook=match.codebook.id,
            project=rest,
            codes=match.codes,
            documents={guid: transcript.document_id for guid, transcript in transcripts.items()},
            is_own_codebook=match.is_own,
        )
        return {
            "import_id": self.import_id,
            "file": self.path.name,
            "origin": self.project.origin,
            "imported_utc": utc_now(),
            "codebook_id": match.codebook.hash,
            "dialect": json.dumps(asdict(self.received.dialect), sort_keys=True),
            "is_verified": int(self.is_sure),
            "content": json.dumps(kept.content(), ensure_ascii=False, separators=(",", ":")),
        }


def _worded(project: Project) -> tuple[Project, list[Loss]]:
    """The project without its sources that hold no words, and what that leaves out."""
    from ..refi import Loss

    empty = [source for source in project.sources if not source.text.strip(_BLANK)]
    kept = tuple(source for source in project.sources if source.text.strip(_BLANK))
    if not empty:
        return project, []
    named = ", ".join(f'"{source.name}"' for source in empty[:NAMED])
    codings = sum(len(s.codings) + sum(len(one.codings) for one in s.selections) for s in empty)
    losses = [Loss("source without words", len(empty), f"left out: {named}{' …' if len(empty) > NAMED else ''}")]
    losses += [Loss("coding of a source without words", codings, "left out")] if codings else []
    return replace(project, sources=kept), losses


def _losses(project: Project, rest: Project, left_out: Counter[str]) -> Iterator[Loss]:
    """What has no place in a store; what the file itself could not give, its reader has counted."""
    from ..read import attribute_of_header
    from ..refi import Loss

    foreign = sum(attribute_of_header(variable.name) is None for variable in project.variables)
    places = sum(not selection.codings for source in project.sources for selection in source.selections)
    unsaid = sum(len(source.selections) for source in rest.sources) - places
    kept = "kept for the next export"
    for what, count, why in (
        (
            "coding of a document as a whole",
            sum(len(s.codings) for s in project.sources),
            f"{kept}; only passages count",
        ),
        ("coding left out", left_out["left out"], "--codes gives their codes no code of ours"),
        ("coding of a machine", left_out["machine"], "no person's decision, so left out; qualcode tag makes its own"),
        ("coding of the same words by the same person", left_out["double"], "there twice, so taken once"),
        ("variable", foreign, f"{kept}; no table groups by it"),
        ("case", len(project.cases), f"its values went to its documents; {kept}"),
        ("set", len(project.sets), kept),
        ("link", len(project.links), kept),
        ("passage without a code", places, f"with its memo {kept}"),
        ("passage with a memo on words that are never coded", unsaid, f"the memo is {kept}"),
    ):
        if count:
            yield Loss(what, count, why)


def _namesakes(project: Project) -> Iterator[str]:
    names = Counter(coder_names(project)[user.guid] for user in project.users)
    yield from (
        f'{number} users are called "{name}" and are one person here: a person is known by name. If they are several, '
        "give them names of their own in the other program"
        for name, number in names.items()
        if number > 1
    )


def _samples(passages: Sequence[Passage], codebook: Codebook) -> Iterator[tuple[str, str, str]]:
    """Passages from the whole length of the project: a wrong count of characters shows at the end of a text first."""
    step = max(1, len(passages) // SAMPLES)
    ordered = sorted(passages, key=lambda passage: (passage.transcript.document.name, passage.start))
    for passage in ordered[step - 1 :: step][:SAMPLES]:
        document = passage.transcript.document
        yield document.name, codebook.by_id[passage.code].name, document.text[passage.start : passage.end]
