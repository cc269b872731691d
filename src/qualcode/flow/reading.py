"""Sources with their attributes and settings in, transcripts out; a preview stores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..codebook import Codebook
from ..errors import Fault, QualcodeError, ReadError, SelectionError, StudyError
from ..model import ALL_ATTRIBUTES, Attributes, Document, Role, Transcript, content_hash
from ..study import Study, parse_columns, parse_speakers
from .workspace import METADATA_FILE, Workspace

if TYPE_CHECKING:
    from ..read import SourceFile
    from ..segment import SpeakerSummary


@dataclass(frozen=True)
class ReadOptions:
    """How sources are read, beyond what the study says.

    Attributes
    ----------
    metadata : Path or None
        Attributes by file; None = ``documents.csv`` beside the sources.
    attributes : Attributes
        For every source; win over all others.
    speakers : mapping of str to Role
        Label to role, in every source.
    encoding : str or None
        For every source.
    columns : mapping of str to str
        For every table: header by what the column holds; see `parse_columns`.
    allow_missing : bool
        Store documents whose region is not known.
    """

    metadata: Path | None = None
    attributes: Attributes = field(default_factory=Attributes)
    speakers: Mapping[str, Role] = field(default_factory=dict)
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    allow_missing: bool = False


def read_options(
    *,
    metadata: Path | None = None,
    speakers: Sequence[str] = (),
    encoding: str | None = None,
    columns: str | None = None,
    allow_missing: bool = False,
    attributes: Mapping[str, str | None] | None = None,
) -> ReadOptions:
    """`ReadOptions` from what was typed.

    Raises
    ------
    SelectionError
        For an unknown kind or role, or what is no date, language or choice of columns.
    """
    known, faults = _parsed(attributes or {})
    if faults:
        raise SelectionError("\n".join(f"--{fault}" for fault in faults.values()))
    return ReadOptions(
        metadata=metadata,
        attributes=known,
        speakers=parse_speakers(list(speakers)),
        encoding=encoding,
        columns=parse_columns(columns) if columns else {},
        allow_missing=allow_missing,
    )


def _parsed(values: Mapping[str, str | None], codebook: Codebook | None = None) -> tuple[Attributes, dict[str, str]]:
    """Values as they would be understood in ``documents.csv``, and what is wrong with the others."""
    from ..read import parse_values

    return parse_values({name: value for name, value in values.items() if value is not None}, codebook)


@dataclass(frozen=True)
class Preview:
    """What was understood of one source, before anything is stored."""

    transcript: Transcript
    speakers: tuple[SpeakerSummary, ...]
    language_guess: str | None


@dataclass(frozen=True)
class PreviewReport:
    """What `preview_documents` found."""

    previews: tuple[Preview, ...]
    problems: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def preview_documents(paths: Sequence[Path], work: Workspace, options: ReadOptions) -> PreviewReport:
    """Read and segment sources without storing anything.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders, globs.
    work : Workspace
    options : ReadOptions

    Returns
    -------
    PreviewReport
    """
    from ..read import guess_language
    from ..segment import describe_speakers

    desk = ReadingDesk(paths, work.study, options)
    previews = []
    problems = list(desk.problems)
    for source in desk.files:
        try:
            transcript = desk.segment(desk.load(source))
        except QualcodeError as error:
            problems.append(str(error))
            continue
        guess = None if transcript.document.attributes.language else guess_language(transcript.document.text)
        previews.append(Preview(transcript, tuple(describe_speakers(transcript)), guess))
    empty = [p.transcript.document.name for p in previews if not any(map(p.transcript.is_coded, p.transcript.segments))]
    notes = (*desk.notes(), *without_respondents(empty))
    return PreviewReport(tuple(previews), tuple(problems), desk.skipped, notes)


def without_respondents(names: Sequence[str]) -> Iterator[str]:
    """A note where documents hold no word that can be coded: most often a speaker was not recognised."""
    if names:
        yield (
            f"{len(names)} document(s) hold no words of respondents: {_listed(names)}. "
            "See who speaks with: qualcode tag --dry-run; set a role with: --speakers LABEL=respondent"
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


class ReadingDesk:
    """Sources of one command with everything that decides how each is read.

    Attributes come from the command line, then ``qualcode.toml``, then ``documents.csv``, then the
    file's own front matter: the first that knows wins. With a codebook, topics it does not know are refused.
    """

    def __init__(
        self, paths: Sequence[Path], study: Study, options: ReadOptions, codebook: Codebook | None = None
    ) -> None:
        from ..read import find_sources

        self.study = study
        self.options = options
        self.codebook = codebook
        sources = find_sources(paths)
        self.files = sources.files
        self.skipped = sources.skipped
        self.problems = sources.problems
        self._metadata = self._read_metadata(sources.tables)
        self._settings = self._read_settings()

    def _read_settings(self) -> dict[str, Attributes]:
        """Attributes that ``qualcode.toml`` gives by document."""
        found: dict[str, Attributes] = {}
        faults: list[Fault] = []
        for name, settings in self.study.documents.items():
            values = {attribute: getattr(settings, attribute) for attribute in ALL_ATTRIBUTES}
            topics = "; ".join(map(str, settings.topics_asked or ()))
            found[name], wrong = _parsed({**values, "topics_asked": topics}, self.codebook)
            for attribute, fault in wrong.items():
                line = self.study.line_of("documents", name, attribute)
                faults.append(Fault(str(self.study.file), line, f'[documents."{name}"] {fault}'))
        if faults:
            raise StudyError(faults)
        return found

    def _read_metadata(self, packed: Sequence[SourceFile]) -> dict[str, Attributes]:
        """Attributes by document: of the tables beside the sources, and of those in archives, which know better."""
        from ..read import find_metadata, read_attributes

        given = self.options.metadata
        files = [given] if given is not None else find_metadata([source.path for source in self.files])
        tables = [read_attributes(file, self.codebook) for file in files]
        if given is None:
            tables += [self._read_packed(table) for table in packed]
        return {name: attributes for table in tables for name, attributes in table.items()}

    def _read_packed(self, table: SourceFile) -> dict[str, Attributes]:
        """Attributes of a table in an archive; it names files as they lie beside it there."""
        from ..read import read_attributes

        folder = table.name.rpartition("/")[0]
        found = read_attributes(table.path, self.codebook, raw=table.raw)
        return {f"{folder}/{name}": attributes for name, attributes in found.items()}

    def notes(self) -> Iterator[str]:
        """What a user should know of the metadata and of options that meet no source."""
        from ..read import TABLES

        names = {source.name for source in self.files}
        absent = sorted(name for name in self._metadata if name not in names)
        if absent:
            yield f"{len(absent)} row(s) of {METADATA_FILE} name no source of this run: {_listed(absent)}"
        if self.options.columns and not any(name.casefold().endswith(TABLES) for name in names):
            yield f"--columns is for {', '.join(TABLES)}; no source of this run is one."

    def load(self, source: SourceFile) -> Document:
        """Read one source, with all that is known of it.

        Raises
        ------
        QualcodeError
            If it cannot be read.
        """
        from ..read import attribute_line, read_document

        document = read_document(
            source.path,
            name=source.name,
            raw=source.raw,
            encoding=self._encoding(source),
            columns=self._columns(source.name),
        )
        fault = self.codebook.topic_fault(document.attributes.topics_asked or ()) if self.codebook else None
        if fault:
            raise ReadError(f"{source.path}:{attribute_line(document.text, 'topics_asked')}: {fault}")
        known = self.options.attributes.filled_from(self._settings.get(source.name, Attributes()))
        known = known.filled_from(self._metadata.get(source.name, Attributes()))
        return replace(document, attributes=known.filled_from(document.attributes))

    def segment(self, document: Document) -> Transcript:
        """Cut a document into turns and segments, with the speakers' roles as set.

        Raises
        ------
        QualcodeError
            If it cannot be cut.
        """
        from ..segment import segment_document

        return segment_document(document, roles=self._speakers(document.name))

    def reading_hash(self, document: Document) -> str:
        """Of the source's bytes and of all settings that decide what is understood of them."""
        from ..read import READER_VERSION
        from ..segment import SEGMENTER_VERSION

        return content_hash(
            READER_VERSION,
            SEGMENTER_VERSION,
            document.source_hash,
            document.encoding,
            self._speakers(document.name),
            document.attributes.kind,
            *([columns] if (columns := self._columns(document.name)) else []),
        )

    def _speakers(self, name: str) -> dict[str, Role]:
        own = self.study.documents.get(name)
        return {**self.study.speakers, **(own.speakers if own else {}), **self.options.speakers}

    def _encoding(self, source: SourceFile) -> str | None:
        own = self.study.documents.get(source.name)
        return self.options.encoding or (own.encoding if own else None)

    def _columns(self, name: str) -> Mapping[str, str]:
        from ..read import TABLES

        if not name.casefold().endswith(TABLES):
            return {}
        own = self.study.documents.get(name)
        return self.options.columns or (parse_columns(own.columns) if own and own.columns else {})
