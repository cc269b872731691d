"""qualcode.toml in, checked `Study` out: regions and their plan, thresholds, speakers, seed.

Every setting has a default, so a study needs no file; a file may hold only what differs.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .errors import Fault, SelectionError, StudyError, nearest
from .model import Kind, Role, Thresholds

STUDY_FILE = "qualcode.toml"
DEFAULT_STORE = "qualcode.db"
COLUMN_NAMES = ("text", "speaker", "role", "time", "sheet")
"""What `parse_columns` accepts."""

TaggerName = Literal["hybrid.v2", "model.v2", "rules.v1"]
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Settings(_Section):
    """The ``[study]`` section."""

    title: str = "Untitled study"
    codebook: str | None = Field(
        None, description="codebook.yaml or its folder, relative to this file; default: the shipped one"
    )
    store: str = Field(DEFAULT_STORE, description="the SQLite file, relative to this file")
    tagger: TaggerName = "hybrid.v2"
    model: str | None = Field(
        None, description="a trained model, by its path relative to this file or its name; default: the codebook's own"
    )
    seed: int = Field(20250301, ge=0, description="seed of every bootstrap")
    bootstrap_draws: int = Field(2000, ge=100, le=100_000)
    small_group: int = Field(5, ge=1, description="groups with fewer documents are flagged")


class ThresholdSettings(_Section):
    """The ``[thresholds]`` section; what is left out comes with the tagger's model."""

    auto: Probability | None = None
    review: Probability | None = None


class ContextSettings(_Section):
    """The ``[context]`` section: how a tagger uses the turn and the question."""

    question: bool = Field(True, description="let the interviewer's question or the workshop heading pull")
    turn: bool = Field(True, description="let neighbouring sentences of the turn pull")
    enter: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="expected share of sentences that open a barrier passage; default: the model's"
    )


class NameSettings(_Section):
    """The ``[names]`` section."""

    file: str = Field("names.csv", description="people, organisations and places to hide, relative to this file")


class RegionPlan(_Section):
    """One ``[regions."Name"]`` section: what the study wants to collect there."""

    country: str | None = None
    interviews: Count = 0
    workshops: Count = 0
    workshop_participants: Count = 0
    groups: dict[str, Count] = Field(default_factory=dict, description="interviews by stakeholder group")


def _are_columns(given: str) -> str:
    try:
        parse_columns(given)
    except SelectionError as error:
        raise ValueError(str(error).rstrip(".")) from error
    return given


class DocumentSettings(_Section):
    """One ``[documents."file name"]`` section."""

    region: str | None = None
    country: str | None = None
    stakeholder_group: str | None = None
    kind: Kind | None = None
    date: str | None = None
    language: str | None = None
    topics_asked: tuple[str | int, ...] | None = Field(
        None, description="codes and categories that were asked about, by number, id or name; default: all"
    )
    encoding: str | None = None
    columns: Annotated[str, AfterValidator(_are_columns)] | None = Field(
        None, description="of a table, which column is what: text=Answer,speaker=Who"
    )
    speakers: dict[str, Role] = Field(default_factory=dict)


class Study(_Section):
    """All settings of a study.

    Attributes
    ----------
    folder : Path
        Where the file lies (the working folder when there is none); relative paths start here.
    file : Path or None
        The file the settings come from.
    """

    folder: Path = Path()
    file: Path | None = None
    study: Settings = Settings()
    thresholds: ThresholdSettings = ThresholdSettings()
    context: ContextSettings = ContextSettings()
    names: NameSettings = NameSettings()
    speakers: dict[str, Role] = Field(default_factory=dict, description="speaker label to role, in every document")
    regions: dict[str, RegionPlan] = Field(default_factory=dict)
    documents: dict[str, DocumentSettings] = Field(default_factory=dict)

    @cached_property
    def store_path(self) -> Path:
        """The store's file."""
        return self.folder / self.study.store

    @cached_property
    def codebook_path(self) -> Path | None:
        """The codebook's file or folder; None = the shipped one."""
        return None if self.study.codebook is None else self.folder / self.study.codebook

    @cached_property
    def names_path(self) -> Path:
        """The list of names to hide; it may not be there."""
        return self.folder / self.names.file

    def thresholds_over(self, default: Thresholds) -> Thresholds:
        """The study's thresholds where it sets them, the tagger's elsewhere."""
        auto = default.auto if self.thresholds.auto is None else self.thresholds.auto
        review = default.review if self.thresholds.review is None else self.thresholds.review
        if review > auto:
            raise StudyError(
                [
                    Fault(
                        str(self.file or STUDY_FILE),
                        0,
                        f"[thresholds] review ({review}) is above auto ({auto}). Lower it.",
                    )
                ]
            )
        return Thresholds(auto=auto, review=review)

    def line_of(self, *location: str) -> int:
        """1-based line of a setting in the file; 0 where there is no file."""
        return 0 if self.file is None else _line_of(self.file.read_text(encoding="utf-8-sig"), location)

    def check_region(self, region: str) -> None:
        """Refuse a region that the plan does not know, when there is a plan."""
        if self.regions and region not in self.regions:
            raise SelectionError(f'There is no region "{region}" in the study. {nearest(region, list(self.regions))}')


def find_study(start: Path | None = None) -> Study:
    """The study of a folder: the first ``qualcode.toml`` in it or above, else the defaults.

    Parameters
    ----------
    start : Path or None
        Folder to start from; None = the working folder.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        With every fault of the file.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / STUDY_FILE).is_file():
            return read_study(folder / STUDY_FILE)
    return Study(folder=start)


def read_study(path: Path) -> Study:
    """Read and check one ``qualcode.toml``.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        With every fault of the file.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise StudyError([Fault(str(path), 0, "there is no such file. Make one with: qualcode init")]) from error
    except OSError as error:
        raise StudyError([Fault(str(path), 0, f"cannot be read: {error.strerror}. Check the file.")]) from error
    except UnicodeDecodeError as error:
        raise StudyError([Fault(str(path), 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.")]) from error
    try:
        tree = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else 0
        raise StudyError([Fault(str(path), line, f"is not valid TOML: {error}.")]) from error
    for own in ("folder", "file"):
        tree.pop(own, None)
    try:
        return Study.model_validate({**tree, "folder": path.parent, "file": path})
    except ValidationError as error:
        raise StudyError(
            [Fault(str(path), _line_of(source, detail["loc"]), _explain(detail)) for detail in error.errors()]
        ) from error


def _line_of(source: str, location: tuple[int | str, ...]) -> int:
    """1-based line where the last step of `location` is written, looking inside its section first."""
    lines = source.splitlines()
    at = 0
    for step in location:
        pattern = re.compile(
            rf"""^\s*(\[.*?["']?{re.escape(str(step))}["']?\s*[\].]|["']?{re.escape(str(step))}["']?\s*=)"""
        )
        for number in range(at, len(lines)):
            if pattern.search(lines[number]):
                at = number
                break
    return at + 1


def _explain(detail: Any) -> str:
    name = ".".join(str(step) for step in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{name} is not a setting. Correct the name or remove it."
    return f"{name}: {detail['msg']}. Found {detail['input']!r}."


def parse_speakers(given: list[str]) -> dict[str, Role]:
    """``["MK=interviewer", "R1=respondent"]`` as a mapping.

    Raises
    ------
    SelectionError
        For an entry without ``=`` or with an unknown role.

    Examples
    --------
    >>> parse_speakers(["MK=interviewer"])
    {'MK': 'interviewer'}
    """
    roles: dict[str, Role] = {}
    allowed: tuple[Role, ...] = ("respondent", "interviewer", "facilitator", "note")
    for entry in given:
        label, _, role = (part.strip() for part in entry.rpartition("="))
        if not label or role not in allowed:
            raise SelectionError(f'--speakers "{entry}" is not LABEL=ROLE. Roles: {", ".join(allowed)}.')
        roles[label] = role
    return roles


def parse_columns(given: str) -> dict[str, str]:
    """``"text=Q1+Q2,speaker=ID"`` as a mapping; a header may hold commas.

    Parameters
    ----------
    given : str
        ``NAME=HEADER`` apart by commas; names are text, speaker, role, time and sheet. No header: there is no such
        column.

    Returns
    -------
    dict of str to str

    Raises
    ------
    SelectionError
        For an entry without ``=``, an unknown name, one that stands twice, or a text without a header.

    Examples
    --------
    >>> parse_columns("text=What helps, and why?,speaker=ID")
    {'text': 'What helps, and why?', 'speaker': 'ID'}
    """
    found: dict[str, str] = {}
    for entry in re.split(rf",\s*(?=(?:{'|'.join(COLUMN_NAMES)})\s*=)", given):
        name, equals, header = (part.strip() for part in entry.partition("="))
        if not equals or name not in COLUMN_NAMES:
            raise SelectionError(f'columns "{entry}" is not NAME=HEADER. Names: {", ".join(COLUMN_NAMES)}.')
        if name in found or (name == "text" and not header):
            raise SelectionError(f'columns "{given}" gives {name} twice, or no header for it. Give it once.')
        found[name] = header
    return found


def template(*, title: str, today: date | None = None) -> str:
    """Text of a new ``qualcode.toml`` with every setting explained and the shipped sample plan.

    Parameters
    ----------
    title : str
        Title of the study.
    today : date or None
        Date in the first line; None leaves it out.
    """
    source = (Path(__file__).with_name("study_template.toml")).read_text(encoding="utf-8")
    escaped = json.dumps(title, ensure_ascii=False)[1:-1]  # JSON escapes are TOML escapes
    made = f" (made {today.isoformat()})" if today else ""
    return source.replace("@MADE@", made).replace("@TITLE@", escaped)
