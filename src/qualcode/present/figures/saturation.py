"""Saturation: how many codes were found after so many documents.

In: a curve. Out: a figure with the expected curve, its band, and what was found in the order of the documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...errors import AggregateError
from ..wording import plural
from .sheet import EDGE, FAINT, FINE, SOFT, WIDTH, Sheet, blank_sheet, look
from .shown import documents_told

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_HEIGHT, _LEFT, _KEY = 2.7, 0.5, 0.22
"""Inches of the plot, of what stands left of it, and of the key above it."""
_COLUMNS = ("documents", "codes_expected", "codes_low", "codes_high", "codes_observed")
_BLUE, _BAND, _ORANGE = "#0072B2", "#bcd6ea", "#D55E00"


@look()
def saturation_figure(curve: pd.DataFrame, *, kinds: Mapping[str, int] | None = None, note: str = "") -> Figure:
    """Codes found with each further document.

    Parameters
    ----------
    curve : DataFrame
        Of `qualcode.aggregate.saturation_curve`: one row a number of documents, from none to all.
    kinds : mapping of str to int, or None
        Documents by kind, for the caption: ``{"interview": 20, "workshop": 3}``.
    note : str
        A sentence for the end of the caption.

    Returns
    -------
    Figure
        Expected codes as a line, 95 of 100 random orders as a band, codes in the order of the documents as steps;
        dotted, where the curve's frame says so, all codes of the codebook.

    Raises
    ------
    AggregateError
        If `curve` lacks columns.
    """
    from matplotlib.ticker import MaxNLocator

    lacking = [name for name in _COLUMNS if name not in curve.columns]
    if lacking:
        raise AggregateError(f"The curve lacks {', '.join(lacking)}. Give the result of saturation_curve.")
    rows = curve[list(_COLUMNS)].astype("float64").sort_values("documents")
    known = rows[rows["codes_expected"].notna()]
    title = "Saturation: codes found with each further document"
    n = int(rows["documents"].max()) if len(rows) else 0
    basis = documents_told(int(curve.attrs.get("n_documents", n)), kinds)
    if known.empty or not n:
        return blank_sheet(title, [basis, note], f"{title}.")
    found, codes = known["codes_expected"].iloc[-1], curve.attrs.get("n_codes")
    of_all = f"{found:.0f}{f' of {codes}' if codes else ''} codes"
    alt = f"{title}: {of_all} in {plural(n, 'document')}."
    caption = [
        f"{basis} {of_all} found.",
        "Line: mean over all orders of the documents; band: 95 of 100 random orders.",
        "Steps: in the order in which the documents were held." if rows["codes_observed"].notna().any() else "",
        f"Dotted: all {codes} codes of the codebook." if codes else "",
        note,
    ]
    sheet = Sheet(title, _KEY + _HEIGHT + 0.42, caption, alt)
    axis = sheet.axes(EDGE + _LEFT, _KEY, WIDTH - 2 * EDGE - _LEFT, _HEIGHT)
    axis.fill_between(
        known["documents"], known["codes_low"], known["codes_high"], color=_BAND, linewidth=0, label="95 of 100 orders"
    )
    axis.plot(known["documents"], known["codes_expected"], color=_BLUE, linewidth=1.6, label="mean of all orders")
    axis.step(
        rows["documents"], rows["codes_observed"], where="post", color=_ORANGE, linewidth=1.1, linestyle=(0, (3, 1.2)),
        marker=".", markersize=4, label="as they were held",
    )  # fmt: skip
    if codes:
        axis.axhline(codes, color=SOFT, linewidth=0.7, linestyle=":")
    highest = max(known[["codes_expected", "codes_high"]].max().max(), codes or 0, 1.0)
    axis.set(xlim=(0, 1.02 * n), ylim=(0, 1.06 * highest), xlabel="documents", ylabel="different codes found")
    for one in (axis.xaxis, axis.yaxis):
        one.set_major_locator(MaxNLocator(integer=True))
    axis.grid(visible=True, axis="y", color=FAINT, linewidth=0.5)
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0, frameon=False, fontsize=FINE)
    return sheet.figure
