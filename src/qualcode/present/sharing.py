"""What leaves with a share, before it does; and the tables of several shares for people and for programs.

In: a `Share` with the names its documents have here, or the table of several. Out: text in any format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..share import ATTRIBUTES, Part, Share, SharedCount
from .summary import RECORD_COLUMNS, records_table, render_summary
from .table import Column, Format, Table, render
from .wording import plural

if TYPE_CHECKING:
    import pandas as pd

WITHHELD = "withheld"


def share_preview(share: Share, names: Sequence[str]) -> str:
    """Everything a share tells, as tables.

    Parameters
    ----------
    share : Share
    names : sequence of str
        What its documents are called in the store, in its order: for the sender's eyes, not in the file.
    """
    text = render([_documents(share, names), _codes(share)], "table")
    return str(text) + "\n" + "\n".join(_said(share))


def _documents(share: Share, names: Sequence[str]) -> Table:
    rows = [
        {
            "name": name,
            "id": document.id,
            **{
                attribute: WITHHELD if attribute in document.withheld else getattr(document, attribute)
                for attribute in ATTRIBUTES
            },
            "words": document.words,
            "segments": document.segments,
        }
        for name, document in zip(names, share.documents, strict=True)
    ]
    columns = (
        Column("name", "Here (stays)", flexible=True),
        Column("id", "In the share"),
        *(Column(name, name.replace("_", " ").capitalize()) for name in ATTRIBUTES),
        Column("words", "Words", right=True),
        Column("segments", "Sentences", right=True),
    )
    return Table(columns, rows, title=f"{share.region}: {plural(len(rows), 'document')} leave as numbers")


def _codes(share: Share) -> Table:
    rows = [
        {
            "number": code.number,
            "name": code.name,
            **_told(share, "counted", code.id, share.codes.counted, ("documents", "segments", "words")),
            **_told(share, "pending", code.id, share.codes.pending, ("waiting",)),
            "category": category.id,
        }
        for category in share.codebook.categories
        for code in category.codes
    ]
    columns = (
        Column("number", "No", right=True),
        Column("name", "Code", flexible=True),
        Column("documents", "Documents", right=True),
        Column("segments", "Sentences", right=True),
        Column("words", "Words", right=True),
        Column("waiting", "Waiting", right=True),
    )
    notes = ("In the share these numbers stand document by document, with the order of first mention.",)
    return Table(columns, rows, title="What is told of each code, over all documents", notes=notes, groups="category")


def _told(
    share: Share, part: Part, code: str, rows: Sequence[SharedCount], names: tuple[str, ...]
) -> dict[str, int | str]:
    if code in share.hidden(part):
        return dict.fromkeys(names, WITHHELD)
    own = [row for row in rows if row.unit == code]
    sums = {
        "documents": len(own),
        "waiting": sum(row.segments for row in own),
        "segments": sum(row.segments for row in own),
        "words": sum(row.words for row in own),
    }
    return {name: sums[name] for name in names}


def _said(share: Share) -> Iterator[str]:
    """The rest of what leaves, and the rule."""
    yield (
        f"Also told: codebook {share.codebook.id} {share.codebook.version} (names of codes, hash); "
        + "; ".join(
            filter(
                None,
                (
                    ", ".join(sorted({run.coder for run in share.runs})) + " with thresholds and model hash",
                    f"months {share.months[0]} to {share.months[-1]}" if share.months else "",
                    f"decisions {', '.join(f'{n} {what}' for what, n in share.decided.items())}"
                    if share.decided
                    else "",
                    f"audit of {sum(share.audit.judged)} sentences" if share.audit else "",
                    f"agreement on {len(share.agreement)} codes" if share.agreement else "",
                    "topics asked" if any(document.asked is not None for document in share.documents) else "",
                ),
            )
        )
        + "."
    )
    yield "Not told: text, names of files, speakers and coders, memos, days, positions."
    k = share.smallest
    if k == 1:
        yield "Nothing is withheld (--smallest 1): numbers of single documents leave."
        return
    yield (
        f"Withheld: a code that 1 to {k - 1} documents raise, or fewer than {k} were asked about; attributes that "
        f"fewer than {k} documents have in common. That nobody raises a code is told."
    )


# --- several shares ----------------------------------------------------------------------------


def combined_text(frame: pd.DataFrame, *, by: str, notes: Sequence[str], output: Format) -> str | bytes:
    """The table of several shares in one format.

    Parameters
    ----------
    frame : DataFrame
        As `qualcode.aggregate.partial_summary`.
    by : str
        What the groups are.
    notes : sequence of str
    output : Format
        In csv, json and xlsx the bounds of what is withheld have columns of their own.

    Returns
    -------
    str or bytes
    """
    extra = [name for name in frame.columns if name == "withheld" or name.endswith(("_least", "_most"))]
    if output not in ("csv", "json", "xlsx") or not extra:
        return render_summary(frame, by=by, group=None, notes=notes, output=output)
    table = records_table(frame, by=by, notes=notes)
    more: list[Column] = [Column(name, name) for name in extra if name not in RECORD_COLUMNS]
    rows: Sequence[Any] = table.rows
    return render([replace(table, columns=(*table.columns, *more), rows=rows)], output)
