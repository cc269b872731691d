"""Projects of other programs as they write them, hostile and damaged ones among them."""

from __future__ import annotations

import random

import pytest

from qualcode.errors import ExchangeError
from qualcode.refi import Project, Received, read_project

from .archives import (
    BOOK,
    CODE,
    FOLDER,
    SOURCE,
    SPACE,
    USER,
    archive,
    coding,
    guid_of,
    passages,
    project,
    selection,
    source,
    zipped,
)

TEXT = "There is no money for it. The 🧬 test is dear.\nWe wait for months.\n"
NO_MONEY = selection(1, 0, 25, "There is no money for it.")
WAIT = selection(2, 46, 65, "We wait for months.")


def read(raw: bytes) -> Received:
    return read_project(raw, file="theirs.qdpx")


def words(project: Project) -> list[str]:
    return [one.text[s.start : s.end] for one in project.sources for s in one.selections]


def losses(received: Received) -> dict[str, int]:
    return {loss.what: loss.count for loss in received.losses}


def test_a_plain_project_is_read_whole() -> None:
    received = read(archive(TEXT, source(NO_MONEY + WAIT)))
    found = received.project
    assert (found.name, found.origin, [user.name for user in found.users]) == ("Theirs", "Other 1", ["Ana"])
    assert [
        (code.name, code.is_codable, code.colour, len(code.codes)) for root in found.codes for _, code in root.walk()
    ] == [
        ("Barriers", False, None, 1),
        ("Money", True, "#FF0000", 0),
    ]
    assert words(found) == ["There is no money for it.", "We wait for months."]
    (given,) = found.sources[0].selections[0].codings
    assert (given.code, given.user) == (CODE, USER)
    assert (received.is_verified, received.notes, received.losses) == (True, (), ())


# --- the archive (row 18, 19) ------------------------------------------------------------------------

WHOLE = project(source(NO_MONEY))


def test_another_name_of_the_project_part_is_noted() -> None:
    received = read(zipped({"Trial.qde": WHOLE, f"sources/{SOURCE}.txt": TEXT}))
    assert words(received.project) == ["There is no money for it."]
    assert received.notes == ('the project part is called "Trial.qde" instead of "project.qde"',)


@pytest.mark.parametrize("parts", [{"a.qde": WHOLE, "b.qde": WHOLE}, {"readme.txt": "x"}, {"in/project.qde": WHOLE}])
def test_two_project_parts_or_none_are_refused(parts: dict[str, bytes | str]) -> None:
    with pytest.raises(ExchangeError, match=r"^theirs\.qdpx: holds (2|no) project part"):
        read(zipped(parts))


@pytest.mark.parametrize("folder", ["sources", "Sources", "/sources", "SOURCES/", "/Sources"])
def test_the_folder_of_the_sources_may_be_written_in_any_way(folder: str) -> None:
    parts: dict[str, bytes | str] = {"project.qde": WHOLE, f"{folder}/{SOURCE.upper()}.TXT": TEXT, "sources/.root": ""}
    assert words(read(zipped(parts)).project) == ["There is no money for it."]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (archive(TEXT, source(NO_MONEY))[:-100], "is not a REFI-QDA project, or is damaged"),
        (b"PK nonsense", "is not a REFI-QDA project, or is damaged"),
        (zipped({"project.qde": "<Project>"}), "is not readable XML"),
        (zipped({"project.qde": "<!DOCTYPE a><Project/>"}), "brings a document type"),
        (zipped({"project.qde": "<CodeBook/>"}), "holds <CodeBook> where a REFI-QDA project holds <Project>"),
        (zipped({"project.qde": WHOLE, "../x": "x"}), "name leaves the archive"),
        (zipped({"project.qde": WHOLE, "/etc/passwd": "x"}), "name leaves the archive"),
        (archive(b"caf\xe9", source(NO_MONEY)), f"sources/{SOURCE}.txt: is not UTF-8 text"),
    ],
)
def test_a_damaged_or_hostile_file_is_refused_by_name(raw: bytes, message: str) -> None:
    with pytest.raises(ExchangeError, match=message) as caught:
        read(raw)
    assert str(caught.value).startswith("theirs.qdpx")


def test_files_at_the_root_are_kept_by_name() -> None:
    raw = zipped({"project.qde": WHOLE, f"sources/{SOURCE}.txt": TEXT, "study.json": "{}"})
    assert read(raw).extra == {"study.json": b"{}"}


def test_another_namespace_and_a_mark_before_the_xml_are_accepted() -> None:
    text = project(source(NO_MONEY), head='xmlns="urn:QDA-XML:project:1:0" name="Theirs"')
    received = read(zipped({"project.qde": b"\xef\xbb\xbf" + text.encode(), f"sources/{SOURCE}.txt": TEXT}))
    assert words(received.project) == ["There is no money for it."]
    assert received.notes == (f'XML namespace "urn:QDA-XML:project:1:0" instead of "{SPACE}"',)


# --- as the programs write them (row 22) ---------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
def test_qualcoder_writes_a_mark_and_counts_every_line_end_as_one(end: str) -> None:
    text = ("I: What 🧬 is hard?\nR: There is no money.\n\nη υγεία is dear, and nobody repays it.\n") * 40
    places = list(passages(text, 200))
    parts = "".join(selection(n, start, end, text[start:end]) for n, (start, end) in enumerate(places))
    content = text.replace("\n", end).encode("utf-8-sig")
    received = read(archive(content, source(parts), head=f'xmlns="{SPACE}" name="Q" origin="QualCoder-4.0"'))
    assert words(received.project) == [text[start:end] for start, end in places]
    assert (received.is_verified, received.quoted, received.agreeing) == (True, 200, 200)


@pytest.mark.parametrize("every", [2, 10])
def test_qualcoder_counts_what_is_marked_by_hand_in_another_way(every: int) -> None:
    text = "".join(f"I: What 🧬 is hard in place {n}?\nR: There is no money for it {n}.\n" for n in range(40))
    places = [(start, end) for start, end in passages(text, 200) if end - start > 8]
    parts = ""
    for number, (start, end) in enumerate(places):
        quote = text[start:end]
        if number % every == 0:
            start, end = (len(text[:at].encode("utf-16-le")) // 2 for at in (start, end))
            quote = quote.replace("\n", "\u2029")
        parts += selection(number, start, end, quote)
    received = read(archive(text.encode("utf-8-sig"), source(parts)))
    assert words(received.project) == [text[start:end] for start, end in places]
    assert (received.is_verified, received.quoted, received.agreeing) == (True, len(places), len(places))
    (said,) = received.notes
    assert said.startswith("selections counted otherwise than the rest were placed by the words they quote")


def test_qualcoder_writes_the_place_of_an_annotation_into_its_note() -> None:
    def annotation(number: int, text: str, start: int, end: int) -> str:
        content = f"<PlainTextContent>{text}</PlainTextContent>{selection(number + 100, start, end, inner='')}"
        return f'<Note guid="{guid_of(number)}" creatingUser="{USER}">{content}</Note>'

    # Only the first annotation of a text is named by it.
    after = f"<Notes>{annotation(70, 'Look!', 46, 65)}{annotation(71, 'Which text?', 0, 5)}</Notes>"
    received = read(archive(TEXT, source(f'{NO_MONEY}<NoteRef targetGUID="{guid_of(70)}"/>'), after=after))
    (one,) = received.project.sources
    assert words(received.project) == ["There is no money for it.", "We wait for months."]
    assert (one.notes, one.selections[1].notes, one.selections[1].codings) == ((), (guid_of(70),), ())
    assert [note.text for note in received.project.notes] == ["Look!", "Which text?"]
    assert received.notes == ("places of annotations, written into their notes, were moved to the source",)
    assert losses(received) == {"selection of a note": 1}


def test_qualcoder_writes_a_z_behind_the_time_zone_of_another_program() -> None:
    text = project(source(NO_MONEY, more=' creationDateTime="2025-03-01T10:00:00+02:00Z"'))
    received = read(zipped({"project.qde": text, f"sources/{SOURCE}.txt": TEXT}))
    assert (received.project.sources[0].created, received.notes) == ("2025-03-01T10:00:00+02:00", ())


def test_maxqda_writes_upper_case_guids_sets_descriptions_and_values_in_the_source() -> None:
    variable, memo = guid_of(50), guid_of(60)
    before = f'<Variables><Variable guid="{variable.upper()}" name="Region" typeOfVariable="Text"/></Variables>'
    value = f'<VariableValue><VariableRef targetGUID="{variable}"/><TextValue>Crete</TextValue></VariableValue>'
    memo_part = selection(3, 30, 31, "🧬", "<Description>what is this?</Description>")
    after = f'<Sets><Set guid="{memo}" name="Group"><MemberSource targetGUID="{SOURCE.upper()}"/></Set></Sets>'
    text = project(source(NO_MONEY + memo_part + value, name="one"), before=before, after=after)
    raw = zipped({"project.qde": text.replace(SOURCE, SOURCE.upper()).replace(CODE, f"{{{CODE.upper()}}}"),
                  f"sources/{SOURCE.upper()}.txt": TEXT})  # fmt: skip
    received = read(raw)
    (one,) = received.project.sources
    assert (one.guid, [v.value for v in one.values]) == (SOURCE, ["Crete"])
    assert [(s.description, len(s.codings)) for s in one.selections] == [("", 1), ("what is this?", 0)]
    assert one.selections[0].codings[0].code == CODE == received.project.codes[0].codes[0].guid
    assert received.project.sets[0].sources == (SOURCE,)
    assert received.losses == ()


def test_nvivo_writes_annotations_as_links_and_names_twice() -> None:
    deep = "".join(f'<Code guid="{guid_of(100 + n)}" name="same" isCodable="true">' for n in range(7)) + "</Code>" * 7
    note = f'<Notes><Note guid="{guid_of(70)}" name="N"><PlainTextContent>Look!</PlainTextContent></Note></Notes>'
    links = (
        f'<Links><Link guid="{guid_of(71)}" originGUID="{guid_of(70)}" targetGUID="{guid_of(1)}"/>'
        f'<Link guid="{guid_of(72)}" name="see" direction="OneWay" originGUID="{SOURCE}" targetGUID="{CODE}"/></Links>'
    )
    head = (
        f'xmlns="{SPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{SPACE} http://example.org/Project.xsd" name="N" origin="NVivo 15"'
    )
    book = f"<CodeBook><Codes>{deep}{BOOK.split('<Codes>')[1]}"
    raw = zipped(
        {
            "project.qde": project(source(NO_MONEY), book=book, after=note + links, head=head),
            "sources/.root": "",
            f"sources/{SOURCE}.txt": TEXT,
        }
    )
    received = read(raw)
    assert max(len(above) for root in received.project.codes for above, _ in root.walk()) == 6
    assert received.project.sources[0].selections[0].notes == (guid_of(70),)
    assert [(link.name, link.direction) for link in received.project.links] == [("see", "OneWay")]
    assert received.project.notes[0].text == "Look!"


def test_an_empty_plain_text_beside_a_formatted_one_is_lost_by_name() -> None:
    received = read(archive(" ", source(NO_MONEY, more=' richTextPath="internal://x.docx"')))
    assert received.project.sources == ()
    lost = {loss.what: loss for loss in received.losses}
    assert lost["source with an empty plain text"].why.endswith(': "one"')
    assert lost["coding of a source left out"].count == 1


def test_atlasti_has_no_sources_folder_and_another_part_name() -> None:
    received = read(zipped({"Trial.qde": project("", head=f'xmlns="{SPACE}" name="T" origin="ATLAS.ti Win"')}))
    assert (received.project.sources, len(received.project.codes), received.is_verified) == ((), 1, True)


def test_qc_writes_no_scheme_no_name_and_lines_instead_of_words() -> None:
    part = selection(1, 0, 25, "line:1") + selection(2, 46, 65, "line:2")
    received = read(archive(TEXT, source(part, path=f"{SOURCE}.txt", name=None)))
    assert words(received.project) == ["There is no money for it.", "We wait for months."]
    assert (received.is_verified, received.quoted) == (False, 0)
    assert received.project.sources[0].name == "Text cccccccc"
    assert any("internal://" in note for note in received.notes)


# --- sources ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["relative://a.txt", "absolute://C:/a.txt", "internal://gone.txt"])
def test_a_text_that_is_not_in_the_file_is_lost_with_its_codings(path: str) -> None:
    received = read(archive(TEXT, source(NO_MONEY, path=path)))
    assert received.project.sources == ()
    what = "source whose text is missing" if "gone" in path else "external source"
    assert losses(received) == {what: 1, "coding of a source left out": 1}


def test_text_inside_the_xml_is_read() -> None:
    inside = f'<TextSource guid="{SOURCE}" name="one"><PlainTextContent>{TEXT}</PlainTextContent>{WAIT}</TextSource>'
    assert words(read(zipped({"project.qde": project(inside)})).project) == ["We wait for months."]


def test_a_pdf_is_its_text_and_pages_and_pictures_are_counted() -> None:
    corners = 'page="1" firstX="0" firstY="0" secondX="1" secondY="1"'
    area = f'<PDFSelection guid="{guid_of(80)}" {corners}>{coding(80)}</PDFSelection>'
    text = f'<Representation guid="{guid_of(81)}" plainTextPath="internal://{SOURCE}.txt">{WAIT}</Representation>'
    sources = (
        f'<PDFSource guid="{SOURCE}" name="report">{area}{text}{coding(82)}</PDFSource>'
        f'<PDFSource guid="{guid_of(83)}" name="scan">{area}</PDFSource>'
        f'<PictureSource guid="{guid_of(84)}" name="photo">{coding(84)}{coding(85)}</PictureSource>'
        f'<VideoSource guid="{guid_of(86)}" name="film"/>'
    )
    received = read(archive(TEXT, sources))
    (one,) = received.project.sources
    assert (one.guid, one.name, len(one.codings)) == (SOURCE, "report", 1)
    assert words(received.project) == ["We wait for months."]
    assert losses(received) == {
        "marked area of a PDF page": 2,
        "coding of an area of a PDF page": 2,
        "PDF": 1,
        "picture": 1,
        "coding of a source left out": 2,
        "video": 1,
    }


# --- selections and codings (row 23, 24) ----------------------------------------------------------------


def test_selections_that_are_nowhere_are_skipped_and_named() -> None:
    bad = selection(3, 20, 10) + selection(4, -5, 10) + selection(5, 10, 9000) + selection(6, "x", 3)  # type: ignore[arg-type]
    received = read(archive(TEXT, source(NO_MONEY + bad + WAIT)))
    assert words(received.project) == ["There is no money for it.", "We wait for months."]
    assert sum(loss.count for loss in received.losses if loss.what == "selection left out") == 4
    assert sum(loss.count for loss in received.losses if loss.what == "coding of a selection left out") == 4
    reasons = " ".join(loss.why for loss in received.losses)
    for said in ('it ends before it begins: "one" 20-10', "negative", "beyond the text", "no number"):
        assert said in reasons


def test_an_empty_selection_is_a_place_for_notes() -> None:
    empty = selection(3, 5, 5, None, coding(3) + f'<NoteRef targetGUID="{guid_of(70)}"/>')
    received = read(archive(TEXT, source(NO_MONEY + empty)))
    kept = received.project.sources[0].selections[1]
    assert (kept.start, kept.end, kept.codings, kept.notes) == (5, 5, (), (guid_of(70),))
    assert losses(received) == {"coding of an empty selection": 1}


def test_codings_of_unknown_codes_and_users_stay_under_a_visible_name() -> None:
    part = selection(
        1, 0, 25, "There is no money for it.", coding(1, "eeeeeeee-0000-0000-0000-000000000009", guid_of(9))
    )
    folder = selection(2, 46, 65, "We wait for months.", coding(2, FOLDER))
    received = read(archive(TEXT, source(part + folder)))
    assert [code.name for code in received.project.codes] == ["Barriers", "Unknown code eeeeeeee"]
    assert [user.name for user in received.project.users] == ["Ana", "Unknown user dddddddd"]
    assert [s.codings[0].code for s in received.project.sources[0].selections] == [
        "eeeeeeee-0000-0000-0000-000000000009",
        FOLDER,
    ]
    assert len(received.notes) == 3


def test_a_coding_that_is_there_twice_is_one() -> None:
    twice = selection(3, 0, 25, "There is no money for it.", coding(3))
    both = selection(4, 0, 25, "There is no money for it.", coding(4) + coding(5, FOLDER))
    cases = f'<Cases><Case guid="{guid_of(90)}" name="C"><SelectionRef targetGUID="{guid_of(3)}"/></Case></Cases>'
    received = read(archive(TEXT, source(NO_MONEY + twice + both), before=cases))
    assert [len(s.codings) for s in received.project.sources[0].selections] == [1, 1]
    assert losses(received) == {"repeated coding": 2}
    assert received.project.cases[0].selections == (guid_of(1),)


# --- the rest (row 28) -----------------------------------------------------------------------------------


def test_cases_notes_memos_and_what_is_not_kept() -> None:
    before = (
        f'<Variables><Variable guid="{guid_of(50)}" name="Age" typeOfVariable="Integer"/></Variables>'
        f'<Cases><Case guid="{guid_of(51)}" name="R1"><CodeRef targetGUID="{CODE}"/><VariableValue>'
        f'<VariableRef targetGUID="{guid_of(50)}"/><IntegerValue>51</IntegerValue></VariableValue>'
        f'<SourceRef targetGUID="{SOURCE}"/></Case></Cases>'
    )
    after = (
        f'<Notes><Note guid="{guid_of(70)}" name="Memo" plainTextPath="internal://note.txt" creatingUser="{USER}"/>'
        f"</Notes>"
        f'<Graphs><Graph guid="{guid_of(71)}"/></Graphs><Description>A study</Description>'
        f'<NoteRef targetGUID="{guid_of(70)}"/>'
    )
    text = project(
        source(NO_MONEY, more=' creationDateTime="soon" modifiedDateTime="2025-01-01T00:00:00Z"'),
        before=before,
        after=after,
    )
    received = read(zipped({"project.qde": text, f"sources/{SOURCE}.txt": TEXT, "sources/note.txt": "Ask\r\nagain"}))
    found = received.project
    assert (found.description, found.note_refs) == ("A study", (guid_of(70),))
    assert (found.notes[0].text, found.notes[0].user) == ("Ask\nagain", USER)
    assert [(case.name, case.values[0].value, case.sources) for case in found.cases] == [("R1", "51", (SOURCE,))]
    assert losses(received) == {"code of a case": 1, "graph": 1, "last change": 1}
    assert received.notes == ('date "soon" is none and was dropped',)


def test_parts_that_the_standard_does_not_know_are_counted() -> None:
    inside = NO_MONEY.replace("</PlainTextSelection>", "<Weight>5</Weight></PlainTextSelection>")
    received = read(archive(TEXT, source(inside), after="<Surveys><Survey/></Surveys>"))
    assert words(received.project) == ["There is no money for it."]
    (loss,) = received.losses
    assert (loss.what, loss.count) == ("part that the standard does not know", 3)
    assert loss.why == "left out: <Weight>, <Surveys>, <Survey>"


def test_any_damage_to_the_project_part_gives_a_clear_error_or_a_project() -> None:
    whole, chance = project(source(NO_MONEY + WAIT)), random.Random(3)
    bits = ["", '"', "<", "/>", "-1", "9" * 30, "x", " ", "guid=", "Code", "0", "\u0661", "&amp;", "TextSource"]
    read_back = 0
    for _ in range(400):
        at = chance.randrange(len(whole))
        text = whole[:at] + chance.choice(bits) + whole[at + chance.randint(0, 6) :]
        try:
            read_back += bool(read(zipped({"project.qde": text, f"sources/{SOURCE}.txt": TEXT})).project.name)
        except ExchangeError as fault:
            if not str(fault).startswith("theirs.qdpx"):
                raise
    assert read_back > 50


def test_colours_and_names_of_any_kind_are_accepted() -> None:
    name = "long " * 60
    codes = "".join(
        f'<Code guid="{guid_of(n)}" name="{given}" isCodable="true" color="{colour}"/>'
        for n, (given, colour) in enumerate(
            [("a", "rgb(1,2,3)"), ("a", "#11223344"), (name, "#abc"), ("b", "mauve-ish")]
        )
    )
    received = read(zipped({"project.qde": project("", book=f"<CodeBook><Codes>{codes}</Codes></CodeBook>")}))
    assert [(code.name, code.colour) for code in received.project.codes] == [
        ("a", "#010203"),
        ("a", "#112233"),
        (name, "#AABBCC"),
        ("b", None),
    ]
    assert received.notes == ('colour "mauve-ish" is none and was dropped',)


def test_two_sources_with_one_guid_keep_their_own_codings() -> None:
    other = source(selection(3, 0, 5, "Other"), path="internal://other.txt", name="two")
    raw = zipped({
        "project.qde": project(source(NO_MONEY) + other), f"sources/{SOURCE}.txt": TEXT, "sources/other.txt": "Other."
    })  # fmt: skip
    received = read(raw)
    assert words(received.project) == ["There is no money for it.", "Other"]
    assert received.project.sources[0].guid == SOURCE
    assert len({one.guid for one in received.project.sources}) == 2
    assert "a source with the GUID of another one was given a GUID of its own" in received.notes


def test_codes_with_one_guid_are_said() -> None:
    book = BOOK.replace(FOLDER, CODE)
    assert any("their codings cannot be told apart" in one for one in read(archive(TEXT, source(), book=book)).notes)
