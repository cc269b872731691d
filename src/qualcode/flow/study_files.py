"""All a store holds of its current documents, as a part of a project file that only qualcode reads.

The words stay in the project; here is what no other program has a place for: who speaks, probabilities with their
evidence, rules, decisions with everything that was taken back. The part names the project it belongs to by a hash: in
a file that another program changed, it is not read.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..codebook import Codebook, Identifier
from ..errors import ExchangeError, SelectionError
from ..model import (
    Attributes,
    CoderKind,
    Coding,
    Document,
    Evidence,
    Role,
    Segment,
    Status,
    Transcript,
    Turn,
    content_hash,
)
from .imported import Imported
from .packets import Key, Line, Name, PacketAction, Position, Time, without_names

if TYPE_CHECKING:
    from ..refi import Project
    from ..store import RunRecord, Store, TaggedDocument

STUDY_PART = "qualcode.json"
"""Name of the part in the archive."""
FORMAT = "qualcode study"
VERSION = 1
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StudyTurn(_Part):
    """A turn; as `qualcode.model.Turn`."""

    start: Count
    end: Count
    speaker: str | None
    role: Role
    time: str | None
    heading: str | None


class StudySegment(_Part):
    """A sentence; as `qualcode.model.Segment`, without its words."""

    turn: Count
    start: Count
    end: Count
    words: Count


class StudyEvidence(_Part):
    """As `qualcode.model.Evidence`."""

    source: str
    detail: str
    start: Count | None = None
    end: Count | None = None
    weight: float = 0.0


class StudyCoding(_Part):
    """A coding, or a facet; as `qualcode.model.Coding`."""

    segment: Position
    code: Identifier
    probability: Share
    status: Status
    intense: bool
    evidence: tuple[StudyEvidence, ...]

    def plain(self) -> Coding:
        """As the store takes it."""
        evidence = tuple(Evidence(**one.model_dump()) for one in self.evidence)
        return Coding(self.segment, self.code, self.probability, self.status, self.intense, evidence)


class StudyRun(_Part):
    """A run with its codebooks by hash; as `qualcode.store.RunRecord`."""

    coder: Name
    coder_kind: CoderKind
    qualcode_version: str
    started_utc: Time
    model_hash: str | None
    settings: dict[str, Any]
    seed: int | None
    finished_utc: Time | None
    codebook_id: Key
    facets_id: Key | None

    def record(self) -> RunRecord:
        """As the store takes it."""
        from ..store import RunRecord

        return RunRecord(**self.model_dump(exclude={"codebook_id", "facets_id"}))


class StudyAudit(_Part):
    """A sentence drawn at random."""

    position: Position
    stratum: str
    chance: Annotated[float, Field(gt=0, le=1)]


class StudyDocument(_Part):
    """A document without its words, and what its run found there."""

    document_id: Key
    source: str
    name: Line
    attributes: Attributes
    format: str
    encoding: str
    source_hash: str
    reading_hash: str
    left_out: tuple[str, ...]
    turns: tuple[StudyTurn, ...]
    segments: tuple[StudySegment, ...]
    run: Count
    codings: tuple[StudyCoding, ...]
    facets: tuple[StudyCoding, ...]
    intense: tuple[Position, ...]
    audits: tuple[StudyAudit, ...]
    assigned_to: tuple[Name, ...]

    def tagged(self, text: str) -> TaggedDocument:
        """As the store takes it."""
        from ..store import TaggedDocument

        document = Document(
            self.name, text, (), self.attributes, self.format, self.encoding, source_hash=self.source_hash,
            left_out=self.left_out,
        )  # fmt: skip
        turns = tuple(Turn(i, **turn.model_dump()) for i, turn in enumerate(self.turns))
        segments = tuple(
            Segment(i, s.turn, s.start, s.end, text[s.start : s.end], s.words) for i, s in enumerate(self.segments)
        )
        codings, facets = (tuple(one.plain() for one in several) for several in (self.codings, self.facets))
        transcript = Transcript(document, turns, segments)
        return TaggedDocument(transcript, codings, self.reading_hash, facets, self.intense)


class StudyImport(_Part):
    """A project of another program that was imported; columns of the table `imports`."""

    import_id: str
    file: str
    origin: str
    imported_utc: Time
    codebook_id: Key
    dialect: str
    is_verified: bool
    content: str


class StudyPassage(_Part):
    """What somebody marked in another program; columns of the table `passages`."""

    passage_id: Key
    import_id: str
    document_id: Key
    start: Count
    end: Count
    codebook_id: Key
    code_id: Identifier
    coder: Name
    guid: str
    created: str | None
    action_id: Key | None


class Study(_Part):
    """What is in the part.

    Attributes
    ----------
    format, version
        Of the part.
    project : str
        Hash of the project it belongs to, as `project_hash` makes it.
    codebooks : dict of str to Codebook
        All that is named, by hash.
    runs, documents, actions, imports, passages
        As their classes say; actions are all that people did in these documents, also what was taken back.
    """

    format: Literal["qualcode study"]
    version: Literal[1]
    project: Key
    codebooks: dict[Key, Codebook]
    runs: tuple[StudyRun, ...]
    documents: tuple[StudyDocument, ...]
    actions: tuple[PacketAction, ...]
    imports: tuple[StudyImport, ...]
    passages: tuple[StudyPassage, ...]


def project_hash(project: Project) -> str:
    """Hash of all a project says."""
    return content_hash(asdict(project))


# --- writing -----------------------------------------------------------------------------------


def study_bytes(store: Store, project: Project) -> bytes:
    """The part that goes with a project; the same store makes the same bytes.

    Parameters
    ----------
    store : Store
    project : Project
        Made from the store, as it reads.
    """
    runs = store.projects.runs()
    order = {run: place for place, run in enumerate(runs)}
    documents = _documents(store, project, order)
    inside = {document["document_id"] for document in documents}
    kept = {a["action_id"]: _inside(without_names(a), inside) for a in store.verdicts.export_actions()}
    actions = sorted(filter(None, kept.values()), key=lambda action: (action["clock"], action["action_id"]))
    passages = [{name: row[name] for name in StudyPassage.model_fields} for row in store.projects.passages()]
    for passage in passages:
        action = kept.get(passage["action_id"])
        passage["action_id"] = action and action["action_id"]
    imports = [{**row, "is_verified": bool(row["is_verified"])} for row in store.projects.imports()]
    named = {key for _, *keys in runs.values() for key in keys if key}
    named |= {part["codebook_id"] for action in actions for part in _parts(action)}
    named |= {row["codebook_id"] for row in (*imports, *passages)}
    tree = {
        "format": FORMAT,
        "version": VERSION,
        "project": project_hash(project),
        "codebooks": {key: store.codebook(key).model_dump(mode="json") for key in sorted(named)},
        "runs": [{**asdict(r), "codebook_id": book, "facets_id": facets} for r, book, facets in runs.values()],
        "documents": documents,
        "actions": actions,
        "imports": imports,
        "passages": passages,
    }
    return (json.dumps(tree, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _documents(store: Store, project: Project, order: Mapping[int, int]) -> list[dict[str, Any]]:
    from ..store import TaggedDocument

    details = {row["name"]: row for row in store.projects.document_details()}
    transcripts = [store.transcript(name) for name in details]
    tagged = store.projects.tagged(TaggedDocument(t, (), details[t.document.name]["reading_hash"]) for t in transcripts)
    sources = {source.name: source.guid for source in project.sources}
    assigned = store.verdicts.assignments()
    audits = defaultdict(list)
    for row in store.audit_sample():
        audits[row["document_id"]].append({name: row[name] for name in StudyAudit.model_fields})
    return [
        {
            "document_id": item.transcript.document_id,
            "source": sources[item.transcript.document.name],
            "name": item.transcript.document.name,
            "attributes": asdict(item.transcript.document.attributes),
            "format": item.transcript.document.format,
            "encoding": item.transcript.document.encoding,
            "source_hash": item.transcript.document.source_hash,
            "reading_hash": item.reading_hash,
            "left_out": json.loads(details[item.transcript.document.name]["left_out"]),
            "turns": [_fields(turn, StudyTurn) for turn in item.transcript.turns],
            "segments": [_fields(segment, StudySegment) for segment in item.transcript.segments],
            "run": order[details[item.transcript.document.name]["run_id"]],
            "codings": [_coding(coding) for coding in item.codings],
            "facets": [_coding(facet) for facet in item.facets],
            "intense": list(item.intense),
            "audits": audits[item.transcript.document_id],
            "assigned_to": assigned.get(item.transcript.document_id, []),
        }
        for item in tagged
    ]


def _fields(part: object, model: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(part, name) for name in model.model_fields}


def _coding(coding: Coding) -> dict[str, Any]:
    return {**_fields(coding, StudyCoding), "evidence": [evidence.as_dict() for evidence in coding.evidence]}


def _parts(action: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*action["verdicts"], *action["looks"], *([action["memo"]] if action["memo"] else [])]


def _inside(action: dict[str, Any], documents: AbstractSet[str]) -> dict[str, Any] | None:
    """What an action says of these documents: the whole of it, or an action of its own; None = nothing."""

    def is_inside(part: Mapping[str, Any]) -> bool:
        return part["document_id"] is None or part["document_id"] in documents

    if all(map(is_inside, _parts(action))):
        return action
    rest = {**action, **{kind: list(filter(is_inside, action[kind])) for kind in ("verdicts", "looks")}}
    if not rest["verdicts"] and not rest["looks"]:
        return None  # a memo is of one place
    return {**rest, "action_id": PacketAction.model_validate(rest).content_id}


# --- reading -----------------------------------------------------------------------------------


def read_study(raw: bytes, project: Project, *, file: str) -> Study | None:
    """Read the part that came with a project.

    Parameters
    ----------
    raw : bytes
    project : Project
        As it was read from the same file.
    file : str
        Name for the messages.

    Returns
    -------
    Study or None
        None where the project is not the one it was written for: another program has changed it since.

    Raises
    ------
    ExchangeError
        If it is damaged, or of a newer qualcode.
    """
    try:
        tree = json.loads(raw)
        if isinstance(tree, dict) and tree.get("format") == FORMAT and tree.get("version") != VERSION:
            raise ExchangeError(
                f"{file}: was made by a newer qualcode (study format {tree.get('version')}; this one knows {VERSION}). "
                "Update with: pip install --upgrade qualcode"
            )
        study = Study.model_validate(tree)
    except (ValueError, ValidationError, RecursionError) as error:
        first = str(error).splitlines()[0]
        raise ExchangeError(f"{file}: its part {STUDY_PART} is damaged ({first}). Export it again.") from error
    if study.project != project_hash(project):
        return None
    for key, book in study.codebooks.items():
        if book.hash != key:
            raise ExchangeError(f"{file}: its codebook {book.id} is another than its hash says. Export it again.")
    if wrong := [action for action in study.actions if action.content_id != action.action_id]:
        raise ExchangeError(
            f"{file}: {len(wrong)} decision(s) in it say something else than their ids. Export it again."
        )
    return study


@dataclass(frozen=True)
class Restored:
    """What a store took from a study.

    Attributes
    ----------
    new, known : int
        Documents; known ones keep the codings they have.
    codings : int
        Of the machine, in new documents.
    actions, known_actions : int
        Of people.
    """

    new: int
    known: int
    codings: int
    actions: int
    known_actions: int


def restore_study(store: Store, study: Study, project: Project, *, file: str) -> Restored:
    """Put a study into a store; what the store has already stays as it is.

    Parameters
    ----------
    store : Store
        In a transaction of the caller.
    study : Study
    project : Project
        With the words.
    file : str
        Name for the messages.

    Raises
    ------
    ExchangeError
        If a document does not have the words or speakers that its id says.
    SelectionError
        If the store has a document of the same name with other words.
    """
    from ..store import AuditDraw

    texts = {source.guid: source.text for source in project.sources}
    items = [(document, document.tagged(texts.get(document.source, ""))) for document in study.documents]
    for document, item in items:
        if item.transcript.document_id != document.document_id or document.run >= len(study.runs):
            raise ExchangeError(f'{file}: document "{document.name}" is damaged: it does not fit its id.')
    here = {row["name"]: row["document_id"] for row in store.projects.document_texts()}
    _refuse_other_words(here, study.documents)
    fresh = [(document, item) for document, item in items if document.name not in here]
    for place, run in enumerate(study.runs):
        facets = study.codebooks[run.facets_id] if run.facets_id else None
        of_run = [item for document, item in fresh if document.run == place]
        saved = store.save_run(run.record(), study.codebooks[run.codebook_id], of_run, facets=facets)
        draws = [
            AuditDraw(document.name, audit.position, audit.stratum, audit.chance)
            for document, _ in fresh
            if document.run == place
            for audit in document.audits
        ]
        if draws and saved.run_id is not None:
            store.save_audit_sample(saved.run_id, draws)
    received = store.verdicts.import_actions([action.model_dump() for action in study.actions], study.codebooks)
    _assign(store, study.documents)
    for one in study.imports:
        row = {**one.model_dump(), "is_verified": int(one.is_verified)}
        Imported.of(row, one.file)  # else every later export would fail
        store.projects.add_import(row, study.codebooks[one.codebook_id])
    store.projects.add_passages(passage.model_dump() for passage in study.passages)
    counts = Counter(document.name in here for document in study.documents)
    codings = sum(len(item.codings) for _, item in fresh)
    return Restored(counts[False], counts[True], codings, len(received.new), len(received.known))


def _assign(store: Store, documents: Iterable[StudyDocument]) -> None:
    """Assign documents as the study does, but those that are assigned here already."""
    here = store.verdicts.assignments()
    given = {document.document_id: list(document.assigned_to) for document in documents if document.assigned_to} | here
    if given != here:
        shares: dict[str, list[str]] = defaultdict(list)
        for document_id, coders in given.items():
            for coder in coders:
                shares[coder].append(document_id)
        store.verdicts.assign(shares)


def _refuse_other_words(here: Mapping[str, str], documents: Iterable[StudyDocument]) -> None:
    other: Sequence[str] = [d.name for d in documents if here.get(d.name, d.document_id) != d.document_id]
    if other:
        raise SelectionError(
            f"{len(other)} document(s) of the file have other words or speakers here: {', '.join(other[:3])}"
            f"{' …' if len(other) > 3 else ''}. Import it into a store of its own: --store FILE"
        )
