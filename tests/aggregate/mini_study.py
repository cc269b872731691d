"""A study small enough to count by hand: 3 regions, 9 documents, 4 codes in 2 categories.

Words of respondents: Alpha 100 + 200 + 100 + 100 = 500, Beta 300 + 100 + 200 = 600,
Gamma 50 + 150 = 200; 1300 in 9 documents. In a2 a sentence has both codes of the category data.
"""

from __future__ import annotations

from typing import Any

from qualcode.codebook import Codebook

Row = dict[str, Any]


def small_codebook() -> Codebook:
    """Codes 1 silos and 2 consent (category data), 3 pay and 4 trials (category money)."""

    def code(number: int, name: str) -> Row:
        words = {"name": name.capitalize(), "short_definition": name, "definition": name}
        return {"id": name, "number": number, "colour": f"#00000{number}", **words}

    def category(name: str, codes: list[Row]) -> Row:
        return {"id": name, "name": name.capitalize(), "definition": name, "colour": "#ffffff", "codes": codes}

    return Codebook.model_validate(
        {
            "id": "mini",
            "title": "Mini",
            "version": "1.0.0",
            # The file's order is not the order of the numbers: tables go by number.
            "categories": [
                category("data", [code(2, "consent"), code(1, "silos")]),
                category("money", [code(4, "trials"), code(3, "pay")]),
            ],
        }
    )


def document(document_id: str, region: str | None, words: int, **attributes: Any) -> Row:
    """A row of documents; one segment per ten words."""
    row: Row = {"document_id": document_id, "name": f"{document_id}.txt", "region": region, "country": None}
    row |= {"stakeholder_group": None, "kind": "interview", "date": None, "language": "en"}
    return row | {"words": words, "segments": words // 10} | attributes


def count(
    document_id: str,
    unit: str,
    segments: int,
    words: int,
    intense: int,
    first: int,
    *,
    status: str = "auto",
    key: str = "code_id",
) -> Row:
    """A row of code_counts, or of category_counts with ``key="category_id"``."""
    row: Row = {"document_id": document_id, key: unit, "status": status, "segments": segments, "words": words}
    return row | {"intense_segments": intense, "first_position": first}


def documents() -> list[Row]:
    return [
        document("a1", "Alpha", 100),
        document("a2", "Alpha", 200),
        document("a3", "Alpha", 100),
        document("a4", "Alpha", 100),
        document("b1", "Beta", 300, kind="workshop"),
        document("b2", "Beta", 100),
        document("b3", "Beta", 200),
        document("g1", "Gamma", 50),
        document("g2", "Gamma", 150),
    ]


def code_counts() -> list[Row]:
    return [
        count("a1", "silos", 2, 20, 1, 3),
        count("a1", "pay", 1, 10, 0, 0),
        count("a2", "silos", 3, 40, 1, 5),
        count("a2", "consent", 1, 10, 0, 5),
        count("a3", "pay", 1, 12, 0, 2, status="pending"),
        count("b1", "pay", 5, 90, 5, 1),
        count("b1", "silos", 1, 10, 0, 8),
        count("b1", "pay", 2, 15, 0, 0, status="pending"),
        count("b2", "pay", 1, 30, 1, 2),
        count("b3", "consent", 1, 20, 0, 4),
        count("g1", "silos", 1, 5, 0, 0),
    ]


def category_counts() -> list[Row]:
    def of(*values: Any, status: str = "auto") -> Row:
        return count(*values, status=status, key="category_id")

    return [
        of("a1", "data", 2, 20, 1, 3),
        of("a1", "money", 1, 10, 0, 0),
        of("a2", "data", 3, 40, 1, 5),
        of("a3", "money", 1, 12, 0, 2, status="pending"),
        of("b1", "money", 5, 90, 5, 1),
        of("b1", "data", 1, 10, 0, 8),
        of("b1", "money", 2, 15, 0, 0, status="pending"),
        of("b2", "money", 1, 30, 1, 2),
        of("b3", "data", 1, 20, 0, 4),
        of("g1", "data", 1, 5, 0, 0),
    ]
