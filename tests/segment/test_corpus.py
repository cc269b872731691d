from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin

from qualcode.model import Attributes, Document, Segment, Transcript, Turn
from qualcode.segment.corpus import Coded, read_conll, read_docbin, write_conll, write_docbin

TEXT = "Anna: It costs 5€. 🚌 is late.\nBen: No idea.end"
SEGMENTS = ((6, 18), (19, 29), (35, 42), (42, 46))


def coded(text: str = TEXT, places: tuple[tuple[int, int], ...] = SEGMENTS, *codes: Any) -> Coded:
    document = Document("ana.txt", text, (), Attributes(region="North", language="en"))
    turn = Turn(0, places[0][0], places[-1][1], "Anna", "respondent")
    segments = tuple(Segment(n, 0, a, b, text[a:b], 1) for n, (a, b) in enumerate(places))
    rows = [{"start": places[n][0], "end": places[n][1], "code": code, "probability": 0.5} for n, code in codes]
    return Coded(Transcript(document, (turn,), segments), rows, language="en")


def test_a_docbin_has_the_text_the_sentences_and_the_codings() -> None:
    item = coded(TEXT, SEGMENTS, (0, "fares"), (1, "delays"), (1, "fares"))
    made = write_docbin([item])
    (doc,) = DocBin().from_bytes(made.content).get_docs(spacy.blank("en").vocab)
    assert doc.text == TEXT
    assert [sent.text.strip() for sent in doc.sents] == [
        "Anna:",
        "It costs 5€.",
        "🚌 is late.",
        "Ben:",
        "No",
        "idea.end",
    ]
    # spaCy takes "idea.end" for one word: the sentence that begins in it has all of it.
    assert [(span.text, span.label_) for span in doc.spans["codes"]] == [
        ("It costs 5€.", "fares"),
        ("🚌 is late.", "delays"),
        ("🚌 is late.", "fares"),
    ]
    assert (doc.user_data["document"], doc.user_data["region"], doc.user_data["country"]) == ("ana.txt", "North", None)
    assert doc.user_data["codings"][0]["probability"] == 0.5
    assert made.expanded == 0
    assert read_docbin(made.content) == [("ana.txt", TEXT, item.places)]


def test_a_coding_that_ends_inside_a_token_covers_it_and_is_counted() -> None:
    made = write_docbin([coded(TEXT, SEGMENTS, (2, "fares"), (3, "delays"))])
    assert made.expanded == 2
    assert read_docbin(made.content)[0][2] == [(35, 46, "fares"), (38, 46, "delays")]


@pytest.mark.parametrize("language", ["xx", "el", "lt", "ja", "zz"])
def test_every_language_has_a_tokenizer(language: str) -> None:
    item = replace(coded(TEXT, SEGMENTS, (0, "fares")), language=language)
    assert read_docbin(write_docbin([item]).content)[0][1] == TEXT


def test_tokens_stand_in_their_sentence_with_place_and_codes() -> None:
    content = write_conll([coded(TEXT, SEGMENTS, (0, "fares"), (0, "delays"))]).content
    blocks = content.decode().split("\n\n")
    assert blocks[0].splitlines() == [
        "# qualcode tokens: number, token, start, end, codes",
        "# newdoc = ana.txt",
        "# region = North",
        "# language = en",
    ]
    assert blocks[1].splitlines() == [
        "# sentence = 0 6 18",
        "# role = respondent",
        "# speaker = Anna",
        "# codes = delays|fares",
        "1\tIt\t6\t8\tdelays|fares",
        "2\tcosts\t9\t14\tdelays|fares",
        "3\t5€.\t15\t18\tdelays|fares",
    ]
    assert blocks[2].splitlines()[3] == "1\t🚌\t19\t20\t_"
    # Half of the token is in either sentence.
    assert [block.splitlines()[-1].split("\t")[1] for block in blocks[3:5]] == ["idea", ".end"]


@settings(max_examples=30, deadline=None)
@given(
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1), min_size=1)
)
def test_any_text_comes_back_with_its_places(words: list[str]) -> None:
    words = [word for word in words if word.strip()] or ["x"]
    text, places = "", []
    for word in words:
        places.append((len(text), len(text) + len(word)))
        text += word + " "
    item = coded(text, tuple(places), (0, "a"), (len(places) - 1, "b"))
    name, read, spans = read_docbin(write_docbin([item]).content)[0]
    assert (name, read, len(spans)) == ("ana.txt", text, len(item.places))
    (_, tokens, found) = read_conll(write_conll([item]).content)[0]
    assert all(text[start:end] == token for token, start, end in tokens)
    assert "".join(token for token, _, _ in tokens) == "".join(text.split())
    assert found == item.places
