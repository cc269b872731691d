"""Sentences that are found: whose, where, in what context, with which codes; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.review import Decision, Place
from qualcode.store import Store
from studies import ANNA, SmallStudy


def found(study: SmallStudy, words: str, *, filters: dict[str, Any] | None = None, **given: Any) -> flow.SearchReport:
    return flow.search(study.work, words, flow.make_filter(**(filters or {})), **given)


def places(report: flow.SearchReport) -> list[tuple[str, str]]:
    return [(row["document"], row["text"]) for row in report.rows]


def test_a_sentence_comes_with_all_that_is_known_of_it(tagged: SmallStudy) -> None:
    report = found(tagged, "late evening")
    (row,) = report.rows
    assert row == {
        "document": "anna.txt",
        "region": "Northfield",
        "country": None,
        "stakeholder_group": "passenger",
        "kind": "interview",
        "date": "2025-01-10",
        "language": row["language"],
        "speaker": "Anna",
        "role": "respondent",
        "position": 1,
        "start": ANNA.index("The bus is always"),
        "end": ANNA.index(" My garden"),
        "text": "The bus is always late in the evening.",
        "matches": [[at, at + len(word)] for word in ("late", "evening") for at in [ANNA.index(word, 40)]],
        "before": "Is the bus late?",
        "after": "My garden is fine.",
        "codes": ["delays"],
    }
    assert (report.sentences, report.documents, report.others) == (1, 1, 0)


def test_only_respondents_unless_all_are_asked_for(tagged: SmallStudy) -> None:
    report = found(tagged, "bus")
    assert (report.sentences, report.documents, report.others) == (2, 2, 1)
    everybody = found(tagged, "bus", role="all")
    assert (everybody.sentences, everybody.others) == (3, 0)
    assert [row["role"] for row in everybody.rows] == ["interviewer", "respondent", "respondent"]


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        ({"region": "southport"}, ["ben.txt", "ben.txt"]),
        ({"kind": "workshop"}, ["cleo.txt", "cleo.txt"]),
        ({"since": "2025-02"}, ["ben.txt", "ben.txt", "cleo.txt", "cleo.txt"]),
        ({"code": "3"}, ["anna.txt", "cleo.txt", "cleo.txt"]),
        ({"category": "Money"}, ["anna.txt", "ben.txt", "cleo.txt"]),
        ({"code": "1", "region": "Northfield"}, ["anna.txt", "cleo.txt"]),
    ],
)
def test_filters_choose_documents_and_codes(tagged: SmallStudy, filters: dict[str, Any], documents: list[str]) -> None:
    words = "late OR slow OR ticket OR money"
    assert [row["document"] for row in found(tagged, words, filters=filters).rows] == documents
    pattern = "late|slow|ticket|money"
    assert [row["document"] for row in found(tagged, pattern, filters=filters, is_regex=True).rows] == documents


def test_codes_are_those_that_hold(tagged: SmallStudy) -> None:
    with Store(tagged.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        said = [
            Decision(Place(ids["anna.txt"], 1), "delays", "reject"),
            Decision(Place(ids["ben.txt"], 2), "delays", "accept"),
            Decision(Place(ids["ben.txt"], 2), "funding", "add"),
        ]
        store.verdicts.decide("Kim", said)
    rows = {row["text"]: row["codes"] for row in found(tagged, "late OR slow").rows}
    assert rows["The bus is always late in the evening."] == []
    assert rows["The road is slow."] == ["funding", "delays"]
    assert len(found(tagged, "late OR slow", filters={"code": "delays"}).rows) == 3


def test_context_and_limit(tagged: SmallStudy) -> None:
    (row,) = found(tagged, "garden", context=2).rows
    assert row["before"] == "Is the bus late? The bus is always late in the evening."
    assert row["after"] == "The ticket costs too much, it is terrible. Thank you."
    (bare,) = found(tagged, "garden", context=0).rows
    assert (bare["before"], bare["after"]) == ("", "")
    cut = found(tagged, "late", limit=1)
    assert (len(cut.rows), cut.sentences, cut.documents) == (1, 3, 2)


def test_only_the_newest_version_is_searched(tagged: SmallStudy) -> None:
    tagged.write("ben.txt", "Interviewer: What?\nBen: The tram has no money.\n")
    tagged.tag()
    assert places(found(tagged, "money")) == [("ben.txt", "The tram has no money.")]
    assert found(tagged, "town second").sentences == 0
    assert found(tagged, "second bus", is_regex=True).sentences == 0


def test_near(tagged: SmallStudy) -> None:
    assert found(tagged, "bus late", near=1).sentences == 0
    assert found(tagged, "late bus", near=2).sentences == 1


# --- patterns ----------------------------------------------------------------------------------


def test_a_pattern_is_looked_for_in_each_sentence(tagged: SmallStudy) -> None:
    report = found(tagged, r"\b(too|SECOND)\s\w+", is_regex=True)
    assert [row["matches"] for row in report.rows] == [
        [[row["start"] + row["text"].index(word), row["start"] + row["text"].index(word) + len(word)]]
        for row, word in zip(report.rows, ("too much", "second bus", "too much"), strict=True)
    ]
    assert found(tagged, "fine.*ticket", is_regex=True).sentences == 0
    assert found(tagged, "(?-i:THE)", is_regex=True).sentences == 0


def test_a_line_break_is_a_blank(tagged: SmallStudy) -> None:
    tagged.write("ben.txt", "Interviewer: What?\nBen: The tram is very\nslow.\n")
    tagged.tag()
    (row,) = found(tagged, "very slow", is_regex=True).rows
    (match,) = row["matches"]
    assert match[1] - match[0] == len("very slow")


def test_a_match_of_nothing_is_none(tagged: SmallStudy) -> None:
    assert found(tagged, "x*", is_regex=True).sentences == 0


def test_a_pattern_that_takes_too_long_is_named(tagged: SmallStudy) -> None:
    tagged.write("ben.txt", f"Interviewer: What?\nBen: {'a' * 60}!\n")
    tagged.tag()
    with pytest.raises(SelectionError, match=r'--regex "\(a\|aa\)\+\$" takes longer than 0.2 s, so nothing is shown'):
        found(tagged, "(a|aa)+$", is_regex=True, seconds=0.2)


@pytest.mark.parametrize("pattern", ["(", "[a", "(?P<a", "*"])
def test_a_pattern_with_a_fault_says_where(tagged: SmallStudy, pattern: str) -> None:
    with pytest.raises(SelectionError) as caught:
        found(tagged, pattern, is_regex=True)
    assert str(caught.value).startswith(f'--regex "{pattern}" is no regular expression: ')


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        ("bus", {"role": "nobody"}, '--role "nobody" is not known. Roles: respondent, all'),
        ("bus late", {"near": 3, "is_regex": True}, "--near is for words"),
        ("?!", {}, "holds no word to search for"),
        ("bus", {"filters": {"region": "Northfeld"}}, 'There is no region "Northfeld" in the store'),
    ],
)
def test_what_is_refused_says_why(tagged: SmallStudy, words: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(SelectionError, match=said):
        found(tagged, words, **given)
