"""Codings, quotes, the matrix of documents and codes, and whole texts with codings as files for other programs.

Every file is read back before it is kept: what it quotes must be what the documents say.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ExchangeError, SelectionError, nearest
from ..model import ATTRIBUTES
from .results import list_quotes
from .workspace import Workspace

if TYPE_CHECKING:
    from ..segment.corpus import Coded
    from ..store import Filter, Store

WHAT = ("codings", "quotes", "matrix")
TEXT_ENDINGS = (".spacy", ".conll", ".zip")
"""Of files that hold whole documents with their codings."""
ENDINGS = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", *TEXT_ENDINGS)
CODING_KEYS = (
    "document", *ATTRIBUTES, "speaker", "role", "turn", "position", "start", "end", "text", "words", "code_number",
    "code", "code_name", "category", "category_path", "probability", "status", "is_intense", "coder", "coder_kind",
    "decided_by", "evidence", "codebook_version", "run", "document_id",
)  # fmt: skip
QUOTE_KEYS = (
    "document", *ATTRIBUTES, "speaker", "start", "end", "before", "text", "after", "words", "code_number", "code",
    "code_name", "category_path", "probability", "status",
)  # fmt: skip
LEVELS = " / "
"""Between a category and its code."""
_SHOWN = 5

Row = dict[str, Any]


@dataclass(frozen=True)
class Export:
    """A file to be written, proven.

    Attributes
    ----------
    content : bytes
    what : str
        What its rows are: "coding", "passage", or "document".
    rows, documents : int
        How many; documents with at least one row.
    notes : tuple of str
        What was done so that the format holds everything, and what it does not hold.
    """

    content: bytes
    what: str
    rows: int
    documents: int
    notes: tuple[str, ...]


def export(
    work: Workspace,
    asked: Filter,
    out: Path,
    *,
    what: str = "codings",
    counts: bool = False,
    excel: bool = False,
    raw: bool = False,
) -> Export:
    """Make a file of what the store holds, in the format that the ending of `out` picks; nothing is written.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Codings have all statuses unless it names one; quotes, the matrix and whole texts have those that count.
    out : Path
        .csv, .tsv, .xlsx, .parquet, .jsonl; or whole texts with codings: .spacy (DocBin), .conll (tokens), .zip (brat
        standoff).
    what : {"codings", "quotes", "matrix"}
        Rows of a table.
    counts : bool
        In the matrix, sentences instead of 0 and 1.
    excel, raw : bool
        As `qualcode.present.exports.write_rows`.

    Returns
    -------
    Export

    Raises
    ------
    SelectionError
        If the choices do not go together, or the filter names what is not there.
    ExchangeError
        If the file does not give the words back that were written.
    """
    ending = out.suffix.lower()
    _check_choices(ending, out, what, counts=counts, excel=excel, raw=raw, status=asked.status)
    if ending in TEXT_ENDINGS:
        return _texts(work, asked, ending)
    return _table(work, asked, ending, what, counts=counts, excel=excel, raw=raw)


def _check_choices(
    ending: str, out: Path, what: str, *, counts: bool, excel: bool, raw: bool, status: str | None
) -> None:
    if ending not in ENDINGS:
        known = ", ".join((*ENDINGS, ".qdpx", ".qdc"))
        raise SelectionError(f'{out.name}: the ending "{ending}" picks no format. Endings: {known}.')
    if what not in WHAT:
        raise SelectionError(f'--what "{what}" is not known. {nearest(what, WHAT)}')
    if ending in TEXT_ENDINGS and what != "codings":
        raise SelectionError(f"A {ending} holds whole documents with their codings. Leave --what out, or write a .csv.")
    if counts and what != "matrix":
        raise SelectionError("--counts is about the matrix. Add --what matrix, or leave it out.")
    if (excel or raw) and ending not in (".csv", ".tsv"):
        raise SelectionError(f"--excel and --raw are for .csv and .tsv; a {ending} needs neither. Leave them out.")
    if what == "quotes" and status not in (None, "counted"):
        raise SelectionError("Quotes are of codings that count. Leave --status out, or choose --what codings.")


# --- tables --------------------------------------------------------------------------------------


def _table(work: Workspace, asked: Filter, ending: str, what: str, *, counts: bool, excel: bool, raw: bool) -> Export:
    from ..present import Column, Table
    from ..present.exports import differences, read_rows, write_rows
    from ..store import Store

    keys: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    if what == "quotes":
        keys, rows = QUOTE_KEYS, _quote_rows(work, asked)
    else:
        with Store(work.store_path, read_only=True) as store, store.reading():
            chosen = store.check_filter(asked)
            if what == "codings":
                keys, rows = CODING_KEYS, [_coding_row(row) for row in store.codings(chosen)]
                left_out = _rejected(store, chosen)
            else:
                keys, rows, left_out = _matrix(store, chosen, counts=counts)
    content, notes = write_rows(
        Table(tuple(Column(key) for key in keys), rows, title=what.capitalize()), ending, excel=excel, raw=raw
    )
    prove(differences([{key: row[key] for key in keys} for row in rows], read_rows(content, ending, raw=raw), ending))
    return Export(
        content,
        {"codings": "coding", "quotes": "passage", "matrix": "document"}[what],
        len(rows),
        len({row["document"] for row in rows}),
        (*notes, *left_out),
    )


def _rejected(store: Store, chosen: Filter) -> tuple[str, ...]:
    """How many codings of the machine people rejected; where the filter chooses codes or a status, nobody asked."""
    from ..present.wording import plural

    if chosen.code or chosen.category or chosen.status:
        return ()
    documents = {row["document_id"] for row in store.document_rows(chosen)}
    count = sum(
        row["codings"]
        for row in store.verdicts.decided()
        if row["outcome"] == "rejected" and row["is_suggested"] and row["document_id"] in documents
    )
    return (f"left out: {plural(count, 'coding')} of the machine that people rejected",) if count else ()


def _coding_row(row: Mapping[str, Any]) -> Row:
    """A row of the view `codings_long` with lists in words."""
    return {
        **row,
        "category_path": f"{row['category_name']}{LEVELS}{row['code_name']}",
        "decided_by": "; ".join(json.loads(row["decided_by"])),
        "evidence": "; ".join(
            f"{one['source']}: {one['detail']} ({one['weight']:+.2f})" for one in json.loads(row["evidence"])
        ),
    }


def _quote_rows(work: Workspace, asked: Filter) -> list[Row]:
    from ..store import Store

    quotes = list_quotes(work, asked, per_code=10**9)
    with Store(work.store_path, read_only=True) as store:
        documents = {row["document_id"]: row for row in store.document_rows()}
        codebook = store.codebook()
    rows = []
    for quote in quotes:
        passage = {key: getattr(quote.passage, key) for key in QUOTE_KEYS if hasattr(quote.passage, key)}
        attributes = {name: documents[quote.passage.document_id][name] for name in ATTRIBUTES}
        path = f"{codebook.category_of[quote.passage.code].name}{LEVELS}{quote.code_name}"
        rows.append(
            {
                **passage,
                **attributes,
                "before": quote.before,
                "after": quote.after,
                "code_name": quote.code_name,
                "category_path": path,
            }
        )
    return rows


def _matrix(store: Store, chosen: Filter, *, counts: bool) -> tuple[tuple[str, ...], list[Row], tuple[str, ...]]:
    """Keys, a row for each current document, and what is not in it; a document without a run has no numbers."""
    from ..present.wording import plural
    from ..store.records import as_tuple

    chosen = replace(chosen, status=chosen.status or "counted")
    wanted, groups = as_tuple(chosen.code), as_tuple(chosen.category)
    documents = store.document_rows(chosen)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in store.codings(chosen):
        found[row["document_id"]][row["code"]] += 1
    codebook = store.codebook()
    codes = [
        code.id
        for code in codebook.codes
        if (not wanted or code.id in wanted) and (not groups or codebook.category_of[code.id].id in groups)
    ]
    # Documents that were tagged with another codebook may have codes that this one lacks.
    codes += sorted({code for counted in found.values() for code in counted} - set(codes))
    rows = []
    for document in documents:
        given = found[document["document_id"]]
        numbers = {code: given[code] if counts else int(given[code] > 0) for code in codes}
        known = numbers if document["run"] is not None else dict.fromkeys(codes)
        attributes = {name: document[name] for name in ATTRIBUTES}
        rows.append({"document": document["name"], **attributes, "sentences": document["segments"], **known})
    untagged = sum(document["run"] is None for document in documents)
    notes = (f"{plural(untagged, 'document')} never tagged: no numbers",) if untagged else ()
    return ("document", *ATTRIBUTES, "sentences", *codes), rows, notes


# --- whole texts ---------------------------------------------------------------------------------


def _texts(work: Workspace, asked: Filter, ending: str) -> Export:
    from ..present.wording import plural
    from ..store import Store

    with Store(work.store_path, read_only=True) as store, store.reading():
        chosen = store.check_filter(asked)
        coded = list(_coded(store, chosen))
        waiting = 0 if chosen.status else len(store.codings(replace(chosen, status="pending")))
        rejected = _rejected(store, chosen)
    content, notes = _TEXT_WRITERS[ending](coded)
    if waiting:
        waits = f"left out: {plural(waiting, 'coding')} waiting for a person; alone in a file: --status pending"
        notes = (waits, *notes)
    notes = (*rejected, *notes)
    return Export(
        content, "coding", sum(len(item.codings) for item in coded), sum(bool(item.codings) for item in coded), notes
    )


def _coded(store: Store, chosen: Filter) -> Iterator[Coded]:
    from ..segment.corpus import Coded

    language = store.codebook().language
    kept = ("position", "start", "end", "code", "probability", "status", "decided_by")
    codings: dict[str, list[Row]] = defaultdict(list)
    for row in store.codings(replace(chosen, status=chosen.status or "counted")):
        told = _coding_row(row)
        codings[row["document_id"]].append({key: told[key] for key in kept})
    for document in store.document_rows(chosen):
        transcript = store.transcript(document["name"])
        yield Coded(transcript, codings[document["document_id"]], transcript.document.attributes.language or language)


def _spacy(coded: Sequence[Coded]) -> tuple[bytes, tuple[str, ...]]:
    from ..segment.corpus import read_docbin, write_docbin

    made = write_docbin(coded)
    back = read_docbin(made.content)
    faults = [
        f"{item.transcript.document.name}: reads back otherwise"
        for item, (name, text, places) in zip(coded, back, strict=True)
        if (name, text) != (item.transcript.document.name, item.transcript.document.text)
        or len(places) != len(item.places)
        or any(a > c or b < d or x != y for (a, b, x), (c, d, y) in zip(places, item.places, strict=True))
    ]
    prove(faults)
    notes = (
        (f"begin or end inside a token, so they cover all of it: {made.expanded:,} codings",) if made.expanded else ()
    )
    return made.content, (*notes, "left out: speakers, roles and evidence")


def _conll(coded: Sequence[Coded]) -> tuple[bytes, tuple[str, ...]]:
    from ..segment.corpus import read_conll, write_conll

    made = write_conll(coded)
    faults = []
    for item, (_, tokens, places) in zip(coded, read_conll(made.content), strict=True):
        document = item.transcript.document
        wrong = [token for token, start, end in tokens if document.text[start:end] != token]
        if wrong or places != item.places:
            faults.append(f"{document.name}: reads back otherwise{f' at {wrong[0]!r}' if wrong else ''}")
    prove(faults)
    return made.content, ("left out: words outside of sentences (names of speakers), probability, status, evidence",)


def _standoff(coded: Sequence[Coded]) -> tuple[bytes, tuple[str, ...]]:
    from ..present.standoff import read_standoff, write_standoff

    content = write_standoff(
        (item.transcript.document.name, item.transcript.document.text, item.codings) for item in coded
    )
    faults = []
    for item, (_, text, marks) in zip(coded, read_standoff(content), strict=True):
        words = {(s, e, c): " ".join(item.transcript.document.text[s:e].split("\n")) for s, e, c in item.places}
        if text != item.transcript.document.text or sorted(marks) != sorted(
            (*place, said) for place, said in words.items()
        ):
            faults.append(f"{item.transcript.document.name}: reads back otherwise")
    prove(faults)
    return content, ("left out: attributes of documents, speakers, roles and evidence",)


_TEXT_WRITERS: dict[str, Callable[[Sequence[Coded]], tuple[bytes, tuple[str, ...]]]] = {
    ".spacy": _spacy,
    ".conll": _conll,
    ".zip": _standoff,
}


def prove(faults: Iterable[str]) -> None:
    """Refuse a file that says otherwise than it was told.

    Parameters
    ----------
    faults : iterable of str
        Differences in words; none = it is proven.

    Raises
    ------
    ExchangeError
        With the first of them.
    """
    found = list(faults)
    if found:
        more = f"\nand {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        listed = "\n".join(found[:_SHOWN])
        raise ExchangeError(f"The file reads back otherwise than it was written, so it was not kept:\n{listed}{more}")
