from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

import jsonschema
import pytest

from qualcode.codebook import (
    CODEBOOK_FILE,
    Change,
    Codebook,
    Cue,
    Example,
    codebook_file,
    diff_codebooks,
    json_schema,
    parse_codebook,
    read_codebook,
    read_dialogues,
    read_examples,
    read_facets,
    required_version,
    shipped_codebook,
    version_tuple,
)
from qualcode.errors import CodebookError, Fault

BARRIERS = {
    1: "Health data fragmentation",
    2: "Health data governance",
    3: "Legal interpretation regarding health data use",
    4: "Consent management of health data",
    5: "Reimbursement misalignment",
    6: "High development costs and limited investment",
    7: "Regulatory uncertainty of AI in healthcare",
    8: "Regulatory complexity within the field of ATMPs",
    9: "Unclear rules for hospital exemption",
    10: "Competence gaps across healthcare and innovation ecosystems",
    11: "Patient awareness",
    12: "Understanding, knowledge and support from policy makers and decision makers",
    13: "Infrastructure-related barriers in healthcare",
    14: "Regional inequities and centralization of services",
    15: "Barriers to scalability in ATMP innovation and manufacturing",
    16: "Innovation ecosystem and coordination challenges",
    17: "Access and integration of clinical trials and testbeds",
}
CATEGORIES = {
    "Health data accessibility": [1, 2, 3, 4],
    "Financial barriers": [5, 6],
    "Regulatory barriers": [7, 8, 9],
    "Competence and awareness": [10, 11, 12],
    "Healthcare readiness": [13, 14],
    "Innovation ecosystem capacity": [15, 16, 17],
}

SMALL = """\
id: mini
title: Mini
version: 1.2.3
patterns:
  ai: "ai|algorithm"
categories:
  - id: cat
    name: Cat
    definition: A group.
    colour: "#112233"
    codes:
      - id: first
        number: 1
        name: First
        short_definition: One.
        definition: The first.
        colour: "#112233"
        cues:
          - lemma: no money
          - regex: '\\b{ai}\\b'
      - id: second
        number: 2
        name: Second
        short_definition: Two.
        definition: The second.
        colour: "#112244"
"""


def faults_of(source: str) -> tuple[Fault, ...]:
    with pytest.raises(CodebookError) as caught:
        parse_codebook(source, file="cb.yaml")
    return caught.value.faults


def changed(before: str, after: str) -> str:
    assert SMALL.count(before) == 1, before
    return SMALL.replace(before, after)


# --- what a codebook gives ---------------------------------------------------------------------


def test_codes_are_found_by_id_number_and_category() -> None:
    book = parse_codebook(SMALL)
    assert [code.id for code in book.codes] == ["first", "second"]
    assert book.by_id["second"].number == 2
    assert book.by_number[1].name == "First"
    assert book.category_of["second"].id == "cat"


def test_a_pattern_is_written_out_as_one_group() -> None:
    assert parse_codebook(SMALL).expand(r"\b{ai}\b x{2,3}") == r"\b(?:ai|algorithm)\b x{2,3}"


def test_a_cue_is_named_by_its_phrase_expression_or_tokens() -> None:
    assert Cue(lemma="no money").label == "no money"
    assert Cue(regex="a+").label == "/a+/"
    tokens: Any = ({"LOWER": {"IN": ["pay", "fund"]}}, {"OP": "?"}, {"LEMMA": "test", "OP": "+"})
    assert Cue(tokens=tokens).label == "[pay|fund …? test+]"


def test_a_folder_a_file_and_nothing_name_a_codebook(tmp_path: Path) -> None:
    (tmp_path / CODEBOOK_FILE).write_text(SMALL, encoding="utf-8")
    assert codebook_file(tmp_path) == tmp_path / CODEBOOK_FILE
    assert codebook_file(str(tmp_path / CODEBOOK_FILE)) == tmp_path / CODEBOOK_FILE
    assert codebook_file(None) == shipped_codebook()
    assert read_codebook(tmp_path) == parse_codebook(SMALL)


def test_a_byte_order_mark_is_no_part_of_a_codebook(tmp_path: Path) -> None:
    (tmp_path / CODEBOOK_FILE).write_text(SMALL, encoding="utf-8-sig")
    assert read_codebook(tmp_path).id == "mini"


def test_comments_layout_and_quotes_do_not_change_the_hash() -> None:
    book = parse_codebook(SMALL)
    other = SMALL.replace("title: Mini", "# a comment\ntitle:   'Mini'   # another\n").replace(
        '    colour: "#112233"\n    codes', "    colour: '#112233'\n\n    codes"
    )
    assert other != SMALL
    assert parse_codebook(other).hash == book.hash
    assert parse_codebook(SMALL.replace("title: Mini", "title: Mina")).hash != book.hash


def test_the_hash_is_that_of_the_content_and_not_of_the_moment() -> None:
    assert parse_codebook(SMALL).hash == parse_codebook(SMALL).hash
    assert re.fullmatch(r"b2:[0-9a-f]{32}", parse_codebook(SMALL).hash)


# --- faults ------------------------------------------------------------------------------------


def test_nine_different_faults_are_reported_at_once_each_with_its_line() -> None:
    source = """\
id: mini
title: Mini
version: 1.0
colour: red
categories:
  - id: cat
    name: Cat
    definition: A group.
    colour: red
    codes:
      - id: first
        number: one
        name: First
        short_definition: One.
        colour: "#112233"
        not_when:
          - text: never
            use_instead: secnd
        cues:
          - regex: "(no money"
      - id: second
        number: 2
        name: Second
        short_definition: Two.
        definition: The second.
        colour: "#112244"
        cues:
          - lemma: no money
            needs: defisit
      - id: first
        number: 3
        name: Third
        short_definition: Three.
        definition: The third.
        colour: "#112255"
"""
    found = {(fault.line, fault.message.split(".")[0]) for fault in faults_of(source)}
    lines = sorted(line for line, _ in found)
    assert lines == [3, 4, 9, 11, 12, 18, 20, 29, 30]
    text = "\n".join(str(fault) for fault in faults_of(source))
    for expected in (
        "cb.yaml:3: version must be text",
        "cb.yaml:4: colour is not a field of a codebook",
        'cb.yaml:9: categories.0.colour is "red". Write a colour as # and six hexadecimal digits',
        "cb.yaml:11: categories.0.codes.0.definition is missing",
        "cb.yaml:12: categories.0.codes.0.number must be a whole number",
        "cb.yaml:18: use_instead names code 'secnd', which does not exist. Did you mean \"second\"?",
        "cb.yaml:20: regex is not a regular expression",
        "cb.yaml:29: needs names marker group 'defisit', which does not exist. Did you mean \"deficit\"?",
        "cb.yaml:30: code id 'first' is used twice (first on line 11)",
    ):
        assert expected in text, text


ONE_FAULT = {
    "doubled number": (changed("number: 2", "number: 1"), 22, "number 1 is used twice"),
    "doubled colour": (changed("#112244", "#112233"), 26, "colour '#112233' is used twice"),
    "empty name": (changed("name: Second", 'name: ""'), 23, "name is empty"),
    "null name": (changed("name: Second", "name:"), 23, "name must be text"),
    "upper-case id": (changed("id: second", "id: Second Code"), 21, "lower-case letters"),
    "weight too high": (
        changed("- lemma: no money", "- {lemma: no money, weight: 11}"),
        19,
        "less than or equal to 10",
    ),
    "two kinds of cue": (changed("- lemma: no money", "- {lemma: a, regex: b}"), 19, "exactly one of lemma"),
    "no kind of cue": (changed("- lemma: no money", "- {weight: 1}"), 19, "exactly one of lemma"),
    "unknown pattern": (changed("{ai}", "{al}"), 20, "{al} names no pattern"),
    "pattern in a pattern": (changed("ai|algorithm", "{ai}"), 5, "patterns name no others"),
    "regex in given": (changed("- lemma: no money", "- {lemma: a, given: ['(']}"), 19, "given.0 is not a regular"),
    "given is no list": (changed("- lemma: no money", "- {lemma: a, given: b}"), 19, "given must be a list"),
    "regex in unless": (changed("- lemma: no money", "- {lemma: a, unless: '['}"), 19, "unless is not a regular"),
    "language": (changed("title: Mini", "title: Mini\nlanguage: english"), 3, "two lower-case letters"),
    "markers as list": (changed("title: Mini", "title: Mini\nmarkers: [a]"), 3, "markers must be a mapping"),
    "unknown marker group": (changed("title: Mini", "title: Mini\nmarkers: {deficits: [a]}"), 3, "not a field"),
    "doubled key": (changed("title: Mini", "title: Mini\ntitle: Maxi"), 3, 'found duplicate key "title"'),
    "tab": (changed("    name: Cat", "\tname: Cat"), 8, "is not valid YAML"),
    "control character": (changed("title: Mini", "title: Mi\x00ni"), 2, "is not valid YAML"),
    "second document": (SMALL + "---\n" + SMALL, 27, "another document"),
    "an alias that repeats a code": (
        changed("- id: second", "- &again\n        id: second") + "      - *again\n",
        22,
        "code id 'second' is used twice",
    ),
}


@pytest.mark.parametrize(("source", "line", "words"), ONE_FAULT.values(), ids=ONE_FAULT.keys())
def test_a_fault_is_named_at_its_line(source: str, line: int, words: str) -> None:
    found = faults_of(source)
    assert any(words in fault.message and fault.line == line for fault in found), found


ADVICE = re.compile(
    r"Correct|Change|Add|Write|Remove|remove|Did you mean|Known: |Input should be|Found|Name |Save|Rename|Use |write "
)


@pytest.mark.parametrize("source", [source for source, _, _ in ONE_FAULT.values()], ids=ONE_FAULT.keys())
def test_every_fault_says_what_to_do(source: str) -> None:
    for fault in faults_of(source):
        assert ADVICE.search(fault.message), fault
        assert fault.message.rstrip().endswith((".", "?")), fault


@pytest.mark.parametrize("source", ["", "- a\n", "just words\n", "3\n"])
def test_a_file_without_a_mapping_is_refused(source: str) -> None:
    (fault,) = faults_of(source)
    assert "starts with: id:" in fault.message


def test_a_list_is_not_called_too_short_because_of_the_fault_inside() -> None:
    messages = [fault.message for fault in faults_of(changed("number: 1\n", "number: one\n"))]
    assert len(messages) == 1
    assert "number must be a whole number" in messages[0]


def test_categories_without_an_entry_are_refused() -> None:
    (fault,) = faults_of("id: a\ntitle: A\nversion: 1.0.0\ncategories: []\n")
    assert fault.line == 4
    assert "no entry" in fault.message


def test_merged_keys_are_read_and_their_faults_are_reported() -> None:
    copy = "      - <<: *first\n        number: 3\n"
    anchored = changed("- id: first", "- &first\n        id: first")
    messages = " ".join(fault.message for fault in faults_of(anchored + copy))
    assert "code id 'first' is used twice" in messages
    good = anchored + copy + "        id: third\n        colour: '#112255'\n"
    assert [code.id for code in parse_codebook(good).codes] == ["first", "second", "third"]


def _bomb(levels: int) -> str:
    lines = ["x0: &x0 [a, a, a, a, a, a, a, a, a]"]
    for level in range(1, levels):
        lines.append(f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 9)}]")
    return "\n".join(lines) + "\n"


def test_aliases_that_write_out_to_billions_do_not_hang() -> None:
    start = perf_counter()
    (fault,) = faults_of(SMALL + _bomb(12))
    assert perf_counter() - start < 5
    assert "aliases" in fault.message


@pytest.mark.parametrize("source", [SMALL + "markers: " + "[" * 400, SMALL + "markers: " + "[" * 400 + "]" * 400])
def test_deep_nesting_is_a_fault(source: str) -> None:
    assert faults_of(source)


@pytest.mark.parametrize("extra", ["patterns2: &p {x: *p}\n", "markers: {deficit: &p [*p]}\n"])
def test_an_alias_to_itself_is_a_fault(extra: str) -> None:
    assert faults_of(SMALL + extra)


def test_yaml_tags_run_nothing() -> None:
    (fault,) = faults_of(SMALL + "source: !!python/object/apply:os.system ['echo']\n")
    assert "source must be text" in fault.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match=r"nowhere.yaml: there is no such file. Name a codebook.yaml"):
        read_codebook(tmp_path / "nowhere.yaml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / CODEBOOK_FILE
    file.write_bytes(changed("title: Mini", "title: Café").encode("cp1252"))
    with pytest.raises(CodebookError, match=r"not UTF-8 text .* Save it as UTF-8"):
        read_codebook(file)


# --- examples and dialogues --------------------------------------------------------------------


def beside(folder: Path, name: str, lines: Iterable[object]) -> Path:
    (folder / CODEBOOK_FILE).write_text(SMALL, encoding="utf-8")
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    (folder / name).write_text("\n".join(written) + "\n", encoding="utf-8")
    return folder


def example(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": f"Sentence {name}.", "codes": [1], "kind": "barrier", **more}


def test_examples_are_read_in_file_order_and_may_hold_line_separators(tmp_path: Path) -> None:
    lines = ["\ufeff" + json.dumps(example("a", text="one\u2028two", codes=[1, 2])), "", example("b")]
    found = read_examples(beside(tmp_path, "examples.jsonl", lines), parse_codebook(SMALL))
    assert [(e.id, e.text, e.codes) for e in found] == [
        ("a", "one\u2028two", (1, 2)),
        ("b", "Sentence b.", (1,)),
    ]


def test_absent_examples_and_dialogues_are_none(tmp_path: Path) -> None:
    folder = beside(tmp_path, "other.jsonl", [])
    assert read_examples(folder, parse_codebook(SMALL)) == ()
    assert read_dialogues(folder, parse_codebook(SMALL)) == ()


def test_every_faulty_example_line_is_reported(tmp_path: Path) -> None:
    lines = [
        example("a"),
        "{not json",
        example("a"),
        example("c", codes=[9]),
        example("d", codes=[]),
        example("e", kind="neutral"),
        example("f", kind="barier"),
        example("g", colour="red"),
        {"id": "h"},
    ]
    with pytest.raises(CodebookError) as caught:
        read_examples(beside(tmp_path, "examples.jsonl", lines), parse_codebook(SMALL))
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert all(ADVICE.search(fault.message) for fault in caught.value.faults), caught.value.faults
    assert "first on line 1" in caught.value.faults[1].message


def test_examples_in_another_encoding_are_refused(tmp_path: Path) -> None:
    folder = beside(tmp_path, "examples.jsonl", [])
    (folder / "examples.jsonl").write_bytes(json.dumps(example("é"), ensure_ascii=False).encode("cp1252"))
    with pytest.raises(CodebookError, match="not UTF-8"):
        read_examples(folder, parse_codebook(SMALL))


def turn(role: str, *codes: list[int]) -> dict[str, Any]:
    return {"role": role, "sentences": [{"text": f"Sentence {n}.", "codes": c} for n, c in enumerate(codes)]}


def test_a_dialogue_keeps_turns_and_codes(tmp_path: Path) -> None:
    line = {"id": "d", "batch": "p", "turns": [turn("interviewer", []), turn("respondent", [1], [])]}
    (found,) = read_dialogues(beside(tmp_path, "dialogues.jsonl", [line]), parse_codebook(SMALL))
    assert [(t.role, [s.codes for s in t.sentences]) for t in found.turns] == [
        ("interviewer", [()]),
        ("respondent", [(1,), ()]),
    ]


def test_a_coded_question_and_an_unknown_code_in_a_dialogue_are_faults(tmp_path: Path) -> None:
    lines = [
        {"id": "d", "batch": "p", "turns": [turn("interviewer", [1])]},
        {"id": "e", "batch": "p", "turns": [turn("respondent", [7])]},
        {"id": "f", "batch": "p", "turns": []},
    ]
    with pytest.raises(CodebookError) as caught:
        read_dialogues(beside(tmp_path, "dialogues.jsonl", lines), parse_codebook(SMALL))
    assert [fault.line for fault in caught.value.faults] == [1, 2, 3]
    assert all(ADVICE.search(fault.message) for fault in caught.value.faults)


# --- comparing ---------------------------------------------------------------------------------

CHANGES: dict[str, tuple[Callable[[str], str], str, str, str]] = {
    "definition": (lambda s: s.replace("The second.", "A second."), "second.definition", "meaning", "2.0.0"),
    "number": (lambda s: s.replace("number: 2", "number: 5"), "second.number", "meaning", "2.0.0"),
    "cue": (lambda s: s.replace("no money", "no budget"), "first.cues", "results", "1.3.0"),
    "pattern": (lambda s: s.replace("ai|algorithm", "ai"), "codebook.patterns", "results", "1.3.0"),
    "language": (lambda s: s + "language: de\n", "codebook.language", "results", "1.3.0"),
    "name": (lambda s: s.replace("name: Second", "name: Two"), "second.name", "wording", "1.2.4"),
    "colour": (lambda s: s.replace("#112244", "#112255"), "second.colour", "wording", "1.2.4"),
    "category name": (lambda s: s.replace("name: Cat", "name: Dog"), "cat.name", "wording", "1.2.4"),
    "title": (lambda s: s.replace("title: Mini", "title: Maxi"), "codebook.title", "wording", "1.2.4"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "where", "level", "version"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_has_a_level_and_asks_for_a_version(
    change: Callable[[str], str], where: str, level: str, version: str
) -> None:
    before, after = parse_codebook(SMALL), parse_codebook(change(SMALL))
    (found,) = diff_codebooks(before, after)
    assert (f"{found.part}.{found.field}", found.level) == (where, level)
    assert required_version(before, [found]) == version


def test_codes_that_come_and_go_change_meaning() -> None:
    before = parse_codebook(SMALL)
    after = parse_codebook(SMALL.replace("id: second", "id: other"))
    assert [(c.part, c.field, c.level, c.before, c.after) for c in diff_codebooks(before, after)] == [
        ("other", "added", "meaning", "", "Second"),
        ("second", "removed", "meaning", "Second", ""),
    ]


def test_a_moved_code_changes_meaning_and_its_new_category_is_named() -> None:
    after = parse_codebook(
        changed(
            "      - id: second",
            "  - id: dog\n    name: Dog\n    definition: B.\n    colour: '#445566'\n    codes:\n      - id: second",
        )
    )
    found = diff_codebooks(parse_codebook(SMALL), after)
    assert [(c.part, c.field, c.level) for c in found] == [
        ("second", "category", "meaning"),
        ("dog", "added", "wording"),
    ]


def test_equal_codebooks_differ_in_nothing_and_the_heaviest_change_comes_first() -> None:
    book = parse_codebook(SMALL)
    assert diff_codebooks(book, parse_codebook("# comment\n" + SMALL)) == []
    assert required_version(book, []) == "1.2.3"
    after = parse_codebook(SMALL.replace("no money", "x").replace("name: First", "name: F").replace("The second", "B"))
    assert [change.level for change in diff_codebooks(book, after)] == ["meaning", "results", "wording"]
    assert required_version(book, diff_codebooks(book, after)) == "2.0.0"


def test_long_texts_are_cut_in_a_change() -> None:
    after = parse_codebook(SMALL.replace("The second.", "word " * 100))
    (change,) = diff_codebooks(parse_codebook(SMALL), after)
    assert isinstance(change, Change)
    assert len(change.after) == 80
    assert change.after.endswith("...")


def test_versions_compare_as_numbers() -> None:
    assert version_tuple("1.10.0") > version_tuple("1.9.9")


# --- the shipped codebook ----------------------------------------------------------------------


def test_the_shipped_codebook_has_the_17_barriers_of_the_report(shipped: Codebook) -> None:
    assert {code.number: code.name for code in shipped.codes} == BARRIERS
    assert [code.number for code in shipped.codes] == list(range(1, 18))


def test_the_shipped_codebook_has_the_6_categories_of_the_report(shipped: Codebook) -> None:
    assert {c.name: [code.number for code in c.codes] for c in shipped.categories} == CATEGORIES


def test_every_neighbour_named_exists_and_is_another_code(shipped: Codebook) -> None:
    for code in shipped.codes:
        named = [entry.use_instead for entry in code.not_when if entry.use_instead]
        named += [entry.use_instead for entry in code.examples.counter if entry.use_instead]
        assert set(named) <= set(shipped.by_id)
        assert code.id not in named
        assert named, f"{code.id} names no neighbour"


def test_every_code_has_what_a_coder_needs(shipped: Codebook) -> None:
    for code in shipped.codes:
        assert len(code.examples.typical) >= 3, code.id
        assert len(code.examples.counter) >= 3, code.id
        assert len(code.examples.borderline) >= 1, code.id
        assert len(code.themes) >= 1, code.id
        assert code.use_when, code.id
        assert code.not_when, code.id
        assert len({theme.id for theme in code.themes}) == len(code.themes), code.id
        assert {cue.lemma is not None for cue in code.cues} >= {True}, code.id


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_differ_and_carry_readable_text(shipped: Codebook) -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    colours = [code.colour.lower() for code in shipped.codes]
    assert len(set(colours)) == 17
    assert len({category.colour.lower() for category in shipped.categories}) == 6
    for colour in colours:
        assert max(_contrast(colour, "#FFFFFF"), _contrast(colour, "#111111")) >= 3, colour


def test_the_schema_accepts_the_shipped_file_and_refuses_a_faulty_one(root: Path) -> None:
    from ruamel.yaml import YAML

    validator = jsonschema.Draft202012Validator(json_schema())
    jsonschema.Draft202012Validator.check_schema(json_schema())
    tree = YAML(typ="safe").load(shipped_codebook().read_text(encoding="utf-8"))
    assert list(validator.iter_errors(tree)) == []
    tree["colour"] = "red"
    tree["categories"][0]["codes"][0]["colour"] = "red"
    assert len(list(validator.iter_errors(tree))) == 2


# --- the shipped examples and dialogues --------------------------------------------------------


@pytest.fixture(scope="module")
def examples(shipped: Codebook) -> tuple[Example, ...]:
    return read_examples(None, shipped)


@pytest.fixture(scope="module")
def dialogue_sentences(shipped: Codebook) -> list[tuple[str, str]]:
    return [
        (dialogue.id, sentence.text)
        for dialogue in read_dialogues(None, shipped)
        for turn in dialogue.turns
        for sentence in turn.sentences
    ]


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+(?:'\w+)*", text.casefold().replace("’", "'"))


def runs(text: str, length: int) -> set[str]:
    words = words_of(text)
    return {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.fixture(scope="module")
def sample_texts(root: Path) -> list[str]:
    """Texts of the sample, which is the evaluation set, and its gold quotes."""
    from qualcode.read import find_sources, read_document

    folder = root / "transcripts_sample"
    texts = [read_document(source.path, name=source.name).text for source in find_sources([folder]).files]
    assert len(texts) >= 22
    gold = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [*texts, *(json.loads(line)["quote"] for line in gold)]


def test_there_are_enough_examples(shipped: Codebook, examples: tuple[Example, ...]) -> None:
    counts = Counter(number for entry in examples for number in entry.codes)
    assert min(counts[code.number] for code in shipped.codes) >= 15
    assert sum(not entry.codes for entry in examples) >= 200
    assert {"chatter", "neutral", "good_practice", "solved", "negated", "hypothetical", "question", "other_sense"} <= {
        entry.kind for entry in examples
    }


def test_no_example_stands_there_twice(examples: tuple[Example, ...]) -> None:
    assert len({entry.id for entry in examples}) == len(examples)
    texts = Counter(" ".join(words_of(entry.text)) for entry in examples)
    assert [text for text, count in texts.items() if count > 1] == []


def test_examples_share_no_six_words_with_the_evaluation_sample(
    examples: tuple[Example, ...], sample_texts: list[str]
) -> None:
    sample = set().union(*(runs(text, 6) for text in sample_texts))
    shared = {entry.id: sorted(runs(entry.text, 6) & sample) for entry in examples}
    assert {name: found for name, found in shared.items() if found} == {}


def test_dialogues_share_no_ten_words_with_the_evaluation_sample(
    dialogue_sentences: list[tuple[str, str]], sample_texts: list[str]
) -> None:
    sample = set().union(*(runs(text, 10) for text in sample_texts))
    assert [name for name, text in dialogue_sentences if runs(text, 10) & sample] == []


def test_dialogues_hold_questions_and_answers(shipped: Codebook) -> None:
    dialogues = read_dialogues(None, shipped)
    assert len(dialogues) >= 10
    assert len({dialogue.batch for dialogue in dialogues}) >= 2
    for dialogue in dialogues:
        assert any(turn.role == "respondent" for turn in dialogue.turns), dialogue.id
        assert any(turn.role != "respondent" for turn in dialogue.turns), dialogue.id
    coded = {number for d in dialogues for turn in d.turns for s in turn.sentences for number in s.codes}
    assert coded == set(shipped.by_number)


_MAIL = re.compile(r"\S+@\S+\.\w+")
_PHONE = re.compile(r"\+\d[\d ()/.-]{7,}\d|\b0\d{2,4}[ /-]\d{2,}[ -]?\d{2,}[ -]?\d*\b|\b\d{3}[- ]\d{3}[- ]\d{3,4}\b")


def test_examples_and_dialogues_hold_no_address_of_a_person(
    examples: tuple[Example, ...], dialogue_sentences: list[tuple[str, str]]
) -> None:
    assert _PHONE.search("call +34 612 345 678")
    assert _PHONE.search("call 0711-123456")
    assert _MAIL.search("write to a.b@c.org")
    texts = [(entry.id, entry.text) for entry in examples] + dialogue_sentences
    assert [name for name, text in texts if _MAIL.search(text) or _PHONE.search(text)] == []


# --- topics and facets -------------------------------------------------------------------------


def test_a_topic_is_a_code_by_number_id_or_name_or_a_category(shipped: Codebook) -> None:
    first = shipped.codes[0]
    assert [shipped.topics[name.casefold()] for name in ("1", first.id, first.name)] == [(first.id,)] * 3
    group = shipped.categories[1]
    codes = tuple(code.id for code in group.codes)
    assert [shipped.topics[name.casefold()] for name in (group.id, group.name)] == [codes] * 2


def test_a_topic_that_is_none_is_answered_with_the_nearest(shipped: Codebook) -> None:
    assert shipped.topic_fault(["1", "REIMBURSEMENT", "financial"]) is None
    fault = shipped.topic_fault(["1", "reimbursment"])
    assert fault == (
        'topics_asked names "reimbursment", which is no code or category of the codebook. Did you mean "reimbursement"?'
    )
    assert "Known numbers: 1, 2, 3" in (shipped.topic_fault(["99"]) or "")


def test_facets_lie_beside_the_codebook_or_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "codebook.yaml").write_text(SMALL, encoding="utf-8")
    codebook = read_codebook(tmp_path)
    assert read_facets(tmp_path, codebook) is None
    (tmp_path / "facets").mkdir()
    (tmp_path / "facets" / "codebook.yaml").write_text(
        SMALL.replace("version: 1.2.3", "version: 1.2.4"), encoding="utf-8"
    )
    for path in (tmp_path, tmp_path / "codebook.yaml"):
        facets = read_facets(path, codebook)
        assert facets is not None
        assert facets.version == "1.2.4"


def test_faults_of_facets_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "codebook.yaml").write_text(SMALL, encoding="utf-8")
    codebook = read_codebook(tmp_path)
    (tmp_path / "facets").mkdir()
    (tmp_path / "facets" / "codebook.yaml").write_text("id: Big\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=r"facets.codebook\.yaml:1: id is"):
        read_facets(tmp_path, codebook)
    (tmp_path / "facets" / "codebook.yaml").write_text(SMALL + "language: sv\n", encoding="utf-8")
    with pytest.raises(CodebookError, match=r'facets.codebook\.yaml: language is "sv", that of codebook\.yaml "en"'):
        read_facets(tmp_path, codebook)


def test_the_shipped_codebook_has_facets(shipped: Codebook) -> None:
    facets = read_facets(None, shipped)
    assert facets is not None
    assert {group.id for group in facets.categories} >= {"affected_party", "impact", "recommendation"}
