"""Generated pages say what the program says today; every command is documented and has help."""

import hashlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from qualcode.tag import load_encoder
from studies import demo_said

ROOT = Path(__file__).resolve().parents[2]
FINGERPRINT = "ba61d098d28adb83"
"""Of one embedding, on the processors the pages were made with; others may round 8-bit sums differently."""


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(generate: ModuleType, demo_folder: Path) -> dict[Path, str]:
    made: dict[Path, str] = generate.pages((demo_folder, demo_said(demo_folder)))
    return made


def fingerprint() -> str:
    encoder = load_encoder()
    assert encoder is not None
    vector = encoder.embed(["No courier comes up to our valley."])[0]
    return hashlib.sha256(vector.round(5).tobytes()).hexdigest()[:16]


def same(page: str, made: str) -> bool:
    """Equal; on another kind of processor, where figures and ranks may move, equal in headings and commands."""
    if fingerprint() == FINGERPRINT:
        return page == made
    return _skeleton(page) == _skeleton(made)


def _skeleton(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith(("#", "$ ", "|---"))]


PAGES = [
    "README.md", "ARCHITECTURE.md", "docs/cli.md", "docs/schema.md", "docs/errors.md", "docs/glossary.md",
    "docs/codebook.schema.json", "docs/accuracy.md", "docs/model-card.md", "docs/licences.md", "docs/reliability.md",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_program_says(name: str, pages: dict[Path, str]) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    assert same(page, pages[ROOT / name]), f"{name} is out of date: make docs"


def test_all_generated_pages_are_compared(pages: dict[Path, str]) -> None:
    assert {str(path.relative_to(ROOT)).replace("\\", "/") for path in pages} == set(PAGES)


def test_changelog_and_citation_agree_on_the_version() -> None:
    from qualcode import __version__

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(__version__)} ", changelog, flags=re.MULTILINE)
    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    names = [re.split(r"[<>=!~\[ ]", entry)[0].lower() for entry in project["dependencies"]]
    assert [name for name in names if name not in page] == []


def test_pages_named_in_the_docs_exist() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for name in re.findall(r"`((?:docs/|notebooks/)[\w./-]+)`", page.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_no_hosts_and_no_paths_of_a_machine() -> None:
    banned = re.compile(r"(py[p]i\.org|pythonhoste[d]\.org|/(?:home|root|work)/[a-z])")
    for path in [*ROOT.glob("*"), *(ROOT / "docs").glob("*.md"), *(ROOT / "src").rglob("*.py")]:
        if path.is_file() and path.suffix in {".md", ".toml", ".txt", ".cff", ".py", ""}:
            assert not banned.search(path.read_text(encoding="utf-8")), path.name
