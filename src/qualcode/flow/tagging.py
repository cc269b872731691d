"""Notes to codings: the main job. Read, segment, tag, store; one run is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from posixpath import commonpath
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook
from ..errors import ReadError, SelectionError
from ..model import Coding, Document, Thresholds, Transcript
from ..study import Study
from ..version import __version__
from .models import make_facet_tagger, make_tagger
from .reading import ReadingDesk, ReadOptions, without_respondents
from .workspace import METADATA_FILE, Workspace

if TYPE_CHECKING:
    from ..store import KnownDocument, RunRecord, Store, TaggedDocument
    from ..tag import FacetTagger, LanguageTagger, Tagger

Progress = Callable[[str, int, int], None]
"""Called with (name, done, total) while documents are tagged."""


def silent(_name: str, _done: int, _total: int) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True)
class TagReport:
    """What `tag_documents` did, in counts.

    Attributes
    ----------
    new, changed, retagged, unchanged : int
        Documents; `retagged` ones have the same words and another codebook or tagger.
    attributes_updated : int
        Unchanged documents whose region, date ... were corrected.
    words, segments : int
        Respondents' words and sentences of the documents tagged now.
    codings : mapping of str to int
        By status, of the documents tagged now.
    by_category : list of (str, int, int)
        Name, counted, pending; all current codings of the store.
    problems : tuple of str
        Sources that could not be read, each with the reason.
    skipped : tuple of (str, str)
        Files of other kinds, with the reason.
    notes : tuple of str
    tagger : str
    thresholds : Thresholds
    store : Path
    facet_segments : int or None
        Sentences with a facet, of the documents tagged now; None = the codebook has no facets.
    """

    new: int
    changed: int
    retagged: int
    unchanged: int
    attributes_updated: int
    words: int
    segments: int
    codings: Mapping[str, int]
    by_category: list[tuple[str, int, int]]
    problems: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tagger: str
    thresholds: Thresholds
    store: Path
    facet_segments: int | None = None


def tag_documents(
    paths: Sequence[Path],
    work: Workspace,
    *,
    options: ReadOptions | None = None,
    tagger_name: str | None = None,
    retag: bool = False,
    progress: Progress = silent,
) -> TagReport:
    """Read, segment and tag sources, and store the codings: one run, one transaction.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders, globs.
    work : Workspace
    options : ReadOptions or None
        None = as the study says.
    tagger_name : str or None
        None = the study's.
    retag : bool
        Tag again what has not changed.
    progress : callable

    Returns
    -------
    TagReport

    Raises
    ------
    QualcodeError
        If nothing can be read, a region is missing or not in the plan, the codebook does not know a topic, or the
        store refuses; the store is as before.
    """
    desk = ReadingDesk(paths, work.study, options or ReadOptions(), work.codebook)
    plan = _plan(desk, work.study)
    tagger = make_tagger(work, tagger_name)
    thresholds = work.study.thresholds_over(tagger.thresholds)
    facet_tagger = make_facet_tagger(work, tagger)
    settings: dict[str, Any] = {"auto": thresholds.auto, "review": thresholds.review}
    if facet_tagger is not None:
        settings["facets"] = facet_tagger.hash
    with opened(work.store_path) as store:
        known = store.known_documents()
        current = _Current(work, tagger.hash, settings, desk)
        stale = [d for d in plan.documents if retag or not current.holds(d, known.get(d.name))]
        tagged_now = {d.name for d in stale}
        fresh = [d for d in plan.documents if d.name not in tagged_now]
        if not retag:
            _check_names([d for d in stale if not current.same_words(d, known.get(d.name))], known)
        counts = _TagCounts(known)
        reviewed = _reviewed(store)
        if stale:
            run = run_record(tagger, settings, work.study)
            tagged = _tagged(stale, desk, tagger, facet_tagger, thresholds, counts, progress)
            store.save_run(run, work.codebook, tagged, facets=work.facets)
        # After the run: where it fails, nothing at all has changed.
        updated = store.update_attributes(
            {known[d.name].document_id: d.attributes for d in fresh if d.attributes != known[d.name].attributes}
        )
        return TagReport(
            new=counts.kinds["new"],
            changed=counts.kinds["changed"],
            retagged=counts.kinds["retagged"],
            unchanged=len(fresh),
            attributes_updated=updated,
            words=counts.words,
            segments=counts.segments,
            codings=counts.codings,
            by_category=_by_category(store, work.codebook),
            problems=plan.problems,
            skipped=desk.skipped,
            notes=(
                *desk.notes(),
                *plan.notes,
                *_new_regions(plan.documents, known),
                *_not_here(paths, plan.documents, known),
                *_left_behind(reviewed, known, store.known_documents()),
                *without_respondents(counts.without_respondents),
                *_other_languages(counts.foreign, tagger),
            ),
            tagger=tagger.name,
            thresholds=thresholds,
            store=work.store_path,
            facet_segments=counts.facet_segments if work.facets else None,
        )


def run_record(tagger: Tagger, settings: Mapping[str, Any], study: Study) -> RunRecord:
    """What a run of a tagger begins with."""
    from ..store import RunRecord

    return RunRecord(
        coder=tagger.name,
        coder_kind=tagger.kind,
        model_hash=tagger.hash,
        settings=settings,
        seed=study.study.seed,
        qualcode_version=__version__,
        started_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """The store, made where there is none; a new one does not stay when the work in it fails."""
    from ..store import Store

    is_new = not path.exists()
    try:
        with Store(path, create=True) as store:
            yield store
    except BaseException:
        if is_new and path.exists():
            with Store(path, read_only=True) as store:
                is_empty = not store.known_documents()
            if is_empty:
                path.unlink()
        raise


@dataclass(frozen=True)
class _Plan:
    documents: list[Document]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def _plan(desk: ReadingDesk, study: Study) -> _Plan:
    """Read every source; refuse the run where regions are missing or unknown to the plan."""
    documents: list[Document] = []
    problems = list(desk.problems)
    for source in desk.files:
        try:
            documents.append(desk.load(source))
        except ReadError as error:
            problems.append(str(error))
    if not documents:
        raise ReadError("\n".join(["There is nothing to tag.", *problems]))
    _check_regions(documents, study, allow_missing=desk.options.allow_missing)
    assumed = [d for d in documents if d.attributes.kind is None]
    notes = (f"{len(assumed)} document(s) without a kind are read as interviews.",) if assumed else ()
    documents = [replace(d, attributes=replace(d.attributes, kind=d.attributes.kind or "interview")) for d in documents]
    return _Plan(documents, tuple(problems), notes)


def _check_regions(documents: Sequence[Document], study: Study, *, allow_missing: bool) -> None:
    missing = [d.name for d in documents if d.attributes.missing]
    if missing and not allow_missing:
        listed = "\n".join(f"  {name}" for name in missing[:20])
        more = f"\n  … and {len(missing) - 20} more" if len(missing) > 20 else ""
        raise SelectionError(
            f"The region of {len(missing)} document(s) is not known:\n{listed}{more}\n"
            f"Give it in {METADATA_FILE} beside the files (columns file,region,...), in the file's front matter, or "
            "with --region; or store them without a region: --allow-missing"
        )
    wrong: list[str] = []
    for document in documents:
        if document.attributes.region is not None:
            try:
                study.check_region(document.attributes.region)
            except SelectionError as error:
                wrong.append(f"{document.name}: {error}")
    if wrong:
        raise SelectionError("\n".join(wrong))


def _check_names(documents: Sequence[Document], known: Mapping[str, KnownDocument]) -> None:
    """Refuse other words for another region under a name the store has: that is another document."""
    for document in documents:
        before = known.get(document.name)
        regions = (before.attributes.region if before else None, document.attributes.region)
        if None not in regions and regions[0] != regions[1]:
            raise SelectionError(
                f"{document.name}: the store has a document of this name for {regions[0]} with other words; this one "
                f"is for {regions[1]}. Two folders may hold files of the same name: put a {METADATA_FILE} into the "
                "folder above both, so that names begin with the folder. If it is the same document, corrected: --retag"
            )


def _not_here(
    paths: Sequence[Path], documents: Sequence[Document], known: Mapping[str, KnownDocument]
) -> Iterator[str]:
    """Stored documents of the folder named whose file is gone: renamed and removed files stay in the tables."""
    if not any(path.is_dir() for path in paths):
        return
    names = {document.name for document in documents}
    shared = commonpath([PurePosixPath(name).parent.as_posix() for name in names])
    inside = [name for name in known if shared in ("", ".") or name.startswith(f"{shared}/")]
    gone = sorted(set(inside) - names)
    if gone:
        listed = ", ".join(gone[:3]) + (" …" if len(gone) > 3 else "")
        yield f"{len(gone)} document(s) of the store are not among these sources; they stay and count: {listed}"


def _reviewed(store: Store) -> dict[str, _Reviewed]:
    """What people said of each current document, by its id, before the run; empty where nobody said anything."""
    if not store.verdicts.state()["actions"]:
        return {}
    versions = {row["document_id"]: row["version"] for row in store.document_rows()}
    decisions = Counter(row["document_id"] for row in store.verdicts.opinions())
    looks = Counter(row["document_id"] for row in store.verdicts.looks())
    return {
        name: _Reviewed(versions[name], decisions[name], looks[name]) for name in versions.keys() & {*decisions, *looks}
    }


@dataclass(frozen=True)
class _Reviewed:
    version: int
    decisions: int
    looks: int

    def __str__(self) -> str:
        counts = ((self.decisions, "decision(s) of people"), (self.looks, "look(s) at a whole sentence"))
        return " and ".join(f"{n:,} {what}" for n, what in counts if n)


def _left_behind(
    reviewed: Mapping[str, _Reviewed], before: Mapping[str, KnownDocument], after: Mapping[str, KnownDocument]
) -> Iterator[str]:
    """What people said of a version that another one has replaced: it is kept, and counts for that version only."""
    for name, known in before.items():
        said = reviewed.get(known.document_id)
        if said is not None and after[name].document_id != known.document_id:
            yield f"{said} stay with version {said.version} of {name}; the new version starts without them."


def _new_regions(documents: Sequence[Document], known: Mapping[str, KnownDocument]) -> Iterator[str]:
    """Regions that are new to the store and spelled almost like one it has."""
    have = {entry.attributes.region for entry in known.values() if entry.attributes.region}
    for region in sorted({d.attributes.region for d in documents if d.attributes.region} - have):
        near = get_close_matches(region, have, n=1, cutoff=0.6)
        if near:
            yield f'The region "{region}" is new here; the store has "{near[0]}". If that is meant, tag again with it.'


def _other_languages(sentences: Mapping[str, int], tagger: LanguageTagger) -> Iterator[str]:
    """How much was said in other languages than the codebook's, and how it was read."""
    for language, count in sorted(sentences.items()):
        if tagger.has_cues(language):
            yield f"{count:,} sentence(s) in {language} were read by cues of that language (rules only)."
        else:
            yield f"{count:,} sentence(s) in {language} were not read: the codebook has no cues of that language."


@dataclass(frozen=True)
class _Current:
    """What a stored document must have been made with to be left as it is."""

    work: Workspace
    model_hash: str
    settings: Mapping[str, Any]
    desk: ReadingDesk

    def same_words(self, document: Document, known: KnownDocument | None) -> bool:
        return known is not None and known.reading_hash == self.desk.reading_hash(document)

    def holds(self, document: Document, known: KnownDocument | None) -> bool:
        return (
            known is not None
            and self.same_words(document, known)
            and known.codebook_id == self.work.codebook.hash
            and known.facets_id == (self.work.facets and self.work.facets.hash)
            and known.model_hash == self.model_hash
            and known.settings == self.settings
        )


class _TagCounts:
    """Counts that grow while a run is tagged."""

    def __init__(self, known: Mapping[str, KnownDocument]) -> None:
        self.known = known
        self.kinds: Counter[str] = Counter()
        self.codings: Counter[str] = Counter()
        self.words = 0
        self.segments = 0
        self.facet_segments = 0
        self.without_respondents: list[str] = []
        self.foreign: Counter[str] = Counter()

    def add(self, transcript: Transcript, codings: Sequence[Coding], facets: Sequence[Coding]) -> None:
        before = self.known.get(transcript.document.name)
        if before is None:
            self.kinds["new"] += 1
        else:
            self.kinds["retagged" if before.document_id == transcript.document_id else "changed"] += 1
        self.codings.update(coding.status for coding in codings)
        coded = [segment for segment in transcript.segments if transcript.is_coded(segment)]
        self.segments += len(coded)
        self.words += sum(segment.words for segment in coded)
        self.facet_segments += len({facet.segment for facet in facets})
        if not coded:
            self.without_respondents.append(transcript.document.name)


def _tagged(
    documents: Sequence[Document],
    desk: ReadingDesk,
    tagger: LanguageTagger,
    facet_tagger: FacetTagger | None,
    thresholds: Thresholds,
    counts: _TagCounts,
    progress: Progress,
) -> Iterator[TaggedDocument]:
    """Documents with their codings and facets, one after the other, as the store asks for them."""
    for number, document in enumerate(documents):
        progress(document.name, number, len(documents))
        transcript = desk.segment(document)
        tagged = tag_transcript(transcript, tagger, facet_tagger, thresholds, reading_hash=desk.reading_hash(document))
        counts.add(transcript, tagged.codings, tagged.facets)
        counts.foreign += tagger.foreign(transcript)
        yield tagged
    progress("", len(documents), len(documents))


def tag_transcript(
    transcript: Transcript,
    tagger: Tagger,
    facet_tagger: FacetTagger | None,
    thresholds: Thresholds,
    *,
    reading_hash: str,
) -> TaggedDocument:
    """A transcript with its codings and facets, as the store takes it."""
    from ..store import TaggedDocument
    from ..tag import decide

    scores = tagger.score(transcript)
    facets = facet_tagger.find(transcript) if facet_tagger else []
    intense = tuple(score.segment for score in scores if score.intense)
    return TaggedDocument(transcript, tuple(decide(scores, thresholds)), reading_hash, tuple(facets), intense)


def _by_category(store: Store, codebook: Codebook) -> list[tuple[str, int, int]]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in store.category_counts():
        counts[row["category_id"], row["status"]] += row["segments"]
    return [(c.name, counts[c.id, "auto"], counts[c.id, "pending"]) for c in codebook.categories]
