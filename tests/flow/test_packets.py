"""The file of a packet: the same bytes for the same content, and refused where anything is wrong with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qualcode import flow
from qualcode.errors import PacketError
from qualcode.flow.packets import PACKET, packet_bytes, read_packet
from qualcode.review import Decision, Place
from qualcode.sealed_json import checksum
from qualcode.store import Memo, Store
from studies import SmallStudy, make_small_study

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """Ann has decided on two sentences of her namesake, and written two notes; only to be read."""
    study = make_small_study(tmp_path_factory.mktemp("decided") / "buses")
    study.tag()
    with Store(study.store_path) as store:
        anna = store.known_documents()["anna.txt"].document_id
        decisions = [Decision(Place(anna, 1), "delays", "accept"), Decision(Place(anna, 3), "fares", "reject")]
        store.verdicts.decide("Ann", decisions, looked=[Place(anna, 1)], is_blind=True)
        store.verdicts.note("Ann", Memo("<b>Ünsure</b>\u2028", Place(anna, 1), "delays"))
        store.verdicts.note("Ann", Memo("Too broad.", code="fares"))
    return study


@pytest.fixture(scope="module")
def content(decided: SmallStudy) -> bytes:
    return flow.export_verdicts(decided.work, Path("ann.qcverdicts")).content


@pytest.fixture
def packet(content: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "ann.qcverdicts"
    path.write_bytes(content)
    return path


@pytest.fixture
def copy(decided: SmallStudy, tmp_path: Path) -> SmallStudy:
    """The same study, to be written to."""
    return SmallStudy(Path(shutil.copytree(decided.folder, tmp_path / "copy")))


def changed(packet: Path, edit: Edit, *, mend: bool = True) -> Path:
    """The packet after an edit, with the checksum of what it says now."""
    tree = json.loads(packet.read_text(encoding="utf-8"))
    edit(tree)
    if mend:
        tree["sha256"] = checksum(tree)
    packet.write_text(json.dumps(tree), encoding="utf-8")
    return packet


def refused(path: Path) -> str:
    with pytest.raises(PacketError) as caught:
        read_packet(path)
    assert str(path) in str(caught.value)
    return str(caught.value).replace(str(path), "FILE")


# --- writing -----------------------------------------------------------------------------------


def test_what_is_read_is_what_was_written(decided: SmallStudy, packet: Path) -> None:
    with Store(decided.store_path, read_only=True) as store:
        rows, codebook = store.verdicts.export_actions(), store.codebook()
    for part in (part for row in rows for part in (*row["verdicts"], *row["looks"], *filter(None, [row["memo"]]))):
        del part["document"]
    read = read_packet(packet)
    assert [{**row, "verdicts": list(row["verdicts"]), "looks": list(row["looks"])} for row in read.rows] == rows
    assert read.codebooks == {codebook.hash: codebook}
    assert list(read.documents.values()) == ["anna.txt"]


def test_the_same_store_makes_the_same_bytes(decided: SmallStudy, packet: Path) -> None:
    assert flow.export_verdicts(decided.work, Path("other.json")).content == packet.read_bytes()


def test_a_packet_holds_no_words_of_a_transcript(packet: Path) -> None:
    text = packet.read_text(encoding="utf-8")
    assert "always late in the evening" not in text
    assert "garden" not in text


def test_a_name_of_a_file_cannot_steer_a_terminal(decided: SmallStudy, tmp_path: Path) -> None:
    with Store(decided.store_path, read_only=True) as store:
        rows, codebook = store.verdicts.export_actions(), store.codebook()
    for part in (*rows[0]["verdicts"], *rows[0]["looks"]):
        part["document"] = "a\x1b[2J.txt"
    path = tmp_path / "a.qcverdicts"
    path.write_bytes(packet_bytes(rows[:1], {codebook.hash: codebook}))
    assert list(read_packet(path).documents.values()) == ["a\N{REPLACEMENT CHARACTER}[2J.txt"]


def test_what_nobody_could_read_is_not_written(copy: SmallStudy) -> None:
    with Store(copy.store_path) as store:
        store.verdicts.note("Ann", Memo("x" * 100_001, code="delays"))
    with pytest.raises(PacketError, match=r"qualcode.db: actions\[3\].memo.text: String should have at most 100000"):
        flow.export_verdicts(copy.work, Path("a.qcverdicts"))


# --- refusing files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "FILE:1: is not JSON (Expecting value), so no packet, or a damaged one. Ask for it again."),
        (b"{", "FILE:1: is not JSON"),
        (b"[]", "FILE: is not a packet. One is made with: qualcode verdicts export --out FILE"),
        (b'{"format": "qualcode verdict"}', "FILE: is not a packet"),
        (b"SQLite format 3\0", "FILE:1: is not JSON"),
        (b"\xff\xfe{}", "FILE: is not UTF-8 text (byte 0), so no packet."),
        (b'{"a": 1, "a": 2}', "FILE: is not JSON as a packet is: a name stands twice in one object."),
        (b'{"a": NaN}', "FILE: is not JSON as a packet is: NaN is no number."),
        (b'{"a": ' + b"9" * 5000 + b"}", "FILE: is not JSON as a packet is: a number has thousands of digits"),
        (b"[" * 100_000, "FILE: is nested deeper than 24 levels, as no packet is."),
    ],
)
def test_a_file_that_is_no_packet_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(content)
    assert refused(path).startswith(message)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.qcverdicts") == "FILE: cannot be read (No such file or directory)."
    assert refused(tmp_path).startswith("FILE: cannot be read (")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.qcverdicts"
    with path.open("wb") as file:
        file.truncate(PACKET.max_bytes + 1)
    assert refused(path) == "FILE: is larger than 64 MB, as no packet is."


def test_a_packet_of_a_newer_program_asks_for_an_update(packet: Path) -> None:
    said = refused(changed(packet, lambda tree: tree.update(version=2)))
    assert said.startswith("FILE: was made by a newer qualcode (format 2; this one knows 1). Update with: pip install")


def test_a_changed_byte_is_noticed(packet: Path) -> None:
    said = "FILE: was damaged or edited on its way: its checksum does not fit. Ask for it again."
    assert refused(changed(packet, lambda tree: tree["actions"][0].update(coder="Eve"), mend=False)) == said
    assert refused(changed(packet, lambda tree: tree.pop("sha256"), mend=False)) == said


def test_deep_content_and_half_characters_are_refused(packet: Path) -> None:
    nested: Any = 0
    for _ in range(30):
        nested = [nested]
    whole = packet.read_bytes()
    assert "is nested deeper than 24 levels" in refused(changed(packet, lambda tree: tree.update(more=nested)))
    packet.write_bytes(whole)
    changed(packet, lambda tree: tree["actions"][1]["memo"].update(text="\ud800"), mend=False)
    assert refused(packet) == "FILE: holds half of a character or no number, as no packet does. Ask for it again."


# --- refusing what is in it --------------------------------------------------------------------


def first(tree: dict[str, Any]) -> Any:
    return tree["actions"][0]


def book(tree: dict[str, Any]) -> Any:
    return next(iter(tree["codebooks"].values()))


FIELDS: list[tuple[Edit, str]] = [
    (lambda t: t.update(more=1), "more is not a field of a packet."),
    (lambda t: t.pop("left_out"), "left_out is missing."),
    (lambda t: t.update(version="1"), "is of no version of a packet."),
    (lambda t: t.update(left_out=["x"]), "left_out[0]: String should match pattern"),
    (lambda t: first(t).update(action_id="x"), "actions[0].action_id: String should match pattern"),
    (lambda t: first(t).update(coder=" Ann"), "actions[0].coder: Value error, a name has no blanks around it"),
    (lambda t: first(t).update(coder=""), "actions[0].coder: "),
    (lambda t: first(t).update(coder="A\x1b[2J"), "actions[0].coder: "),
    (lambda t: first(t).update(coder="A" * 201), "actions[0].coder: String should have at most 200 characters"),
    (lambda t: first(t).update(kind="erase"), "actions[0].kind: Input should be 'decide', 'done'"),
    (lambda t: first(t).update(clock=0), "actions[0].clock: Input should be greater than or equal to 1. Found 0."),
    (lambda t: first(t).update(clock=2**63), "actions[0].clock: "),
    (lambda t: first(t).update(clock=True), "actions[0].clock: Input should be a valid integer. Found True."),
    (lambda t: first(t).update(made_utc="yesterday"), "actions[0].made_utc: "),
    (lambda t: first(t).update(made_utc="2026-99-99"), "actions[0].made_utc: Value error"),
    (lambda t: first(t).update(undone_utc=5), "actions[0].undone_utc: Input should be a valid string. Found 5."),
    (lambda t: first(t).update(verdicts={}), "actions[0].verdicts: Input should be a valid tuple"),
    (lambda t: first(t)["verdicts"][0].update(position=-1), "actions[0].verdicts[0].position: "),
    (lambda t: first(t)["verdicts"][0].update(position=1.5), "actions[0].verdicts[0].position: "),
    (lambda t: first(t)["verdicts"][0].update(decision="maybe"), "actions[0].verdicts[0].decision: "),
    (lambda t: first(t)["verdicts"][0].update(document_id="x' OR 1"), "actions[0].verdicts[0].document_id: "),
    (lambda t: first(t)["looks"][0].update(is_blind=2), "actions[0].looks[0].is_blind: "),
    (lambda t: t["actions"][1]["memo"].update(text="a\0b"), "actions[1].memo.text: "),
    (lambda t: book(t)["categories"][0]["codes"][0].update(colour="red"), ".categories[0].codes[0].colour: "),
]


@pytest.mark.parametrize(("edit", "message"), FIELDS)
def test_every_field_is_checked_and_named(packet: Path, edit: Edit, message: str) -> None:
    assert message in refused(changed(packet, edit))


def test_a_long_value_is_cut_in_the_message(packet: Path) -> None:
    said = refused(changed(packet, lambda tree: first(tree).update(kind="x" * 5000)))
    assert len(said) < 250


def test_no_more_than_twenty_faults_are_named(packet: Path) -> None:
    said = refused(changed(packet, lambda tree: tree.update(left_out=["x"] * 1000)))
    assert len(said.splitlines()) == 20


FITTING: list[tuple[Edit, str]] = [
    (lambda t: first(t)["verdicts"][0].update(decision="reject"), "says something else than its id: it was changed"),
    (lambda t: first(t).update(coder="Eve"), "actions[0] (decide of Eve, "),
    (lambda t: first(t).update(clock=99), "says something else than its id"),
    (lambda t: first(t)["looks"][0].update(is_blind=False), "says something else than its id"),
    (lambda t: t["actions"][1]["memo"].update(text="No."), "actions[1] (memo of Ann, "),
    (lambda t: t["actions"].append(first(t)), "actions[3] (decide of Ann, "),
    (lambda t: first(t).update(memo=t["actions"][1]["memo"]), "must hold a memo and nothing else if it is of kind"),
    (lambda t: first(t).update(verdicts=[], looks=[]), "says nothing."),
    (lambda t: first(t)["verdicts"].append(first(t)["verdicts"][0]), "has verdicts of the same place twice."),
    (lambda t: first(t)["verdicts"][0].update(codebook_id=f"b2:{'0' * 32}"), "which is not in the packet."),
    (lambda t: first(t)["verdicts"][0].update(code_id="weather"), "names code weather, which is not in its codebook."),
    (lambda t: t.update(documents={}), "which is not among the documents."),
    (lambda t: t["actions"][2]["memo"].update(code_id=None), "has a memo on nothing."),
    (lambda t: book(t).update(title="Another"), "codebook night_buses 1.0.0 is another than its hash says"),
    (
        lambda t: book(t)["categories"][0]["codes"][1].update(id="fares"),
        "a code or category of night_buses 1.0.0 is there twice.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "message"), FITTING)
def test_what_does_not_fit_together_is_refused_by_name(packet: Path, edit: Edit, message: str) -> None:
    assert message in refused(changed(packet, edit))


def test_a_refused_packet_leaves_the_store_as_it_was(copy: SmallStudy, packet: Path, tmp_path: Path) -> None:
    with Store(copy.store_path) as store:
        anna = store.known_documents()["anna.txt"].document_id
        store.verdicts.decide("Ben", [Decision(Place(anna, 1), "fares", "accept")])
    good = tmp_path / "good.qcverdicts"
    good.write_bytes(flow.export_verdicts(copy.work, good).content)
    bad = changed(packet, lambda tree: first(tree).update(coder="Eve"))
    copy.store_path.unlink()
    copy.tag()
    before = copy.store_path.read_bytes()
    with pytest.raises(PacketError, match="decide of Eve"):
        flow.import_verdicts(copy.work, [good, bad])
    assert copy.store_path.read_bytes() == before
    assert [row["coder"] for row in flow.import_verdicts(copy.work, [good]).coders] == ["Ann", "Ben"]


def test_an_empty_packet_is_a_packet(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_bytes(packet_bytes([], {}))
    assert read_packet(path).format == PACKET.format
    assert read_packet(path).rows == []


def test_what_an_older_store_holds_can_be_sent(root: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(root / "tests" / "store" / "data" / "schema_2.db", tmp_path / "old.db"))
    with Store(path) as store:
        rows, codebook = store.verdicts.export_actions(), store.codebook()
    packet = tmp_path / "old.qcverdicts"
    packet.write_bytes(packet_bytes(rows, {codebook.hash: codebook}))
    assert [action.action_id for action in read_packet(packet).actions] == [row["action_id"] for row in rows]
    assert rows
