"""Two groups of documents, two codings of the same documents, or a claim about groups: what differs, how surely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from ..codebook import Codebook
from ..errors import SelectionError, nearest
from ..profile import Profile, read_profile
from .results import provenance
from .tables import counted_codings
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..aggregate import Passage
    from ..store import Filter, Store

Row = Mapping[str, Any]

GROUPED_BY = ("region", "country", "stakeholder_group", "kind", "language")
REST = "all others"
"""Name of the second side when only one is given."""


@dataclass(frozen=True)
class Comparison:
    """What differs between two sides.

    Attributes
    ----------
    what : {"groups", "codings"}
        Two groups of documents, or two codings of the same ones.
    names : (str, str)
    frame : DataFrame
        As `qualcode.aggregate.compare_groups` or `compare_codings`: largest difference first.
    quotes : mapping of (str, str) to Passage
        By code id and name of the side: its most typical passage.
    notes : tuple of str
    """

    what: Literal["groups", "codings"]
    names: tuple[str, str]
    frame: pd.DataFrame
    quotes: Mapping[tuple[str, str], Passage]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ProfileReport:
    """A claim and the numbers that speak for or against it.

    Attributes
    ----------
    profile : Profile
    frame : DataFrame
        As `qualcode.aggregate.profile_table`: groups by their log ratio.
    notes : tuple of str
    """

    profile: Profile
    frame: pd.DataFrame
    notes: tuple[str, ...]


def compare(
    work: Workspace, asked: Filter, first: str, second: str | None = None, *, by: str | None = None, level: str = "code"
) -> Comparison:
    """Compare two groups, or two codings of the same documents.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Which documents take part at all.
    first, second : str
        Two regions, countries, stakeholder groups, kinds or languages; or two codebook versions or two coders of the
        store, compared on the documents that both have coded. None = all other documents.
    by : str or None
        Attribute the names belong to; None = the one that has them.
    level : {"code", "category"}

    Returns
    -------
    Comparison

    Raises
    ------
    SelectionError
        If the names are not found, or belong to different attributes.
    """
    from ..store import Store

    if level not in ("code", "category"):
        raise SelectionError(f'--level "{level}" is not known. {nearest(level, ["code", "category"])}')
    with Store(work.store_path, read_only=True) as store:
        chosen = store.check_filter(asked)
        column, names = _sides(store, chosen, first, second, by)
        if column in ("codebook", "coder"):
            return _two_codings(store, chosen, work, column, names, level)
        return _two_groups(store, chosen, work, column, names, level)


def check_profile(work: Workspace, asked: Filter, path: Path) -> ProfileReport:
    """Test a claim about which groups dwell on which codes.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Which documents. A value of the attribute that groups the profile chooses its row instead: a group is
        always compared with all others. A profile names its codes, so a filter by code, category or status is refused.
    path : Path
        A profile; see `qualcode.profile`.

    Returns
    -------
    ProfileReport

    Raises
    ------
    SelectionError
        If the filter names a code, category or status, or no document fits it.
    ProfileError
        If the profile has faults.
    """
    from ..aggregate import profile_table
    from ..store import Store

    if asked.code or asked.category or asked.status:
        raise SelectionError("A profile names the codes it compares. Leave out code, category and status.")
    with Store(work.store_path, read_only=True) as store:
        chosen = store.check_filter(asked)
        codebook = store.codebook()
        profile = read_profile(path, codebook)
        settings = work.study.study
        group = getattr(chosen, profile.by, None)
        documents = replace(chosen, **{profile.by: None}) if group else chosen
        rows = store.document_rows(documents)
        if not rows:
            raise SelectionError("No document fits all of these filters. What there is: qualcode status")
        frame = profile_table(
            rows,
            store.coded_sentences(documents),
            codebook,
            by=profile.by,
            poles=profile.codes_of,
            expected=profile.expected,
            seed=settings.seed,
            draws=settings.bootstrap_draws,
            small_group=settings.small_group,
        )
        said = _claim_said(profile, frame.attrs["claim"])
        notes = (*said, *frame.attrs["notes"], *frame.attrs["undefined"], *provenance(store))
        return ProfileReport(profile, _rows(frame, frame["group"] == group) if group else frame, notes)


def _claim_said(profile: Profile, claim: Mapping[str, Any] | None) -> Iterator[str]:
    """The claim as a whole, where it expects both poles of some group."""
    if claim is not None:
        first, second = (pole.name for pole in profile.poles)
        interval = "" if isnan(claim["low"]) else f" (95 % {claim['low']:+.1f} to {claim['high']:+.1f})"
        p = "" if isnan(claim["p_value"]) else f", p {claim['p_value']:.2g}"
        yield (
            f"All expected at {first} against all expected at {second}: log2 {claim['difference']:+.1f}{interval}{p}: "
            f"{claim['agreement']}."
        )


# --- which sides -------------------------------------------------------------------------------


def _sides(store: Store, chosen: Filter, first: str, second: str | None, by: str | None) -> tuple[str, tuple[str, str]]:
    """The attribute both names belong to, and the names as the store spells them."""
    known = {column: store.values(column) for column in GROUPED_BY}
    known["codebook"] = sorted({run["version"] for run in store.runs_over(chosen)})
    known["coder"] = sorted({run["coder"] for run in store.runs_over(chosen)})
    columns = [by] if by else list(known)
    if by and by not in known:
        raise SelectionError(f'--by "{by}" is not known. {nearest(by, list(known))}')
    for column in columns:
        spelled = {value.casefold(): value for value in known[column]}
        if first.casefold() in spelled and (second is None or second.casefold() in spelled):
            one = spelled[first.casefold()]
            other = spelled[second.casefold()] if second is not None else REST
            if one == other:
                raise SelectionError(f'Both sides are "{one}". Name two different ones.')
            if second is None and column in ("coder", "codebook"):
                raise SelectionError(f'"{one}" needs another {column} to compare with: qualcode compare "{one}" OTHER')
            return column, (one, other)
    offered = [value for column in columns for value in known[column]]
    for name in (first, second):
        if name is not None and name.casefold() not in {value.casefold() for value in offered}:
            raise SelectionError(f'There is nothing called "{name}" to compare. {nearest(name, offered)}')
    raise SelectionError(
        f'"{first}" and "{second}" are not of one kind. Compare two regions, two countries, two stakeholder groups, '
        "two kinds, two languages, two codebook versions or two coders."
    )


# --- two groups --------------------------------------------------------------------------------


def _two_groups(
    store: Store, chosen: Filter, work: Workspace, column: str, names: tuple[str, str], level: str
) -> Comparison:
    from ..aggregate import compare_groups

    settings = work.study.study
    everywhere = replace(chosen, code=(), category=(), status=None)
    documents = store.document_rows(everywhere)
    sides: dict[Any, Literal["a", "b"]] = {names[0]: "a"}
    if names[1] != REST:
        sides[names[1]] = "b"
    side_of = {
        row["document_id"]: sides.get(row[column], "b") for row in documents if row[column] in sides or names[1] == REST
    }
    codebook = store.codebook()
    frame = compare_groups(
        documents,
        store.code_counts(everywhere),
        store.category_counts(everywhere),
        codebook,
        side_of=side_of,
        names=names,
        level=level,  # type: ignore[arg-type]  # checked above
        seed=settings.seed,
        draws=settings.bootstrap_draws,
        small_group=settings.small_group,
    )
    name_of = {"a": names[0], "b": names[1]}
    counted = counted_codings(store.codings(replace(everywhere, status="counted")), documents, codebook)
    rows = [row for row in counted if row["document_id"] in side_of]
    quotes = _typical(rows, lambda row: name_of[side_of[row["document_id"]]], level)
    notes = (*frame.attrs["notes"], *frame.attrs["undefined"], *provenance(store))
    return Comparison("groups", names, _of_codes(frame, chosen, (codebook,), level), quotes, notes)


def _typical(rows: Sequence[Row], side: Any, level: str) -> dict[tuple[str, str], Passage]:
    """The most typical passage of each code (category) and side."""
    from ..aggregate import select_quotes

    own = _by_category(rows) if level == "category" else rows
    return {
        (passage.code, name): passage
        for name in dict.fromkeys(map(side, own))
        for passage in select_quotes([row for row in own if side(row) == name], per_code=1)
    }


def _by_category(rows: Sequence[Row]) -> list[Row]:
    """Codings as codings of their category; of a sentence with two of its codes the surer one."""
    from ..aggregate.quotes import sureness

    surest: dict[tuple[str, int, str], Row] = {}
    for row in sorted(rows, key=sureness):
        surest[row["document_id"], row["position"], row["category"]] = row
    return [{**row, "code": row["category"], "code_number": None} for row in surest.values()]


def _of_codes(frame: pd.DataFrame, chosen: Filter, codebooks: Sequence[Codebook], level: str) -> pd.DataFrame:
    """Rows of the codes and categories asked for; everything was computed before."""
    codes, named = (cast("tuple[str, ...]", ids) for ids in (chosen.code, chosen.category))  # a checked filter has ids
    keep = frame["code"].notna()
    if codes and level == "code":
        keep &= frame["code"].isin(codes)
    of_codes = [book.category_of[code].id for book in codebooks for code in codes if code in book.by_id]
    categories = {*named, *(of_codes if level == "category" else ())}
    if categories:
        keep &= frame["category"].isin(categories)
    return _rows(frame, keep)


def _rows(frame: pd.DataFrame, keep: pd.Series[bool]) -> pd.DataFrame:
    """Some rows of a table, with the remarks of the whole."""
    kept = frame[keep].reset_index(drop=True)
    kept.attrs = frame.attrs
    return kept


# --- two codings -------------------------------------------------------------------------------


def _two_codings(
    store: Store, chosen: Filter, work: Workspace, column: str, names: tuple[str, str], level: str
) -> Comparison:
    from ..aggregate import compare_codings

    settings = work.study.study
    history = store.runs_over(chosen)
    newest: list[dict[str, Row]] = [{}, {}]
    for run in history:  # the oldest first: a newer one takes its place
        for place, name in enumerate(names):
            if run["version" if column == "codebook" else "coder"] == name:
                newest[place][run["document_id"]] = run
    both = set(newest[0]) & set(newest[1])
    if not both:
        raise SelectionError(
            f'No document was coded with both "{names[0]}" and "{names[1]}". Tag the same notes with both.'
        )
    runs = [{document: of[document]["run"] for document in both} for of in newest]
    documents = [row for row in store.document_rows(replace(chosen, coder=None)) if row["document_id"] in both]
    books = [store.codebook(_book(history, set(of_side.values()))) for of_side in runs]
    codings = [
        counted_codings(store.codings_of_runs(of_side), documents, book)
        for of_side, book in zip(runs, books, strict=True)
    ]
    frame = compare_codings(
        documents,
        _counted(codings[0], level),
        _counted(codings[1], level),
        books[1],
        names=names,
        level=level,  # type: ignore[arg-type]  # checked above
        seed=settings.seed,
        draws=settings.bootstrap_draws,
        small_group=settings.small_group,
        codebook_before=books[0],
    )
    quotes = {
        key: passage
        for name, rows in zip(names, codings, strict=True)
        for key, passage in _typical(rows, lambda _row, name=name: name, level).items()
    }
    notes = (
        *frame.attrs["notes"],
        *_also_differs(history, runs, column),
        *(("As the machine coded, whatever people decided since.",) if store.verdicts.decided() else ()),
        *frame.attrs["undefined"],
    )
    return Comparison("codings", names, _of_codes(frame, chosen, books, level), quotes, notes)


def _also_differs(history: Sequence[Row], runs: Sequence[Mapping[str, int]], column: str) -> Iterator[str]:
    """Coder and codebook changed together cannot be told apart."""
    other, what = ("coder", "coder") if column == "codebook" else ("version", "version of the codebook")
    one, two = (sorted({run[other] for run in history if run["run"] in set(side.values())}) for side in runs)
    if one != two:
        yield f"Not only the {column} differs, the {what} too: {', '.join(one)} against {', '.join(two)}."


def _counted(rows: Sequence[Row], level: str) -> list[Row]:
    """Codings as counts per document and code (category); a sentence counts once."""
    sentences: dict[tuple[str, str], dict[int, Row]] = defaultdict(dict)
    for row in rows:
        sentences[row["document_id"], row[level]][row["position"]] = row
    return [
        {
            "document_id": document,
            f"{level}_id": unit,
            "status": "auto",
            "segments": len(found),
            "words": sum(row["words"] for row in found.values()),
            "intense_segments": sum(row["is_intense"] for row in found.values()),
            "first_position": min(found),
        }
        for (document, unit), found in sentences.items()
    ]


def _book(history: Sequence[Row], runs: set[int]) -> str:
    """Codebook of the newest of these runs."""
    return next(str(run["codebook_id"]) for run in reversed(history) if run["run"] in runs)
