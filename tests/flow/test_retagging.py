from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.review import Decision, DecisionKind, Place
from qualcode.store import Store
from studies import ANNA, SmallStudy, dump

# What is said where: anna.txt 1 late (delays), 3 fares; ben.txt 1 no money (funding), 2 slow (delays, waits);
# cleo.txt 1 late and fares, 2 late.


def change(study: SmallStudy, *, retag: bool = True, is_trial: bool = False, **options: Any) -> flow.RetagReport:
    return flow.tag_with_diff([study.notes], study.work, retag=retag, is_trial=is_trial, **options)


def decide(study: SmallStudy, coder: str, name: str, position: int, **said: DecisionKind) -> None:
    """With a decision: on this code alone; without: done with the sentence."""
    with Store(study.store_path) as store:
        place = Place(store.known_documents()[name].document_id, position)
        decisions = [Decision(place, code, decision) for code, decision in said.items()]
        assert store.verdicts.decide(coder, decisions, looked=() if said else [place]) is not None


def row(report: flow.RetagReport, code: str, group: str = "all") -> dict[str, Any]:
    (found,) = report.frame[(report.frame["code"] == code) & (report.frame["group"] == group)].to_dict("records")
    return {str(key): value for key, value in found.items()}


def codings(found: dict[str, Any]) -> tuple[int, int, int, int, int]:
    names = ("codings_before", "codings_after", "unchanged", "added", "removed")
    return tuple(found[name] for name in names)


def test_nothing_changes_where_nothing_has_changed(tagged: SmallStudy) -> None:
    report = change(tagged)
    assert codings(row(report, "delays")) == (3, 3, 3, 0, 0)
    assert (row(report, "delays")["waiting_before"], row(report, "delays")["waiting_after"]) == (1, 1)
    changed = report.frame[["added", "removed", "change_documents", "change_words"]].fillna(0)
    assert not changed.to_numpy().any()
    assert (report.waiting, report.stale, report.gone) == ((), (), ())


def test_a_changed_cue_is_told_in_codings_and_tables(tagged: SmallStudy) -> None:
    tagged.codebook('{regex: "slow", weight: 0.6}', '{regex: "slow"}')
    tagged.codebook('regex: "costs? too much"', 'regex: "costs? far too much"')
    tagged.codebook("version: 1.0.0", "version: 1.1.0")
    report = change(tagged)
    # Ben's slow road counts now; nobody says "far".
    assert codings(row(report, "delays")) == (3, 4, 3, 1, 0)
    assert codings(row(report, "fares", "Northfield")) == (2, 0, 0, 0, 2)
    south = row(report, "delays", "Southport")
    assert (south["share_documents_before"], south["share_documents_after"], south["change_documents"]) == (0, 1, 1)
    # "The road is slow." are 4 of Ben's 17 words.
    assert south["change_words"] == pytest.approx(4 / 17)
    assert (south["waiting_before"], south["waiting_after"]) == (1, 0)
    # Words at Northfield: delays 8 + 15 + 4, fares 8 + 15 before.
    assert row(report, "fares", "Northfield")["rank_before"] == 2
    assert pd.isna(row(report, "fares", "Northfield")["rank_after"])
    assert report.notes == ("Before: rules.v1, codebook 1.0.0.", "After: rules.v1, codebook 1.1.0.")


def test_a_trial_says_the_same_and_leaves_no_trace(tagged: SmallStudy) -> None:
    decide(tagged, "Ada", "anna.txt", 1, delays="reject")
    tagged.codebook('{regex: "slow", weight: 0.6}', '{regex: "slow"}')
    stored, files = tagged.store_path.read_bytes(), sorted(tagged.folder.rglob("*"))
    tried = change(tagged, is_trial=True)
    assert (tried.is_trial, tried.tagged.retagged, tried.tagged.store) == (True, 3, tagged.store_path)
    assert tagged.store_path.read_bytes() == stored
    assert sorted(tagged.folder.rglob("*")) == files
    done = change(tagged)
    assert done.frame.equals(tried.frame)
    assert tagged.store_path.read_bytes() != stored
    assert sorted(tagged.folder.rglob("*")) == files


@pytest.mark.parametrize("is_trial", [True, False])
def test_the_copy_lies_beside_the_store_for_its_owner_alone(tagged: SmallStudy, is_trial: bool) -> None:
    seen: list[tuple[Path, int]] = []

    def look(_name: str, _done: int, _total: int) -> None:
        folders = list(tagged.folder.glob(".qualcode.db.trial-*"))
        seen.extend((path, path.stat().st_mode & 0o077) for folder in folders for path in (folder, *folder.iterdir()))

    change(tagged, is_trial=is_trial, progress=look)
    assert any(path.name == "qualcode.db" for path, _ in seen)
    assert {mode for _, mode in seen} == {0}


@pytest.mark.parametrize("is_trial", [True, False])
def test_the_copy_is_removed_where_the_run_fails(tagged: SmallStudy, is_trial: bool) -> None:
    def stop(_name: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    before = dump(tagged.store_path)
    with pytest.raises(KeyboardInterrupt):
        change(tagged, is_trial=is_trial, progress=stop)
    assert list(tagged.folder.glob(".*trial*")) == []
    assert dump(tagged.store_path) == before


def test_what_people_decided_stands(tagged: SmallStudy) -> None:
    decide(tagged, "Ada", "anna.txt", 3, fares="reject")
    decide(tagged, "Ada", "ben.txt", 1, fares="add")
    decide(tagged, "Ada", "cleo.txt", 1, fares="accept")
    tagged.codebook('regex: "costs? too much"', 'regex: "(ticket|town)"')
    before = flow.list_codings(tagged.work, flow.make_filter(code="fares"))
    report = change(tagged)
    # Anna's stays out, Cleo's and the one added at Ben stay in, though the machine suggests that one now, too.
    assert codings(row(report, "fares")) == (2, 2, 2, 0, 0)
    after = flow.list_codings(tagged.work, flow.make_filter(code="fares"))
    for rows in (before, after):
        assert [(one["document"], one["status"]) for one in rows] == [("ben.txt", "accepted"), ("cleo.txt", "accepted")]


def test_new_codings_on_sentences_people_are_done_with_wait(tagged: SmallStudy) -> None:
    decide(tagged, "Ada", "ben.txt", 2)
    decide(tagged, "Ben", "ben.txt", 2)
    tagged.codebook('{regex: "slow", weight: 0.6}', '{regex: "slow"}')
    report = change(tagged)
    assert report.waiting == (
        {
            "document": "ben.txt", "region": "Southport", "position": 2, "code": "delays",
            "probability": report.waiting[0]["probability"], "done_by": ["Ada", "Ben"],
        },
    )  # fmt: skip
    assert codings(row(report, "delays")) == (3, 3, 3, 0, 0)
    assert change(tagged).waiting == ()  # no news the second time


def test_decisions_made_with_another_meaning_hold_and_are_listed(tagged: SmallStudy) -> None:
    decide(tagged, "Ada", "ben.txt", 2, delays="accept")
    decide(tagged, "Ada", "anna.txt", 3, fares="accept")
    tagged.codebook("The bus does not come when it should.", "The bus comes more than ten minutes late.")
    tagged.codebook('regex: "costs? too much"', 'regex: "costs? (too|very) much"')
    tagged.codebook("version: 1.0.0", "version: 2.0.0")
    (stale,) = change(tagged, is_trial=True).stale
    assert stale == {
        "document": "ben.txt", "position": 2, "code": "delays", "coder": "Ada", "decision": "accept",
        "codebook_version": "1.0.0", "is_new": 1,
    }  # fmt: skip
    report = change(tagged)
    assert report.stale == (stale,)
    queued = flow.ReviewDesk(tagged.work, "Ben").queue("stale").passage
    assert queued is not None
    assert (queued.document, queued.place.position) == ("ben.txt", 2)
    assert change(tagged).stale == (stale | {"is_new": 0},)
    assert codings(row(report, "delays"))[:2] == (4, 4)
    decide(tagged, "Ada", "ben.txt", 2, delays="accept")  # said again with the new meaning
    assert change(tagged).stale == ()


def test_decisions_on_codes_that_are_gone_are_kept_and_listed(tagged: SmallStudy) -> None:
    decide(tagged, "Ada", "ben.txt", 1, funding="accept")
    tagged.codebook("id: funding\n        number: 2", "id: money\n        number: 2")
    tagged.codebook("version: 1.0.0", "version: 2.0.0")
    report = change(tagged)
    assert [(one["document"], one["code"], one["decision"]) for one in report.gone] == [
        ("ben.txt", "funding", "accept")
    ]
    assert codings(row(report, "funding")) == (1, 0, 0, 0, 1)
    assert codings(row(report, "money")) == (0, 1, 0, 1, 0)
    with Store(tagged.store_path, read_only=True) as store:
        assert [opinion["code"] for opinion in store.verdicts.opinions()] == ["funding"]
    tagged.codebook("id: money\n        number: 2", "id: funding\n        number: 2")
    tagged.codebook("version: 2.0.0", "version: 3.0.0")
    assert change(tagged).gone == ()
    assert [one["status"] for one in flow.list_codings(tagged.work, flow.make_filter(code="funding"))] == ["accepted"]


def test_without_retag_it_tells_what_new_and_changed_files_change(tagged: SmallStudy) -> None:
    decide(tagged, "Ada", "anna.txt", 3, fares="accept")
    tagged.write("anna.txt", ANNA.replace("My garden is fine.", "My dog is fine. No money for dogs."))
    tagged.write("dan.txt", "---\nregion: Southport\n---\nR1: There is no money.\n")
    report = change(tagged, retag=False)
    assert (report.tagged.new, report.tagged.changed, report.tagged.unchanged) == (1, 1, 2)
    # Two new sentences; those that only moved are the same ones.
    assert codings(row(report, "funding")) == (1, 3, 1, 2, 0)
    assert codings(row(report, "fares")) == (2, 2, 2, 0, 0)
    assert codings(row(report, "delays")) == (3, 3, 3, 0, 0)
    assert report.notes[-1].startswith("1 document(s) are new and 1 changed")
    assert (
        "1 decision(s) of people stay with version 1 of anna.txt; the new version starts without them."
        in report.tagged.notes
    )


def test_a_first_run_adds_everything(study: SmallStudy) -> None:
    tried = change(study, is_trial=True)
    assert not study.store_path.exists()
    assert codings(row(tried, "delays")) == (0, 3, 0, 3, 0)
    found = row(tried, "delays")
    assert str(found["share_documents_before"]) == "nan"
    assert found["share_documents_after"] == pytest.approx(2 / 3)
    assert change(study).frame.equals(tried.frame)


def test_notes_that_cannot_be_tagged_leave_the_store_as_it_was(tagged: SmallStudy) -> None:
    tagged.write("nowhere.txt", "R1: It is late.")
    before = tagged.store_path.read_bytes()
    with pytest.raises(SelectionError, match=r"nowhere\.txt"):
        change(tagged)
    assert tagged.store_path.read_bytes() == before


def test_meaning_is_definition_and_rules_not_cues_or_names(tagged: SmallStudy) -> None:
    before = tagged.work.codebook
    tagged.codebook("Passengers cannot or do not want to pay the fare.", "Passengers cannot pay the fare.")
    tagged.codebook("name: Delays", "name: Late buses")
    tagged.codebook("id: funding", "id: money")
    assert flow.stale_codes(before, tagged.work.codebook) == {"fares"}
