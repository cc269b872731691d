"""YAML front matter."""

import pytest

from qualcode.errors import ReadError
from qualcode.model import Attributes
from qualcode.read.front_matter import attribute_line, parse_front_matter

TEXT = """---
Region: Västra Götaland
stakeholder-group: industry
kind: Interview
date: 2025-02-04
language: English
facilitator: Malin
---
Hello.
"""


def test_known_keys_become_attributes_and_others_are_named() -> None:
    matter = parse_front_matter(TEXT, file="a.md")
    assert matter.attributes == Attributes(
        region="Västra Götaland", stakeholder_group="industry", kind="interview", date="2025-02-04", language="en"
    )
    assert matter.left_out == ("front matter not used as attributes: facilitator",)
    assert TEXT[matter.end :] == "Hello.\n"
    assert [TEXT[b.start : b.end] for b in matter.blocks] == TEXT.split("\n")[1:7]


@pytest.mark.parametrize("text", ["Hello.", "---\n\nHello\n---\n", "--- \nno end", "\n---\na: b\n---\n"])
def test_texts_without_front_matter(text: str) -> None:
    assert parse_front_matter(text, file="a.md").end == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("region: Crete\nkind: intervew", 'a.md:3: kind "intervew" is not known. Did you mean "interview"'),
        ("region: Crete\ndate: 31.2.2025", 'a.md:3: date "31.2.2025"'),
        ("title: one: two", "a.md:2: the front matter is not valid YAML"),
        ("region: Crete\nlanguage: Klingon", 'a.md:3: language "Klingon"'),
    ],
)
def test_faults_are_refused_with_their_line(body: str, message: str) -> None:
    with pytest.raises(ReadError) as error:
        parse_front_matter(f"---\n{body}\n---\nHello", file="a.md")
    assert message in str(error.value)


@pytest.mark.parametrize("written", ["5; consent", '["5", consent]', "[5, consent]", "\n  - 5\n  - consent"])
def test_topics_are_a_list_or_apart_by_semicolons(written: str) -> None:
    text = f"---\nregion: Crete\ntopics_asked: {written}\n---\nHello"
    assert parse_front_matter(text, file="a.md").attributes == Attributes("Crete", topics_asked=("5", "consent"))
    assert (attribute_line(text, "topics_asked"), attribute_line(text, "region")) == (3, 2)


def test_topics_may_be_left_blank() -> None:
    text = "---\nregion: Crete\ntopics_asked:\n---\nHello"
    assert parse_front_matter(text, file="a.md").attributes == Attributes("Crete")
