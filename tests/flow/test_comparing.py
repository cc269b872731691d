"""The mini study compared: two groups, two codings, a claim; every number counted by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log2
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from counted_study import RUN, SAID, CountedStudy, codebook, document, documents, make_counted_study
from qualcode import flow
from qualcode.codebook import Codebook
from qualcode.errors import AggregateError, ProfileError, SelectionError, StoreError
from qualcode.flow.comparing import REST
from qualcode.model import Coding
from qualcode.store import Store, TaggedDocument
from studies import SmallStudy, dump


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study; only to be read."""
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


KIM = replace(RUN, coder="Kim", coder_kind="human", model_hash=None, settings={})


def recoded(name: str, *codings: Coding) -> TaggedDocument:
    return replace(document(name), codings=codings, facets=())


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study, with Kim's codings of four of its documents beside the machine's.

    Kim finds silos in a1 once (not twice), no pay there but pay in a3, pay in a4, and the same as the machine in b3.
    """
    study = make_counted_study(tmp_path_factory.mktemp("twice") / "study", facets=False)
    given = [
        recoded("a1.txt", Coding(3, "silos", 1.0, "auto")),
        recoded("a3.txt", Coding(2, "pay", 1.0, "auto")),
        recoded("a4.txt", Coding(0, "pay", 1.0, "auto")),
        recoded("b3.txt", Coding(4, "consent", 1.0, "auto")),
    ]
    with Store(study.store_path) as store:
        store.save_run(KIM, codebook(), given)
        store.save_run(RUN, codebook(), [replace(one, facets=()) for one in documents()])  # the machine's stay current
    return study


def compared(
    study: CountedStudy, *names: str, asked: Mapping[str, Any] | None = None, **options: Any
) -> flow.Comparison:
    return flow.compare(study.work, flow.make_filter(**asked or {}), *names, **options)


def cells(frame: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return [
        [None if pd.isna(value) else value for value in row] for row in frame[list(columns)].itertuples(index=False)
    ]


COUNTS = ("code", "documents_with_code_a", "documents_a", "documents_with_code_b", "documents_b")


# --- two groups --------------------------------------------------------------------------------


def test_two_regions_differ_as_counted_by_hand(counted: CountedStudy) -> None:
    found = compared(counted, "Alpha", "Beta")
    assert (found.what, found.names) == ("groups", ("Alpha", "Beta"))
    # pay 1/4 - 2/3 = -5/12, silos 2/4 - 1/3 = 1/6, consent 1/4 - 1/3 = -1/12, trials 0.
    assert cells(found.frame, *COUNTS) == [
        ["pay", 1, 4, 2, 3],
        ["silos", 2, 4, 1, 3],
        ["consent", 1, 4, 1, 3],
        ["trials", 0, 4, 0, 3],
    ]
    assert found.frame["difference_documents"].tolist() == pytest.approx([-5 / 12, 1 / 6, -1 / 12, 0])
    words = [10 / 500 - 120 / 600, 60 / 500 - 10 / 600, 10 / 500 - 20 / 600, 0]
    assert found.frame["difference_words"].tolist() == pytest.approx(words)


def test_the_typical_passage_of_each_side_stands_beside_a_code(counted: CountedStudy) -> None:
    quotes = {key: passage.text for key, passage in compared(counted, "Alpha", "Beta").quotes.items()}
    assert quotes == {
        ("silos", "Alpha"): SAID["a2.txt"][5],
        ("silos", "Beta"): SAID["b1.txt"][8],
        ("consent", "Alpha"): SAID["a2.txt"][5],
        ("consent", "Beta"): SAID["b3.txt"][4],
        ("pay", "Alpha"): SAID["a1.txt"][0],
        ("pay", "Beta"): SAID["b2.txt"][2],
    }


def test_one_name_is_compared_with_all_others(counted: CountedStudy) -> None:
    found = compared(counted, "alpha")
    assert found.names == ("Alpha", REST)
    # The others: Beta and Gamma, 5 documents with 800 words.
    rows = {row[0]: row[1:] for row in cells(found.frame, *COUNTS)}
    assert rows == {"silos": [2, 4, 2, 5], "consent": [1, 4, 1, 5], "pay": [1, 4, 2, 5], "trials": [0, 4, 0, 5]}
    assert set(found.frame["group_words_b"]) == {800}
    assert {name for _, name in found.quotes} == {"Alpha", REST}


@pytest.mark.parametrize(
    ("names", "sizes"),
    [
        (("Austria", "belgium"), (4, 3)),
        (("clinicians", "industry"), (3, 3)),
        (("interview", "workshop"), (8, 1)),
        (("patients",), (1, 8)),  # the others are also those whose group is not known
    ],
)
def test_every_attribute_has_sides(counted: CountedStudy, names: tuple[str, ...], sizes: tuple[int, int]) -> None:
    frame = compared(counted, *names).frame
    assert (set(frame["documents_a"]), set(frame["documents_b"])) == ({sizes[0]}, {sizes[1]})


def test_a_filter_chooses_documents_and_codes_choose_rows(counted: CountedStudy) -> None:
    frame = compared(counted, "Alpha", "Beta", asked={"kind": "interview"}).frame
    assert cells(frame, *COUNTS)[0] == ["silos", 2, 4, 0, 2]  # without the workshop
    whole = compared(counted, "Alpha", "Beta").frame
    one = compared(counted, "Alpha", "Beta", asked={"code": "Pay"}).frame
    pd.testing.assert_frame_equal(one, whole[whole["code"] == "pay"].reset_index(drop=True), check_exact=True)
    data = compared(counted, "Alpha", "Beta", asked={"category": "data"}).frame
    assert data["code"].tolist() == ["silos", "consent"]


def test_categories_count_and_quote_a_sentence_once(counted: CountedStudy) -> None:
    found = compared(counted, "Alpha", "Beta", level="category")
    # data: a1, a2 of Alpha, b1, b3 of Beta; 60 of 500 and 30 of 600 words: a2's sentence with both codes once.
    assert cells(found.frame, *COUNTS, "words_a", "words_b") == [
        ["money", 1, 4, 2, 3, 10, 120],
        ["data", 2, 4, 2, 3, 60, 30],
    ]
    # The surest passage of the category, whichever of its codes it has: silos .95 before consent .8.
    assert found.quotes["data", "Alpha"].text == SAID["a2.txt"][5]
    assert found.quotes["data", "Alpha"].probability == pytest.approx(0.95)
    assert found.quotes["data", "Beta"].text == SAID["b1.txt"][8]
    assert set(found.quotes) == {(unit, side) for unit in ("data", "money") for side in ("Alpha", "Beta")}
    one = compared(counted, "Alpha", "Beta", asked={"code": "silos"}, level="category").frame
    assert one["code"].tolist() == ["data"]  # the category of the code asked for


def test_notes_say_what_is_missing_and_who_coded(counted: CountedStudy) -> None:
    notes = compared(counted, "Alpha", "Beta").notes
    assert notes[0] == "Differences are Alpha - Beta, largest difference of documents first."
    assert "p_documents is missing for trials: no document raises it, or every one does." in notes
    assert notes[-1].startswith("Machine codings by hybrid.v2")


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (("Alfa", "Beta"), {}, 'There is nothing called "Alfa" to compare. Did you mean "Alpha"?'),
        (("Alpha", "Bela"), {}, 'There is nothing called "Bela" to compare. Did you mean "Beta"?'),
        (("Alpha", "ALPHA"), {}, 'Both sides are "Alpha". Name two different ones.'),
        (("Alpha", "workshop"), {}, '"Alpha" and "workshop" are not of one kind.'),
        (("Alpha", "Beta"), {"by": "regoin"}, '--by "regoin" is not known. Did you mean "region"?'),
        (("Alpha", "Beta"), {"by": "kind"}, 'There is nothing called "Alpha" to compare. Known: interview, workshop.'),
        (("Alpha", "Beta"), {"level": "codes"}, '--level "codes" is not known. Did you mean "code"?'),
        (("hybrid.v2",), {}, '"hybrid.v2" needs another coder to compare with: qualcode compare "hybrid.v2" OTHER'),
        (("1.0.0",), {}, '"1.0.0" needs another codebook to compare with'),
        (("Alpha",), {"asked": {"region": "Betta"}}, 'There is no region "Betta" in the store. Did you mean "Beta"?'),
    ],
)
def test_names_that_do_not_fit_get_the_nearest(
    counted: CountedStudy, names: tuple[str, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SelectionError) as caught:
        compared(counted, *names, **options)
    assert str(caught.value).startswith(message)


def test_a_side_without_documents_is_refused(counted: CountedStudy) -> None:
    with pytest.raises(AggregateError, match='no document on the side "Gamma"'):
        compared(counted, "Beta", "Gamma", asked={"kind": "workshop"})


def test_comparing_needs_a_store(study: SmallStudy) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        flow.compare(study.work, flow.make_filter(), "Northfield")
    assert not study.store_path.exists()


# --- two codings -------------------------------------------------------------------------------

CODED = ("code", "documents", "documents_with_code_a", "documents_with_code_b", "gained", "lost")


def test_two_coders_are_compared_on_what_both_have_coded(twice: CountedStudy) -> None:
    found = compared(twice, "hybrid.v2", "kim")
    assert (found.what, found.names) == ("codings", ("hybrid.v2", "Kim"))
    # Kim looked at a1, a3, a4 and b3. The machine's pay in a1 is lost; Kim's in a3 (there pending) and a4 are gained.
    assert {row[0]: row[1:] for row in cells(found.frame, *CODED)} == {
        "silos": [4, 1, 1, 0, 0],
        "consent": [4, 1, 1, 0, 0],
        "pay": [4, 1, 2, 2, 1],
        "trials": [4, 0, 0, 0, 0],
    }
    assert found.frame["code"].iloc[0] == "pay"
    assert found.frame["difference_documents"].iloc[0] == pytest.approx(1 / 4)
    silos = found.frame.set_index("code").loc["silos"]
    assert (silos["segments_a"], silos["segments_b"], silos["words_a"], silos["words_b"]) == (2, 1, 20, 10)
    assert silos["group_words"] == 100 + 100 + 100 + 200


def test_both_codings_are_quoted(twice: CountedStudy) -> None:
    quotes = compared(twice, "hybrid.v2", "Kim").quotes
    assert quotes["silos", "hybrid.v2"].text == quotes["silos", "Kim"].text == SAID["a1.txt"][3]
    assert quotes["pay", "hybrid.v2"].text == SAID["a1.txt"][0]
    assert quotes["pay", "Kim"].document in ("a3.txt", "a4.txt")


def test_codings_can_be_compared_in_a_part_of_the_documents(twice: CountedStudy) -> None:
    frame = compared(twice, "hybrid.v2", "Kim", asked={"region": "Alpha"}, level="category").frame
    assert {row[0]: row[1:] for row in cells(frame, *CODED)} == {"data": [3, 1, 1, 0, 0], "money": [3, 1, 2, 2, 1]}
    with pytest.raises(SelectionError, match='nothing called "Kim" to compare'):
        compared(twice, "hybrid.v2", "Kim", asked={"region": "Gamma"})


def test_a_coder_has_no_rest(twice: CountedStudy) -> None:
    with pytest.raises(
        SelectionError, match=r'"Kim" needs another coder to compare with: qualcode compare "Kim" OTHER'
    ):
        compared(twice, "Kim")


def changed_codebook() -> Codebook:
    """Version 2.0.0: without consent, and with a new code 5 (waiting) in money."""
    plain = codebook("2.0.0").model_dump(mode="json")
    data, money = plain["categories"]
    data["codes"] = [code for code in data["codes"] if code["id"] != "consent"]
    money["codes"].append({**money["codes"][0], "id": "waiting", "number": 5, "name": "Waiting", "colour": "#000005"})
    return Codebook.model_validate(plain)


def test_a_codebook_change_is_compared_code_by_code(tmp_path: Path) -> None:
    study = make_counted_study(tmp_path / "study", facets=False)
    after = [
        recoded("a2.txt", Coding(5, "silos", 0.9, "auto")),
        recoded("b2.txt", Coding(2, "waiting", 0.9, "auto"), Coding(2, "pay", 0.3, "pending")),
    ]
    later = replace(RUN, started_utc="2025-05-01T00:00:00+00:00", finished_utc="2025-05-01T00:00:00+00:00")
    with Store(study.store_path) as store:
        store.save_run(later, changed_codebook(), after)
    found = compared(study, "1.0.0", "2.0.0")
    assert {row[0]: row[1:] for row in cells(found.frame, *CODED)} == {
        "silos": [2, 1, 1, 0, 0],
        "pay": [2, 1, 0, 0, 1],
        "trials": [2, 0, 0, 0, 0],
        "waiting": [2, None, 1, None, None],  # version 1.0.0 has no such code
        "consent": [2, 1, None, None, None],
    }
    assert any("consent" in note and "its codebook lacks it" in note for note in found.notes)
    assert not any("Not only" in note for note in found.notes)  # the same coder both times
    only = compared(study, "1.0.0", "2.0.0", asked={"code": "waiting"}, level="category").frame
    assert only["code"].tolist() == ["money"]


def test_of_several_runs_the_newest_is_compared(tmp_path: Path) -> None:
    study = make_counted_study(tmp_path / "study", facets=False)
    stricter = replace(RUN, settings={"auto": 0.9, "review": 0.2}, finished_utc="2025-06-01T00:00:00+00:00")
    with Store(study.store_path) as store:
        store.save_run(KIM, codebook(), [recoded("a1.txt", Coding(3, "silos", 1.0, "auto"))])
        store.save_run(stricter, codebook(), [recoded("a1.txt", Coding(3, "silos", 0.9, "auto"))])
    frame = compared(study, "hybrid.v2", "Kim").frame.set_index("code")
    assert (frame.loc["silos", "segments_a"], frame.loc["pay", "documents_with_code_a"]) == (1, 0)


def test_what_else_differs_between_two_codings_is_said(tmp_path: Path) -> None:
    study = make_counted_study(tmp_path / "study", facets=False)
    with Store(study.store_path) as store:
        store.save_run(KIM, changed_codebook(), [recoded("a1.txt", Coding(3, "silos", 1.0, "auto"))])
    notes = compared(study, "1.0.0", "2.0.0").notes
    assert "Not only the codebook differs, the coder too: hybrid.v2 against Kim." in notes
    notes = compared(study, "hybrid.v2", "Kim").notes
    assert "Not only the coder differs, the version of the codebook too: 1.0.0 against 2.0.0." in notes


def test_codings_without_a_document_in_common_are_refused(tmp_path: Path) -> None:
    study = make_counted_study(tmp_path / "study", facets=False)
    one = recoded("a1.txt").transcript
    other = replace(one, document=replace(one.document, name="other.txt"))
    with Store(study.store_path) as store:
        store.save_run(KIM, codebook(), [TaggedDocument(other, (), "b2:reading")])
    with pytest.raises(SelectionError, match=r'No document was coded with both "hybrid\.v2" and "Kim"'):
        compared(study, "hybrid.v2", "Kim")


# --- a claim -----------------------------------------------------------------------------------

PROFILE = """\
title = "Data or money"
claim = "Alpha speaks of data, Beta of money."
source = "A report"

[[poles]]
name = "data"
codes = ["data"]

[[poles]]
name = "money"
codes = [3, "trials"]

[expected]
Alpha = "data"
Beta = "money"
"""


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "claim.toml"
    path.write_text(PROFILE, encoding="utf-8")
    return path


def test_a_claim_is_held_against_words_counted_by_hand(counted: CountedStudy, profile: Path) -> None:
    found = flow.check_profile(counted.work, flow.make_filter(), profile)
    assert found.profile.codes_of == {"data": ("consent", "silos"), "money": ("trials", "pay")}
    assert cells(found.frame, "group", "documents", "words_first", "words_second", "expected") == [
        ["Alpha", 4, 60, 10, "data"],  # the sentence with two codes of data once
        ["Gamma", 2, 5, 0, ""],
        ["Beta", 3, 30, 120, "money"],
    ]
    # The prior is the average document: 95 words of data and 130 of money in nine.
    ratios = [log2((w + 95 / 9) / (v + 130 / 9)) for w, v in ((60, 10), (5, 0), (30, 120))]
    assert found.frame["log2_ratio"].tolist() == pytest.approx(ratios)
    assert set(found.frame["agreement"]) <= {"agrees", "contradicts", "open", ""}


def test_the_whole_claim_and_what_is_missing_are_said(counted: CountedStudy, profile: Path) -> None:
    notes = flow.check_profile(counted.work, flow.make_filter(), profile).notes
    assert notes[0].startswith("All expected at data against all expected at money: log2 +")
    assert notes[0].endswith((": open.", ": agrees."))
    assert any(note.startswith("Intervals are missing for") and "Gamma" in note for note in notes)
    assert notes[-1].startswith("Machine codings by hybrid.v2")


def test_without_an_expectation_there_is_no_verdict(counted: CountedStudy, profile: Path) -> None:
    profile.write_text(PROFILE.split("[expected]")[0], encoding="utf-8")
    found = flow.check_profile(counted.work, flow.make_filter(), profile)
    assert set(found.frame["agreement"]) == {""}
    assert not any(note.startswith("All expected") for note in found.notes)


def test_a_group_of_a_profile_keeps_its_comparison_with_all_others(counted: CountedStudy, profile: Path) -> None:
    whole = flow.check_profile(counted.work, flow.make_filter(), profile).frame
    beta = flow.check_profile(counted.work, flow.make_filter(region="beta"), profile).frame
    pd.testing.assert_frame_equal(beta, whole[whole["group"] == "Beta"].reset_index(drop=True), check_exact=True)
    interviews = flow.check_profile(counted.work, flow.make_filter(kind="interview"), profile).frame
    assert cells(interviews[interviews["group"] == "Beta"], "documents", "words_second") == [[2, 30]]


def test_a_profile_may_group_by_another_attribute(counted: CountedStudy, profile: Path) -> None:
    profile.write_text(f'by = "kind"\n{PROFILE.split("[expected]")[0]}', encoding="utf-8")
    frame = flow.check_profile(counted.work, flow.make_filter(), profile).frame
    assert dict(cells(frame, "group", "documents")) == {"interview": 8, "workshop": 1}


@pytest.mark.parametrize("asked", [{"code": "3"}, {"category": "data"}, {"status": "auto"}])
def test_codes_are_the_profiles_own(counted: CountedStudy, profile: Path, asked: dict[str, str]) -> None:
    with pytest.raises(SelectionError, match=r"A profile names the codes it compares\. Leave out code, category"):
        flow.check_profile(counted.work, flow.make_filter(**asked), profile)


def test_a_profile_that_cannot_be_used_says_where_and_why(counted: CountedStudy, profile: Path) -> None:
    profile.write_text(PROFILE.replace('"trials"', '"trial"'), encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        flow.check_profile(counted.work, flow.make_filter(), profile)
    assert str(caught.value) == (
        f'{profile}:11: "trial" is no code or category of the codebook. Did you mean "trials"?'
    )
    profile.write_text(PROFILE, encoding="utf-8")
    with pytest.raises(SelectionError, match="No document fits all of these filters"):
        flow.check_profile(counted.work, flow.make_filter(since="2199"), profile)


def test_comparing_leaves_the_store_as_it_is(twice: CountedStudy, profile: Path) -> None:
    before = dump(twice.store_path)
    compared(twice, "Alpha", "Beta")
    compared(twice, "hybrid.v2", "Kim")
    flow.check_profile(twice.work, flow.make_filter(), profile)
    assert dump(twice.store_path) == before
