"""Small wordings shared by what is shown: counted nouns and plain JSON.

In: a count and a noun, or plain content. Out: text.
"""

from __future__ import annotations

import json
from typing import Any


def json_text(content: Any) -> str:
    """Any plain content as indented JSON."""
    return json.dumps(content, ensure_ascii=False, indent=2)


def plural(count: int, noun: str) -> str:
    """``"1 document"``, ``"2 documents"``.

    Examples
    --------
    >>> plural(1, "coding"), plural(12345, "word")
    ('1 coding', '12,345 words')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shortened(text: str, width: int) -> str:
    r"""The text on one line, cut off with … after `width` characters.

    Examples
    --------
    >>> shortened("Nobody pays\nfor it.", 12)
    'Nobody pays…'
    """
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
