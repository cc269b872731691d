"""The shipped training material: enough, balanced, varied, nothing twice, nothing from the sample, nobody named."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from qualcode.codebook import Codebook, Example, read_dialogues, read_examples
from qualcode.flow import shipped_sample
from qualcode.read import find_sources, read_document
from qualcode.segment import segment_document
from qualcode.tag import Encoder, find_trained, load_trained
from qualcode.tag.model import Model

SAMPLE = shipped_sample()
DEV_QUOTES = Path(__file__).parents[3] / "shared" / "gold" / "quotes_dev.jsonl"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@pytest.fixture(scope="module")
def examples(shipped: Codebook) -> tuple[Example, ...]:
    return read_examples(None, shipped)


@pytest.fixture(scope="module")
def said_in_dialogues(shipped: Codebook) -> list[str]:
    return [
        sentence.text
        for dialogue in read_dialogues(None, shipped)
        for turn in dialogue.turns
        if turn.role == "respondent"
        for sentence in turn.sentences
    ]


@pytest.fixture(scope="module")
def coded_in_dialogues(shipped: Codebook) -> list[str]:
    return [
        sentence.text
        for dialogue in read_dialogues(None, shipped)
        for turn in dialogue.turns
        for sentence in turn.sentences
        if sentence.codes
    ]


@pytest.fixture(scope="module")
def sample_sentences() -> list[str]:
    documents = [read_document(source.path, name=source.name) for source in find_sources([SAMPLE]).files]
    return [s.text for d in map(segment_document, documents) for s in d.segments if d.is_coded(s)]


@pytest.fixture(scope="module")
def stocked(encoder: Encoder, shipped_model: Model) -> Encoder:
    """The encoder with the embeddings that ship beside the model."""
    stem = find_trained(shipped_model.hash)
    assert stem is not None
    encoder.shelve(load_trained(stem)[1])
    return encoder


def runs_of(text: str, length: int) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def test_there_are_enough_and_every_code_has_its_share(examples: tuple[Example, ...]) -> None:
    counts = Counter(number for example in examples for number in example.codes)
    assert set(counts) == set(range(1, 18))
    assert min(counts.values()) >= 170
    assert max(counts.values()) <= 1.3 * min(counts.values())
    assert sum(bool(example.codes) for example in examples) >= 3000
    assert sum(not example.codes for example in examples) >= 1800


def test_codes_are_spread_over_the_dialogues_and_most_sentences_have_none(shipped: Codebook) -> None:
    dialogues = read_dialogues(None, shipped)
    spoken = [s for d in dialogues for t in d.turns if t.role == "respondent" for s in t.sentences]
    counts = Counter(number for sentence in spoken for number in sentence.codes)
    assert max(counts.values()) <= 4 * min(counts[number] for number in range(1, 18))
    assert 0.25 < sum(bool(sentence.codes) for sentence in spoken) / len(spoken) < 0.4


def test_every_code_is_told_in_many_words(examples: tuple[Example, ...]) -> None:
    for number in range(1, 18):
        texts = [example.text for example in examples if number in example.codes]
        words = Counter(word for text in texts for word in set(_WORD.findall(text.lower())) if len(word) > 3)
        assert len(words) > 4 * len(texts), number
        commonest = [word for word, n in words.most_common() if n > 0.35 * len(texts)]
        assert len(commonest) <= 3, (number, commonest)


def test_no_text_stands_twice(examples: tuple[Example, ...], said_in_dialogues: list[str]) -> None:
    assert len({example.text.casefold() for example in examples}) == len(examples)
    long = [text for text in said_in_dialogues if len(_WORD.findall(text)) > 6]
    assert len(set(long)) == len(long)


def test_no_two_examples_mean_nearly_the_same(examples: tuple[Example, ...], stocked: Encoder) -> None:
    texts = [example.text for example in examples]
    vectors = stocked.embed(texts)
    for start in range(0, len(texts), 500):
        alike = vectors[start : start + 500] @ vectors.T
        alike[np.arange(len(alike)), start + np.arange(len(alike))] = 0
        at, other = np.unravel_index(int(alike.argmax()), alike.shape)
        assert alike.max() < 0.95, (texts[start + int(at)], texts[int(other)])


@pytest.mark.parametrize("kind", ["sample", "dev quotes"])
def test_nothing_is_taken_from_what_it_is_judged_on(
    kind: str,
    examples: tuple[Example, ...],
    coded_in_dialogues: list[str],
    sample_sentences: list[str],
    stocked: Encoder,
) -> None:
    if kind == "sample":
        judged = sample_sentences
    elif DEV_QUOTES.is_file():
        judged = [json.loads(line)["text"] for line in DEV_QUOTES.read_text(encoding="utf-8").splitlines()]
    else:
        pytest.skip("the quotes of the source report are not part of the project")
    six, five = (set[tuple[str, ...]]().union(*(runs_of(text, n) for text in judged)) for n in (6, 5))
    assert [example.text for example in examples if runs_of(example.text, 5) & five] == []
    assert [text for text in coded_in_dialogues if runs_of(text, 6) & six] == []
    coded = [*(example.text for example in examples if example.codes), *coded_in_dialogues]
    texts = [text for text in coded if len(_WORD.findall(text)) > 4]
    alike = (stocked.embed(texts) @ stocked.embed(judged).T).max(axis=1)
    assert alike.max() < 0.9, texts[int(alike.argmax())]


def test_nobody_is_named(examples: tuple[Example, ...], said_in_dialogues: list[str]) -> None:
    titled = re.compile(
        r"\b(?:Mr|Mrs|Ms|Dr|Prof|Professor|Doctor|Herr|Frau|Madame|Señor|Doamna|Signora)\.? (?!Nobody)[A-Z][a-zà-ž]+"
    )
    assert [text for text in [*(e.text for e in examples), *said_in_dialogues] if titled.search(text)] == []
