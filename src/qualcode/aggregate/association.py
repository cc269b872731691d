"""Counts in, one test per code out: whether all groups together differ in how many documents raise it.

Documents with and without the code against groups. Two groups: Fisher's exact test. More: Pearson's
chi-square, withheld with the reason where the expected counts are too small for it. Cramér's V says how
strong the association is, which a p-value does not.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from ..codebook import Codebook
from .counts import MISSING, Counts, Floats, Integers, tally
from .frames import Rows, Unit
from .intervals import benjamini_hochberg
from .layout import CODE_COLUMNS, code_columns, typed_frame

ASSOCIATION_COLUMNS: dict[str, str] = {
    **CODE_COLUMNS,
    "groups": "int64",
    "documents": "int64",
    "documents_with_code": "int64",
    "expected_least": "float64",
    "expected_below_5": "float64",
    "test": "str",
    "statistic": "float64",
    "df": "Int64",
    "p_value": "float64",
    "q_value": "float64",
    "cramers_v": "float64",
    "cramers_v_corrected": "float64",
    "reason": "str",
}
"""Columns of `association_table` and their dtypes."""

EXPECTED_COLUMNS: dict[str, str] = {
    **CODE_COLUMNS,
    "group": "str",
    "documents": "int64",
    "with_code": "int64",
    "without_code": "int64",
    "expected_with": "float64",
    "expected_without": "float64",
}
"""Columns of `expected_table` and their dtypes."""

_SMALL = 5
"""Expected counts below this are small ..."""
_SMALL_ALLOWED = 0.2
"""... and at most this share of them may be, none of them below 1 (Cochran 1954)."""


def association_table(
    documents: Rows, code_counts: Rows, category_counts: Rows, codebook: Codebook, *, by: str | None, level: Unit
) -> pd.DataFrame:
    """Whether the groups differ in how many documents raise a code, all groups at once.

    Parameters
    ----------
    documents, code_counts, category_counts, codebook, by, level
        As for `summary_table`. Documents without the attribute are no group and are left out.

    Returns
    -------
    DataFrame
        One row per code; columns and dtypes as in `ASSOCIATION_COLUMNS`.

        `groups`: those with a document that was asked about the code; `documents`, `documents_with_code`:
        in these groups. `expected_least`: the smallest expected count of the table groups x with or
        without; `expected_below_5`: share of its cells with an expected count below 5 (0-1). `test`:
        "fisher" (two groups), "chi-square" (more), "" (p withheld). `statistic`, `df`: Pearson's
        chi-square without correction and its degrees of freedom, for either test. `p_value` (0-1), and
        `q_value`, Benjamini-Hochberg over the table; nan where withheld, with the `reason` in words.
        `cramers_v` (0 = independent, 1 = each group all or none), `cramers_v_corrected` for its bias in
        small samples.

        Undefined (nan): all but the counts where one group is left, or no or every document raises the
        code; `cramers_v_corrected` where no two documents share a group, or there are but two.

        ``attrs``: `unit`, `by`, `level`, `n_documents` (used), `notes`.

    Raises
    ------
    ValueError
        For an unknown `by` or `level`.
    AggregateError
        For rows that do not have the shape a table needs.

    Notes
    -----
    Expected count = documents of the group x documents with the code / documents. χ² = Σ (observed -
    expected)² / expected over the 2 G cells, with G - 1 degrees of freedom. V = sqrt(χ² / n): of the two
    sides of the table the smaller has two values. Corrected V = sqrt(max(0, χ²/n - (G-1)/(n-1)) /
    min(1 - 1/(n-1), (G-1)(1 - (G-1)/(n-1)))). p of chi-square is withheld where an expected count is below
    1, or more than 20 % are below 5; Fisher's test needs no such rule.

    References
    ----------
    Cochran (1954), Biometrics 10, 417-451: when the expected counts are too small.
    Cramér (1946), Mathematical Methods of Statistics, p. 282.
    Bergsma (2013), Journal of the Korean Statistical Society 42, 323-328: corrected V.
    """
    counts = tally(documents, code_counts, category_counts, codebook, by=by, level=level)
    observed = _observed(counts)
    tests = [_test(observed[:, place], counts) for place in range(len(counts.columns))]
    content = {name: [test[name] for test in tests] for name in ASSOCIATION_COLUMNS if name in _UNDEFINED}
    content["q_value"] = benjamini_hochberg(content["p_value"]).tolist()
    df = typed_frame({**code_columns(counts.columns), **content}, ASSOCIATION_COLUMNS)
    df.attrs = _attrs(counts, by=by, level=level)
    return df


def expected_table(
    documents: Rows, code_counts: Rows, category_counts: Rows, codebook: Codebook, *, by: str | None, level: Unit
) -> pd.DataFrame:
    """Observed and expected counts behind `association_table`.

    Parameters
    ----------
    documents, code_counts, category_counts, codebook, by, level
        As for `association_table`.

    Returns
    -------
    DataFrame
        One row per code and group, by code; columns and dtypes as in `EXPECTED_COLUMNS`. The expected
        counts are those if groups did not differ; nan where no document of the group was asked.
        ``attrs`` as in `association_table`.
    """
    counts = tally(documents, code_counts, category_counts, codebook, by=by, level=level)
    observed = _observed(counts)
    groups, codes = observed.shape[:2]
    n = observed.sum(axis=2)
    expected = np.where(n[:, :, None] > 0, _expected(observed), np.nan)
    content: dict[str, Any] = {
        **code_columns([column for column in counts.columns for _ in range(groups)]),
        "group": [group for _ in range(codes) for group in counts.groups[:groups]],
        "documents": n.T.ravel(),
        "with_code": observed[:, :, 0].T.ravel(),
        "without_code": observed[:, :, 1].T.ravel(),
        "expected_with": expected[:, :, 0].T.ravel(),
        "expected_without": expected[:, :, 1].T.ravel(),
    }
    df = typed_frame(content, EXPECTED_COLUMNS)
    df.attrs = _attrs(counts, by=by, level=level)
    return df


def cramers_v(statistic: float, n: int, groups: int) -> tuple[float, float]:
    """Cramér's V of a table of `groups` x 2, and V corrected for bias.

    Parameters
    ----------
    statistic : float
        Pearson's chi-square.
    n : int
        Documents, 2 or more.
    groups : int
        2 or more.

    Returns
    -------
    v, corrected : float
        0-1; corrected is nan where it is not defined (as many groups as documents, or two documents).

    Examples
    --------
    >>> tuple(round(v, 3) for v in cramers_v(8.0, 50, 3))
    (0.4, 0.349)
    """
    phi = statistic / n
    rows, columns = groups - (groups - 1) ** 2 / (n - 1), 2 - 1 / (n - 1)
    least = min(rows - 1, columns - 1)
    unbiased = max(0.0, phi - (groups - 1) / (n - 1))
    # min: rounding may leave a little more than 1.
    return float(np.sqrt(phi)), min(1.0, float(np.sqrt(unbiased / least))) if least > 0 else float("nan")


_UNDEFINED: dict[str, Any] = {
    "groups": 0,
    "documents": 0,
    "documents_with_code": 0,
    "expected_least": np.nan,
    "expected_below_5": np.nan,
    "test": "",
    "statistic": np.nan,
    "df": None,
    "p_value": np.nan,
    "q_value": np.nan,
    "cramers_v": np.nan,
    "cramers_v_corrected": np.nan,
    "reason": "",
}
"""One test before anything is known of it."""


def _observed(counts: Counts) -> Integers:
    """Documents with and without each code, shape (G, U, 2), groups with a name only."""
    with_code = counts.membership @ (counts.segments > 0)
    both = np.stack([with_code, counts.asked_documents - with_code], axis=2)
    return both[[group != MISSING for group in counts.groups]]


def _expected(observed: Integers) -> Floats:
    """Counts if groups did not differ; groups on the first axis, with and without on the last."""
    n = observed.sum(axis=-1, keepdims=True)
    whole = n.sum(axis=0, keepdims=True)
    return np.asarray(n * observed.sum(axis=0, keepdims=True) / np.maximum(whole, 1))


def _test(observed: Integers, counts: Counts) -> dict[str, Any]:
    """All of a row but the code; `observed` has shape (G, 2)."""
    used = observed.sum(axis=1) > 0
    table = observed[used]
    groups, n, raising = len(table), int(table.sum()), int(table[:, 0].sum())
    row = {**_UNDEFINED, "groups": groups, "documents": n, "documents_with_code": raising}
    if groups < 2 or raising in (0, n):
        named = [group for group, is_used in zip(counts.groups, used, strict=False) if is_used]
        return {**row, "reason": _nothing_to_test(named, n, raising)}
    expected = _expected(table)
    statistic = float(((table - expected) ** 2 / expected).sum())
    v, corrected = cramers_v(statistic, n, groups)
    row |= {"expected_least": float(expected.min()), "expected_below_5": float((expected < _SMALL).mean())}
    row |= {"statistic": statistic, "df": groups - 1, "cramers_v": v, "cramers_v_corrected": corrected}
    reason = "" if groups == 2 else _too_small(expected)
    if reason:
        return {**row, "reason": reason}
    return {**row, "test": "fisher" if groups == 2 else "chi-square", "p_value": _p_value(table)}


def _p_value(table: Integers) -> float:
    # scipy.stats takes half a second to import: only tables with a test pay for it.
    from scipy.stats import chi2_contingency, fisher_exact

    if len(table) == 2:
        return float(fisher_exact(table).pvalue)
    return float(chi2_contingency(table, correction=False).pvalue)


def _nothing_to_test(groups: list[str], documents: int, raising: int) -> str:
    if not groups:
        return "no document was asked about it"
    if len(groups) == 1:
        return f'only one group: "{groups[0]}"'
    return "no document raises it" if raising == 0 else f"all {documents:,} documents raise it"


def _too_small(expected: Floats) -> str:
    """Why chi-square does not hold (Cochran 1954); "" where it does."""
    small = int((expected < _SMALL).sum())
    said = []
    if expected.min() < 1:
        said.append(f"the smallest expected count is {expected.min():.2f}, below 1")
    if small / expected.size > _SMALL_ALLOWED:
        share = f"{100 * small / expected.size:.0f} %"
        said.append(f"{small} of {expected.size} expected counts ({share}) are below {_SMALL}, more than 20 %")
    return "; ".join(said)


def _attrs(counts: Counts, *, by: str | None, level: Unit) -> dict[Hashable | None, Any]:
    left_out = int(counts.documents[list(counts.groups).index(MISSING)]) if MISSING in counts.groups else 0
    notes = [
        f"Documents with and without the {level} against groups; a document counts once.",
        "Two groups: Fisher's exact test, two-sided. More: chi-square, p withheld where counts are small.",
        "q: Benjamini-Hochberg over the table. Cramér's V: 0 = independent, 1 = each group all or none.",
    ]
    if left_out:
        notes.append(f"{left_out} {'document' if left_out == 1 else 'documents'} without {by} left out.")
    return {
        "unit": "documents; expected counts: documents; p, q and Cramér's V: 0-1",
        "by": by,
        "level": level,
        "n_documents": len(counts.group_of) - left_out,
        "notes": notes,
    }
