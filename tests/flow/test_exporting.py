from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import spacy
from spacy.tokens import DocBin

from qualcode import flow
from qualcode.errors import ExchangeError, SelectionError
from qualcode.flow import exporting
from qualcode.model import ATTRIBUTES, Attributes, Coding, Document, Segment, Transcript, Turn
from qualcode.present import exports
from qualcode.present.standoff import read_standoff
from qualcode.review import Decision, Place
from qualcode.segment.corpus import read_conll
from qualcode.store import Store, TaggedDocument
from studies import SmallStudy, query

ROWS = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl")
LATE = "The bus is always late in the evening."


def made(study: SmallStudy, name: str, *, asked: dict[str, Any] | None = None, **more: Any) -> flow.Export:
    return flow.export(study.work, flow.make_filter(**(asked or {})), Path(name), **more)


def rows(study: SmallStudy, name: str = "a.jsonl", **more: Any) -> list[dict[str, Any]]:
    return exports.read_rows(made(study, name, **more).content, Path(name).suffix)


# --- rows ----------------------------------------------------------------------------------------


def test_codings_have_attributes_words_place_code_and_reasons(tagged: SmallStudy) -> None:
    first = rows(tagged)[0]
    assert tuple(first) == exporting.CODING_KEYS
    start = first["start"]
    assert first == {
        "document": "anna.txt", "region": "Northfield", "country": None, "stakeholder_group": "passenger",
        "kind": "interview", "date": "2025-01-10", "language": None, "speaker": "Anna", "role": "respondent",
        "turn": 1, "position": first["position"], "start": start, "end": start + len(LATE), "text": LATE, "words": 8,
        "code_number": 3, "code": "delays", "code_name": "Delays", "category": "service",
        "category_path": "Service / Delays", "probability": first["probability"], "status": "auto", "is_intense": 0,
        "coder": "rules.v1", "coder_kind": "rules", "decided_by": "", "evidence": first["evidence"],
        "codebook_version": "1.0.0", "run": 1, "document_id": first["document_id"],
    }  # fmt: skip
    assert first["evidence"].startswith("cue: ")
    assert "+1.00" in first["evidence"]


@pytest.mark.parametrize("what", exporting.WHAT)
def test_every_format_has_the_same_rows(tagged: SmallStudy, what: str) -> None:
    expected = rows(tagged, what=what)
    for ending in ROWS:
        report = made(tagged, f"a{ending}", what=what)
        read = exports.read_rows(report.content, ending)
        assert report.rows == len(read) == len(expected) > 0
        assert [row["document"] for row in read] == [row["document"] for row in expected]
        assert exports.differences(expected, read, ending) == []


def test_who_decided_is_said(tagged: SmallStudy) -> None:
    (slow,) = rows(tagged, asked={"status": "pending"})
    with Store(tagged.store_path) as store:
        for coder in ("Ben", "Ana"):
            place = Place(slow["document_id"], slow["position"])
            store.verdicts.decide(coder, [Decision(place, "delays", "accept"), Decision(place, "fares", "add")])
    decided = [row for row in rows(tagged) if row["decided_by"]]
    assert [(row["code"], row["status"], row["decided_by"]) for row in decided] == [
        ("fares", "accepted", "Ana; Ben"),
        ("delays", "accepted", "Ana; Ben"),
    ]
    assert decided[0]["probability"] is None  # the machine did not say it
    assert len(read_standoff(made(tagged, "a.zip").content)[1][2]) == 3


def test_what_people_rejected_is_left_out_and_counted(tagged: SmallStudy) -> None:
    late = next(row for row in rows(tagged) if row["text"] == LATE)
    with Store(tagged.store_path) as store:
        place = Place(late["document_id"], late["position"])
        # That the machine did not suggest fares either leaves nothing out.
        store.verdicts.decide("Ana", [Decision(place, code, "reject") for code in ("delays", "fares")])
    assert LATE not in {row["text"] for row in rows(tagged)}
    rejected = "left out: 1 coding of the machine that people rejected"
    assert made(tagged, "a.csv").notes == (rejected,)
    assert made(tagged, "a.zip").notes[0] == rejected
    assert made(tagged, "a.csv", asked={"region": "Southport"}).notes == ()


def test_quotes_are_passages_in_context_with_attributes(tagged: SmallStudy) -> None:
    report = made(tagged, "q.csv", what="quotes")
    read = list(csv.DictReader(io.StringIO(report.content.decode())))
    late = next(row for row in read if row["text"] == LATE)
    assert tuple(late) == exporting.QUOTE_KEYS
    assert (late["before"], late["after"]) == ("Is the bus late?", "My garden is fine.")
    assert (late["region"], late["date"], late["language"]) == ("Northfield", "2025-01-10", "")
    assert late["category_path"] == "Service / Delays"
    assert (report.what, report.rows) == ("passage", len(read))


def test_the_matrix_has_every_document_also_without_codings(tagged: SmallStudy) -> None:
    tagged.write("dan.txt", "Interviewer: And you?\nDan: I like my garden.\n")
    tagged.metadata("cleo.txt,", "dan.txt,Southport,driver,interview,2025-04-01\ncleo.txt,")
    tagged.tag()
    matrix = {row["document"]: row for row in rows(tagged, what="matrix")}
    counts = {row["document"]: row for row in rows(tagged, what="matrix", counts=True)}
    codes = ("fares", "funding", "delays")
    assert {name: tuple(row[code] for code in codes) for name, row in matrix.items()} == {
        "anna.txt": (1, 0, 1), "ben.txt": (0, 1, 0), "cleo.txt": (1, 0, 1), "dan.txt": (0, 0, 0),
    }  # fmt: skip
    assert tuple(counts["cleo.txt"][code] for code in codes) == (1, 0, 2)
    assert list(matrix["dan.txt"])[:8] == ["document", *ATTRIBUTES, "sentences"]


def test_filters_choose_rows_documents_and_columns(tagged: SmallStudy) -> None:
    assert {row["document"] for row in rows(tagged, asked={"region": "southport"})} == {"ben.txt"}
    (ben,) = rows(tagged, what="matrix", asked={"region": "Southport", "category": "money"})
    assert (ben["document"], ben["fares"], ben["funding"], "delays" in ben) == ("ben.txt", 0, 1, False)
    waiting = rows(tagged, what="matrix", asked={"status": "pending", "code": "3"})
    assert {row["document"]: row["delays"] for row in waiting} == {"anna.txt": 0, "ben.txt": 1, "cleo.txt": 0}
    with pytest.raises(SelectionError, match='no region "Nowhere"'):
        rows(tagged, asked={"region": "Nowhere"})


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("a.db", {}, r'the ending "\.db" picks no format.*\.qdpx'),
        ("a", {}, 'the ending "" picks no format'),
        ("a.csv", {"what": "quote"}, 'Did you mean "quotes"'),
        ("a.csv", {"counts": True}, "Add --what matrix"),
        ("a.xlsx", {"excel": True}, r"are for \.csv and \.tsv"),
        ("a.jsonl", {"raw": True}, r"are for \.csv and \.tsv"),
        ("a.spacy", {"what": "matrix"}, "whole documents"),
        ("a.csv", {"what": "quotes", "asked": {"status": "pending"}}, "codings that count"),
    ],
)
def test_choices_that_do_not_go_together_are_refused(
    tagged: SmallStudy, name: str, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(SelectionError, match=message):
        made(tagged, name, **more)


# --- row 40 of the fault table: words that a spreadsheet would take for something else -----------


@pytest.fixture
def hostile(study: SmallStudy) -> SmallStudy:
    said = [f"{sign}SUM(A1) costs too much." for sign in "=+-@"]
    study.write("anna.txt", "".join(f"Interviewer: Well?\nAnna: {words}\n" for words in said))
    study.tag()
    # Longer than a sentence is cut today, as a store of an earlier version may hold one.
    long = f"This {'and ' * 10_000}costs too much."
    transcript = Transcript(
        Document("anna_2.txt", long, (), Attributes(region="Northfield")),
        (Turn(0, 0, len(long), "Anna", "respondent"),),
        (Segment(0, 0, 0, len(long), long, 10_004),),
    )
    with Store(study.store_path) as store:
        ((run, book, _),) = store.projects.runs().values()
        store.save_run(run, store.codebook(book), [TaggedDocument(transcript, (Coding(0, "fares", 0.9, "auto"),), "")])
    return study


def test_passages_like_formulas_and_very_long_ones_are_recovered_whole(hostile: SmallStudy) -> None:
    anna: dict[str, Any] = {"asked": {"code": "fares", "region": "Northfield"}}
    texts = [row["text"] for row in rows(hostile, **anna) if row["document"].startswith("anna")]
    assert max(map(len, texts)) > 40_000
    assert sum(text[0] in "=+-@" for text in texts) == 4
    for ending in ROWS:
        back = [row for row in rows(hostile, f"a{ending}", **anna) if row["document"].startswith("anna")]
        assert [row["text"] for row in back] == texts
    in_csv = made(hostile, "a.csv", **anna)
    assert in_csv.notes == ("4 texts like a formula with an apostrophe before it; without: --raw",)
    assert b"'=SUM(A1)" in in_csv.content
    book = made(hostile, "a.xlsx", **anna)
    assert book.notes == ("texts longer than an Excel cell (32,767 characters) go on in further columns: text (2)",)
    page = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    words = [cell for row in page.iter_rows(min_row=2) for cell in row if str(cell.value).endswith("costs too much.")]
    assert {cell.data_type for cell in words} == {"s"}


# --- whole texts ---------------------------------------------------------------------------------


def text_of(study: SmallStudy, name: str) -> str:
    return str(query(study.store_path, "SELECT text FROM documents WHERE name = ? AND is_current = 1", name)[0][0])


def test_spacy_gets_texts_sentences_and_codings(tagged: SmallStudy) -> None:
    report = made(tagged, "a.spacy")
    docs = list(DocBin().from_bytes(report.content).get_docs(spacy.blank("xx").vocab))
    assert [doc.user_data["document"] for doc in docs] == ["anna.txt", "ben.txt", "cleo.txt"]
    assert docs[0].text == text_of(tagged, "anna.txt")
    assert next((span.text, span.label_) for span in docs[0].spans["codes"]) == (LATE, "delays")
    assert LATE in [sent.text.strip() for sent in docs[0].sents]
    assert (docs[0].user_data["region"], docs[0].user_data["date"]) == ("Northfield", "2025-01-10")
    assert report.notes == (
        "left out: 1 coding waiting for a person; alone in a file: --status pending",
        "left out: speakers, roles and evidence",
    )


def test_standoff_and_tokens_hold_the_same_codings(tagged: SmallStudy) -> None:
    counted = rows(tagged, asked={"status": "counted"})
    expected = {(row["document"], row["start"], row["end"], row["code"]) for row in counted}
    marks = read_standoff(made(tagged, "a.zip").content)
    assert {(name, a, b, code) for name, _, places in marks for a, b, code, _ in places} == expected
    assert [text for _, text, _ in marks] == [text_of(tagged, name) for name, _, _ in marks]
    tokens = read_conll(made(tagged, "a.conll").content)
    assert {(name, *place) for name, _, places in tokens for place in places} == expected
    assert made(tagged, "a.zip").content == made(tagged, "a.zip").content


# --- proof ---------------------------------------------------------------------------------------


def test_a_file_that_says_otherwise_is_not_kept() -> None:
    with pytest.raises(ExchangeError, match=r"not kept:\nrow 1\n(row \d\n)+and 3 more"):
        exporting.prove(f"row {number}" for number in range(1, 9))
    exporting.prove([])


def test_json_holds_what_the_view_says(tagged: SmallStudy) -> None:
    lines = made(tagged, "a.jsonl").content.decode().splitlines()
    view = query(tagged.store_path, "SELECT document, start, text, code FROM codings_long")
    assert sorted(
        (row["document"], row["start"], row["text"], row["code"]) for row in map(json.loads, lines)
    ) == sorted(view)
