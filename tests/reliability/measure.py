"""``make faults``: every fault (or the rows named) with all tries, into docs/measured/faults.json."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[1]
MEASURED = TESTS.parent / "docs" / "measured" / "faults.json"
COUNTS = ("tries", "lost", "unclear")


class Counting:
    """Adds up what tests report: what they counted themselves, or each case as one try."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.ended: dict[str, int] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the counts at the end of a test; one that fails without counting has lost something."""
        file, _, name = report.nodeid.removeprefix("tests/").partition("::")
        if report.when == "call" and not report.skipped:
            self.ended[report.nodeid] = int(report.failed)
        if report.when != "teardown":
            return
        own: dict[str, Any] = dict(report.user_properties)
        found: Counter[str] = Counter()
        if "tries" in own:
            found.update({name: int(own[name]) for name in COUNTS})
        elif report.nodeid in self.ended:
            found.update(tries=1)
        found["lost"] += self.ended.get(report.nodeid, 0)
        for key in (file, f"{file}::{name.partition('[')[0]}"):
            self.counts.setdefault(key, Counter()).update(found)


def main(rows: set[int]) -> int:
    """Try these rows (none = all), write, and tell by the exit code whether anything was lost or unclear."""
    from reliability.faults import FAULTS

    counting = Counting()
    chosen = [fault for fault in FAULTS if fault.row in (rows or {fault.row})]
    nodes = dict.fromkeys(f"tests/{test}" for fault in chosen for test in fault.tests)
    os.chdir(TESTS.parent)
    pytest.main(["-q", "-n0", "-p", "no:cacheprovider", *nodes], plugins=[counting])
    known = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else []
    record = {row["row"]: row for row in known}
    for fault in chosen:
        counts = sum((counting.counts.get(test, Counter()) for test in fault.tests), Counter[str]())
        said = {"row": fault.row, "fault": fault.what, "tests": list(fault.tests)}
        record[fault.row] = said | {name: counts[name] for name in COUNTS}
    written = [record[fault.row] for fault in FAULTS if fault.row in record]
    MEASURED.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return int(any(row["lost"] or row["unclear"] or not row["tries"] for row in written))


if __name__ == "__main__":
    os.environ["QUALCODE_FAULTS"] = "full"
    sys.path.insert(0, str(TESTS))
    sys.exit(main({int(row) for row in sys.argv[1:]}))
