"""Colours of codes, in whatever way a program writes them."""

from __future__ import annotations

import re

_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,[^)]*)?\)", re.IGNORECASE)
_NAMES = {
    "aqua": "#00FFFF", "black": "#000000", "blue": "#0000FF", "brown": "#A52A2A", "cyan": "#00FFFF",
    "fuchsia": "#FF00FF", "gray": "#808080", "green": "#008000", "grey": "#808080", "lime": "#00FF00",
    "magenta": "#FF00FF", "maroon": "#800000", "navy": "#000080", "olive": "#808000", "orange": "#FFA500",
    "pink": "#FFC0CB", "purple": "#800080", "red": "#FF0000", "silver": "#C0C0C0", "teal": "#008080",
    "white": "#FFFFFF", "yellow": "#FFFF00",
}  # fmt: skip


def read_colour(text: str) -> str | None:
    """A colour as ``#RRGGBB``.

    Parameters
    ----------
    text : str
        ``#RGB``, ``#RRGGBB``, with transparency behind it, ``rgb(...)``, ``rgba(...)`` or one of the 22 common names.

    Returns
    -------
    str or None
        Upper case, transparency dropped; None = not a colour.

    Examples
    --------
    >>> read_colour("#0af"), read_colour("rgb(255, 0, 16)"), read_colour("#11223380"), read_colour("none")
    ('#00AAFF', '#FF0010', '#112233', None)
    """
    text = text.strip()
    if found := _HEX.fullmatch(text):
        digits = found[1].upper()
        digits = "".join(digit * 2 for digit in digits) if len(digits) < 6 else digits
        return f"#{digits[:6]}"
    if (found := _RGB.fullmatch(text)) and all(int(part) < 256 for part in found.groups()):
        return "#{:02X}{:02X}{:02X}".format(*map(int, found.groups()))
    return _NAMES.get(text.lower())
