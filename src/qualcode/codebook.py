"""A codebook: YAML in, validated `Codebook` out; all faults of a file at once, each with its line.

A codebook is one folder: ``codebook.yaml`` (categories, codes, definitions, cues, markers) and,
optionally, ``examples.jsonl`` (sentences as people say them, the training data of a model) and
``facets/``, a codebook of its own: what else is said of a coded passage.
Nothing here knows how a cue is matched: that is the business of ``tag``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast

import regex
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from .errors import CodebookError, Fault, nearest
from .model import content_hash

SHIPPED = "precision_medicine_barriers"
CODEBOOK_FILE = "codebook.yaml"
EXAMPLES_FILE = "examples.jsonl"
DIALOGUES_FILE = "dialogues.jsonl"
FACETS_FOLDER = "facets"

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]

EXAMPLE_KINDS = (
    "barrier",
    "chatter",
    "career",
    "logistics",
    "neutral",
    "good_practice",
    "solved",
    "negated",
    "hypothetical",
    "question",
    "other_sense",
    "recommendation",
)
WRITTEN_STYLE = "written"
"""The style of examples that are prose; all other styles are talk."""
CODED_KIND = "barrier"
"""The one kind of example that carries codes; all others are sentences no code applies to."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cue(_Entry):
    """A wording that speaks for a code: a phrase of lemmas, a token pattern, or a regular expression.

    Exactly one of `lemma`, `tokens` and `regex` is given. A cue with `needs` counts only where a
    marker of that group stands in the same sentence, outside of the cue's own words; with `given`,
    only where each of its alternatives stands in the sentence; with `unless`, only where it does not.
    Regular expressions see plain quotes and dashes, ignore case, and may name a pattern of the
    codebook in braces: ``{ai}``.
    """

    lemma: Text | None = Field(None, description="phrase of lemmas, lower case, words apart by one blank")
    tokens: tuple[dict[str, Any], ...] | None = Field(None, description="pattern of spaCy's Matcher")
    regex: Text | None = Field(None, description="regular expression, tried on the sentence, case ignored")
    weight: float = Field(1.0, gt=0, le=10, description="1 codes a sentence alone")
    needs: Identifier | None = Field(None, description="marker group that must stand in the sentence too")
    given: tuple[Text, ...] = Field(
        (), description="words (regex alternatives) each of which must stand in the sentence"
    )
    unless: Text | None = Field(None, description="words (regex alternatives) that must not stand in the sentence")

    def model_post_init(self, _context: Any) -> None:
        """Refuse a cue that is of no kind, or of several."""
        if sum(x is not None for x in (self.lemma, self.tokens, self.regex)) != 1:
            raise PydanticCustomError("cue", "a cue has exactly one of lemma, tokens and regex; write one")

    @property
    def label(self) -> str:
        """The cue as evidence names it."""
        if self.lemma is not None:
            return self.lemma
        if self.regex is not None:
            return f"/{self.regex}/"
        return "[" + " ".join(_token_label(token) for token in self.tokens or ()) + "]"


def _token_label(token: dict[str, Any]) -> str:
    for attribute in ("LOWER", "LEMMA", "TEXT", "ORTH"):
        if attribute in token:
            value = token[attribute]
            words = value.get("IN", ["…"]) if isinstance(value, dict) else [value]
            return f"{'|'.join(map(str, words))}{token.get('OP', '')}"
    return f"…{token.get('OP', '')}"


class NotWhen(_Entry):
    """A case in which the code is not used, with the neighbour to use instead."""

    text: Text
    use_instead: Identifier | None = None


class CounterExample(_Entry):
    """A sentence that must not get the code, and why."""

    text: Text
    because: Text
    use_instead: Identifier | None = None


class CodeExamples(_Entry):
    """Sentences that explain a code and test its cues."""

    typical: tuple[Text, ...] = ()
    borderline: tuple[Text, ...] = ()
    counter: tuple[CounterExample, ...] = ()


class Theme(_Entry):
    """A sub-topic of a code; never applied to text itself."""

    id: Identifier
    name: Text


class Code(_Entry):
    """One code with all a coder, human or machine, needs to apply it."""

    id: Identifier
    number: int = Field(ge=1, description="the number people know the code by")
    name: Text
    short_definition: Text
    definition: Text
    use_when: tuple[Text, ...] = ()
    not_when: tuple[NotWhen, ...] = ()
    themes: tuple[Theme, ...] = ()
    colour: Colour
    cues: tuple[Cue, ...] = ()
    examples: CodeExamples = CodeExamples()


class Category(_Entry):
    """A group of codes; never applied to text itself."""

    id: Identifier
    name: Text
    definition: Text
    colour: Colour
    codes: tuple[Code, ...] = Field(min_length=1)


class Markers(_Entry):
    """Phrases of lemmas with a job in the rules of every code; all groups are optional."""

    deficit: tuple[Text, ...] = ()
    negation: tuple[Text, ...] = ()
    solved: tuple[Text, ...] = ()
    hypothetical: tuple[Text, ...] = ()
    good_practice: tuple[Text, ...] = ()
    recommendation: tuple[Text, ...] = ()
    intensity: tuple[Text, ...] = ()

    def groups(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Name and phrases of each group."""
        for name in type(self).model_fields:
            yield name, getattr(self, name)


class Codebook(_Entry):
    """Categories of codes, with version; the hash of its content goes with every run."""

    id: Identifier
    title: Text
    version: Version
    language: str = Field("en", pattern=r"^[a-z]{2}$")
    description: Text = "-"
    source: Text = "-"
    markers: Markers = Markers()
    patterns: dict[Identifier, Text] = Field(default_factory=dict, description="named parts of regular expressions")
    categories: tuple[Category, ...] = Field(min_length=1)

    @cached_property
    def codes(self) -> tuple[Code, ...]:
        """All codes in the order of the file."""
        return tuple(code for category in self.categories for code in category.codes)

    @cached_property
    def category_of(self) -> dict[str, Category]:
        """Category by code id."""
        return {code.id: category for category in self.categories for code in category.codes}

    @cached_property
    def by_id(self) -> dict[str, Code]:
        """Code by its id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def by_number(self) -> dict[int, Code]:
        """Code by its number."""
        return {code.number: code for code in self.codes}

    @cached_property
    def topics(self) -> dict[str, tuple[str, ...]]:
        """Code ids by the number, id or name of a code, and the id or name of a category; keys in lower case."""
        groups = {name.casefold(): group for group in self.categories for name in (group.id, group.name)}
        named = {name: tuple(code.id for code in group.codes) for name, group in groups.items()}
        for code in self.codes:
            named |= {name.casefold(): (code.id,) for name in (str(code.number), code.id, code.name)}
        return named

    def topic_fault(self, topics: Iterable[str]) -> str | None:
        """What is wrong with the first topic that names no code or category, with the nearest; None = nothing."""
        for topic in topics:
            if topic.casefold() not in self.topics:
                numbers = f"Known numbers: {', '.join(str(code.number) for code in self.codes)}."
                names = [name for group in self.categories for name in (group.id, group.name)]
                names += [name for code in self.codes for name in (code.id, code.name)]
                hint = numbers if topic.isdecimal() else nearest(topic, names)
                return f'topics_asked names "{topic}", which is no code or category of the codebook. {hint}'
        return None

    def expand(self, expression: str) -> str:
        """A regular expression with the patterns it names written out."""
        return str(_NAMED.sub(lambda found: f"(?:{self.patterns[found[1]]})", expression))

    @cached_property
    def hash(self) -> str:
        """Content hash of everything in the file; a comment or the layout does not change it."""
        return content_hash(self.model_dump(mode="json"))

    def __hash__(self) -> int:
        return hash(self.hash)


_NAMED = regex.compile(r"\{([a-z][a-z0-9_]*)\}")


class Example(_Entry):
    """A sentence as people say it, for training; see ``docs/codebook.md``."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    text: Text
    codes: tuple[int, ...] = ()
    kind: Literal[EXAMPLE_KINDS]  # type: ignore[valid-type]
    style: str = "plain"
    batch: str = "a"


class DialogueSentence(_Entry):
    """One sentence of a dialogue with the numbers of its codes."""

    text: Text
    codes: tuple[int, ...] = ()


class DialogueTurn(_Entry):
    """One uninterrupted stretch of a dialogue."""

    role: Literal["interviewer", "facilitator", "respondent"]
    speaker: str = ""
    sentences: tuple[DialogueSentence, ...] = Field(min_length=1)


class Dialogue(_Entry):
    """An invented interview or workshop, coded sentence by sentence; sets thresholds."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    batch: str
    kind: Literal["interview", "workshop"] = "interview"
    turns: tuple[DialogueTurn, ...] = Field(min_length=1)


# --- reading -----------------------------------------------------------------------------------


def read_codebook(path: str | Path | None = None) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    path : str, Path or None
        ``codebook.yaml`` or the folder that holds it; None = the codebook shipped with the package.

    Returns
    -------
    Codebook

    Raises
    ------
    CodebookError
        With every fault of the file, in line order.
    """
    file = codebook_file(path)
    try:
        source = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CodebookError(
            [Fault(str(file), 0, "there is no such file. Name a codebook.yaml or its folder.")]
        ) from error
    except OSError as error:
        raise CodebookError([Fault(str(file), 0, f"cannot be read: {error.strerror}. Check the file.")]) from error
    except UnicodeDecodeError as error:
        raise CodebookError(
            [Fault(str(file), 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.")]
        ) from error
    return parse_codebook(source, file=str(file))


def read_facets(path: str | Path | None, codebook: Codebook) -> Codebook | None:
    """Read the facets beside a codebook, a codebook in a folder of its own; None where there is no such file.

    Parameters
    ----------
    path : str, Path or None
        As for `read_codebook`.
    codebook : Codebook
        Beside which they lie.

    Raises
    ------
    CodebookError
        With every fault of the file, or if it is in another language.
    """
    file = facets_file(path)
    if not file.is_file():
        return None
    facets = read_codebook(file)
    if facets.language != codebook.language:
        found = f'language is "{facets.language}", that of {CODEBOOK_FILE} "{codebook.language}"'
        raise CodebookError([Fault(str(file), 0, f"{found}. Write both in one language.")])
    return facets


def facets_file(path: str | Path | None = None) -> Path:
    """Where the facets of the codebook that `path` means lie, if it has some."""
    return codebook_file(path).parent / FACETS_FOLDER / CODEBOOK_FILE


def codebook_file(path: str | Path | None = None) -> Path:
    """The ``codebook.yaml`` that `path` (a file, a folder, None = shipped) means."""
    if path is None:
        return shipped_codebook()
    path = Path(path)
    return path / CODEBOOK_FILE if path.is_dir() else path


def shipped_codebook() -> Path:
    """Where the shipped ``codebook.yaml`` lies: inside the wheel, or in a clone's ``codebooks/``."""
    inside = Path(str(resources.files("qualcode"))) / "codebooks" / SHIPPED / CODEBOOK_FILE
    if inside.is_file():
        return inside
    return Path(__file__).resolve().parents[2] / "codebooks" / SHIPPED / CODEBOOK_FILE


def parse_codebook(source: str, *, file: str = CODEBOOK_FILE) -> Codebook:
    """Check the text of a ``codebook.yaml``.

    Parameters
    ----------
    source : str
        YAML text.
    file : str
        Name for the messages.

    Returns
    -------
    Codebook

    Raises
    ------
    CodebookError
        With every fault, in line order.
    """
    return _checked(source, file)


@lru_cache(maxsize=8)
def _checked(source: str, file: str) -> Codebook:
    """As `parse_codebook`; the same text is checked once, which takes a second for the shipped one."""
    tree = _load_yaml(source, file)
    faults: list[Fault] = []
    codebook: Codebook | None = None
    try:
        codebook = Codebook.model_validate(_plain_tree(tree, file))
    except ValidationError as error:
        for detail in _own_faults(error):
            faults.append(Fault(file, _line_of(tree, detail["loc"]), _explain(detail)))
    faults += _reference_faults(tree, file)
    if faults or codebook is None:
        raise CodebookError(faults)
    return codebook


def read_examples(path: str | Path | None, codebook: Codebook) -> tuple[Example, ...]:
    """Read the examples beside a codebook; an absent file is no example.

    Parameters
    ----------
    path : str, Path or None
        As for `read_codebook`.
    codebook : Codebook
        Whose code numbers the examples use.

    Returns
    -------
    tuple of Example
        In file order.

    Raises
    ------
    CodebookError
        With every faulty line.
    """
    return _read_lines(codebook_file(path).with_name(EXAMPLES_FILE), Example, codebook, _example_faults)


def read_examples_file(file: Path, codebook: Codebook) -> tuple[Example, ...]:
    """Read a file written like ``examples.jsonl``; it must exist.

    Raises
    ------
    CodebookError
        With every faulty line, or that there is no such file.
    """
    if not file.is_file():
        raise CodebookError([Fault(str(file), 0, "there is no such file of examples.")])
    return _read_lines(file, Example, codebook, _example_faults)


def read_dialogues(path: str | Path | None, codebook: Codebook) -> tuple[Dialogue, ...]:
    """Read the dialogues beside a codebook; an absent file is no dialogue.

    Parameters, result and errors are those of `read_examples`.
    """
    return _read_lines(codebook_file(path).with_name(DIALOGUES_FILE), Dialogue, codebook, _dialogue_faults)


Line = TypeVar("Line", Example, Dialogue)


def _read_lines(
    file: Path, kind: type[Line], codebook: Codebook, faults_of: Callable[[Line, Codebook], Iterator[str]]
) -> tuple[Line, ...]:
    """Entries of a JSON Lines file, or all its faults with their lines."""
    if not file.is_file():
        return ()
    faults: list[Fault] = []
    entries: list[Line] = []
    seen: dict[str, int] = {}
    try:
        source = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookError(
            [Fault(str(file), 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.")]
        ) from error
    # Not splitlines: a sentence may hold a line separator (U+2028), which JSON allows inside a string.
    for number, line in enumerate(source.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = kind.model_validate_json(line)
        except ValidationError as error:
            faults += [Fault(str(file), number, _explain(detail)) for detail in _own_faults(error)]
            continue
        if entry.id in seen:
            faults.append(
                Fault(str(file), number, f'id "{entry.id}" is used twice (first on line {seen[entry.id]}). Rename one.')
            )
        seen.setdefault(entry.id, number)
        faults += [Fault(str(file), number, message) for message in faults_of(entry, codebook)]
        entries.append(entry)
    if faults:
        raise CodebookError(faults)
    return tuple(entries)


def _example_faults(example: Example, codebook: Codebook) -> Iterator[str]:
    unknown = [number for number in example.codes if number not in codebook.by_number]
    if unknown:
        yield f"codes {unknown} are not numbers of the codebook. Use the numbers of its codes."
    if (example.kind == CODED_KIND) != bool(example.codes):
        yield (
            f'kind "{example.kind}" with codes {list(example.codes)}: only "{CODED_KIND}" has codes, and needs one. '
            "Change either."
        )


def _dialogue_faults(dialogue: Dialogue, codebook: Codebook) -> Iterator[str]:
    used = {number for turn in dialogue.turns for sentence in turn.sentences for number in sentence.codes}
    unknown = sorted(used - set(codebook.by_number))
    if unknown:
        yield f"codes {unknown} are not numbers of the codebook. Use the numbers of its codes."
    asking = [turn for turn in dialogue.turns if turn.role != "respondent"]
    if any(sentence.codes for turn in asking for sentence in turn.sentences):
        yield "an interviewer's or facilitator's sentence has codes; only respondents' have. Remove them."


def json_schema() -> dict[str, Any]:
    """JSON Schema of ``codebook.yaml``, for editors that check while one types."""
    schema = Codebook.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


# --- YAML with lines ---------------------------------------------------------------------------


def _load_yaml(source: str, file: str, *, start: str = "A codebook starts with: id: my_study") -> Any:
    # ruamel.yaml takes 60 ms to import: only commands that read a codebook pay for it.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        tree = YAML(typ="rt").load(StringIO(source))
    except MarkedYAMLError as error:
        line = (error.problem_mark.line + 1) if error.problem_mark else 0
        problem = (error.problem or str(error)).splitlines()[0]
        raise CodebookError([Fault(file, line, f"is not valid YAML: {problem}. Correct this line.")]) from error
    except YAMLError as error:
        line = source.count("\n", 0, getattr(error, "position", 0)) + 1
        problem = str(error).splitlines()[0]
        raise CodebookError([Fault(file, line, f"is not valid YAML: {problem}. Correct this line.")]) from error
    except RecursionError as error:
        raise CodebookError([Fault(file, 0, "is nested too deeply to be a codebook. Remove the brackets.")]) from error
    if not isinstance(tree, dict):
        raise CodebookError([Fault(file, 1, f"holds no mapping. {start}")])
    return tree


_MAX_ENTRIES = 200_000
"""Most scalars, lists and mappings a codebook may have once its aliases are written out."""
_MAX_DEPTH = 40


def _plain_tree(tree: Any, file: str) -> Any:
    """The tree without ruamel's own types; refuses one whose aliases write out to something huge."""
    left = _MAX_ENTRIES

    def plain(node: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or depth > _MAX_DEPTH:
            raise CodebookError(
                [Fault(file, 0, "is too large or too deep with its aliases (*name) written out. Remove aliases.")]
            )
        if isinstance(node, dict):
            return {str(key): plain(value, depth + 1) for key, value in node.items()}
        if isinstance(node, list):
            return [plain(value, depth + 1) for value in node]
        return _plain_scalar(node)

    return plain(tree, 0)


def _plain_scalar(node: Any) -> Any:
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node)


def _line_at(node: Any, key: Any, default: int = 0) -> int:
    """1-based line of an entry of a mapping or list; `default` where it was not written there (merged in)."""
    try:
        lines = node.lc
        place = lines.key(key) if isinstance(node, dict) else lines.item(key)
        return int(place[0]) + 1
    except (KeyError, IndexError, TypeError, AttributeError):
        return default or _first_line(node)


def _first_line(node: Any) -> int:
    line = getattr(getattr(node, "lc", None), "line", None)
    return 0 if line is None else int(line) + 1


def _line_of(tree: Any, location: tuple[int | str, ...]) -> int:
    """1-based line of the deepest part of `location` that exists in the file."""
    node, line = tree, _first_line(tree)
    for step in location:
        line = _line_at(node, step, line)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
    return line


def _own_faults(error: ValidationError) -> Iterator[Any]:
    """Faults without those that only repeat a fault further in (a list is "too short" without its faulty entry)."""
    details = error.errors()
    places = [detail["loc"] for detail in details]
    for detail in details:
        inside = any(len(loc) > len(detail["loc"]) and loc[: len(detail["loc"])] == detail["loc"] for loc in places)
        if not (detail["type"] == "too_short" and inside):
            yield detail


_ADVICE = {
    "missing": "is missing. Add it.",
    "string_type": "must be text. Write it, in quotes where it is a number",
    "string_too_short": "is empty. Write it or remove the line",
    "string_too_long": "is too long. Shorten it",
    "int_type": "must be a whole number. Correct it",
    "int_parsing": "must be a whole number. Correct it",
    "int_from_float": "must be a whole number. Correct it",
    "float_type": "must be a number. Correct it",
    "float_parsing": "must be a number. Correct it",
    "tuple_type": 'must be a list. Write one entry a line, each after "- "',
    "too_short": "has no entry. Write at least one",
    "dict_type": "must be a mapping. Write lines of: name: value",
    "model_type": "must be a mapping. Write lines of: name: value",
    "model_attributes_type": "must be a mapping. Write lines of: name: value",
    "json_invalid": "is not JSON. Correct or remove it",
}
"""What to do about a fault, by pydantic's name for it; others keep pydantic's words."""

_FORMS = {
    r"^[a-z][a-z0-9_]*$": "lower-case letters, digits and _, beginning with a letter (data_access)",
    r"^#[0-9A-Fa-f]{6}$": "a colour as # and six hexadecimal digits (#0072B2), in quotes",
    r"^\d+\.\d+\.\d+$": "three numbers (1.0.0)",
    r"^[a-z]{2}$": "a language as two lower-case letters (en)",
}


def _explain(detail: Any) -> str:
    """One pydantic fault as a sentence that names the field, what was found and what to do."""
    field_name = ".".join(str(step) for step in detail["loc"]) or "the line"
    kind = detail["type"]
    if kind == "missing":
        return f"{field_name} {_ADVICE[kind]}"
    if kind == "extra_forbidden":
        return f"{field_name} is not a field of a codebook ({detail['loc'][-1]!r}). Correct the name or remove it."
    found = json.dumps(detail.get("input"), ensure_ascii=False, default=str)
    found = found if len(found) <= 60 else found[:57] + "..."
    if kind == "string_pattern_mismatch":
        pattern = detail["ctx"]["pattern"]
        return f"{field_name} is {found}. Write {_FORMS.get(pattern, pattern)}."
    if kind in _ADVICE:
        return f"{field_name} {_ADVICE[kind]}. Found {found}."
    return f"{field_name}: {detail['msg']}. Found {found}."


# --- references across the file ----------------------------------------------------------------


def _reference_faults(tree: Any, file: str) -> list[Fault]:
    """Doubled ids, numbers and colours, and names that lead nowhere; works on half-valid trees."""
    faults: list[Fault] = []
    first: dict[tuple[str, Any], int] = {}
    codes: list[Any] = []
    for category in _mappings(tree.get("categories")):
        _check_unique(category, "id", "category", first, faults, file)
        codes += _mappings(category.get("codes"))
    for code in codes:
        for key in ("id", "number", "colour"):
            _check_unique(code, key, "code", first, faults, file)
    known = [str(code.get("id")) for code in codes]
    faults += _regex_faults(tree, codes, file)
    groups = list(Markers.model_fields)
    for code in codes:
        for entry in _mappings(code.get("not_when")) + _mappings(_counter(code)):
            _check_known(entry, "use_instead", known, "code", faults, file)
        for cue in _mappings(code.get("cues")):
            _check_known(cue, "needs", groups, "marker group", faults, file)
    return faults


def _regex_faults(tree: Any, codes: list[Any], file: str) -> Iterator[Fault]:
    """Regular expressions that name unknown patterns or do not compile, each with its line."""
    patterns = tree.get("patterns")
    patterns = patterns if isinstance(patterns, dict) else {}
    places: list[tuple[Any, Any]] = [(patterns, key) for key in patterns]
    for code in codes:
        for cue in _mappings(code.get("cues")):
            places += [(cue, key) for key in ("regex", "unless") if key in cue]
            if isinstance(cue.get("given"), list):
                places += [(cue["given"], number) for number in range(len(cue["given"]))]
    known = [str(name) for name in patterns]
    for node, key in places:
        line, name = _line_at(node, key), f"given.{key}" if isinstance(node, list) else key
        named = _NAMED.findall(str(node[key]))
        if named and node is patterns:
            yield Fault(file, line, f"pattern {name} names {{{named[0]}}}; patterns name no others. Write it out.")
            continue
        unknown = [other for other in named if other not in known]
        if unknown:
            near = nearest(unknown[0], known) if known else "It has none: write them under patterns."
            yield Fault(file, line, f"{{{unknown[0]}}} names no pattern of this codebook. {near}")
            continue
        try:
            regex.compile(_NAMED.sub("x", str(node[key])))
        except regex.error as error:
            yield Fault(file, line, f"{name} is not a regular expression: {error}. Correct it.")


def _mappings(node: Any) -> list[Any]:
    return [item for item in node if isinstance(item, dict)] if isinstance(node, list) else []


def _counter(code: Any) -> Any:
    examples = code.get("examples")
    return examples.get("counter") if isinstance(examples, dict) else None


def _check_unique(
    node: Any, key: str, what: str, first: dict[tuple[str, Any], int], faults: list[Fault], file: str
) -> None:
    if key not in node:
        return
    line = _line_at(node, key)
    entry = (f"{what}.{key}", str(node[key]).lower())
    before = first.get(entry)
    first.setdefault(entry, line)
    if before is not None:
        faults.append(
            Fault(file, line, f"{what} {key} {node[key]!r} is used twice (first on line {before}). Change one.")
        )


def _check_known(node: Any, key: str, known: list[str], what: str, faults: list[Fault], file: str) -> None:
    value = node.get(key)
    if value is None or str(value) in known:
        return
    line = _line_at(node, key)
    faults.append(
        Fault(file, line, f"{key} names {what} {str(value)!r}, which does not exist. {nearest(str(value), known)}")
    )


# --- comparing two versions --------------------------------------------------------------------


class Change(_Entry):
    """One difference between two codebooks.

    Attributes
    ----------
    part : str
        Code id, category id, or "codebook".
    field : str
        What differs ("definition", "cues", "added" ...).
    level : {"meaning", "results", "wording"}
        `meaning`: coded data may no longer fit the code; `results`: the machine may code otherwise;
        `wording`: neither.
    before, after : str
        Short form of both sides; empty where there is none.
    """

    part: str
    field: str
    level: Literal["meaning", "results", "wording"]
    before: str = ""
    after: str = ""


_LEVELS: dict[str, Literal["meaning", "results", "wording"]] = {
    "number": "meaning",
    "definition": "meaning",
    "use_when": "meaning",
    "not_when": "meaning",
    "category": "meaning",
    "cues": "results",
    "examples": "results",
    "name": "wording",
    "short_definition": "wording",
    "themes": "wording",
    "colour": "wording",
}


def diff_codebooks(before: Codebook, after: Codebook) -> list[Change]:
    """What changed from one codebook to another, most weighty first.

    Parameters
    ----------
    before, after : Codebook

    Returns
    -------
    list of Change
        Ordered by level (meaning, results, wording), then by part.
    """
    changes: list[Change] = []
    for gone in before.by_id.keys() - after.by_id.keys():
        changes.append(Change(part=gone, field="removed", level="meaning", before=before.by_id[gone].name))
    for new in after.by_id.keys() - before.by_id.keys():
        changes.append(Change(part=new, field="added", level="meaning", after=after.by_id[new].name))
    for shared in before.by_id.keys() & after.by_id.keys():
        changes += _code_changes(before, after, shared)
    old, new_categories = ({c.id: c for c in book.categories} for book in (before, after))
    for shared in old.keys() & new_categories.keys():
        for name in ("name", "definition", "colour"):
            a, b = getattr(old[shared], name), getattr(new_categories[shared], name)
            if a != b:
                changes.append(Change(part=shared, field=name, level="wording", before=_short(a), after=_short(b)))
    for gone in old.keys() - new_categories.keys():
        changes.append(Change(part=gone, field="removed", level="wording", before=old[gone].name))
    for new in new_categories.keys() - old.keys():
        changes.append(Change(part=new, field="added", level="wording", after=new_categories[new].name))
    changes += _book_changes(before, after)
    order = ("meaning", "results", "wording")
    return sorted(changes, key=lambda c: (order.index(c.level), c.part, c.field))


def _book_changes(before: Codebook, after: Codebook) -> Iterator[Change]:
    for name in ("markers", "patterns"):
        if getattr(before, name) != getattr(after, name):
            yield Change(part="codebook", field=name, level="results")
    levels: dict[str, Literal["results", "wording"]] = {"language": "results"}
    for name in ("language", "id", "title", "description", "source"):
        a, b = getattr(before, name), getattr(after, name)
        if a != b:
            level = levels.get(name, "wording")
            yield Change(part="codebook", field=name, level=level, before=_short(a), after=_short(b))


def _code_changes(before: Codebook, after: Codebook, code_id: str) -> Iterator[Change]:
    a, b = before.by_id[code_id], after.by_id[code_id]
    pairs: dict[str, tuple[Any, Any]] = {
        name: (getattr(a, name), getattr(b, name)) for name in _LEVELS if name != "category"
    }
    pairs["category"] = (before.category_of[code_id].id, after.category_of[code_id].id)
    for name, (old, new) in pairs.items():
        if old != new:
            yield Change(part=code_id, field=name, level=_LEVELS[name], before=_short(old), after=_short(new))


def _short(value: Any) -> str:
    text = f"{len(value)} entries" if isinstance(value, tuple) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."


def required_version(before: Codebook, changes: list[Change]) -> str:
    """The lowest version the changed codebook may carry.

    Meaning raises the first number, results the second, wording the third (semantic versioning).

    Examples
    --------
    >>> book = read_codebook()
    >>> required_version(book, [])
    '1.0.0'
    """
    major, minor, patch = (int(part) for part in before.version.split("."))
    levels = {change.level for change in changes}
    if "meaning" in levels:
        return f"{major + 1}.0.0"
    if "results" in levels:
        return f"{major}.{minor + 1}.0"
    if "wording" in levels:
        return f"{major}.{minor}.{patch + 1}"
    return before.version


def version_tuple(version: str) -> tuple[int, int, int]:
    """``"1.10.0"`` as numbers, so that versions compare as versions."""
    return cast("tuple[int, int, int]", tuple(int(part) for part in version.split(".")))
