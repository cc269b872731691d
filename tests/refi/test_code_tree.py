from __future__ import annotations

from collections import Counter

from lxml import etree

from qualcode.refi import Code, Set, guid
from qualcode.refi.code_tree import child, code_losses, own_guid, read_codes, read_sets, words_of, write_codes
from qualcode.refi.words import Legal


def test_codes_are_read_by_local_name_and_nothing_is_refused() -> None:
    root = etree.fromstring(
        '<x:Codes xmlns:x="any"><x:Code name="a" color="odd"><x:Description>d</x:Description>'
        '<x:NoteRef targetGUID="N"/><x:Code guid="B" isCodable="0"/></x:Code></x:Codes>'
    )
    notes: Counter[str] = Counter()
    (code,) = read_codes(root, notes)
    assert (code.name, code.colour, code.description, len(code.notes)) == ("a", None, "d", 1)
    assert (code.codes[0].is_codable, code.codes[0].name) == (False, f"Code {code.codes[0].guid[:8]}")
    assert dict(notes) == {'colour "odd" is none and was dropped': 1, "code without a name was given one": 1}


def test_an_element_without_a_guid_has_the_same_one_each_time() -> None:
    both = [etree.fromstring("<a><b/><b/></a>") for _ in range(2)]
    assert own_guid(both[0][0]) == own_guid(both[1][0]) != own_guid(both[0][1])


def test_codes_are_written_as_they_are_read() -> None:
    root = etree.Element("{any}Codes")
    codes = (Code(guid("a"), "a <&> b", True, "#00AAFF", "x\ny", (guid("n"),), (Code(guid("b"), "b", False),)),)
    write_codes(root, codes, Legal(), notes=True)
    assert read_codes(root, Counter()) == codes


def test_sets_point_at_members_in_both_spellings() -> None:
    root = etree.fromstring(
        '<Sets><Set guid="S" name="s"><MemberCode guid="C"/><MemberCode targetGUID="C"/></Set></Sets>'
    )
    (one,) = read_sets(root)
    assert one.codes[0] == one.codes[1]
    assert read_sets(None) == ()


def test_children_have_the_namespace_of_their_parent_and_no_empty_attributes() -> None:
    made = child(etree.Element("{any}a"), "b", x="1", y="", z=None)
    assert (made.tag, dict(made.attrib)) == ("{any}b", {"x": "1"})
    assert words_of(made, "nothing") == ""


def test_names_that_maxqda_cuts_are_counted() -> None:
    losses = list(code_losses((Code(guid("1"), "x" * 63), Code(guid("2"), "y" * 64), Code(guid("3"), "Y" * 64))))
    assert [(loss.what, loss.count) for loss in losses] == [("long name of a code", 2), ("repeated name of a code", 1)]
    assert list(code_losses(())) == []
    assert Set(guid("s"), "s").codes == ()
