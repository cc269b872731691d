from __future__ import annotations

import pytest

from qualcode.names import Suggester, find_patterns, is_common


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ana.popa@spital.ro.", [("e-mail", "ana.popa@spital.ro")]),
        ("see https://x.org/a?b=1, ok", [("web address", "https://x.org/a?b=1,")]),
        ("call +370 5 123 4567 or 0232 123 456", [("phone", "+370 5 123 4567"), ("phone", "0232 123 456")]),
        ("patient no. 123456 and case ID: AB-2024-17", [("number", "123456"), ("number", "AB-2024-17")]),
        ("born on 3.4.1951", [("birth date", "born on 3.4.1951")]),
        ("Asmens kodas 38503124567, tel. 8 612 34567", [("number", "38503124567"), ("phone", "8 612 34567")]),
        ("CNP 1850312221144, născut 12.03.1985", [("number", "1850312221144"), ("birth date", "născut 12.03.1985")]),
        ("ΑΦΜ: 123456789, τηλ. 2810 392111", [("number", "123456789"), ("phone", "2810 392111")]),
        ("роден на 12.03.1985, 850312-1234", [("birth date", "роден на 12.03.1985"), ("number", "850312-1234")]),
        ("12345678Z and RSSMRA85T10A562S", [("number", "12345678Z"), ("number", "RSSMRA85T10A562S")]),
        ("Interview no.: SOF-07", [("code", "SOF-07")]),
        ("mobility 2019-2024, we call 200 000 people, 1234.567.890", []),
        ("on 12.03.2025, 00:01:23, 1,200,000 patients, 10-12 days, 2019-2024", []),
    ],
)
def test_addresses_and_numbers(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.words) for one in find_patterns(text)] == found


def test_titles_organisations_and_capitals() -> None:
    suggester = Suggester(lambda word: is_common(word, "en"))
    text = "We asked Prof. Andreoli. Then Marta called the University of Leuven in Vilnius. I told Rose on Monday."
    assert [(one.kind, one.words) for one in suggester.suspects(text)] == [
        ("person", "Andreoli"),
        ("unknown", "Marta"),
        ("organisation", "University of Leuven"),
        ("unknown", "Vilnius"),
        ("unknown", "Rose"),
    ]
