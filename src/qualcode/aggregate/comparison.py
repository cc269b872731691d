"""Rows in, differences with intervals out: two groups of documents, or the same documents coded twice.

Largest differences first. Frequency is compared by documents (Newcombe, Fisher, McNemar), emphasis by words
with whole documents drawn again (`bootstrap`) and, between groups, by log odds (`relative`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from ..errors import AggregateError
from .bootstrap import degrees_of_freedom, document_weights, resample, spread
from .counts import MISSING, Column, Counts, Floats, Integers, tally
from .emphasis import emphasis
from .frames import Rows, Unit, documents_frame
from .frequency import frequency
from .intervals import (
    benjamini_hochberg,
    newcombe_interval,
    newcombe_paired_interval,
    t_interval,
    welch_interval,
)
from .layout import CODE_COLUMNS, code_columns, typed_frame
from .relative import relative_emphasis

Side = Literal["a", "b"]
Bools = NDArray[np.bool_]

COMPARISON_COLUMNS: dict[str, str] = {
    **CODE_COLUMNS,
    "documents_a": "int64",
    "documents_with_code_a": "int64",
    "share_documents_a": "float64",
    "documents_b": "int64",
    "documents_with_code_b": "int64",
    "share_documents_b": "float64",
    "difference_documents": "float64",
    "difference_documents_low": "float64",
    "difference_documents_high": "float64",
    "p_documents": "float64",
    "q_documents": "float64",
    "group_words_a": "int64",
    "words_a": "int64",
    "share_words_a": "float64",
    "group_words_b": "int64",
    "words_b": "int64",
    "share_words_b": "float64",
    "difference_words": "float64",
    "difference_words_low": "float64",
    "difference_words_high": "float64",
    "relative_emphasis": "float64",
    "relative_emphasis_low": "float64",
    "relative_emphasis_high": "float64",
    "q_value": "float64",
    "flag": "str",
}
"""Columns of `compare_groups` and their dtypes."""

RECODING_COLUMNS: dict[str, str] = {
    **CODE_COLUMNS,
    "documents": "int64",
    "documents_with_code_a": "Int64",
    "documents_with_code_b": "Int64",
    "gained": "Int64",
    "lost": "Int64",
    "share_documents_a": "float64",
    "share_documents_b": "float64",
    "difference_documents": "float64",
    "difference_documents_low": "float64",
    "difference_documents_high": "float64",
    "p_documents": "float64",
    "q_documents": "float64",
    "segments_a": "Int64",
    "segments_b": "Int64",
    "group_words": "int64",
    "words_a": "Int64",
    "words_b": "Int64",
    "share_words_a": "float64",
    "share_words_b": "float64",
    "difference_words": "float64",
    "difference_words_low": "float64",
    "difference_words_high": "float64",
    "flag": "str",
}
"""Columns of `compare_codings` and their dtypes."""

UNIT = "frequency: documents; emphasis: words of respondents; shares and their differences 0-1"
_WRITTEN_OUT = 6


def compare_groups(
    documents: Rows,
    code_counts: Rows,
    category_counts: Rows,
    codebook: Codebook,
    *,
    side_of: Mapping[str, Side],
    names: tuple[str, str],
    level: Unit,
    seed: int,
    draws: int = 2000,
    small_group: int = 5,
) -> pd.DataFrame:
    """Compare two groups of documents, code by code.

    Parameters
    ----------
    documents, code_counts, category_counts, codebook, level
        As for `summary_table`.
    side_of : mapping of document_id to "a" or "b"
        Documents that are not in it are left out.
    names : (str, str)
        What the two sides are called; they differ. "(missing)" may be one.
    seed, draws : int
        Of the bootstrap and of the regroupings.
    small_group : int
        Sides with fewer documents are flagged.

    Returns
    -------
    DataFrame
        One row per code; the largest absolute `difference_documents` first, equal ones by
        `difference_words`, then by number, missing ones last. Columns and dtypes as in
        `COMPARISON_COLUMNS`; shares 0-1, every difference is a - b:

        - documents asked about the code, those that raise it, the difference of their shares with
          Newcombe's 95 % interval; `p_documents` of Fisher's exact test, two-sided, and `q_documents`,
          Benjamini-Hochberg over the table (nan where no or every document raises the code: nothing to test);
        - words of the documents asked, words with the code, the difference of their shares with a 95 %
          interval (nan where fewer than two documents of a side raise the code);
        - `relative_emphasis`: log2 odds of a against b, its interval and `q_value`, as in `summary_table`.

        ``attrs``: `unit`, `difference`, `names`, `level`, `seed`, `draws`, `small_group`, `n_documents`,
        `left_out` (documents), `notes`, `undefined`.

    Raises
    ------
    ValueError
        For names that do not differ, sides other than "a" and "b", or a number out of range.
    AggregateError
        For rows that do not have the shape a table needs, `side_of` naming a document that is not among them,
        or a side without documents.

    Notes
    -----
    Interval of the difference of shares of words: the variance of each side over the bootstrap draws (documents
    drawn within sides), Student's t with Welch's degrees of freedom; a side's own are as in
    `degrees_of_freedom`. Which documents are in which side was decided before looking; pairs picked because they look
    different need a correction for the picking that no table can make.
    """
    _check(names, seed=seed, draws=draws, small_group=small_group)
    counts = _two_groups(documents, code_counts, category_counts, codebook, side_of, names, level)
    resampled = resample(counts, draws=draws, seed=seed)
    numbers: dict[str, Any] = {**frequency(counts), **emphasis(counts, resampled)}
    numbers |= relative_emphasis(counts, resampled, draws=draws, seed=seed)
    a, b = (counts.groups.index(name) for name in names)
    content: dict[str, Any] = {
        f"{name}_{side}": numbers[name][group] for side, group in (("a", a), ("b", b)) for name in _PER_SIDE
    }
    content |= _documents_compared(content)
    content |= _words_compared(content, numbers["share_words_error"][[a, b]], _raising(counts)[[a, b]])
    for name in ("relative_emphasis", "relative_emphasis_low", "relative_emphasis_high", "q_value"):
        content[name] = numbers[name][a]
    content["flag"] = _flags(content["documents_a"], content["documents_b"], names, small_group)
    df = _sorted(typed_frame({**code_columns(counts.columns), **content}, COMPARISON_COLUMNS))
    df.attrs = {
        "unit": f"{UNIT}; relative emphasis: log2 odds",
        "difference": f"{names[0]} - {names[1]}",
        "names": names,
        "level": level,
        "seed": seed,
        "draws": draws,
        "small_group": small_group,
        "n_documents": len(counts.group_of),
        "left_out": len(documents) - len(counts.group_of),
        "notes": [
            f"Differences are {names[0]} - {names[1]}, largest difference of documents first.",
            f"Documents: a document once per {level}; 95 % Newcombe interval; p: Fisher's exact test.",
            f"Words: share of words in sentences with the {level}; 95 %: {draws:,} bootstrap draws of documents.",
            f"log2 odds of {names[0]} against {names[1]} (1 = twice the odds); prior: one average document.",
            f"q: Benjamini-Hochberg over the table; of log2 odds after {draws:,} random regroupings.",
        ],
        "undefined": list(_groups_undefined(content, _raising(counts)[[a, b]], counts.columns, names)),
    }
    return df


def compare_codings(
    documents: Rows,
    before_counts: Rows,
    after_counts: Rows,
    codebook: Codebook,
    *,
    names: tuple[str, str],
    level: Unit,
    seed: int,
    draws: int = 2000,
    small_group: int = 5,
    codebook_before: Codebook | None = None,
) -> pd.DataFrame:
    """Compare two codings of the same documents, for example before and after a change of the codebook.

    Parameters
    ----------
    documents : sequence of mapping
        As for `summary_table`; all of them were coded both times.
    before_counts, after_counts : sequence of mapping
        Counts of `level`, as for `summary_table`, of the first (a) and of the second coding (b).
    codebook : Codebook
        Of the second coding, and of the first where `codebook_before` is None.
    names : (str, str)
        What the two codings are called; they differ.
    level : {"code", "category"}
    seed, draws : int
        Of the bootstrap.
    small_group : int
        Fewer documents are flagged.
    codebook_before : Codebook or None
        Of the first coding.

    Returns
    -------
    DataFrame
        One row per code that one of the codebooks has, in the order of `compare_groups`. Columns and
        dtypes as in `RECODING_COLUMNS`; every difference is b - a (after - before):

        - documents asked about the code; those that raise it a time, those that `gained` and `lost` it;
          the difference of their shares with Newcombe's paired 95 % interval; `p_documents` of McNemar's exact
          test and `q_documents`, Benjamini-Hochberg over the table (nan where no document changed);
        - segments and words with the code, the difference of the shares of words with a 95 % interval
          (nan where the words of fewer than two documents changed).

        A code that one codebook lacks has NA and nan on that side and in every comparison.
        ``attrs`` as for `compare_groups`, without `left_out`.

    Raises
    ------
    ValueError
        For names that do not differ, an unknown `level`, or a number out of range.
    AggregateError
        For rows that do not have the shape a table needs.

    Notes
    -----
    McNemar's exact test: of the documents that changed, half gain and half lose by chance; the two-sided binomial
    p of `gained` of `gained + lost`. Interval of the difference of shares of words: the same documents are drawn
    for both codings, Student's t; the degrees of freedom are the documents whose words changed, at most n - 1.

    References
    ----------
    McNemar (1947), Psychometrika 12, 153-157.
    """
    _check(names, seed=seed, draws=draws, small_group=small_group)
    before = tally(documents, before_counts, before_counts, codebook_before or codebook, by=None, level=level)
    after = tally(documents, after_counts, after_counts, codebook, by=None, level=level)
    columns = (*after.columns, *(column for column in before.columns if column.id not in _ids(after)))
    content = _twice_coded(_Aligned.of(before, columns), _Aligned.of(after, columns), draws=draws, seed=seed)
    content["flag"] = [f"n<{small_group}" if n < small_group else "" for n in content["documents"]]
    df = _sorted(typed_frame({**code_columns(columns), **content}, RECODING_COLUMNS))
    df.attrs = {
        "unit": UNIT,
        "difference": f"{names[1]} - {names[0]}",
        "names": names,
        "level": level,
        "seed": seed,
        "draws": draws,
        "small_group": small_group,
        "n_documents": len(after.document_words),
        "notes": [
            f"Differences are {names[1]} - {names[0]}, of the same documents, largest first.",
            f"Documents: a document once per {level}; 95 % Newcombe paired interval; p: McNemar's exact test.",
            f"Words: share of words in sentences with the {level}; 95 %: {draws:,} bootstrap draws of documents.",
            "q: Benjamini-Hochberg over the table.",
        ],
        "undefined": list(_codings_undefined(content, columns, names, (_ids(before), _ids(after)))),
    }
    return df


# --- two groups --------------------------------------------------------------------------------

_PER_SIDE = ("documents", "documents_with_code", "share_documents", "group_words", "words", "share_words")


def _two_groups(
    documents: Rows,
    code_counts: Rows,
    category_counts: Rows,
    codebook: Codebook,
    side_of: Mapping[str, Side],
    names: tuple[str, str],
    level: Unit,
) -> Counts:
    """`tally` with the side in place of the region: two groups, called as the sides are."""
    wrong = sorted(set(map(str, side_of.values())) - {"a", "b"})
    if wrong:
        raise ValueError(f'`side_of` must map to "a" or "b". Got {wrong[0]!r} instead.')
    known = set(documents_frame(documents)["document_id"])
    strangers = sorted(set(side_of) - known)
    if strangers:
        raise AggregateError(f"side_of: {strangers[0]} is not among the documents. Use one selection for both.")
    for side, name in zip("ab", names, strict=True):
        if side not in side_of.values():
            raise AggregateError(f'There is no document on the side "{name}". Choose groups that have documents.')
    group = {side: None if name == MISSING else name for side, name in zip("ab", names, strict=True)}
    chosen = [
        {**row, "region": group[side_of[row["document_id"]]]} for row in documents if row["document_id"] in side_of
    ]
    left_out = known - set(side_of)
    counted = [
        [row for row in rows if row.get("document_id") not in left_out] for rows in (code_counts, category_counts)
    ]
    return tally(chosen, counted[0], counted[1], codebook, by="region", level=level)


def _documents_compared(content: Mapping[str, Any]) -> dict[str, Floats]:
    x_a, n_a, x_b, n_b = (content[f"{name}_{side}"] for side in "ab" for name in ("documents_with_code", "documents"))
    low, high = newcombe_interval(x_a, n_a, x_b, n_b)
    p = np.array([_fisher(*cells) for cells in zip(x_a, n_a, x_b, n_b, strict=True)])
    return {
        "difference_documents": content["share_documents_a"] - content["share_documents_b"],
        "difference_documents_low": low,
        "difference_documents_high": high,
        "p_documents": p,
        "q_documents": benjamini_hochberg(p),
    }


def _fisher(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Two-sided p; nan where there is nothing to test."""
    if 0 in (n_a, n_b) or x_a + x_b in (0, n_a + n_b):
        return np.nan
    # scipy.stats takes half a second to import: only tables with a test pay for it.
    from scipy.stats import fisher_exact

    return float(fisher_exact([[x_a, n_a - x_a], [x_b, n_b - x_b]]).pvalue)


def _words_compared(content: Mapping[str, Any], errors: Floats, raising: Integers) -> dict[str, Floats]:
    """`errors` of the shares of words and documents `raising` each code, shape (2, U)."""
    difference = content["share_words_a"] - content["share_words_b"]
    df_a, df_b = (degrees_of_freedom(raising[i], content[f"documents_{side}"]) for i, side in enumerate("ab"))
    low, high = welch_interval(difference, errors[0] ** 2, df_a, errors[1] ** 2, df_b)
    return {"difference_words": difference, "difference_words_low": low, "difference_words_high": high}


def _raising(counts: Counts) -> Integers:
    """Documents with words on each code, shape (G, U)."""
    raising: Integers = counts.membership @ (counts.words > 0)
    return raising


def _flags(n_a: Integers, n_b: Integers, names: tuple[str, str], small_group: int) -> list[str]:
    return [
        "; ".join(f"{name}: n<{small_group}" for name, n in zip(names, pair, strict=True) if n < small_group)
        for pair in zip(n_a, n_b, strict=True)
    ]


def _groups_undefined(
    content: Mapping[str, Any], raising: Integers, columns: Sequence[Column], names: tuple[str, str]
) -> Iterator[str]:
    for side, name, raise_it in zip("ab", names, raising, strict=True):
        none = content[f"documents_{side}"] == 0
        silent = (content[f"group_words_{side}"] == 0) & ~none
        alone, few = content[f"documents_{side}"] == 1, (raise_it < 2) & ~none
        for chosen, what, why in (
            (none, "Comparisons are", f"no document of {name} was asked about it"),
            (silent, "Comparisons of words are", f"{name} has no words of respondents"),
            (alone, "q_value is", f"{name} is one document"),
            (few, "Intervals of words are", f"fewer than two documents of {name} raise it"),
        ):
            if chosen.any():
                yield f"{what} missing for {_listed(columns, chosen)}: {why}."
    alike = np.isnan(content["p_documents"]) & ~np.isnan(content["difference_documents"])
    if alike.any():
        yield f"p_documents is missing for {_listed(columns, alike)}: no document raises it, or every one does."


# --- the same documents twice ------------------------------------------------------------------


@dataclass(frozen=True)
class _Aligned:
    """One coding over the columns of both, shape (D, U); nan where its codebook lacks the code."""

    document_words: Integers
    asked: Floats
    segments: Floats
    words: Floats

    @staticmethod
    def of(counts: Counts, columns: Sequence[Column]) -> _Aligned:
        at = pd.Index([column.id for column in counts.columns]).get_indexer(pd.Index([c.id for c in columns]))

        def aligned(values: Integers | Bools, missing: float) -> Floats:
            return np.where(at >= 0, values[:, at], missing)

        return _Aligned(
            counts.document_words,
            aligned(counts.asked, 1.0),
            aligned(counts.segments, np.nan),
            aligned(counts.words, np.nan),
        )


def _twice_coded(before: _Aligned, after: _Aligned, *, draws: int, seed: int) -> dict[str, Any]:
    """All numbers of `compare_codings`; nan spreads from the side that lacks a code to what rests on it."""
    asked = before.asked * after.asked
    n, total = asked.sum(axis=0), after.document_words @ asked
    content: dict[str, Any] = {"documents": n, "group_words": total}
    for side, coding in (("a", before), ("b", after)):
        content[f"documents_with_code_{side}"] = (np.sign(coding.segments) * asked).sum(axis=0)
        content[f"share_documents_{side}"] = content[f"documents_with_code_{side}"] / np.where(n > 0, n, np.nan)
        content[f"segments_{side}"] = (coding.segments * asked).sum(axis=0)
        content[f"words_{side}"] = (coding.words * asked).sum(axis=0)
        content[f"share_words_{side}"] = content[f"words_{side}"] / np.where(total > 0, total, np.nan)
    content |= _documents_changed(np.sign(before.segments), np.sign(after.segments), asked)
    content |= _words_changed((after.words - before.words) * asked, after.document_words, asked, draws=draws, seed=seed)
    return content


def _documents_changed(before: Floats, after: Floats, asked: Floats) -> dict[str, Floats]:
    """`before` and `after`: 1 where a document raises a code."""
    n = asked.sum(axis=0)
    both, gained, lost = (
        (first * second * asked).sum(axis=0)
        for first, second in ((before, after), (1 - before, after), (before, 1 - after))
    )
    low, high = newcombe_paired_interval(both, gained, lost, n - both - gained - lost)
    p = np.array([_mcnemar(*changed) for changed in zip(gained, lost, strict=True)])
    return {
        "gained": gained,
        "lost": lost,
        "difference_documents": (gained - lost) / np.where(n > 0, n, np.nan),
        "difference_documents_low": low,
        "difference_documents_high": high,
        "p_documents": p,
        "q_documents": benjamini_hochberg(p),
    }


def _mcnemar(gained: float, lost: float) -> float:
    """Exact two-sided p; nan where no document changed or a side is missing."""
    if not gained + lost > 0:
        return np.nan
    from scipy.stats import binomtest

    return float(binomtest(int(gained), int(gained + lost)).pvalue)


def _words_changed(
    change: Floats, document_words: Integers, asked: Floats, *, draws: int, seed: int
) -> dict[str, Floats]:
    """`change`: words with the code after - before in each document."""
    total = document_words[:, None] * asked
    weights = document_weights(len(change), draws=draws, seed=seed, stream="paired")
    drawn_total = weights @ total
    drawn = weights @ change / np.where(drawn_total > 0, drawn_total, np.nan)
    whole = total.sum(axis=0)
    difference = change.sum(axis=0) / np.where(whole > 0, whole, np.nan)
    df = degrees_of_freedom((change != 0).sum(axis=0), asked.sum(axis=0))
    low, high = t_interval(difference, np.sqrt(spread(drawn[None])[0]), df=df)
    return {"difference_words": difference, "difference_words_low": low, "difference_words_high": high}


def _codings_undefined(
    content: Mapping[str, Any],
    columns: Sequence[Column],
    names: tuple[str, str],
    ids: tuple[set[str], set[str]],
) -> Iterator[str]:
    lacking = np.zeros(len(columns), dtype=np.bool_)
    for name, known in zip(names, ids, strict=True):
        unknown = np.array([column.id not in known for column in columns])
        lacking |= unknown
        if unknown.any():
            yield f"{name} and all comparisons are missing for {_listed(columns, unknown)}: its codebook lacks it."
    unchanged = np.isnan(content["p_documents"]) & ~lacking
    if unchanged.any():
        yield f"p_documents is missing for {_listed(columns, unchanged)}: no document gained or lost it."
    few = np.isnan(content["difference_words_low"]) & ~lacking
    if few.any():
        yield f"Intervals of words are missing for {_listed(columns, few)}: fewer than two documents' words changed."


# --- both --------------------------------------------------------------------------------------


def _check(names: tuple[str, str], *, seed: int, draws: int, small_group: int) -> None:
    if len(names) != 2 or names[0] == names[1]:
        raise ValueError(f"`names` must be two names that differ. Got {names!r} instead.")
    for name, value, least in (("seed", seed, 0), ("draws", draws, 1), ("small_group", small_group, 0)):
        if value < least:
            raise ValueError(f"`{name}` must be an int >= {least}. Got {value!r} instead.")


def _sorted(df: pd.DataFrame) -> pd.DataFrame:
    """Largest differences first; equal ones keep their order, missing ones come last."""
    # Rounded, or 2/3 - 1/3 and 1/3 - 0 would not be equal.
    size = df[["difference_documents", "difference_words"]].abs().round(12)
    order = size.sort_values(list(size.columns), ascending=False, kind="stable").index
    return df.loc[order].reset_index(drop=True)


def _ids(counts: Counts) -> set[str]:
    return {column.id for column in counts.columns}


def _listed(columns: Sequence[Column], chosen: Bools) -> str:
    """The chosen codes by id, the first few written out."""
    named = [column.id for column, is_chosen in zip(columns, chosen, strict=True) if is_chosen]
    if len(named) == len(columns) > 1:
        return "all"
    more = f" and {len(named) - _WRITTEN_OUT} more" if len(named) > _WRITTEN_OUT else ""
    return ", ".join(named[:_WRITTEN_OUT]) + more
