"""Write the generated pages again: ``make docs``. The tests compare every page with what this makes.

Generated are ``docs/cli.md``, ``docs/schema.md``, ``docs/errors.md``, ``docs/glossary.md``, ``docs/licences.md``,
``docs/codebook.schema.json``, the marked blocks of ``ARCHITECTURE.md``, ``docs/accuracy.md``,
``docs/model-card.md`` and ``docs/reliability.md``, and what the program prints in the console blocks of ``README.md``.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "docs")]


def cli_page() -> str:
    """Help of every command, as the program prints it."""
    from typer.testing import CliRunner

    from qualcode.cli import app

    runner = CliRunner()
    commands: list[list[str]] = [[], *([name] for name in _command_names(app))]
    for group in app.registered_groups:
        assert group.typer_instance is not None
        commands += [[str(group.name), name] for name in _command_names(group.typer_instance)]
    parts = ["# Command line\n\nEverything `qualcode --help` says, on one page (generated).\n"]
    for command in commands:
        result = runner.invoke(
            app,
            [*command, "--help"],
            prog_name="qualcode",
            terminal_width=100,
            env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"},
        )
        title = " ".join(["qualcode", *command])
        text = "\n".join(line.rstrip() for line in result.output.strip("\n").splitlines())
        parts.append(f"## {title}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _command_names(app: object) -> list[str]:
    commands = app.registered_commands  # type: ignore[attr-defined]
    return [command.name or command.callback.__name__.strip("_").replace("_", "-") for command in commands]


def schema_page() -> str:
    """Every table and view of a freshly made store."""
    from qualcode.store import describe_schema

    head = (
        "# The store\n\nOne SQLite file. Tables and views are an interface: Datasette, R and SQL users need no Python. "
        "Start with\nthe view `codings_long`. Generated from a freshly made store.\n\n"
    )
    return head + describe_schema().rstrip() + "\n"


def errors_page() -> str:
    """The tree of errors, as their module draws it."""
    from qualcode import errors

    return f"# Errors and warnings\n\n```text\n{inspect.cleandoc(errors.__doc__ or '')}\n```\n"


def glossary_page() -> str:
    """First sentences of the classes of ``model.py``."""
    tree = ast.parse((ROOT / "src" / "qualcode" / "model.py").read_text(encoding="utf-8"))
    rows = ["| word | means |", "|---|---|"]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            first = (ast.get_docstring(node) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
            rows.append(f"| {node.name} | {first} |")
    rest = (
        (
            "Codebook, Category, Code, Theme",
            "versioned YAML; categories group codes, a code has themes; see `docs/codebook.md`",
        ),
        ("Coder", "who coded: a person, rules, or a model; a tagger is a coder with a version (`hybrid.v2`)"),
        ("Run", "one tagging pass: coder, codebook hash, model hash, settings, times"),
        ("Facet", "what else a sentence says of a barrier: who is hit, what it does, what is recommended, what works"),
        ("Finding", "one code in one group: counts, shares with intervals, rank and quotes, as a report prints them"),
        ("Audit", "a random sample of sentences that a person has judged; it corrects shares of words"),
        ("Coverage", "a run has looked at a document; without a coding there, no code applies"),
        ("Taken back", "marked as undone: not counted, not shown, not deleted; what is not taken back stands"),
        ("Share", "a file with the counts of one region, without text and names, for other teams"),
        ("Withheld", "not told because it stands for few documents; the table says between which numbers it lies"),
        ("Manifest", "what a file was made of: command, hashes of inputs, settings, versions; lies beside the file"),
        ("Pseudonymised", "names are replaced by pseudonyms, and a key file reverses it; not anonymous"),
    )
    rows += [f"| {word} | {meaning} |" for word, meaning in rest]
    return "# Glossary\n\nOne word, one thing. Generated from `src/qualcode/model.py`.\n\n" + "\n".join(rows) + "\n"


def licences_page() -> str:
    """Every package a user installs, with its licence."""
    import licence_table

    return str(licence_table.licences_page())


def codebook_schema() -> str:
    """JSON Schema of ``codebook.yaml``."""
    from qualcode.codebook import json_schema

    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def model_table() -> str:
    """What the shipped model was trained on and what cross-validation measured."""
    from qualcode.codebook import read_codebook
    from qualcode.flow.material import material_hash, read_material
    from qualcode.tag import find_trained, load_model

    codebook = read_codebook()
    stem = find_trained(material_hash(codebook, read_material(None, codebook)))
    assert stem is not None, "no shipped model for this codebook: make model"
    model = load_model(stem)
    chain = model.heads["hybrid"].chain
    lines = [
        "Trained on "
        + ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in model.trained_on.items())
        + ".",
        f"Passages in the dialogues: open {chain.enter:.2f}, go on {chain.stay:.2f}, switch {chain.switch:.2f}.",
        "",
        "| head | hears | auto | review | precision at auto | recall at auto | recall at review "
        "| F1 at 0.5 | right code first | calibration error | n |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for name, head in model.heads.items():
        f, limits = head.figures, head.thresholds
        hears = ", ".join([*head.experts, *(["cues"] if head.cues else [])])
        lines.append(
            f"| {name} | {hears} | {limits.auto:.2f} | {limits.review:.2f} | {f['auto_precision']:.2f} "
            f"| {f['auto_recall']:.2f} | {f['review_recall']:.2f} | {f['f1_at_half']:.2f} | {f['right_first']:.2f} "
            f"| {f['calibration_error']:.3f} | {f['sentences']:,.0f} sentences, {f['codings']:,.0f} codings |"
        )
    return "\n".join(lines)


def er_diagram() -> str:
    """Entity-relationship diagram of the store."""
    from qualcode.store import render_er_diagram

    return f"```mermaid\n{render_er_diagram().strip()}\n```"


def sample_table() -> str:
    """How the taggers fare against the gold of the sample."""
    import accuracy

    return str(accuracy.report())


def facets_table() -> str:
    """How well facets are found in the sample."""
    import accuracy

    return str(accuracy.facets())


def held_out() -> dict[str, Any]:
    """What ``benchmarks/held_out.py`` measured, for the material as it is."""
    from qualcode.codebook import read_codebook
    from qualcode.flow.material import material_hash, read_material

    measured = json.loads((ROOT / "docs" / "measured" / "held_out.json").read_text(encoding="utf-8"))
    codebook = read_codebook()
    assert measured["material"] == material_hash(codebook, read_material(None, codebook)), "make held-out"
    return dict(measured)


def parts_table() -> str:
    """What each part of the tagger is worth."""
    found = held_out()
    lines = [
        f"{found['dialogues']} dialogues, {found['sentences']:,} respondent sentences.",
        "",
        "| tagger | F1 at 0.5 | precision, recall at auto | some barrier: F1 | right code first | calibration error |",
        "|---|---|---|---:|---:|---:|",
    ]
    return "\n".join([*lines, *(f"| {name} | {_figures(row)} |" for name, row in found["parts"].items())])


def _figures(row: dict[str, float]) -> str:
    return (
        f"{row['f1']:.3f} [{row['f1_low']:.3f}, {row['f1_high']:.3f}] "
        f"| {row['auto_precision']:.2f}, {row['auto_recall']:.2f} | {row['detection_f1']:.2f} "
        f"| {row['right_first']:.2f} | {row['calibration_error']:.3f}"
    )


def curve_table() -> str:
    """What more training sentences brought, and what 1,000 more would bring by the law they follow."""
    import numpy as np

    points = held_out()["curve"]
    lines = [
        "| coded sentences trained on | F1 at 0.5 | precision, recall at auto | some barrier: F1 | right code first "
        "| calibration error |",
        "|---:|---|---|---:|---:|---:|",
        *(f"| {point['coded']:,} | {_figures(point)} |" for point in points),
    ]
    sizes, errors = np.array([p["coded"] for p in points]), np.array([1 - p["f1"] for p in points])
    slope, shift = np.polyfit(np.log(sizes), np.log(errors), 1)
    ahead = 1 - np.exp(shift + slope * np.log(sizes[-1] + 1000))
    now = 1 - np.exp(shift + slope * np.log(sizes[-1]))
    lines += [
        "",
        f"1 - F1 falls as n to the power {slope:.2f} (least squares on logarithms, {len(points)} points): "
        f"another 1,000 coded sentences would bring about {ahead - now:+.3f}.",
    ]
    return "\n".join(lines)


def faults_table() -> str:
    """What became of every fault that was tried; see ``make faults``."""
    measured = json.loads((ROOT / "docs" / "measured" / "faults.json").read_text(encoding="utf-8"))
    lines = ["| | fault | tries | lost | unclear | test |", "|---:|---|---:|---:|---:|---|"]
    for row in measured:
        tests = ", ".join(f"`{test}`" for test in row["tests"])
        lines.append(
            f"| {row['row']} | {row['fault']} | {row['tries']:,} | {row['lost']} | {row['unclear']} | {tests} |"
        )
    sums = " | ".join(f"{sum(row[name] for row in measured):,}" for name in ("tries", "lost", "unclear"))
    return "\n".join([*lines, f"| | all | {sums} | |"])


DEMO = "$ qualcode demo"


def readme_page(demo: tuple[Path, str] | None = None) -> str:
    """README.md with every console block run again, one after the other, in one empty folder.

    `demo` is the folder that `DEMO` has made and what it printed, where it ran before; it is copied.
    """
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        session = Session(Path(name), demo)

        def again(found: re.Match[str]) -> str:
            commands = [line for line in found[1].splitlines() if line.startswith("$ ")]
            return "```console\n" + "".join(session.run(command) for command in commands) + "```"

        return re.sub(r"```console\n(.*?)```", again, page, flags=re.DOTALL)


class Session:
    """A terminal session: commands one after the other, `cd` included; standard error is shown too.

    All run in this process: to start twelve would take longer than what they do.
    """

    def __init__(self, folder: Path, demo: tuple[Path, str] | None = None) -> None:
        self.folder, self.demo = folder, demo

    def run(self, line: str) -> str:
        from qualcode.cli import app

        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "cd":
            self.folder = self.folder / words[1]
            return f"{line}\n"
        if words[0] != "qualcode":
            raise ValueError(f"README: only qualcode and cd can be run here, not {words[0]}")
        if line == DEMO and self.demo is not None:
            shutil.copytree(self.demo[0], self.folder / "qualcode-demo")
            return f"{line}\n{_trimmed(self.demo[1])}"
        os.environ.pop("QUALCODE_STORE", None)
        said = StringIO()
        with chdir(self.folder), redirect_stdout(said), redirect_stderr(said), suppress(SystemExit):
            app(words[1:], prog_name="qualcode")
        return f"{line}\n{_trimmed(said.getvalue())}"


def _trimmed(said: str) -> str:
    return "".join(f"{text.rstrip()}\n" for text in said.strip("\n").splitlines())


def with_blocks(page: str, blocks: dict[str, Callable[[], str]]) -> str:
    """`page` with the text between ``<!-- begin: name -->`` and ``<!-- end: name -->`` made again."""

    def fill(found: re.Match[str]) -> str:
        return f"{found[1]}\n{blocks[found[2]]()}\n{found[3]}"

    return re.sub(r"(<!-- begin: ([a-z_]+) -->)\n.*?\n?(<!-- end: \2 -->)", fill, page, flags=re.DOTALL)


def pages(demo: tuple[Path, str] | None = None) -> dict[Path, str]:
    """Every generated page with what it should hold; `demo` as for `readme_page`."""
    made = {
        ROOT / "README.md": readme_page(demo),
        ROOT / "docs" / "cli.md": cli_page(),
        ROOT / "docs" / "schema.md": schema_page(),
        ROOT / "docs" / "errors.md": errors_page(),
        ROOT / "docs" / "glossary.md": glossary_page(),
        ROOT / "docs" / "licences.md": licences_page(),
        ROOT / "docs" / "codebook.schema.json": codebook_schema(),
    }
    docs = ROOT / "docs"
    for path in (ROOT / "ARCHITECTURE.md", docs / "accuracy.md", docs / "model-card.md", docs / "reliability.md"):
        made[path] = with_blocks(path.read_text(encoding="utf-8"), BLOCKS)
    return made


BLOCKS: dict[str, Callable[[], str]] = {
    "er_diagram": er_diagram,
    "model": model_table,
    "sample": cache(sample_table),
    "facets": cache(facets_table),
    "parts": parts_table,
    "curve": curve_table,
    "faults": faults_table,
}


def main() -> None:
    """Write what differs."""
    for path, text in pages().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
