from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from qualcode import flow
from qualcode.errors import SelectionError, StoreError
from qualcode.study import find_study
from studies import SmallStudy

BY = ["region", "country", "stakeholder_group", "kind", "language", "document"]


@pytest.fixture(scope="module")
def demo_work(demo: Path) -> flow.Workspace:
    study = find_study(demo)
    return flow.Workspace(study, study.store_path, study.codebook_path)


def cell(frame: pd.DataFrame, code: str, group: str, column: str) -> object:
    return frame[(frame["code"] == code) & (frame["group"] == group)][column].item()


def test_shares_are_those_counted_by_hand(tagged: SmallStudy) -> None:
    summary = flow.summarize(tagged.work, flow.make_filter())
    frame = summary.frame
    assert (summary.by, summary.level, summary.group) == ("region", "code", None)
    assert len(frame) == 3 * 2  # codes x regions
    # Northfield: Anna (22 words) and Cleo's workshop (23); both say fares, both delays.
    assert cell(frame, "fares", "Northfield", "documents_with_code") == 2
    assert cell(frame, "fares", "Northfield", "share_documents") == 1.0
    # fares: "The ticket costs too much, it is terrible." 8, "It came late again, and ... five." 15 words
    assert cell(frame, "fares", "Northfield", "words") == 8 + 15
    assert cell(frame, "fares", "Northfield", "share_words") == pytest.approx(23 / 45)
    assert cell(frame, "fares", "Northfield", "intensity") == 0.5  # "terrible" in one of two sentences
    # Southport: one document, "slow" is only pending.
    assert cell(frame, "delays", "Southport", "documents_with_code") == 0
    assert cell(frame, "delays", "Southport", "segments_pending") == 1
    assert cell(frame, "funding", "Southport", "share_documents") == 1.0
    assert set(frame["flag"]) == {"n<5"}


def test_categories_count_a_sentence_once(tagged: SmallStudy) -> None:
    frame = flow.summarize(tagged.work, flow.make_filter(), level="category").frame
    assert sorted(set(frame["code"])) == ["money", "service"]
    assert cell(frame, "money", "Northfield", "documents_with_code") == 2
    assert cell(frame, "service", "Northfield", "segments") == 3


@pytest.mark.parametrize(
    ("asked", "groups"),
    [
        ("region", {"Northfield", "Southport"}),
        ("stakeholder_group", {"passenger", "driver"}),
        ("kind", {"interview", "workshop"}),
        ("document", {"anna.txt", "ben.txt", "cleo.txt"}),
    ],
)
def test_every_attribute_can_group(tagged: SmallStudy, asked: str, groups: set[str]) -> None:
    assert set(flow.summarize(tagged.work, flow.make_filter(), by=asked).frame["group"]) == groups


@pytest.mark.parametrize("by", BY)
def test_every_attribute_groups_the_demo(demo_work: flow.Workspace, by: str) -> None:
    frame = flow.summarize(demo_work, flow.make_filter(), by=by).frame
    expected = {"region": 10, "country": 10, "stakeholder_group": 5, "kind": 2, "language": 1, "document": 23}[by]
    assert frame["group"].nunique() == expected
    assert len(frame) == expected * 17
    assert frame.groupby("group")["documents"].first().sum() == 23


def test_one_group_is_compared_with_all_others(tagged: SmallStudy) -> None:
    all_groups = flow.summarize(tagged.work, flow.make_filter()).frame
    summary = flow.summarize(tagged.work, flow.make_filter(region="northfield"))
    assert summary.group == "Northfield"
    expected = all_groups[all_groups["group"] == "Northfield"].reset_index(drop=True)
    pd.testing.assert_frame_equal(summary.frame, expected, check_exact=True)


def test_a_filter_on_another_attribute_restricts_the_documents(tagged: SmallStudy) -> None:
    frame = flow.summarize(tagged.work, flow.make_filter(kind="workshop")).frame
    assert set(frame["group"]) == {"Northfield"}
    assert set(frame["documents"]) == {1}


def test_codes_and_categories_choose_rows_and_leave_the_numbers(tagged: SmallStudy) -> None:
    whole = flow.summarize(tagged.work, flow.make_filter()).frame
    one = flow.summarize(tagged.work, flow.make_filter(code="3")).frame
    assert set(one["code"]) == {"delays"}
    expected = whole[whole["code"] == "delays"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, expected, check_exact=True)
    assert set(flow.summarize(tagged.work, flow.make_filter(category="Money")).frame["code"]) == {"fares", "funding"}
    by_category = flow.summarize(tagged.work, flow.make_filter(code="fares"), level="category").frame
    assert set(by_category["code"]) == {"money"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"by": "regoin"}, '--by "regoin" is not known. Did you mean "region"?'),
        ({"level": "codes"}, '--level "codes" is not known. Did you mean "code"?'),
    ],
)
def test_unknown_groupings_are_refused(tagged: SmallStudy, given: dict[str, str], message: str) -> None:
    with pytest.raises(SelectionError) as caught:
        flow.summarize(tagged.work, flow.make_filter(), **given)
    assert str(caught.value) == message


def test_a_misspelt_region_gets_the_near_match(demo_work: flow.Workspace) -> None:
    with pytest.raises(SelectionError) as caught:
        flow.summarize(demo_work, flow.make_filter(region="Catalunya"))
    assert str(caught.value) == 'There is no region "Catalunya" in the store. Did you mean "Catalonia"?'


def test_results_need_a_store(study: SmallStudy) -> None:
    for ask in (flow.summarize, flow.list_codings, flow.list_quotes):
        with pytest.raises(StoreError, match=r"There is no store .*qualcode tag FILES"):
            ask(study.work, flow.make_filter())
    with pytest.raises(StoreError, match="There is no store"):
        flow.study_status(study.work)
    assert not study.store_path.exists()


def test_notes_name_machine_codebook_and_thresholds(tagged: SmallStudy) -> None:
    notes = flow.summarize(tagged.work, flow.make_filter()).notes
    assert notes[-1] == (
        "Machine codings by rules.v1, codebook 1.0.0, not audited; counted from probability 0.50, pending from 0.29."
    )
    assert not any(note.startswith("Mixed") for note in notes)


def test_codings_of_two_codebooks_are_called_mixed_until_made_alike(tagged: SmallStudy) -> None:
    tagged.codebook("version: 1.0.0", "version: 2.0.0")
    tagged.tag(tagged.notes / "anna.txt")
    mixed = flow.summarize(tagged.work, flow.make_filter()).notes[-1]
    assert mixed == (
        "Mixed: documents were tagged with different codebooks, taggers or thresholds. "
        "Make them alike: qualcode tag --retag FILES"
    )
    assert mixed in flow.study_status(tagged.work).made_by
    tagged.tag(retag=True)
    assert mixed not in flow.summarize(tagged.work, flow.make_filter()).notes


def test_codings_of_two_sets_of_thresholds_are_called_mixed(tagged: SmallStudy) -> None:
    tagged.settings("[thresholds]\nauto = 0.3\n")
    tagged.tag(tagged.notes / "anna.txt")
    assert any(note.startswith("Mixed") for note in flow.summarize(tagged.work, flow.make_filter()).notes)


def test_codings_come_by_document_and_position_and_obey_filters(tagged: SmallStudy) -> None:
    rows = flow.list_codings(tagged.work, flow.make_filter())
    assert [(row["document"], row["position"]) for row in rows] == sorted((r["document"], r["position"]) for r in rows)

    def documents(**asked: str) -> set[str]:
        return {row["document"] for row in flow.list_codings(tagged.work, flow.make_filter(**asked))}

    assert documents(region="Southport") == {"ben.txt"}
    assert documents(stakeholder_group="passenger") == {"anna.txt"}
    assert documents(kind="workshop", code="fares") == {"cleo.txt"}
    assert documents(status="pending") == {"ben.txt"}
    assert documents(since="2025-02-12") == {"cleo.txt"}
    assert documents(category="money", region="Southport") == {"ben.txt"}
    assert documents(coder="rules.v1") == {"anna.txt", "ben.txt", "cleo.txt"}


def test_quotes_are_of_counted_codings_with_the_sentences_around(tagged: SmallStudy) -> None:
    quotes = flow.list_quotes(tagged.work, flow.make_filter(code="delays"))
    assert {quote.passage.document for quote in quotes} == {"anna.txt", "cleo.txt"}  # ben's "slow" is pending
    anna = next(quote for quote in quotes if quote.passage.document == "anna.txt")
    assert anna.passage.text == "The bus is always late in the evening."
    assert (anna.before, anna.after) == ("Is the bus late?", "My garden is fine.")
    assert (anna.code_name, anna.passage.speaker, anna.passage.region) == ("Delays", "Anna", "Northfield")


def test_quotes_take_one_of_each_document_first(study: SmallStudy) -> None:
    late = "The bus is late here every single day. I like tea. "
    study.write("ben.txt", f"R1: {late * 4}\n")
    study.tag()
    quotes = flow.list_quotes(study.work, flow.make_filter(code="delays"), per_code=3)
    assert len({quote.passage.document for quote in quotes[:3]}) == 3
    assert len(flow.list_quotes(study.work, flow.make_filter(code="delays"), per_code=1)) == 1


def test_quotes_of_the_demo_are_counted_words_of_their_documents(demo_work: flow.Workspace) -> None:
    quotes = flow.list_quotes(demo_work, flow.make_filter(), per_code=2)
    assert [quote.passage.code_number for quote in quotes] == sorted(q.passage.code_number or 0 for q in quotes)
    counted = {
        (row["document"], row["code"], row["start"])
        for row in flow.list_codings(demo_work, flow.make_filter(status="auto"))
    }
    assert all((q.passage.document, q.passage.code, q.passage.start) in counted for q in quotes)
    by_code: dict[str, list[str]] = {}
    for quote in quotes:
        by_code.setdefault(quote.passage.code, []).append(quote.passage.document)
    assert all(len(set(documents)) == len(documents) for documents in by_code.values())


def test_status_counts_documents_and_codings(tagged: SmallStudy) -> None:
    report = flow.study_status(tagged.work)
    assert report.title == "Night buses"
    assert (report.auto, report.pending) == (6, 1)
    assert [row["name"] for row in report.documents] == ["anna.txt", "ben.txt", "cleo.txt"]
    assert report.plan["Northfield"].groups == {"passenger": 2, "driver": 1}


def test_the_same_question_gives_the_same_numbers_and_a_seed_others(tagged: SmallStudy) -> None:
    first = flow.summarize(tagged.work, flow.make_filter()).frame
    second = flow.summarize(tagged.work, flow.make_filter()).frame
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_filters_that_no_document_fits_are_said(study: SmallStudy) -> None:
    study.tag()
    with pytest.raises(SelectionError, match="No document fits all of these filters"):
        flow.summarize(study.work, flow.make_filter(since="2199-01-01"))
