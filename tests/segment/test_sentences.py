"""Where sentences end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.model import BlockStyle
from qualcode.segment.sentences import MAX_CAPTION_WORDS, Span, split_sentences


def _split(*lines: str, style: BlockStyle = "line", gap: str = "\n") -> list[str]:
    text = gap.join(lines)
    spans = []
    start = 0
    for line in lines:
        spans.append(Span(start, start + len(line), style))
        start += len(line) + len(gap)
    return [text[a:b] for a, b in split_sentences(text, spans)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Smith and Prof. J. Smith of the U.S. Department met J. R. R. Tolkien.",
        "It is e.g. this, i.e. that, resp. the other, approx. 5 vs. 6 etc. and so on.",
        "See no. 4 on p. 12, fig. 3, in St. Gallen.",
        "Well... not really, and… how to say… no.",
        "And then… I think so.",
        'He said “no!” and left, and "why?" she asked.',
        "It costs 1.9 million under Law 138/2023 at 17.30.",
        "On the 3. of March, am 3. Mai, den 4. april.",
        "1. First point of the list.",
        "So [laughs] it is (pause) not easy.",
        "See https://example.org/a?b=1.html or a.b@example.org for it.",
        "What?!",
        "Το ξέρω· δεν είναι εύκολο.",
        "Das ist z. B. gut, d. h. Dr. med. Weber sagt es u. a. so.",
        "Това е напр. т.е. същото.",
        "M.Sc. and Ph.D. students came.",
    ],
)
def test_one_sentence(sentence: str) -> None:
    assert _split(sentence) == [sentence]


@pytest.mark.parametrize(
    "sentences",
    [
        ["I said no.", "They came at 5 p.m.", "We left in 2019.", "It was etc.", "The end."],
        ["Well…", "And then it ended."],
        ["Really?!", "Yes!", "and so?", "ok."],
        ["“It is the end.”", "She left.", "(I mean the hospital.)", "And so."],
        ["It is so. [laughs]", "Then we go. (pause)", "Yes. [unclear 00:12:31]", "No."],
        ["“I cried.” (Dr. Neri, general practitioner)", "Then he left."],
        ["He and I.", "We had hepatitis C.", "We knew."],
        ["yes.", "no.", "and then it was over.", "we left."],
        ["Τι κάνεις;", "Καλά.", "Ναι!"],
        ["¿Qué?", "¡Sí!", "No."],
        ["Защо?", "Няма пари.", "Така е."],
        ["Kodėl?", "Nėra pinigų.", "Taip."],
        ["😀.", "Yes 😀!", "No."],
    ],
)
def test_several_sentences(sentences: list[str]) -> None:
    assert _split(" ".join(sentences)) == sentences


def test_forgotten_blank_after_a_stop() -> None:
    assert _split("It was the end.She came.") == ["It was the end.", "She came."]


@pytest.mark.parametrize("style", ["paragraph", "bullet", "row", "header"])
def test_ends_of_blocks_end_sentences(style: BlockStyle) -> None:
    assert _split("no stop here", "and none here", style=style) == ["no stop here", "and none here"]


def test_heading_is_never_cut() -> None:
    assert _split("1. Data. And more.", style="heading") == ["1. Data. And more."]


def test_captions_run_over_cues() -> None:
    assert _split("We have, as Dr.", "Neri says, no", "people. So", "we wait.", style="caption") == [
        "We have, as Dr.\nNeri says, no\npeople.",
        "So\nwe wait.",
    ]


def test_captions_without_stops_are_cut_at_cue_ends() -> None:
    cue = "we have no people and we have no money"
    parts = _split(*[cue] * 30, style="caption")
    assert all(len(part.split()) <= MAX_CAPTION_WORDS for part in parts)
    assert "\n".join(parts) == "\n".join([cue] * 30)


def test_hard_wrapped_lines_are_joined() -> None:
    first = "We have in this hospital a machine for the reading of genomes and"
    assert _split(first, "Nobody can use it. It stands.") == [f"{first}\nNobody can use it.", "It stands."]
    assert _split("we wait", "and wait.") == ["we wait\nand wait."]


def test_short_or_long_lines_are_not_joined() -> None:
    assert _split("Lack of staff", "No money") == ["Lack of staff", "No money"]
    assert _split("word " * 40 + "end", "Next one") == ["word " * 40 + "end", "Next one"]


def test_blank_line_ends_a_sentence() -> None:
    assert _split("we wait", "and wait", gap="\n\n") == ["we wait", "and wait"]


words = st.text(
    st.sampled_from("aB1. ?!…\"“”()[]«»;·\n\t\u00a0\u200béë😀👩‍🔬ŽąДжω\u0301\u037e'-"), min_size=1, max_size=60
)


@given(st.lists(words, min_size=1, max_size=6), st.sampled_from(["line", "caption", "paragraph", "bullet", "row"]))
def test_sentences_partition_the_words(lines: list[str], style: BlockStyle) -> None:
    lines = [line.strip() for line in lines if line.strip()]
    text = "\n".join(lines)
    spans, start = [], 0
    for line in lines:
        spans.append(Span(start, start + len(line), style))
        start += len(line) + 1
    found = split_sentences(text, spans)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    covered = {at for a, b in found for at in range(a, b)}
    assert all(at in covered or character.isspace() for at, character in enumerate(text))


def test_an_endless_sentence_is_cut_at_blanks_and_an_endless_word_inside() -> None:
    from qualcode.segment.sentences import MAX_SENTENCE

    text = "late bus " * 5_000 + "x" * 30_000
    found = split_sentences(text, [Span(0, len(text), "line")])
    assert all(end - start <= MAX_SENTENCE for start, end in found)
    assert "".join(text[start:end] for start, end in found).replace(" ", "") == text.replace(" ", "")
    # By hand: 2,000 = 9 * 222 + 2, so the last blank before it stands after the 222nd "bus", at 1,997.
    assert found[0] == (0, 9 * 222 - 1)


@given(
    st.lists(
        st.sampled_from(
            ["e.g.", "1.9", "x.y@z.eu", "end.She", "(Dr.", "u.s.a.", "...", "…", ";", "a", "\x1c", "\u00a0", " ", "\n"]
        )
    )
)
def test_stretches_cut_alone_hold_the_same_tokens_with_a_stop_inside_as_the_whole_text(parts: list[str]) -> None:
    from qualcode.segment.sentences import _STOPS, _glued, _tokenizer

    text = "".join(parts)
    whole = {
        (token.idx, token.idx + len(token.text))
        for token in _tokenizer()(text)
        if len(token.text) > 2 and _STOPS.search(token.text, 1, len(token.text) - 1)
    }
    assert {place for places in _glued(text).values() for place in places} == whole
