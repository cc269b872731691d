"""Cues in other languages: ``cues/<language>.yaml`` beside a codebook in, the codebook in that language out.

A file holds ``markers``, ``patterns`` and, for each code id, ``cues``, all written as in
``codebook.yaml``. The codes stay the same; only what a sentence is searched for changes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from .codebook import (
    Codebook,
    Cue,
    Identifier,
    Markers,
    Text,
    _check_known,
    _Entry,
    _explain,
    _line_at,
    _line_of,
    _load_yaml,
    _mappings,
    _own_faults,
    _plain_tree,
    _regex_faults,
    codebook_file,
)
from .errors import CodebookError, Fault, nearest

CUES_FOLDER = "cues"


class LanguageCues(_Entry):
    """What ``cues/<language>.yaml`` holds."""

    markers: Markers = Markers()
    patterns: dict[Identifier, Text] = Field(default_factory=dict)
    codes: dict[Identifier, tuple[Cue, ...]] = Field(min_length=1)


def read_translations(
    path: str | Path | None, codebook: Codebook, *, told_apart: Collection[str] | None = None
) -> dict[str, Codebook]:
    """Read the cues in other languages beside a codebook; an absent folder is no language.

    Parameters
    ----------
    path : str, Path or None
        As for `qualcode.codebook.read_codebook`.
    codebook : Codebook
        Whose codes the cues are for.
    told_apart : collection of str or None
        Languages a text can be told to be in: cues of another would never be used, which is a fault. None = any.

    Returns
    -------
    dict of str to Codebook
        By language (ISO 639-1), in order: `translated` codebooks.

    Raises
    ------
    CodebookError
        With every fault of all the files.

    Examples
    --------
    >>> from qualcode.codebook import read_codebook
    >>> sorted(read_translations(None, read_codebook()))
    ['de', 'es', 'it', 'sv']
    """
    found: dict[str, Codebook] = {}
    faults: list[Fault] = []
    for file in sorted(codebook_file(path).with_name(CUES_FOLDER).glob("*.yaml")):
        if told_apart is not None and file.stem not in told_apart:
            known = ", ".join(sorted({*told_apart} - {codebook.language}))
            faults.append(Fault(str(file), 0, f"would never be used: only {known} are told apart. Remove it."))
            continue
        try:
            found[file.stem] = translated(codebook, file.stem, _read_cues(file, codebook))
        except CodebookError as error:
            faults += error.faults
    if faults:
        raise CodebookError(faults)
    return found


def translated(codebook: Codebook, language: str, cues: LanguageCues) -> Codebook:
    """The codebook with the cues, markers and patterns of another language; a code without cues there has none.

    Parameters
    ----------
    codebook : Codebook
    language : str
        ISO 639-1 code.
    cues : LanguageCues

    Returns
    -------
    Codebook
    """
    categories = [
        category.model_copy(
            update={
                "codes": tuple(code.model_copy(update={"cues": cues.codes.get(code.id, ())}) for code in category.codes)
            }
        )
        for category in codebook.categories
    ]
    # Made anew: a copy would carry the cached code tables and hash of the original.
    content = dict(codebook) | dict(cues) | {"language": language, "categories": tuple(categories)}
    return Codebook(**{name: content[name] for name in Codebook.model_fields})


def _read_cues(file: Path, codebook: Codebook) -> LanguageCues:
    """One file, or all its faults in line order."""
    name = str(file)
    if not re.fullmatch("[a-z]{2}", file.stem) or file.stem == codebook.language:
        raise CodebookError(
            [Fault(name, 0, f"is named for no other language. The codebook is in {codebook.language}; write sv.yaml.")]
        )
    try:
        source = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookError([Fault(name, 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.")]) from error
    return _parse_cues(source, name, codebook)


@lru_cache(maxsize=32)
def _parse_cues(source: str, name: str, codebook: Codebook) -> LanguageCues:
    """The text of one file; the same text is checked once."""
    tree = _load_yaml(source, name, start="Cues stand under: codes:")
    faults = list(_reference_faults(tree, name, codebook))
    try:
        cues = LanguageCues.model_validate(_plain_tree(tree, name))
    except ValidationError as error:
        faults += [Fault(name, _line_of(tree, detail["loc"]), _explain(detail)) for detail in _own_faults(error)]
        raise CodebookError(faults) from error
    if faults:
        raise CodebookError(faults)
    return cues


def _reference_faults(tree: Any, file: str, codebook: Codebook) -> Iterator[Fault]:
    """Codes, marker groups and patterns that do not exist, and regular expressions that do not compile."""
    codes = tree.get("codes")
    codes = codes if isinstance(codes, dict) else {}
    for code in codes:
        if str(code) not in codebook.by_id:
            line = _line_at(codes, code)
            yield Fault(file, line, f'the codebook has no code "{code}". {nearest(str(code), list(codebook.by_id))}')
    yield from _regex_faults(tree, [{"cues": cues} for cues in codes.values()], file)
    faults: list[Fault] = []
    for cue in (cue for cues in codes.values() for cue in _mappings(cues)):
        _check_known(cue, "needs", list(Markers.model_fields), "marker group", faults, file)
    yield from faults
