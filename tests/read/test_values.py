"""Attribute values."""

import re

import pytest

from qualcode.codebook import Codebook
from qualcode.model import Attributes
from qualcode.read.values import header_key, parse_date, parse_kind, parse_language, parse_values


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2025", "2025"),
        ("2025-03", "2025-03"),
        ("2025-03-01", "2025-03-01"),
        ("1.3.2025", "2025-03-01"),
        ("01.03.2025", "2025-03-01"),
        ("2025-03-01 00:00:00", "2025-03-01"),
    ],
)
def test_dates_are_iso(written: str, iso: str) -> None:
    assert parse_date(written) == iso


@pytest.mark.parametrize("written", ["03/04/2025", "2025-13", "2025-02-30", "yesterday", "25", "2025-1-1"])
def test_dates_that_are_none_or_could_be_two_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(written)


def test_kind_in_any_case_and_near_match() -> None:
    assert parse_kind("Workshop") == "workshop"
    with pytest.raises(ValueError, match='Did you mean "workshop"'):
        parse_kind("workshp")


@pytest.mark.parametrize(("written", "code"), [("EN", "en"), ("en-GB", "en"), ("Greek", "el"), ("pt_BR", "pt")])
def test_languages(written: str, code: str) -> None:
    assert parse_language(written) == code


def test_all_faults_are_found_and_blank_is_unknown() -> None:
    attributes, faults = parse_values({"region": " Crete ", "kind": "talk", "date": "x", "country": " "})
    assert attributes == Attributes(region="Crete")
    assert list(faults) == ["kind", "date"]


def test_headers_are_compared_without_case_blanks_and_hyphens() -> None:
    assert {header_key(h) for h in ("Stakeholder Group", "stakeholder-group", " STAKEHOLDER_GROUP ")} == {
        "stakeholder_group"
    }


def test_topics_are_apart_by_semicolons_and_each_is_kept_once() -> None:
    attributes, faults = parse_values({"topics_asked": " 5;Money, and more ; ;5"})
    assert (attributes, faults) == (Attributes(topics_asked=("5", "Money, and more")), {})
    assert parse_values({"topics_asked": " ; "}) == (Attributes(), {})


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("5; consent_managment", 'names "consent_managment", which is no code .* Did you mean "consent_management"'),
        ("Financial barrier", 'Did you mean "Financial barriers"'),
        ("99", 'names "99"'),
    ],
)
def test_topics_are_codes_or_categories_of_a_codebook_that_is_given(
    shipped: Codebook, written: str, message: str
) -> None:
    assert parse_values({"topics_asked": written})[1] == {}
    attributes, faults = parse_values({"topics_asked": written, "region": "Crete"}, shipped)
    assert attributes.region == "Crete"
    assert re.search(message, faults["topics_asked"])
    assert parse_values({"topics_asked": "5; Financial BARRIERS; health_data"}, shipped)[1] == {}
