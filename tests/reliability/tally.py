"""Counts what became of each fault that was tried: tries, what was lost, errors that do not say what happened."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

IN_FULL = os.environ.get("QUALCODE_FAULTS") == "full"
"""Every try, as ``make faults`` asks for; the suite makes do with about a tenth."""


def tries(full: int) -> int:
    """How often to try: `full` times, or a tenth of it."""
    return full if IN_FULL else max(1, full // 10)


@dataclass
class Tally:
    """What came of the tries of one test.

    Attributes
    ----------
    tried : int
    lost : list of str
        What was not there afterwards, or changed though it should not have.
    unclear : list of str
        Errors without a cause or a way out: a traceback, a message that names no file, too long, too much memory.
    """

    tried: int = 0
    lost: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def check_kept(self, is_kept: bool, what: str) -> None:
        """Note a loss."""
        if not is_kept:
            self.lost.append(what)

    def check_clear(self, is_clear: bool, what: str) -> None:
        """Note an unclear error."""
        if not is_clear:
            self.unclear.append(what)
