"""The codebook shown in the docs is one that works."""

import re
from pathlib import Path

from qualcode import flow
from qualcode.study import Study

ROOT = Path(__file__).resolve().parents[2]


def test_the_codebook_of_the_page_is_valid_and_passes_its_own_examples(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    (tmp_path / "codebook.yaml").write_text(shown, encoding="utf-8")
    report = flow.check_codebook(flow.Workspace(Study(), tmp_path / "unused.db", tmp_path))
    (row,) = report.rows
    assert (row.typical, row.borderline, row.counter, row.failures) == ((1, 1), (1, 1), (1, 1), ())
