from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "spacy", "simplemma", "sklearn", "scipy", "pandas", "numpy", "onnxruntime", "matplotlib", "sqlite_utils",
    "ruamel", "regex", "docx", "lxml", "openpyxl", "xlsxwriter", "chardet", "py3langid", "starlette", "uvicorn",
)  # fmt: skip
"""What neither an import of the package nor a help page may load."""

_HELP = """
import sys
sys.argv = {arguments!r}
from qualcode.cli import main
try:
    main()
except SystemExit:
    pass
"""


def loaded(code: str, names: tuple[str, ...]) -> list[str]:
    """Which of `names` are loaded after `code` ran in a fresh interpreter."""
    report = f"\nimport sys\nprint('LOADED', *(name for name in {names!r} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + report], capture_output=True, text=True, encoding="utf-8", check=True
    )
    return done.stdout.splitlines()[-1].split()[1:]


def help_of(*arguments: str) -> str:
    return _HELP.format(arguments=["qualcode", *arguments, "--help"])


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded("import qualcode", (*HEAVY, "pydantic", "typer", "rich", "sqlite3")) == []


def test_the_main_help_loads_nothing_heavy() -> None:
    assert loaded(help_of(), (*HEAVY, "pydantic", "sqlite3")) == []


@pytest.mark.parametrize("command", [("tag",), ("review",), ("summarize",), ("codebook", "check")])
def test_the_help_of_a_command_loads_nothing_heavy(command: tuple[str, ...]) -> None:
    # pydantic may be there: typer itself converts parameters with it.
    assert loaded(help_of(*command), (*HEAVY, "sqlite3")) == []


# --- every module has its tests ----------------------------------------------------------------

NO_TEST_OF_THEIR_OWN = {
    "__init__.py": "tested here: imports",
    "__main__.py": "three lines: starts cli.main",
    "version.py": "one line",
    "aggregate/__init__.py": "re-exports",
    "cli/__init__.py": "re-exports",
    "flow/__init__.py": "re-exports",
    "names/__init__.py": "re-exports",
    "present/__init__.py": "re-exports",
    "present/figures/__init__.py": "re-exports; tests/present/figures/test_figures.py",
    "present/word_styles.py": "styles and nothing else; tests/present/test_word.py",
    "read/__init__.py": "re-exports",
    "refi/__init__.py": "re-exports",
    "segment/__init__.py": "re-exports",
    "store/__init__.py": "re-exports; tests/store/test_init.py",
    "tag/__init__.py": "re-exports",
    "web/__init__.py": "re-exports",
}


def test_every_module_has_its_test_file(root: Path) -> None:
    package = root / "src" / "qualcode"
    modules = {path.relative_to(package).as_posix(): path for path in package.rglob("*.py")}
    missing = []
    for name in sorted(set(modules) - set(NO_TEST_OF_THEIR_OWN)):
        folder, _, file = name.rpartition("/")
        if not (root / "tests" / folder / f"test_{file}").is_file():
            missing.append(name)
    assert missing == []


def test_the_exemptions_exist(root: Path) -> None:
    assert [name for name in NO_TEST_OF_THEIR_OWN if not (root / "src" / "qualcode" / name).is_file()] == []


def test_the_package_says_its_version(root: Path) -> None:
    import qualcode

    assert qualcode.__version__.count(".") == 2
    assert set(qualcode.__all__) == {"__version__", "open", "write_report"}
