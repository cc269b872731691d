from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qualcode import flow, present
from qualcode.flow.exchanging import Conflict

EXPORT = flow.VerdictExport(b"", {"Ben": 1, "Ann": 12}, verdicts=30, looks=1, memos=0, left_out=0)
NOTHING = flow.ImportReport([], 0, {}, (), 0, (), 0)
ANN = {"coder": "Ann", "actions": 12, "verdicts": 1200, "looks": 3, "memos": 1, "undone": 2}
CONFLICT = Conflict("anna.txt", 1, "Delays", "Ann", "Ann", "reject", "unsure", is_there=False)


def test_an_export_says_what_it_holds_and_how_it_is_taken_in() -> None:
    assert present.export_text(EXPORT, Path("mail/ann.qcverdicts")).splitlines() == [
        "Wrote mail/ann.qcverdicts: Ann 12 actions, Ben 1 action; 30 decisions, 1 look, 0 notes.",
        "It holds names of coders and of documents, and no words of a transcript.",
        "The others take it in with: qualcode verdicts import ann.qcverdicts",
    ]


def test_an_export_warns_of_notes_and_of_what_it_leaves_out() -> None:
    lines = present.export_text(replace(EXPORT, memos=2, left_out=1), Path("a.json")).splitlines()
    assert lines[2:4] == [
        "Notes are free text and may name people. Leave them out with --no-memos.",
        "Left out: 1 other action of this store.",
    ]


def test_nothing_new_is_said_in_a_line() -> None:
    assert present.import_text(replace(NOTHING, known=4)) == "Nothing new: 4 actions known before."


def test_an_import_counts_by_person() -> None:
    text = present.import_text(replace(NOTHING, coders=[ANN], known=4))
    assert text.splitlines() == [
        "Taken in from   Actions   Decisions   Looks   Notes   Taken back",
        "────────────────────────────────────────────────────────────────",
        "Ann                  12        1200       3       1            2",
        "",
        "Known before: 4 actions.",
    ]


def test_what_waits_is_listed_with_the_way_out() -> None:
    waiting = {"anna.txt": 1, "ben.txt": 1200}
    report = replace(NOTHING, waiting=waiting, other_versions=("anna.txt",), not_sent=1)
    lines = present.import_text(report).splitlines()
    assert lines[1:] == [
        "Not stored: what was decided on documents that this store does not hold.",
        "  anna.txt (here in another version): 1 action",
        "  ben.txt: 1,200 actions",
        "Tag these files as the others did, and import the same packet again.",
        "The senders have 1 more action, not in these packets and not here. "
        "To have all, ask for a packet without --since, --coder and --no-memos.",
    ]


def test_conflicts_are_listed_with_what_stands() -> None:
    conflicts = (
        CONFLICT,
        replace(CONFLICT, coder_there="Ben", is_there=True),
        Conflict(None, None, "Delays", "Ann", "Ann", "note", "note", is_there=True),
    )
    lines = present.import_text(replace(NOTHING, conflicts=conflicts)).splitlines()
    assert lines[1:] == [
        "Decided differently here and there by the same person (3 times); the newer stands:",
        "  anna.txt:1, Delays: Ann said reject here, unsure in the packet; this store's stands",
        "  anna.txt:1, Delays: Ann and Ben said reject here, unsure in the packet; the packet's stands",
        "  the codebook, Delays: Ann wrote two notes; the packet's stands",
    ]


def test_a_long_list_says_how_many_more_there_are() -> None:
    lines = present.import_text(replace(NOTHING, conflicts=(CONFLICT,) * 1060)).splitlines()
    assert len(lines) == 2 + 50 + 1
    assert lines[-1] == "  and 1,010 more"


def test_people_who_differ_are_counted_with_the_command_that_lists_them() -> None:
    for count, codes in ((1, "1 code of a sentence"), (7, "7 codes of sentences")):
        text = present.import_text(replace(NOTHING, differences=count))
        assert text.splitlines()[1] == f"People differ on {codes}. List them: qualcode agreement --disagreements"
