from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.model import (
    ALL_ATTRIBUTES,
    CODED_ROLES,
    KINDS,
    ROLES,
    Attributes,
    Block,
    Coding,
    Document,
    Evidence,
    Kind,
    Segment,
    Thresholds,
    Transcript,
    Turn,
    content_hash,
    count_words,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("…", 0),
        ("🙂 — !", 0),
        ("one", 1),
        ("We don't pay.", 3),
        ("We don’t pay.", 3),
        ("1.9 million", 2),
        ("Law 138/2023", 2),
        ("GDPR-like", 1),
        ("a - b", 2),
        ("Υγεία και έρευνα", 3),
        ("здравни данни", 2),
        ("sveikatos duomenų", 2),
        ("one\ntwo\tthree", 3),
    ],
)
def test_words_are_runs_that_begin_with_a_letter_or_digit(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=20))
def test_blank_separated_words_are_counted_one_by_one(words: list[str]) -> None:
    assert count_words(" ".join(words)) == len(words)


def test_a_content_hash_has_a_fixed_value() -> None:
    assert content_hash("a", 1, [2.5, None], {"é": True}) == "b2:6e8217828d5d8e82d1e9459be08618cd"


def test_a_content_hash_ignores_key_order_and_nothing_else() -> None:
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert content_hash("a", "b") != content_hash("b", "a")
    assert content_hash("ab") != content_hash("a", "b")
    assert content_hash("1") != content_hash(1)


def test_a_content_hash_is_the_same_in_another_process() -> None:
    code = "from qualcode.model import content_hash; print(content_hash({'x': ['é', 1]}))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert runs == {content_hash({"x": ["é", 1]})}


def test_attributes_fill_what_is_unknown_and_keep_what_is_known() -> None:
    known = Attributes(region="Crete", kind="workshop")
    other = Attributes(region="Sofia", country="Greece", kind="interview", date="2024-05")
    assert known.filled_from(other) == Attributes("Crete", "Greece", None, "workshop", "2024-05", None)
    assert Attributes().filled_from(Attributes()) == Attributes()


def test_only_a_region_is_required() -> None:
    assert Attributes().missing == ("region",)
    assert Attributes(region="Crete").missing == ()


def test_the_named_attributes_are_the_fields() -> None:
    assert tuple(field.name for field in dataclasses.fields(Attributes)) == ALL_ATTRIBUTES
    assert set(KINDS) == {"interview", "workshop", "report", "survey"}
    assert set(ROLES) == {"respondent", "interviewer", "facilitator", "note", "heading"}
    assert frozenset({"respondent"}) == CODED_ROLES


def transcript(
    text: str = "Yes. No.", speaker: str = "R1", name: str = "a.txt", kind: Kind | None = None
) -> Transcript:
    document = Document(name, text, (Block(0, len(text), "line"),), Attributes(kind=kind))
    segments = (Segment(0, 0, 0, 4, text[:4], 1), Segment(1, 0, 5, 8, text[5:], 1))
    return Transcript(document, (Turn(0, 0, 8, speaker, "respondent"),), segments)


def test_a_document_id_follows_name_words_and_speakers_but_not_attributes() -> None:
    base = transcript().document_id
    assert transcript(kind="workshop").document_id == base
    assert transcript(name="b.txt").document_id != base
    assert transcript(text="Yes. Ok.").document_id != base
    assert transcript(speaker="R2").document_id != base


@pytest.mark.parametrize("role", ROLES)
def test_only_respondents_are_coded(role: str) -> None:
    base = transcript()
    (turn,) = base.turns
    other = dataclasses.replace(base, turns=(dataclasses.replace(turn, role=role),))  # type: ignore[arg-type]
    assert other.is_coded(other.segments[0]) is (role == "respondent")


def test_evidence_as_a_mapping_leaves_out_the_unknown_and_rounds() -> None:
    assert Evidence("turn", "around", weight=0.123456).as_dict() == {
        "source": "turn",
        "detail": "around",
        "weight": 0.1235,
    }
    full = Evidence("cue", "no money", 0, 8, 1.0).as_dict()
    assert full == {"source": "cue", "detail": "no money", "start": 0, "end": 8, "weight": 1.0}
    assert json.loads(json.dumps(full)) == full


@pytest.mark.parametrize(
    ("probability", "status"),
    [(0.0, None), (0.2999, None), (0.3, "pending"), (0.5999, "pending"), (0.6, "auto"), (1.0, "auto")],
)
def test_thresholds_include_their_own_value(probability: float, status: str | None) -> None:
    assert Thresholds(auto=0.6, review=0.3).status(probability) == status


def test_equal_thresholds_leave_nothing_pending() -> None:
    assert Thresholds(auto=0.5, review=0.5).status(0.5) == "auto"
    assert Thresholds(auto=0.5, review=0.5).status(0.49) is None


def test_the_words_of_the_project_cannot_be_changed_in_place() -> None:
    coding = Coding(0, "a", 0.5, "auto")
    with pytest.raises(dataclasses.FrozenInstanceError):
        coding.code = "b"  # type: ignore[misc]
