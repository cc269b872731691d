"""What tagging changes: the codings and tables before and after a run, and what it means for people's decisions.

The store is copied first, into a folder of its own beside it. A trial run works on the copy, and the store stays as it
is; otherwise the copy is the store as it was. The folder is removed in any case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook
from ..errors import SelectionError
from .reading import ReadOptions
from .showing import meaning_changed
from .tagging import Progress, TagReport, silent, tag_documents
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..aggregate.recoding import CodedState, Held
    from ..store import KnownDocument, Store

Row = dict[str, Any]
Place = tuple[str, int]


@dataclass(frozen=True)
class RetagReport:
    """What a run changed, or would change.

    Attributes
    ----------
    tagged : TagReport
        The run.
    is_trial : bool
        Nothing was stored.
    frame : DataFrame
        As `qualcode.aggregate.recoding_table`: per region and code.
    waiting : tuple of dict
        Codings that the machine would count from now on, on sentences that a person is done with: they wait. document,
        region, position, code, probability, done_by (names).
    stale : tuple of dict
        Decisions made when the code meant something else: they hold, and are in the queue "stale". document, position,
        code, coder, decision, codebook_version (they were made with), is_new (1 = by this run).
    gone : tuple of dict
        Decisions on codes that the codebook no longer has: kept, without effect. As `stale`.
    notes : tuple of str
        What the numbers rest on.
    """

    tagged: TagReport
    is_trial: bool
    frame: pd.DataFrame
    waiting: tuple[Row, ...]
    stale: tuple[Row, ...]
    gone: tuple[Row, ...]
    notes: tuple[str, ...]


def stale_codes(before: Codebook, after: Codebook) -> set[str]:
    """Codes that both codebooks have and that mean something else in the second.

    Parameters
    ----------
    before, after : Codebook

    Returns
    -------
    set of str
        Code ids: number, definition, category, or when (not) to use it differ.
    """
    return {code for code in meaning_changed(before, after) if code in before.by_id and code in after.by_id}


def tag_with_diff(
    paths: Sequence[Path],
    work: Workspace,
    *,
    options: ReadOptions | None = None,
    tagger_name: str | None = None,
    retag: bool = False,
    is_trial: bool = False,
    progress: Progress = silent,
) -> RetagReport:
    """Tag as `tag_documents` does, and say what that changes in codings, tables and people's decisions.

    Parameters
    ----------
    paths, work, options, tagger_name, retag, progress
        As for `tag_documents`.
    is_trial : bool
        Store nothing.

    Returns
    -------
    RetagReport
        Of all documents of the store, also those that were not tagged now.

    Raises
    ------
    QualcodeError
        As `tag_documents`; the store is as before.
    """
    from ..aggregate import recoding_table
    from ..store import Store

    with _copied(work.store_path) as copy:
        before, after = (work.store_path, copy) if is_trial else (copy, work.store_path)
        tagged = tag_documents(
            paths,
            replace(work, store_path=after),
            options=options,
            tagger_name=tagger_name,
            retag=retag,
            progress=progress,
        )
        with Store(after, read_only=True) as new:
            if not before.exists():
                frame = recoding_table(_nothing(new), _state(new, lambda place: place))
                return RetagReport(replace(tagged, store=work.store_path), is_trial, frame, (), (), (), ())
            with Store(before, read_only=True) as old:
                return RetagReport(
                    replace(tagged, store=work.store_path),
                    is_trial,
                    recoding_table(_state(old, _same_sentences(old, new), new), _state(new, lambda place: place)),
                    waiting=tuple(_waiting(old, new)),
                    **_old_decisions(old, new),
                    notes=tuple(_notes(old, new)),
                )


# --- the copy ----------------------------------------------------------------------------------


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """A copy of the store in a private folder beside it, in the user's own cache where nothing may be made there."""
    from ..store import Store

    with _private_folder(path) as folder:
        copy = folder / path.name
        if path.exists():
            with Store(path, read_only=True) as store:
                store.copy_to(copy)
        yield copy


@contextmanager
def _private_folder(path: Path) -> Iterator[Path]:
    """A folder that nobody else may read: a store holds what people said in confidence."""
    from platformdirs import user_cache_path

    prefix = f".{path.name}.trial-"
    try:
        folder = TemporaryDirectory(prefix=prefix, dir=path.absolute().parent)
    except OSError:
        cache = user_cache_path("qualcode", appauthor=False)
        try:
            cache.mkdir(parents=True, exist_ok=True)
            folder = TemporaryDirectory(prefix=prefix, dir=cache)
        except OSError as error:
            raise SelectionError(
                f"A difference needs room for a copy of {path.name}, and neither {path.absolute().parent} nor {cache} "
                f"takes one: {error.strerror}."
            ) from error
    with folder as name:
        yield Path(name)


# --- codings and tables ------------------------------------------------------------------------


def _state(store: Store, same: Callable[[Place], Any], regions: Store | None = None) -> CodedState:
    """What a store holds; `same` names a sentence as the newer store does; regions are those of the newer store."""
    from ..aggregate.recoding import CodedState, Held

    of_name = {row["name"]: row["region"] for row in (regions or store).document_rows()}
    codings: list[Held] = [
        Held(
            of_name.get(row["document"], row["region"]),
            row["code"],
            same((row["document"], row["position"])),
            row["outcome"] == "pending",
        )
        for row in store.verdicts.suggestions()
        if row["outcome"] != "rejected"
    ]
    return CodedState(store.document_rows(), store.code_counts(), codings, store.codebook())


def _nothing(after: Store) -> CodedState:
    from ..aggregate.recoding import CodedState

    return CodedState((), (), (), after.codebook())


def _same_sentences(old: Store, new: Store) -> Callable[[Place], Any]:
    """Where a sentence of the old store stands in the new one; what is no longer there is named apart."""
    was, now = old.known_documents(), new.known_documents()
    changed = [name for name in was if name in now and was[name].document_id != now[name].document_id]
    moved = {name: _moved(old, new, name) for name in changed}

    def same(place: Place) -> Any:
        name, position = place
        if name not in moved:
            return place
        return (name, moved[name][position]) if position in moved[name] else ("gone", *place)

    return same


def _moved(old: Store, new: Store, name: str) -> dict[int, int]:
    """New position by old position, of the sentences that both versions of a document have in the same order."""
    before, after = (
        [(t.turns[s.turn].speaker, s.text) for s in t.segments] for t in (old.transcript(name), new.transcript(name))
    )
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {block.a + i: block.b + i for block in blocks for i in range(block.size)}


# --- people ------------------------------------------------------------------------------------


def _waiting(old: Store, new: Store) -> Iterator[Row]:
    """Codings on sentences somebody is done with that the machine counts now and did not before."""
    done: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in new.verdicts.looks():
        done[row["document_id"], row["position"]].append(row["coder"])
    before = {
        (row["document_id"], row["position"], row["code"])
        for row in old.verdicts.suggestions()
        if row["machine_status"] == "auto"
    }
    for row in new.verdicts.suggestions():
        place = (row["document_id"], row["position"])
        is_new = row["machine_status"] == "auto" and (*place, row["code"]) not in before
        if is_new and row["outcome"] == "pending" and place in done:
            kept = {name: row[name] for name in ("document", "region", "position", "code", "probability")}
            yield {**kept, "done_by": done[place]}


def _old_decisions(old: Store, new: Store) -> dict[str, tuple[Row, ...]]:
    """Decisions on codes that mean something else now, and on codes that are gone."""
    was, now = (_Meaning(store) for store in (old, new))
    found: dict[str, list[Row]] = {"stale": [], "gone": []}
    for row in new.verdicts.opinions():
        kind = now.kind(row)
        if kind is not None:
            kept = {name: row[name] for name in ("position", "code", "coder", "decision", "codebook_version")}
            is_new = int(was.kind(row) != kind)
            found[kind].append({"document": now.names[row["document_id"]], **kept, "is_new": is_new})
    return {kind: tuple(rows) for kind, rows in found.items()}


class _Meaning:
    """Whether a decision still speaks of what the code means where it was made."""

    def __init__(self, store: Store) -> None:
        known: Mapping[str, KnownDocument] = store.known_documents()
        self.names = {document.document_id: name for name, document in known.items()}
        self._current = {document.document_id: document.codebook_id for document in known.values()}
        self._store = store
        self._books: dict[str, Codebook] = {}
        self._stale: dict[tuple[str, str], set[str]] = {}

    def kind(self, row: Row) -> str | None:
        """Whether a decision is "stale" or "gone"; None = it speaks of the code as it is (or its document is new)."""
        current = self._current.get(row["document_id"])
        if current is None or current == row["codebook_id"]:
            return None
        made, now = self._book(row["codebook_id"]), self._book(current)
        if made.id != now.id or row["code"] not in now.by_id:
            return "gone"
        key = (row["codebook_id"], current)
        if key not in self._stale:
            self._stale[key] = stale_codes(made, now)
        return "stale" if row["code"] in self._stale[key] else None

    def _book(self, codebook_id: str) -> Codebook:
        if codebook_id not in self._books:
            self._books[codebook_id] = self._store.codebook(codebook_id)
        return self._books[codebook_id]


def _notes(old: Store, new: Store) -> Iterator[str]:
    was, now = old.known_documents(), new.known_documents()
    made = [sorted({(run["coder"], run["version"]) for run in store.coverage_codebooks()}) for store in (old, new)]
    for name, runs in zip(("Before", "After"), made, strict=True):
        yield f"{name}: {'; '.join(f'{coder}, codebook {version}' for coder, version in runs)}."
    fresh = [name for name in now if name not in was]
    changed = [name for name in was if was[name].document_id != now[name].document_id]
    if fresh or changed:
        yield (
            f"{len(fresh):,} document(s) are new and {len(changed):,} changed: what is new in them is among the "
            "codings added, what is no longer in them among those removed."
        )
