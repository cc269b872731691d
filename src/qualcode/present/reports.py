"""Reports as files: which writer for which ending, and never over a person's own edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from ..errors import ReportError, SelectionError, nearest
from ..report import StudyReport
from .drawing import file_names
from .sealing import ENDINGS, is_ours_untouched, write_report

Written = dict[Path, Literal["written", "same"]]


def write_cross_regional(report: StudyReport, out: Path) -> Written:
    """Write the report of all regions.

    Parameters
    ----------
    report : StudyReport
    out : Path
        Its ending picks the writer: .docx, .html or .xlsx.

    Returns
    -------
    dict of Path to {"written", "same"}

    Raises
    ------
    SelectionError
        For another ending.
    ReportError
        If a file of that name is not ours, or was edited, or cannot be written.
    """
    writer = _WRITERS.get(out.suffix.lower())
    if writer is None:
        raise SelectionError(f'--out {out.name}: a report ends in {", ".join(_WRITERS)}. Found "{out.suffix}".')
    return {out: write_report(writer(report), out)}


def write_regional(report: StudyReport, out: Path, *, region: str | None, template: Path | None) -> Written:
    """Write the report of one region, or of each region into a folder.

    Parameters
    ----------
    report : StudyReport
    out : Path
        A .docx; a folder where `region` is None.
    region : str or None
    template : Path or None
        None = our own.

    Returns
    -------
    dict of Path to {"written", "same"}

    Raises
    ------
    SelectionError
        For a region that is not there, another ending, or a folder that cannot be made.
    ReportError
        As `write_cross_regional`, and for a template that cannot be used. Where one file of a folder is a person's,
        none is written.
    """
    from .regional import regional_docx

    regions = [chapter.participation.region for chapter in report.regions]
    if region is None:
        wanted = {out / f"{name}.docx": region for region, name in file_names(regions).items()}
        _prepare_folder(out, wanted)
    else:
        known = {name.casefold(): name for name in regions} | {name: name for name in regions}
        meant = known.get(region, known.get(region.casefold()))
        if meant is None:
            raise SelectionError(f'There is no region "{region}" in the store. {nearest(region, regions)}')
        if out.suffix.lower() != ".docx":
            raise SelectionError(f'--out {out.name}: a regional report ends in .docx. Found "{out.suffix}".')
        wanted = {out: meant}
    return {path: write_report(regional_docx(report, name, template=template), path) for path, name in wanted.items()}


def _prepare_folder(folder: Path, wanted: Iterable[Path]) -> None:
    """Make the folder; refuse before anything is written where one of the files is a person's."""
    if folder.suffix.lower() in ENDINGS:
        raise SelectionError(f"--out {folder.name}: a report of each region takes a folder. Leave out the ending.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SelectionError(f"{folder} cannot be made: {error.strerror}.") from error
    edited = [path.name for path in wanted if path.is_file() and not is_ours_untouched(path)]
    if edited:
        raise ReportError(
            f"{folder}: {', '.join(edited)}: edited, or not written by qualcode report. Nothing was written. "
            "Rename, or give another folder with --out."
        )


def _docx(report: StudyReport) -> bytes:
    from .cross_regional import cross_regional_docx

    return cross_regional_docx(report)


def _html(report: StudyReport) -> bytes:
    from .report_html import report_html

    return report_html(report).encode("utf-8")


def _xlsx(report: StudyReport) -> bytes:
    from .workbook import report_workbook

    return report_workbook(report)


_WRITERS: dict[str, Callable[[StudyReport], bytes]] = {".docx": _docx, ".html": _html, ".xlsx": _xlsx}
