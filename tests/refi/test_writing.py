"""What we write: valid, the same bytes again, and the same to other readers."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from foreign_projects import ANA, BEN, MONEY, TEXT, code, note, project, selection
from qualcode.errors import ExchangeError
from qualcode.refi import (
    Case,
    Code,
    Coding,
    Link,
    Loss,
    Note,
    Project,
    Selection,
    Set,
    Source,
    User,
    Value,
    Variable,
    guid,
    prove,
    read_project,
    write_project,
)
from qualcode.refi.words import quote

XSD = Path(__file__).parents[2] / "../shared/refi/Project.xsd"


def part(content: bytes, name: str = "project.qde") -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def losses(found: tuple[Loss, ...]) -> dict[str, int]:
    return {loss.what: loss.count for loss in found}


def full() -> Project:
    """Everything a project can hold."""
    memo, other = note("Ask again"), note("On the project")
    first = replace(selection("There is no money for it.", MONEY), notes=(memo.guid,))
    region = Variable(guid("region"), "Region", "Text", "Where")
    age = Variable(guid("age"), "Age", "Integer")
    source = Source(
        guid("s"), "one", TEXT, "A talk", first.user, "2025-03-01T10:00:00Z", (first, selection("η υγεία")),
        codings=(Coding(guid("whole"), MONEY.guid, first.user),),
        values=(Value(region.guid, "Crete"), Value(age.guid, "51")), notes=(memo.guid,),
    )  # fmt: skip
    base = project()
    return replace(
        base, created="2025-03-01T10:00:00+02:00", description="A study", variables=(region, age), sources=(source,),
        cases=(), notes=(memo, other), note_refs=(other.guid,),
        codes=(replace(base.codes[0], notes=(memo.guid,), description="What stands in the way"),),
        links=(Link(guid("l"), "see", source.guid, MONEY.guid, "OneWay"),),
        sets=(Set(guid("set"), "Group", "of two", (MONEY.guid,), (source.guid,), (memo.guid,)),),
    )  # fmt: skip


def test_everything_comes_back_the_same_and_goes_out_the_same() -> None:
    written = write_project(full())
    received = read_project(written.content, file="a")
    assert received.project == full()
    assert (received.is_verified, received.losses, received.notes, written.losses) == (True, (), (), ())
    assert write_project(received.project).content == written.content


@pytest.mark.skipif(not XSD.exists(), reason="the schemas are not here")
@pytest.mark.parametrize("one", [full(), project(), Project("Empty")])
def test_the_schema_is_kept(one: Project) -> None:
    schema = etree.XMLSchema(etree.parse(XSD))
    schema.assertValid(etree.fromstring(part(write_project(one).content)))


def test_files_are_written_as_every_program_reads_them() -> None:
    content = write_project(full(), extra={"study.json": b"{}"}).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["project.qde", f"sources/{guid('s')}.txt", "study.json"]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read(f"sources/{guid('s')}.txt") == TEXT.encode("utf-8")
    assert b"basePath" not in part(content)
    assert read_project(content, file="a").extra == {"study.json": b"{}"}


def test_values_are_written_both_ways_and_are_no_case_of_anybody() -> None:
    content = write_project(full()).content
    root = etree.fromstring(part(content))
    space = {"q": "urn:QDA-XML:project:1.0"}
    assert root.xpath("//q:Case/q:VariableValue/*[2]/text()", namespaces=space) == ["Crete", "51"]
    assert root.xpath("//q:TextSource/q:VariableValue/*[2]/text()", namespaces=space) == ["Crete", "51"]
    assert root.xpath("//q:Case/q:VariableValue/q:IntegerValue/text()", namespaces=space) == ["51"]
    # A program that keeps only the case gives the values back all the same.
    for value in root.xpath("//q:TextSource/q:VariableValue", namespaces=space):
        value.getparent().remove(value)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("project.qde", etree.tostring(root))
        archive.writestr(f"sources/{guid('s')}.txt", TEXT)
    back = read_project(target.getvalue(), file="a").project
    assert [value.value for value in back.sources[0].values] == ["Crete", "51"]
    assert back.cases == ()


def test_a_value_that_does_not_fit_its_type_is_text() -> None:
    odd = replace(full(), sources=(replace(full().sources[0], values=(Value(guid("age"), "about fifty"),)),))
    assert b"<TextValue>about fifty</TextValue>" in part(write_project(odd).content)


def test_codings_of_one_stretch_are_in_one_selection() -> None:
    waiting = code("Waiting")
    one, two = selection("nobody repays it", MONEY), selection("nobody repays it", waiting)
    memo = replace(one, guid=guid("memo"), codings=(), description="odd")
    case = Case(guid("c"), "R1", selections=(two.guid,))
    content = write_project(project(one, two, one, memo, cases=(case,))).content
    back = read_project(content, file="a").project
    found = [(s.guid, [c.code for c in s.codings], s.description) for s in back.sources[0].selections]
    assert found == [(one.guid, [MONEY.guid, waiting.guid], ""), (guid("memo"), [], "odd")]
    assert back.cases[0].selections == (one.guid,)


def test_each_user_has_a_selection_of_their_own() -> None:
    # QualCoder takes the coder from the selection, not from the coding.
    one, two = selection("nobody repays it", MONEY, user=ANA), selection("nobody repays it", MONEY, user=BEN)
    back = read_project(write_project(project(one, two)).content, file="a").project
    assert [(s.user, [c.user for c in s.codings]) for s in back.sources[0].selections] == [
        (ANA.guid, [ANA.guid]),
        (BEN.guid, [BEN.guid]),
    ]


def test_the_notes_of_a_selection_are_its_description_too() -> None:
    # QualCoder reads nothing else; on reading back they are no description.
    ask, why = note("Ask & again"), note("Why?")
    noted = replace(selection("nobody repays it", MONEY), notes=(ask.guid, why.guid))
    described = replace(selection("That is all.", MONEY), notes=(why.guid,), description="Odd")
    content = write_project(project(noted, described, notes=(ask, why))).content
    found = etree.fromstring(part(content)).iter("{*}PlainTextSelection")
    assert [one.findtext("{*}Description") for one in found] == ["Ask & again\n\nWhy?", "Odd"]
    back = read_project(content, file="a").project
    assert [one.description for one in back.sources[0].selections] == ["", "Odd"]
    assert write_project(back).content == content


def test_universal_time_is_written_as_every_program_reads_it() -> None:
    written = write_project(Project("P", created="2025-03-01T10:00:00+00:00")).content
    assert b'creationDateTime="2025-03-01T10:00:00Z"' in part(written)


def test_what_other_programs_would_change_is_said() -> None:
    long, odd = code("x" * 64), code("Odd", colour="mauve-ish")
    bell = Note(guid("n"), "Bell\x07", "a\x0bb", created="yesterday")
    text = "half \ud800 of\r it"
    sources = (Source(guid("1"), "one", text), Source(guid("2"), "One", "b"), Source(guid("3"), "one", "c"))
    written = write_project(
        Project("P", codes=(long, odd, replace(odd, guid=guid("o"))), notes=(bell,), sources=sources)
    )
    assert losses(written.losses) == {
        "long name of a code": 1,
        "colour of a code": 2,
        "repeated name of a code": 1,
        "repeated name of a source": 2,
        "character of a text": 2,
        "impossible date": 1,
        "note without a date": 1,
        "control character": 2,
    }
    back = read_project(written.content, file="a").project
    assert [source.name for source in back.sources] == ["one", "One (2)", "one (3)"]
    assert (back.sources[0].text, back.notes[0].text) == ("half � of\n it", "a�b")
    assert prove(Project("P", codes=back.codes, sources=sources), written.content) == ()


def test_a_long_passage_is_quoted_by_its_beginning() -> None:
    text = "Money 🧬 is\nshort. " * 40
    whole = Selection(guid("w"), 0, 700, "x", codings=(Coding(guid("c"), MONEY.guid),))
    content = write_project(
        Project("P", "qualcode 1", codes=(MONEY,), sources=(Source(guid("s"), "s", text, selections=(whole,)),))
    ).content
    received = read_project(content, file="a")
    (found,) = received.project.sources[0].selections
    assert (found.name, found.end, received.is_verified) == (text.replace("\n", " ")[:200], 700, True)


def test_a_text_that_packs_like_a_bomb_is_read_back() -> None:
    text = "We wait. " * 200_000
    one = Project("P", sources=(Source(guid("s"), "s", text),))
    assert prove(one, write_project(one).content) == ()


def test_two_sources_of_one_guid_are_refused() -> None:
    with pytest.raises(ExchangeError, match="have the same GUID"):
        write_project(Project("P", sources=(Source(guid("s"), "a", ""), Source(guid("s"), "b", ""))))


# --- other readers -----------------------------------------------------------------------------------------


def test_pyrefiqda_reads_the_same_codes_codings_and_places(tmp_path: Path) -> None:
    pyrefiqda = pytest.importorskip("pyrefiqda")
    path = tmp_path / "ours.qdpx"
    path.write_bytes(write_project(full()).content)
    found: Any = pyrefiqda.RefiProject.load(path, extract_dir=str(tmp_path / "out"))
    (source,) = found.sources.text_source
    places = [
        (s.start_position, s.end_position, [c.code_ref.target_guid for c in s.coding])
        for s in source.plain_text_selection
    ]
    assert places == [(s.start, s.end, [c.code for c in s.codings]) for s in full().sources[0].selections]
    names = [c.name for c in found.code_book.codes.code[0].code]
    assert names == [c.name for c in full().codes[0].codes]


def test_qdapy_reads_the_same_words(tmp_path: Path) -> None:
    qdapy = pytest.importorskip("qdapy")
    path = tmp_path / "ours.qdpx"
    path.write_bytes(write_project(full()).content)
    found = qdapy.read_qdpx(path, warn=False)
    rows = found.fragments[found.fragments["positionKind"] == "text"]
    assert list(zip(rows["text"], rows["codeId"], rows["codedBy"], strict=True)) == [
        ("There is no money for it.", MONEY.guid, "Ana")
    ]
    assert set(found.codebook["name"]) == {"Barriers", "Money", "Waiting", "Training"}


# --- any project -------------------------------------------------------------------------------------------

LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff") | st.sampled_from(
    "\n\t "
)
WORDS = st.text(LETTERS, max_size=40)
NAMES = st.text(LETTERS, min_size=1, max_size=70).filter(str.strip)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    users = [User(guid("user", str(n)), draw(NAMES)) for n in range(draw(st.integers(0, 2)))]
    names = draw(st.lists(NAMES, min_size=1, max_size=5))
    flat = [Code(guid("code", str(n)), name, colour=draw(st.sampled_from([None, "#00AAFF"])), description=draw(WORDS))
            for n, name in enumerate(names)]  # fmt: skip
    codes = (replace(flat[0], codes=tuple(flat[1:])),) if draw(st.booleans()) else tuple(flat)
    region = Variable(guid("v"), "Region")
    sources = []
    for number in range(draw(st.integers(0, 3))):
        text = draw(st.text(LETTERS, max_size=80))
        places = {tuple(sorted(place)) for place in draw(st.lists(
            st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=5))}  # fmt: skip
        selections = []
        for start, end in sorted(places):
            key = (str(number), str(start), str(end))
            given = draw(st.lists(st.tuples(st.sampled_from(flat), st.sampled_from([None, *users])), max_size=3))
            codings = {(c.guid, u.guid if u else None) for c, u in given if start < end}
            selections.append(Selection(
                guid("sel", *key), start, end, quote(text[start:end]), draw(WORDS),
                codings=tuple(Coding(guid("cod", *key, c, str(u)), c, u) for c, u in sorted(codings, key=str)),
            ))  # fmt: skip
        value = draw(NAMES)
        sources.append(Source(guid("src", str(number)), f"s{number}", text, selections=tuple(selections),
                              values=(Value(region.guid, value),) * draw(st.booleans())))  # fmt: skip
    notes = tuple(Note(guid("note", str(n)), draw(NAMES), draw(WORDS)) for n in range(draw(st.integers(0, 2))))
    return Project(
        draw(NAMES), "qualcode 1.0", None, draw(WORDS), tuple(users), codes, (region,), (), tuple(sources), notes
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(projects())
def test_any_project_comes_back_and_goes_out_the_same(one: Project) -> None:
    content = write_project(one).content
    back = read_project(content, file="a").project
    assert back == one
    assert write_project(back).content == content
    assert prove(one, content) == ()
