"""A codebook as the text of a ``codebook.yaml`` that people go on writing, with a word where cues are missing."""

from __future__ import annotations

from collections.abc import Mapping
from io import SEEK_END, StringIO
from typing import Any

from ..codebook import Codebook, parse_codebook
from ..errors import CodebookError, Fault

NO_CUES = "write cues: docs/codebook.md"
_WIDTHS = (110, 10**6)
"""Line length; ruamel.yaml folds some quoted texts so that they read back otherwise, then nothing is folded."""


def codebook_yaml(codebook: Codebook, *, heading: str = "") -> str:
    """Text that `qualcode.codebook.parse_codebook` reads as the same codebook.

    Parameters
    ----------
    codebook : Codebook
    heading : str
        Comment above it; may have several lines.

    Returns
    -------
    str

    Raises
    ------
    CodebookError
        If it reads back as another codebook, which would be a fault of this program.

    Examples
    --------
    >>> from qualcode.flow.codebook_drafts import CategoryDraft, CodeDraft, build_codebook
    >>> made, _ = build_codebook("Buses", [CategoryDraft("Money", [CodeDraft("1", "Fares")])])
    >>> codebook_yaml(made).splitlines()[-1].strip()
    'cues: []  # write cues: docs/codebook.md'
    """
    from ruamel.yaml import YAML

    tree = _mapped(codebook.model_dump(mode="json", exclude_defaults=True))
    for group, category in zip(tree["categories"], codebook.categories, strict=True):
        for entry, code in zip(group["codes"], category.codes, strict=True):
            if not code.cues:
                entry["cues"] = []
                entry.yaml_add_eol_comment(NO_CUES, "cues")
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    signs = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in heading)
    comment = "".join(f"# {line}\n" for line in signs.splitlines())
    for width in _WIDTHS:
        yaml.width = width
        written = StringIO(comment)
        written.seek(0, SEEK_END)
        yaml.dump(tree, written)
        if parse_codebook(written.getvalue()).hash == codebook.hash:
            return written.getvalue()
    raise CodebookError([Fault("codebook.yaml", 0, "reads back as another codebook, so it was not written.")])


def _mapped(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

    if isinstance(value, Mapping):
        return CommentedMap((key, _mapped(item)) for key, item in value.items())
    if isinstance(value, list):
        return CommentedSeq(_mapped(item) for item in value)
    if isinstance(value, str) and "\n" in value:
        # A block of lines reads well, but cannot hold every sign.
        is_plain = value.replace("\n", "").isprintable() and all(line == line.rstrip() for line in value.split("\n"))
        return LiteralScalarString(value) if is_plain else DoubleQuotedScalarString(value)
    if isinstance(value, str) and "\\" in value and value.isprintable():
        return SingleQuotedScalarString(value)
    return value
