"""Which files are documents: files, folders and patterns in; an ordered list with stable names out.

A document's name is its identity in the store, so it must not depend on the working folder: it is
the path relative to the folder that holds ``documents.csv``, else to the folder that was named.
A zip archive is a folder of its own name: ``notes.zip/a.docx``.
Nothing is dropped silently: what is not read is in `Sources.skipped`, what cannot be used in
`Sources.problems`.
"""

from __future__ import annotations

import glob
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from ..errors import ReadError
from ..study import DEFAULT_STORE, STUDY_FILE

if TYPE_CHECKING:
    from ..archive import Archive

FORMATS = ("txt", "md", "csv", "tsv", "xlsx", "docx", "odt", "rtf", "pdf", "html", "htm", "vtt", "srt", "json")
ARCHIVE = "zip"
"""Ending of an archive that is read like a folder; nothing of it is written to disk."""
METADATA_FILES = ("documents.csv", "documents.xlsx")
MAX_PARENTS = 4
"""How many folders above a file's own ``documents.csv`` is looked for, if the named folder is not farther."""

_FAR_PARENTS = 8

_ADVICE = {
    "doc": "old Word format: save it as .docx",
    "xls": "old Excel format: save it as .xlsx",
    "ods": "save it as .xlsx or .csv",
    "json": "holds no speech: no list of segments with text",
}


@dataclass(frozen=True)
class SourceFile:
    """One file to read.

    Attributes
    ----------
    path : Path
        Where it lies, as reached from the named path; inside an archive as if that were a folder.
    name : str
        Stable name of the document: relative, with ``/``, NFC.
    archive : Archive or None
        The archive it lies in.
    member : str
        Its name there.
    """

    path: Path
    name: str
    archive: Archive | None = None
    member: str = ""

    @property
    def raw(self) -> bytes | None:
        """What it holds, inside an archive; None for a file of its own.

        Raises
        ------
        ReadError
            If the archive is damaged there.
        """
        return self.archive.read(self.member) if self.archive else None


@dataclass(frozen=True)
class Sources:
    """What was found under the named paths.

    Attributes
    ----------
    files : tuple of SourceFile
        In the order named; inside a folder by name. Each file once.
    skipped : tuple of (str, str)
        Path and reason of every other file in a named folder.
    problems : tuple of str
        One sentence for each named path, and each archive, that cannot be used.
    tables : tuple of SourceFile
        The ``documents.csv`` or ``documents.xlsx`` of archives.
    """

    files: tuple[SourceFile, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    tables: tuple[SourceFile, ...] = ()


def find_sources(paths: Sequence[Path]) -> Sources:
    """Find the documents under files, folders (with their sub-folders) and patterns.

    Parameters
    ----------
    paths : sequence of Path
        Each an existing file, folder or zip archive, or a pattern with ``*``, ``?`` or ``[]`` (Windows shells
        do not expand them).

    Returns
    -------
    Sources
    """
    found = _Found()
    for path in paths:
        for real in _expand(path, found.problems):
            if real.is_dir():
                _take_folder(real, found)
            else:
                _take_file(real, found)
    files = tuple(_without_doubles(list(_well_named(found.files, found.problems)), found.problems))
    tables = tuple({table.path: table for table in found.tables}.values())
    return Sources(files, tuple(found.skipped), tuple(found.problems), tables)


def _well_named(files: Iterable[SourceFile], problems: list[str]) -> Iterator[SourceFile]:
    """Without files whose name is in another encoding than this system's: no store could keep it."""
    for file in files:
        try:
            file.name.encode("utf-8")
        except UnicodeEncodeError:
            shown = file.name.encode("utf-8", "backslashreplace").decode("utf-8")
            problems.append(f"{shown}: the name of this file is in another encoding. Give the file another name.")
        else:
            yield file


@dataclass
class _Found:
    files: list[SourceFile] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    tables: list[SourceFile] = field(default_factory=list)


def _expand(path: Path, problems: list[str]) -> Iterator[Path]:
    """Give the path itself, or what its pattern matches, by name."""
    if path.exists():
        yield path
        return
    if not glob.has_magic(str(path)):
        problems.append(f"{path}: there is no such file or folder. Check the spelling.")
        return
    found = glob.glob(str(path), recursive=True)  # noqa: PTH207  # takes absolute and relative patterns alike
    matches = sorted(Path(match) for match in found)
    if not matches:
        problems.append(f"{path}: no file matches this pattern.")
    yield from matches


def _take_folder(folder: Path, found: _Found) -> None:
    before = len(found.files), len(found.problems)
    for file in _walk(folder, found.problems):
        if _is_silent(file.name):
            continue
        if _ending(file) == ARCHIVE:
            _take_archive(file, _name(file, folder), found)
        elif _ending(file) not in FORMATS or _is_other_json(file, file.read_bytes):
            found.skipped.append((str(file), _reason(file)))
        else:
            found.files.append(SourceFile(file, _name(file, folder)))
    if before == (len(found.files), len(found.problems)):
        found.problems.append(f"{folder}: the folder holds no document. Formats: {', '.join(FORMATS)}.")


def _take_file(file: Path, found: _Found) -> None:
    if file.name.casefold() in METADATA_FILES:
        found.problems.append(f"{file}: holds the attributes of the documents, it is not one. Name it with --metadata.")
    elif _ending(file) == ARCHIVE:
        _take_archive(file, _name(file, file.parent), found)
    elif _ending(file) not in FORMATS:
        found.problems.append(f"{file}: {_reason(file)}. Formats: {', '.join(FORMATS)}.")
    else:
        found.files.append(SourceFile(file, _name(file, file.parent)))


def _take_archive(file: Path, name: str, found: _Found) -> None:
    """Take the files of an archive as those of a folder."""
    from ..archive import Archive

    try:
        archive = Archive(file.read_bytes(), file=str(file))
    except OSError as error:
        found.problems.append(f"{file}: cannot be read ({error.strerror}).")
        return
    except ReadError as error:
        found.problems.append(str(error))
        return
    before = len(found.files), len(found.problems)
    for member in sorted(archive.names, key=lambda member: (member.casefold(), member)):
        inside = PurePosixPath(member)
        source = SourceFile(file / inside, unicodedata.normalize("NFC", f"{name}/{member}"), archive, member)
        if any(part.startswith((".", "__MACOSX")) for part in inside.parts):
            continue
        if inside.name.casefold() in METADATA_FILES:
            found.tables.append(source)
        elif _is_silent(inside.name):
            continue
        elif _ending(inside) == ARCHIVE:
            found.problems.append(f"{source.path}: is an archive inside an archive, so it is not opened. Unpack it.")
        elif _ending(inside) not in FORMATS or _is_other_json(inside, partial(archive.read, member)):
            found.skipped.append((str(source.path), _reason(inside)))
        else:
            found.files.append(source)
    if before == (len(found.files), len(found.problems)):
        found.problems.append(f"{file}: the archive holds no document. Formats: {', '.join(FORMATS)}.")


def _walk(folder: Path, problems: list[str]) -> list[Path]:
    """All files of a folder tree, by path; hidden folders are left alone."""

    def refuse(error: OSError) -> None:
        problems.append(f"{error.filename}: the folder cannot be opened ({error.strerror}).")

    files: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(parent) / name for name in names]
    return sorted(files, key=lambda file: (file.as_posix().casefold(), file.as_posix()))


def _is_silent(name: str) -> bool:
    """Files that belong beside documents and need no mention."""
    folded = name.casefold()
    return (
        folded.startswith((".", "~$", "readme"))
        or folded in (*METADATA_FILES, STUDY_FILE, DEFAULT_STORE)
        or (folded.startswith("gold") and folded.endswith(".jsonl"))
    )


def _ending(file: PurePath) -> str:
    return file.suffix.removeprefix(".").casefold()


def _is_other_json(file: PurePath, read: Callable[[], bytes]) -> bool:
    """Whether it is JSON without speech, such as a model of `qualcode train`: no document, unless somebody names it."""
    if _ending(file) != "json":
        return False
    from .speech_json import is_speech_json

    try:
        return not is_speech_json(read())
    except (OSError, ReadError):
        return False  # reading it will say why


def _reason(file: PurePath) -> str:
    ending = _ending(file)
    if not ending:
        return "has no file ending, so its format is not known"
    return _ADVICE.get(ending, f".{ending} is not a document format")


def _name(file: Path, named: Path) -> str:
    """Path below the nearest folder that holds the metadata, else below the named one."""
    file, named = _absolute(file), _absolute(named)
    depth = max(MAX_PARENTS, len(file.parent.relative_to(named).parts))
    metadata = _nearest_metadata(file, depth)
    base = metadata.parent if metadata else named
    return unicodedata.normalize("NFC", file.relative_to(base).as_posix())


def _absolute(path: Path) -> Path:
    """Make a path absolute without following links: the name is the path the researcher sees."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def _nearest_metadata(file: Path, depth: int) -> Path | None:
    """Find the metadata file in the file's own folder or up to `depth` folders above."""
    candidates = (parent / name for parent in list(file.parents)[: depth + 1] for name in METADATA_FILES)
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def find_metadata(paths: Sequence[Path]) -> list[Path]:
    """Find the ``documents.csv`` or ``documents.xlsx`` that belong to some files.

    Parameters
    ----------
    paths : sequence of Path
        Source files.

    Returns
    -------
    list of Path
        For each file the nearest one in its folder or above; each once, in the order of the files.
    """
    found = (_nearest_metadata(_absolute(path), _FAR_PARENTS) for path in paths)
    return list(dict.fromkeys(metadata for metadata in found if metadata is not None))


def _without_doubles(found: list[SourceFile], problems: list[str]) -> Iterator[SourceFile]:
    """Each file once; two files of one name are a problem, since the name is the identity."""
    by_path: set[Path] = set()
    by_name: dict[str, Path] = {}
    for source in found:
        real = source.path.resolve()
        if real in by_path:
            continue
        by_path.add(real)
        other = by_name.setdefault(source.name, source.path)
        if other is not source.path:
            problems.append(
                f'{source.path}: has the same name "{source.name}" as {other}. Name their common folder, or rename one.'
            )
            continue
        yield source
