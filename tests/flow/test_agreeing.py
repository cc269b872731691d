"""Agreement of people with each other and with the machine, in a study of three notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.review import Decision, DecisionKind, Place
from qualcode.store import Filter, Store
from studies import SmallStudy


class Coder:
    """A person who decides."""

    def __init__(self, study: SmallStudy, name: str) -> None:
        self.study, self.name = study, name

    def says(
        self, document: str, position: int, *codes: str, no: tuple[str, ...] = (), looked: bool = True,
        blind: bool = True, settled: bool = False,
    ) -> None:  # fmt: skip
        with Store(self.study.store_path) as store:
            place = Place(store.known_documents()[document].document_id, position)
            words: list[tuple[str, DecisionKind]] = [(code, "accept") for code in codes]
            words += [(code, "reject") for code in no]
            store.verdicts.decide(
                self.name,
                [Decision(place, code, decision) for code, decision in words],
                looked=[place] if looked else [],
                is_blind=blind,
                kind="adjudicate" if settled else "decide",
            )


@pytest.fixture
def ann(tagged: SmallStudy) -> Coder:
    return Coder(tagged, "Ann")


@pytest.fixture
def ben(tagged: SmallStudy) -> Coder:
    return Coder(tagged, "Ben")


@pytest.fixture
def both(tagged: SmallStudy, ann: Coder, ben: Coder) -> SmallStudy:
    """Four sentences read by both: delays yes-yes, yes-no, no-no, no-no; fares no-no, no-no, yes-yes, no-no."""
    for position, of_ann, of_ben in ((1, ["delays"], ["delays"]), (2, ["delays"], []), (3, ["fares"], ["fares"])):
        ann.says("anna.txt", position, *of_ann)
        ben.says("anna.txt", position, *of_ben, blind=False)
    ann.says("ben.txt", 1)
    ben.says("ben.txt", 1)
    return tagged


def rows(found: flow.Agreement, column: str = "code") -> dict[str, dict[str, object]]:
    return {str(row[column]): {str(k): v for k, v in row.items()} for row in found.frame.to_dict("records")}


def test_two_people_are_compared_by_code(both: SmallStudy) -> None:
    found = flow.agreement(both.work, Filter())
    assert (found.coders, found.by, found.unit) == (("Ann", "Ben"), "code", "segment")
    delays = rows(found)["delays"]
    assert [delays[name] for name in ("yes_yes", "yes_no", "no_yes", "no_no", "units")] == [1, 1, 0, 2, 4]
    assert delays["percent_agreement"] == pytest.approx(0.75)
    assert delays["kappa"] == pytest.approx(0.5)  # chance: (2 x 1 + 2 x 3) / 16 = 0.5
    assert rows(found)["fares"]["kappa"] == pytest.approx(1)
    assert rows(found)["funding"]["reason"] == (
        "all say no everywhere: no kappa, no alpha; "
        "no interval of percent_agreement, ac1: a disagreement in no document"
    )


def test_the_notes_say_what_is_left_out_and_who_saw_what(both: SmallStudy, ann: Coder) -> None:
    ann.says("cleo.txt", 1, "fares")
    notes = flow.agreement(both.work, Filter()).notes
    assert (
        "Sentences of respondents: 11; 4 used, 1 left out, judged but by no two for the same code, 6 left out"
        in "".join(notes)
    )
    assert "Sentences looked at blind: Ann 5 of 5, Ben 1 of 4." in notes
    assert not any("machine" in note for note in notes)


def test_one_person_alone_is_compared_with_the_machine(tagged: SmallStudy, ann: Coder) -> None:
    ann.says("anna.txt", 1, "delays", blind=False)
    ann.says("anna.txt", 3, no=("fares",))
    found = flow.agreement(tagged.work, Filter())
    assert found.coders == ("Ann", "machine")
    assert [rows(found)["delays"][name] for name in ("yes_yes", "no_no")] == [1, 1]
    assert [rows(found)["fares"][name] for name in ("no_yes", "no_no")] == [1, 1]
    assert found.notes[-1].startswith("Who sees the machine's codings agrees with them more")


def test_an_agreement_with_the_machine_unseen_is_not_called_flattered(tagged: SmallStudy, ann: Coder) -> None:
    ann.says("anna.txt", 1, "delays")
    assert not any("flattered" in note for note in flow.agreement(tagged.work, Filter()).notes)


def test_the_order_of_the_names_is_the_order_of_yes_no(both: SmallStudy) -> None:
    found = flow.agreement(both.work, Filter(), coders="ben, Ann")
    assert found.coders == ("Ben", "Ann")
    assert [rows(found)["delays"][name] for name in ("yes_no", "no_yes")] == [0, 1]
    three = flow.agreement(both.work, Filter(), coders="Ann,Ben,machine")
    assert three.coders == ("Ann", "Ben", "machine")


def test_by_category_region_turn_and_document(both: SmallStudy) -> None:
    assert list(rows(flow.agreement(both.work, Filter(), by="category"))) == ["money", "service", "all"]
    regions = rows(flow.agreement(both.work, Filter(), by="region"), "group")
    assert {name: row["documents"] for name, row in regions.items()} == {"Northfield": 1, "Southport": 1, "all": 2}
    turns = rows(flow.agreement(both.work, Filter(), unit="turn"))["delays"]
    assert [turns[name] for name in ("yes_yes", "units")] == [1, 1]  # of ben.txt's turn only one sentence of two
    assert rows(flow.agreement(both.work, Filter(), unit="document"))["delays"]["units"] == 0


def test_filters_choose_documents(both: SmallStudy) -> None:
    found = flow.agreement(both.work, Filter(region="southport"))
    assert rows(found)["delays"]["units"] == 1
    with pytest.raises(SelectionError, match=r'There is no region "Westport"'):
        flow.agreement(both.work, Filter(region="Westport"))
    with pytest.raises(SelectionError, match=r"No document fits all of these filters"):
        flow.agreement(both.work, Filter(region="Southport", kind="workshop"))


def test_a_settlement_is_nobody_s_own_word(both: SmallStudy, ann: Coder) -> None:
    ann.says("anna.txt", 2, no=("delays",), looked=False, settled=True)
    assert rows(flow.agreement(both.work, Filter()))["delays"]["yes_no"] == 1


def test_documents_and_codes_of_other_codebooks_are_left_out_and_counted(
    both: SmallStudy, ann: Coder, ben: Coder
) -> None:
    ann.says("cleo.txt", 1, "fares")
    ben.says("cleo.txt", 1, "fares")
    both.codebook("id: fares", "id: prices")
    both.tag()
    found = flow.agreement(both.work, Filter())
    assert "fares" not in rows(found)
    assert rows(found)["delays"]["units"] == 5
    assert "4 decisions are left out: codebook 1.0.0 has no code fares." in found.notes
    both.codebook("id: night_buses", "id: day_buses")
    (both.notes / "ben.txt").unlink()
    both.tag()
    with pytest.raises(SelectionError, match=r"Nobody has decided anything in these documents yet"):
        flow.agreement(both.work, Filter())


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"coders": "Ann"}, '--coders "Ann": name two coders or more, each once, as in Ann,Ben or Ann,machine.'),
        ({"coders": "Ann,ann"}, '--coders "Ann,ann": name two coders or more'),
        ({"coders": "Ann,Bent"}, 'Nobody called "Bent" has decided anything in this store. Did you mean "Ben"?'),
        ({"by": "speaker"}, '--by "speaker" is not known. Known: code, category, region.'),
        ({"unit": "sentence"}, '--unit "sentence" is not known. Did you mean "segment"?'),
    ],
)
def test_what_is_not_there_is_refused(both: SmallStudy, chosen: dict[str, str], message: str) -> None:
    with pytest.raises(SelectionError) as caught:
        flow.agreement(both.work, Filter(), **chosen)
    assert str(caught.value).startswith(message)


def test_without_decisions_there_is_no_agreement(tagged: SmallStudy) -> None:
    with pytest.raises(
        SelectionError, match=r"Nobody has decided anything in these documents yet. Begin with: qualcode"
    ):
        flow.agreement(tagged.work, Filter())


def test_disagreements_come_with_their_words_the_worst_first(both: SmallStudy, ann: Coder, ben: Coder) -> None:
    ann.says("cleo.txt", 1, "fares", "delays")
    ben.says("cleo.txt", 1, "fares")
    found = flow.list_disagreements(both.work, Filter())
    assert found.coders == ("Ann", "Ben")
    worst, other = found.rows
    assert (worst["document"], worst["position"], worst["distance"]) == ("anna.txt", 2, 1.0)
    assert (worst["text"], worst["speaker"]) == ("My garden is fine.", "Anna")
    assert (worst["codes_Ann"], worst["codes_Ben"], worst["differing_codes"]) == ("delays", "", "delays")
    assert (other["document"], other["differing_codes"]) == ("cleo.txt", "delays")
    assert other["distance"] == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert [row["settled"] for row in found.rows] == ["", ""]


def test_what_was_settled_is_marked(both: SmallStudy, ann: Coder) -> None:
    ann.says("anna.txt", 2, "delays", looked=False, settled=True)
    assert [row["settled"] for row in flow.list_disagreements(both.work, Filter()).rows] == ["delays"]


def test_people_who_agree_have_an_empty_list(tagged: SmallStudy, ann: Coder, ben: Coder) -> None:
    for coder in (ann, ben):
        coder.says("anna.txt", 1, "delays")
    assert flow.list_disagreements(tagged.work, Filter()).rows == []


def test_nothing_is_written(both: SmallStudy) -> None:
    before = Path(both.store_path).read_bytes()
    flow.agreement(both.work, Filter())
    flow.list_disagreements(both.work, Filter())
    assert both.store_path.read_bytes() == before
