"""Sources of a project as documents of a store: their names, attributes and speakers, and the run that covers them."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook
from ..errors import SelectionError
from ..model import Attributes, Transcript, content_hash
from ..version import __version__
from .models import make_facet_tagger, make_tagger
from .reading import ReadOptions
from .tagging import run_record, tag_transcript
from .workspace import Workspace

if TYPE_CHECKING:
    from ..refi import Project, Source
    from ..store import Row, Store

IMPORTER = "import"
"""Name of the coder whose run covers imported documents that no tagger has seen."""


class SourceDesk:
    """Sources of one project on their way into a store.

    Parameters
    ----------
    work : Workspace
    store : Store
        In a transaction.
    file : Path
        Of the project.
    codebook : Codebook
        The one its codes were taken for.
    reading : ReadOptions
        Attributes, metadata and speakers.

    Attributes
    ----------
    new, known : int
        Documents.
    without_region : int
        New ones.
    renamed : list of (str, str)
        Name of the source and of its document, where the first was taken by other words.
    notes : list of str
        Values of attributes that were not understood.
    run_id : int or None
        The run that covers what was stored; None = nothing was.
    fresh : list of str
        Ids of the documents it covers since.
    """

    def __init__(self, work: Workspace, store: Store, file: Path, codebook: Codebook, reading: ReadOptions) -> None:
        self.work, self.store, self.file, self.codebook, self.reading = work, store, file, codebook, reading
        self.new = self.known = self.without_region = 0
        self.renamed: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.run_id: int | None = None
        self.fresh: list[str] = []

    def take(self, project: Project, *, tag: bool) -> dict[str, Transcript]:
        """Store the sources that are new.

        Parameters
        ----------
        project : Project
        tag : bool
            Tag them with the study's codebook; else a run without codings covers them.

        Returns
        -------
        dict of str to Transcript
            By GUID of the source, known ones too.

        Raises
        ------
        SelectionError
            If a known one is coded with another codebook, or `tag` does not fit the codebook.
        ReadError
            If a text cannot be kept as it is.
        """
        here = self.store.projects.document_texts()
        attributes = self._attributes(project)
        names = {row["name"] for row in here}
        transcripts: dict[str, Transcript] = {}
        new: list[Transcript] = []
        again: list[Transcript] = []
        same = self._same_words(project.sources, here)
        for source in project.sources:
            known = same.get(source.guid)
            if known is not None:
                self._refuse_other_codebook(known)
                transcripts[source.guid] = transcript = self.store.transcript(known["name"])
                if known["coder_kind"] == "human" and known["codebook_id"] != self.codebook.hash:
                    again.append(transcript)  # the project has other codes by now
                continue
            name = self._name(source.name or "source", names)
            names.add(name)
            transcripts[source.guid] = transcript = self._transcript(source, name, attributes[source.guid])
            new.append(transcript)
        self.new, self.known = len(new), len(project.sources) - len(new)
        self.without_region = sum(transcript.document.attributes.region is None for transcript in new)
        self.fresh = [transcript.document_id for transcript in (*new, *again)]
        self.run_id = self._save([*new, *again], tag=tag)
        return transcripts

    def _name(self, wanted: str, taken: set[str]) -> str:
        """The source's name, told apart where other words have it here."""
        name = next(name for name in self._names(wanted) if name not in taken)
        if name != wanted:
            self.renamed.append((wanted, name))
        return name

    def _names(self, wanted: str) -> Iterator[str]:
        """The source's name, then those it gets where that is taken."""
        yield from (wanted, f"{wanted} ({self.file.stem})")
        yield from (f"{wanted} ({self.file.stem} {number})" for number in itertools.count(2))

    def _same_words(self, sources: Sequence[Source], here: Sequence[Row]) -> dict[str, Row]:
        """By GUID of a source the document with its words: that of its name, or of a name it was given before.

        Where no name tells and there is one such document only, it is that one. No document is two sources.
        """
        left: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in here:
            left[row["text_hash"]][row["name"]] = row
        found: dict[str, Row] = {}
        unnamed = []
        for source in sources:
            same = left["sha256:" + hashlib.sha256(source.text.encode("utf-8")).hexdigest()]
            names = itertools.islice(self._names(source.name or "source"), len(sources) + 1 if same else 0)
            name = next((name for name in names if name in same), None)
            if name is None:
                unnamed.append((source.guid, same))
            else:
                found[source.guid] = same.pop(name)
        for key, same in unnamed:
            if len(same) == 1:
                found[key] = same.popitem()[1]
        return found

    def _transcript(self, source: Source, name: str, attributes: Attributes) -> Transcript:
        from ..read import document_of_text
        from ..segment import segment_document

        document = document_of_text(source.text, name=name, format=self.file.suffix.removeprefix(".").lower())
        known = self.reading.attributes
        for further in (attributes, document.attributes, Attributes(kind="interview")):
            known = known.filled_from(further)
        roles = {**self.work.study.speakers, **self.reading.speakers}
        return segment_document(replace(document, attributes=known), roles=roles)

    def _attributes(self, project: Project) -> dict[str, Attributes]:
        """What the file of attributes, and the variables, say of each source, by GUID; what is faulty is said."""
        from ..read import attribute_of_header, parse_values, read_attributes

        table = read_attributes(self.reading.metadata, self.codebook) if self.reading.metadata else {}
        names = {variable.guid: attribute_of_header(variable.name) for variable in project.variables}
        found: dict[str, Attributes] = {}
        faults: Counter[str] = Counter()
        for source in project.sources:
            of_cases = (value for case in project.cases if source.guid in case.sources for value in case.values)
            written = {name: v.value for v in (*of_cases, *source.values) if (name := names.get(v.variable))}
            known, wrong = parse_values(written, self.codebook)
            faults.update(wrong.values())
            found[source.guid] = table.get(source.name, Attributes()).filled_from(known)
        self.notes += [f"{fault} ({count} document(s))" for fault, count in faults.items()]
        return found

    def _refuse_other_codebook(self, known: Row) -> None:
        if known["codebook"] not in (None, self.codebook.id):
            raise SelectionError(
                f'{self.file}: document "{known["name"]}" is coded here with the codebook "{known["codebook"]}"; the '
                f'codes of the project are those of "{self.codebook.id}". Say which are which with --codes FILE '
                "(columns code and to), or import into a store of its own: --store FILE"
            )

    def _save(self, transcripts: Sequence[Transcript], *, tag: bool) -> int | None:
        from ..store import RunRecord, TaggedDocument

        if tag:
            return self._tag(transcripts)
        run = RunRecord(IMPORTER, "human", __version__, utc_now(), settings={"import": "refi-qda"})
        items = (TaggedDocument(t, (), _reading_hash(t)) for t in transcripts)
        return self.store.save_run(run, self.codebook, items).run_id

    def _tag(self, transcripts: Sequence[Transcript]) -> int | None:
        if self.codebook.hash != self.work.codebook.hash:
            raise SelectionError(
                "--tag needs codes of the study's codebook; those of the project are others. Leave out --tag."
            )
        tagger = make_tagger(self.work, None)
        thresholds = self.work.study.thresholds_over(tagger.thresholds)
        facet_tagger = make_facet_tagger(self.work, tagger)
        settings: dict[str, Any] = {"auto": thresholds.auto, "review": thresholds.review}
        if facet_tagger is not None:
            settings["facets"] = facet_tagger.hash
        items = (
            tag_transcript(t, tagger, facet_tagger, thresholds, reading_hash=_reading_hash(t)) for t in transcripts
        )
        run = run_record(tagger, settings, self.work.study)
        return self.store.save_run(run, self.codebook, items, facets=self.work.facets).run_id


def utc_now() -> str:
    """Now, ISO 8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _reading_hash(transcript: Transcript) -> str:
    """Never that of a file: `tag` reads a file of the same name again."""
    return content_hash("project", transcript.document_id)
