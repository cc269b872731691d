from __future__ import annotations

import csv
import io
import json
from typing import Any, Literal

import openpyxl
import pytest

from qualcode import flow, present
from qualcode.aggregate import AGREEMENT_COLUMNS, agreement_table
from qualcode.codebook import Codebook
from store.builders import codebook

BOOK: Codebook = codebook()


def judged(coder: str, document: str, position: int, *codes: str) -> dict[str, Any]:
    return {
        "document_id": document, "document": document, "region": "Crete" if document < "c" else "Ghent",
        "position": position, "turn": position, "words": 5, "coder": coder, "codes": json.dumps(codes),
        "judged": "[]", "looked": 1, "is_blind": 1,
    }  # fmt: skip


SAID = {  # by document, what Ann and Ben say of its sentences
    "a": [(["money"], ["money"]), (["money"], []), ([], []), (["price"], ["price"])],
    "b": [(["money"], ["money"]), ([], ["money"]), ([], ["money"]), ([], [])],
    "c": [(["money"], ["money"]), (["money"], []), ([], []), ([], [])],
}
JUDGEMENTS = [
    judged(coder, document, position, *codes)
    for document, pairs in SAID.items()
    for position, pair in enumerate(pairs)
    for coder, codes in zip(("Ann", "Ben"), pair, strict=True)
]


def agreed(by: Literal["code", "category", "region"] = "code") -> flow.Agreement:
    names = ("Ann", "Ben")
    frame = agreement_table(JUDGEMENTS, JUDGEMENTS[::2], BOOK, coders=names, by=by, unit="segment", draws=100, seed=1)
    return flow.Agreement(frame, names, by, "segment", ("Made by hand.",))


def test_people_read_coefficients_with_their_intervals() -> None:
    lines = str(present.agreement_text(agreed(), "table")).splitlines()
    assert lines[0] == "Agreement of Ann and Ben by code"
    (money,) = [line for line in lines if "Lack of money" in line and "0.31" in line]
    # 3 yes-yes, 2 yes-no, 2 no-yes, 5 no-no: chance = (5 x 5 + 7 x 7) / 144, kappa = (8/12 - 0.514) / 0.486 = 11/35
    assert money.split()[:6] == ["1", "Lack", "of", "money", "12", "3"]
    assert "67" in money.split()
    assert "Made by hand." in lines


def test_why_a_number_is_missing_stands_below_codes_by_number() -> None:
    lines = str(present.agreement_text(agreed(), "table")).splitlines()
    (line,) = [line for line in lines if line.startswith("No 3: all say no everywhere: no kappa, no alpha;")]
    (sets,) = [line for line in lines if line.startswith("Sets of codes, 12 sentences: the same codes on 67 % (")]
    assert lines.index(sets) < lines.index(line)


def test_programs_get_all_columns_and_no_rounding() -> None:
    found = agreed()
    records = json.loads(str(present.agreement_text(found, "json")))
    assert [list(record) for record in records] == [list(AGREEMENT_COLUMNS)] * 4
    assert records[0]["kappa"] == pytest.approx(11 / 35)
    assert records[2]["kappa"] is None
    rows = list(csv.DictReader(io.StringIO(str(present.agreement_text(found, "csv")))))
    assert rows[2]["kappa"] == ""
    book = present.agreement_text(found, "xlsx")
    assert isinstance(book, bytes)
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(AGREEMENT_COLUMNS)


def test_regions_have_their_sets_and_their_own_name_for_all() -> None:
    text = str(present.agreement_text(agreed("region"), "table"))
    assert "MASI alpha" in text
    assert [line.split()[0] for line in text.splitlines() if line[:5] in ("Crete", "Ghent", "All  ")][:3] == [
        "Crete",
        "Ghent",
        "All",
    ]


def test_more_than_two_coders_have_no_bias() -> None:
    third = [{**row, "coder": "Cleo"} for row in JUDGEMENTS if row["coder"] == "Ann"]
    frame = agreement_table(
        [*JUDGEMENTS, *third], JUDGEMENTS[::2], BOOK, coders=("Ann", "Ben", "Cleo"), by="code", unit="segment",
        draws=100, seed=1,
    )  # fmt: skip
    text = str(present.agreement_text(flow.Agreement(frame, ("Ann", "Ben", "Cleo"), "code", "segment", ()), "table"))
    assert text.startswith("Agreement of Ann, Ben and Cleo by code\n")
    assert "Bias" not in text
    assert "Bias" in str(present.agreement_text(agreed(), "table"))


ROW: dict[str, Any] = {
    "distance": 1.0, "document_id": "b2:1", "document": "a.txt", "region": "Crete", "turn": 1, "position": 4,
    "words": 3, "differing": 2, "differing_codes": "money price", "speaker": "R1",
    "text": "Nobody [pays] <for> it.\nNo.", "settled": "", "codes_Ann": "money", "codes_Ben": "price",
    "codes_Cleo": None,
}  # fmt: skip


def differing(*rows: dict[str, Any]) -> flow.Disagreements:
    return flow.Disagreements(list(rows), ("Ann", "Ben", "Cleo"), BOOK, ("Made by hand.",))


def test_disagreements_are_ready_to_be_talked_over() -> None:
    text = str(present.disagreements_text(differing(ROW), "table"))
    assert text.startswith("Where Ann, Ben and Cleo differ\n")
    words = " ".join(text.split())
    assert "a.txt:4 Nobody [pays] <for> it. No. Lack of money High price 1.00" in words
    assert "Settled" not in text
    assert "1 sentence, the worst first; settle them in: qualcode review." in words


def test_none_of_the_codes_is_a_dash_and_not_asked_is_empty() -> None:
    text = str(present.disagreements_text(differing({**ROW, "codes_Ben": ""}), "md"))
    (row,) = [line for line in text.splitlines() if "a.txt" in line]
    assert [cell.strip() for cell in row.split("|")[3:7]] == ["Lack of money", "–", "", "1.00"]


def test_what_was_settled_has_a_column() -> None:
    text = str(present.disagreements_text(differing({**ROW, "settled": "price"}, ROW), "md"))
    assert "| Settled |" in text
    assert text.count("High price |") == 3


def test_programs_get_a_disagreement_whole() -> None:
    (record,) = json.loads(str(present.disagreements_text(differing(ROW), "json")))
    assert record == {key: value for key, value in ROW.items() if key != "document_id"}
    assert "&lt;for&gt;" in str(present.disagreements_text(differing(ROW), "html"))
