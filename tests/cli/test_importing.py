from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from foreign_projects import MONEY, project, selection, written
from qualcode.cli import app

CODEBOOK = Path(__file__).resolve().parents[1] / "codebooks" / "community_gardening"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*map(str, arguments), "--codebook", str(CODEBOOK)])
    return done.exit_code, done.stdout, done.stderr


def test_an_import_reports_to_people_and_twice_adds_nothing(tmp_path: Path) -> None:
    path = written(project(selection("There is no money for it.", MONEY)), tmp_path)
    code, out, err = run("import", path, "--region", "Ghent", "--store", tmp_path / "a.db")
    assert (code, out) == (0, "")
    assert "Imported theirs.qdpx (written by NVivo 15)" in err
    assert "Codings: 1 new passages." in err or "Codings: 1 new passage." in err
    assert "no region" not in err
    code, _, err = run("import", path, "--store", tmp_path / "a.db")
    assert code == 0
    assert "nothing new" in err


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    path = written(project(selection("There is no money for it.", MONEY)), tmp_path)
    code, _, err = run("import", path, "--dry-run", "--store", tmp_path / "a.db")
    assert (code, (tmp_path / "a.db").exists()) == (0, False)
    assert err.rstrip().endswith("Nothing was stored: this was a dry run.")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.qdpx", b"PK", "a.qdpx"),
        ("a.qdc", b"<a/>", "qualcode codebook import"),
        ("a.qcverdicts", b"{}", "qualcode verdicts import"),
    ],
)
def test_what_is_no_project_is_refused_with_advice(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    code, _, err = run("import", tmp_path / name, "--store", tmp_path / "a.db")
    assert code == 1
    assert message in err
    assert not (tmp_path / "a.db").exists()
