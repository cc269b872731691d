from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.codebook import Codebook, read_codebook
from qualcode.errors import SelectionError
from qualcode.flow.codebook_drafts import (
    CategoryDraft,
    CodeDraft,
    build_codebook,
    first_sentence,
    identifier,
    items_of,
)
from qualcode.flow.codebook_yaml import codebook_yaml


def build(*codes: CodeDraft) -> Codebook:
    return build_codebook("Trial", [CategoryDraft("Money", codes)])[0]


def test_equal_names_ids_numbers_and_colours_are_told_apart() -> None:
    made = build(
        CodeDraft("1", "Costs", colour="#FF0000", number=2),
        CodeDraft("2", "costs", colour="#ff0000", number=2),
        CodeDraft("3", "COSTS!", id="costs"),
        CodeDraft("4", "Κόστος", id="Not an id"),
    )
    assert [code.id for code in made.codes] == ["costs_2", "costs_3", "costs", "code"]
    assert [code.name for code in made.codes] == ["Costs", "costs (2)", "COSTS!", "Κόστος"]
    assert [code.number for code in made.codes] == [2, 3, 4, 5]
    assert made.codes[0].colour == "#FF0000"
    assert len({code.colour.lower() for code in made.codes}) == 4


def test_definitions_stay_whole_and_the_short_one_is_their_first_sentence() -> None:
    long = "What it costs. " + "Much more. " * 200
    whole, named, told = build(
        CodeDraft("1", "A", definition=long), CodeDraft("2", "B"), CodeDraft("3", "C", "d", short_definition="s")
    ).codes
    assert (whole.definition, whole.short_definition) == (long.strip(), "What it costs.")
    assert (named.definition, named.short_definition) == ("B", "B")
    assert (told.definition, told.short_definition) == ("d", "s")


def test_a_long_first_sentence_is_cut_between_words() -> None:
    short = first_sentence("word, " * 50)
    assert short.endswith("word …")
    assert len(short) <= 162
    assert first_sentence("x" * 300) == "x" * 300


def test_what_has_no_ascii_letter_has_no_identifier() -> None:
    assert (identifier("🚌"), len(identifier("a" * 80))) == ("", 60)


def test_references_to_codes_come_back_and_others_stay_words() -> None:
    lists = {
        "not_when": ["no bus (use instead: costs)", "no tram (use instead: trams)"],
        "counter": ["Fine. (because: praise) (use instead: costs)", "Bare."],
        "typical": ["", "It costs too much."],
    }
    code = build(CodeDraft("1", "Costs", lists=lists)).codes[0]
    assert [(one.text, one.use_instead) for one in code.not_when] == [
        ("no bus", "costs"),
        ("no tram (use instead: trams)", None),
    ]
    assert [(one.text, one.because, one.use_instead) for one in code.examples.counter] == [
        ("Fine.", "praise", "costs"),
        ("Bare.", "-", None),
    ]
    assert code.examples.typical == ("It costs too much.",)


def test_the_lists_of_the_shipped_codebook_come_back() -> None:
    shipped = read_codebook()
    drafts = [
        CategoryDraft(
            group.name, [CodeDraft(c.id, c.name, c.definition, id=c.id, lists=items_of(c)) for c in group.codes]
        )
        for group in shipped.categories
    ]
    made, ids = build_codebook(shipped.title, drafts)
    assert ids == {code.id: code.id for code in shipped.codes}
    for before, after in zip(shipped.codes, made.codes, strict=True):
        assert (after.use_when, after.not_when, after.examples) == (before.use_when, before.not_when, before.examples)


def test_categories_without_codes_are_left_out_and_none_at_all_is_refused() -> None:
    made, _ = build_codebook("  ", [CategoryDraft("Empty", []), CategoryDraft("Money", [CodeDraft("1", " ")])])
    assert ([group.name for group in made.categories], made.id, made.codes[0].name) == (
        ["Money"],
        "codebook",
        "Unnamed",
    )
    with pytest.raises(SelectionError, match="holds no code"):
        build_codebook("Trial", [CategoryDraft("Empty", [])])


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=15, deadline=None)
@given(
    title=WORDS,
    drafts=st.lists(
        st.builds(
            CodeDraft,
            key=st.uuids().map(str),
            name=WORDS,
            definition=WORDS,
            colour=st.sampled_from([None, "#FF0000", "#ff0000", "red"]),
            id=st.sampled_from(["", "a", "code", "1"]),
            number=st.sampled_from([None, 0, 1, 2]),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_any_codes_make_a_codebook_that_reads_back_from_yaml(title: str, drafts: list[CodeDraft]) -> None:
    groups = [CategoryDraft("Same", drafts[::2]), CategoryDraft("same", drafts[1::2])]
    made, ids = build_codebook(title, groups)
    assert "write cues" in codebook_yaml(made, heading=title)  # it reads its text back itself
    assert sorted(ids.values()) == sorted(code.id for code in made.codes)
