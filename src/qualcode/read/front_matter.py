"""YAML front matter at the top of a text: fences and keys in, attributes and header blocks out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..errors import ReadError
from ..model import Attributes, Block
from .layout import listed, trimmed
from .values import ALIASES, header_key, parse_values

_FENCED = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LOOKS_LIKE_KEYS = re.compile(r"^[^\W\d][\w \-]{0,40}:(\s|$)", re.MULTILINE)


@dataclass(frozen=True)
class FrontMatter:
    """What stood between the fences.

    Attributes
    ----------
    end : int
        Code point after the closing fence; 0 = there is no front matter.
    attributes : Attributes
    blocks : tuple of Block
        One block of style ``header`` a line.
    left_out : tuple of str
        The keys that are no attribute.
    """

    end: int = 0
    attributes: Attributes = field(default_factory=Attributes)
    blocks: tuple[Block, ...] = ()
    left_out: tuple[str, ...] = ()


def parse_front_matter(text: str, *, file: str) -> FrontMatter:
    """Read the front matter of a text, if it has one.

    Parameters
    ----------
    text : str
        Newlines LF.
    file : str
        Name for the messages.

    Returns
    -------
    FrontMatter
        Empty when the text does not begin with a fence, or when what is fenced holds no ``key:`` (a rule).

    Raises
    ------
    ReadError
        If the YAML or a value is faulty, with its line.
    """
    fenced = _FENCED.match(text)
    if not fenced or not _LOOKS_LIKE_KEYS.search(fenced[1]):
        return FrontMatter()
    tree = _load(fenced[1], file)
    values: dict[str, str] = {}
    unknown: list[str] = []
    for key, value in tree.items():
        attribute = ALIASES.get(header_key(str(key)))
        if attribute is None:
            unknown.append(str(key))
        else:
            several = value if isinstance(value, list) else [value]
            values[attribute] = "; ".join(str(one) for one in several if one is not None)
    attributes, faults = parse_values(values)
    if faults:
        name, message = next(iter(faults.items()))
        raise ReadError(f"{file}:{_line_of(fenced[1], name)}: {message}")
    left_out = (f"front matter not used as attributes: {listed(unknown)}",) if unknown else ()
    return FrontMatter(fenced.end(), attributes, _header_blocks(text, *fenced.span(1)), left_out)


def _load(source: str, file: str) -> dict[Any, Any]:
    # ruamel.yaml takes time to import: only a text with front matter pays for it.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        tree = YAML(typ="safe", pure=True).load(source)
    except MarkedYAMLError as error:
        line = (error.problem_mark.line + 2) if error.problem_mark else 1
        problem = (error.problem or str(error)).splitlines()[0]
        raise ReadError(
            f"{file}:{line}: the front matter is not valid YAML: {problem}. Quote values with a colon."
        ) from error
    except (YAMLError, ValueError) as error:
        raise ReadError(f"{file}:1: the front matter is not valid YAML: {error}.") from error
    if not isinstance(tree, dict):
        raise ReadError(f"{file}:2: the front matter holds no keys. Write lines such as: region: Crete")
    return tree


def attribute_line(text: str, attribute: str) -> int:
    """1-based line of a text at which its front matter gives an attribute; 1 where it does not."""
    return _line_of(text.partition("\n")[2], attribute)


def _line_of(source: str, attribute: str) -> int:
    for number, line in enumerate(source.split("\n"), start=2):
        if ALIASES.get(header_key(line.partition(":")[0])) == attribute:
            return number
    return 1


def _header_blocks(text: str, start: int, end: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for line in text[start:end].split("\n"):
        first, last = trimmed(text, start, start + len(line))
        if first < last:
            blocks.append(Block(first, last, "header"))
        start += len(line) + 1
    return tuple(blocks)
