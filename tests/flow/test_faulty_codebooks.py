"""Codebooks that are wrong or hostile: refused by line or by rule, and nothing is tagged with half of one."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

from qualcode.errors import CodebookError, TagError
from studies import CODEBOOK, SmallStudy, make_small_study


@pytest.fixture
def tagged(tmp_path: Path) -> SmallStudy:
    made = make_small_study(tmp_path / "buses")
    made.tag()
    return made


def digest(study: SmallStudy) -> str:
    return hashlib.sha256(study.store_path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("- id: funding", "- id: fares", 21, "fares"),
        ("number: 2", "number: 1", 22, "1"),
        ("number: 2", "number: two", 22, "number"),
        ("name: Service", "nmae: Service", 29, "nmae"),
        ("    codes:\n      - id: delays", "    codes: 7\n      - id: delays", 0, ""),
        ("title: What keeps people off the bus", "title: [What]", 2, "title"),
        ('cues: [{regex: "no money"}]', 'cues: [{regex: "no money"}]\n        parent: funding', 28, "parent"),
        ('cues: [{regex: "no money"}]', 'not_when: [{text: x, use_instead: nothing}]', 27, "nothing"),
        ('cues: [{regex: "no money"}]', "cues: &c [{regex: a}, *c]", 0, ""),
        ('cues: [{regex: "no money"}]', 'cues: [{regex: "(no money"}]', 27, "regular expression"),
    ],
    ids=["id twice", "number twice", "wrong type", "typo", "no list", "list", "parent", "unknown", "cycle", "regex"],
)  # fmt: skip
def test_a_faulty_codebook_tags_nothing(tagged: SmallStudy, old: str, new: str, line: int, words: str) -> None:
    tagged.codebook(old, new)
    before = digest(tagged)
    with pytest.raises(CodebookError) as caught:
        tagged.tag(retag=True)
    if line:
        assert any(fault.line == line and words in fault.message for fault in caught.value.faults), caught.value
    assert digest(tagged) == before


def test_a_yaml_bomb_tags_nothing(tagged: SmallStudy) -> None:
    names = "abcdefghi"
    bomb = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise(names))
    (tagged.folder / "codebook.yaml").write_text(f"a: &a [x]\n{bomb}{CODEBOOK}", encoding="utf-8")
    before = digest(tagged)
    with pytest.raises(CodebookError):
        tagged.tag(retag=True)
    assert digest(tagged) == before


@pytest.mark.parametrize("rule", [r"(a+)+$", r"(\w+\s?)+$", r"(?:a|aa)+$"])
def test_a_rule_that_never_ends_fails_the_run_by_its_name(tagged: SmallStudy, rule: str) -> None:
    tagged.codebook('{regex: "no money"}', f"{{regex: '{rule}'}}")
    tagged.write("ben.txt", f"Interviewer: What?\nBen: Much money {'a' * 3_000}!\n")
    before = digest(tagged)
    with pytest.raises(TagError, match=r"code funding: the regular expression .* took longer than 0\.5 s") as caught:
        tagged.tag()
    assert "aaaa" not in str(caught.value)
    assert digest(tagged) == before


def test_ten_thousand_rules_are_read_and_the_last_one_hits(tagged: SmallStudy) -> None:
    rules = ", ".join(f'{{regex: "word{number} "}}' for number in range(9_999))
    tagged.codebook('{regex: "no money"}', f'{rules}, {{regex: "no money"}}')
    tagged.tag()
    assert ("ben.txt", "funding", "auto") in tagged.codings()
