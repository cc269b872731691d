"""Measure whole processes and write ``docs/performance.md``: ``make bench``.

Each command runs once to warm up and then `RUNS` times; given are median, minimum and maximum of wall
seconds and processor seconds, and the largest peak of memory. POSIX only (it asks the system for the
children's accounts).
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
QUALCODE = [sys.executable, "-m", "qualcode"]
REPORT = [*QUALCODE, "report"]
RUNS = 3


@dataclass(frozen=True)
class Figures:
    wall: list[float]
    processor: list[float]
    peak_mib: float

    def row(self, what: str) -> str:
        return f"| {what} | {spread(self.wall)} | {spread(self.processor)} | {self.peak_mib:.0f} |"


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def measure(
    command: list[str], *, folder: Path, before: list[Path] | None = None, one_core: bool = False, runs: int = RUNS
) -> Figures:
    """Run a command several times; files in `before` are removed first, so that each run starts alike."""
    first = min(os.sched_getaffinity(0))
    pinned = (lambda: os.sched_setaffinity(0, {first})) if one_core else None
    wall: list[float] = []
    processor: list[float] = []
    peak = 0.0
    for number in range(runs + 1):
        for path in before or []:
            path.unlink(missing_ok=True)
        start = time.perf_counter()
        silent: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=folder, preexec_fn=pinned, **silent) as child:
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
        if number:
            wall.append(time.perf_counter() - start)
            processor.append(usage.ru_utime + usage.ru_stime)
            peak = max(peak, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))
    return Figures(wall, processor, peak)


def long_interview(words: int) -> str:
    """An interview of about so many words: questions and answers of the sample, one after the other."""
    said: list[str] = []
    count = 0
    for file in sorted((ROOT / "transcripts_sample").glob("*_interview_*.txt")) * 9:
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if count < words and len(line.split()) > 4:
                said.append(f"{'R' if len(said) % 2 else 'I'}: {line}")
                count += len(line.split())
    return "\n".join(said) + "\n"


def own_sentences(count: int) -> str:
    """Lines like a team's own examples: sentences of the dialogues, as if decided again."""
    folder = ROOT / "codebooks" / "precision_medicine_barriers"
    lines = (folder / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    said = [s for line in lines for turn in json.loads(line)["turns"] for s in turn["sentences"]]
    entries = [
        {
            "id": f"own-{n}",
            "text": f"Here, {s['text']}",
            "codes": s["codes"],
            "kind": "barrier" if s["codes"] else "neutral",
        }
        for n, s in enumerate(said[:: len(said) // count][:count])
    ]
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def review_section(large: Path) -> list[str]:
    """The review page's own table: milliseconds, not whole processes."""
    from review_page import VISITS, rows

    return [
        "\n## The review page\n",
        f"`benchmarks/review_page.py`: milliseconds, median of {VISITS} visits (minimum-maximum). The page is a "
        "process of its own and gets one request at a time. The first rows are in Chromium; the large store has 1,600 "
        "documents and 300,000 codings.\n",
        "| what | ms |\n|---|---|",
        *rows(large),
    ]


def exchange_section() -> list[str]:
    """Projects of other programs, both ways: whole processes."""
    from exchange import CODINGS, DOCUMENTS, RUNS, rows

    return [
        "\n## Projects of other programs\n",
        f"`benchmarks/exchange.py`: a project of {CODINGS:,} codings by four people in {DOCUMENTS} documents (3 MB of "
        "text with emoji, Greek, byte order marks and CR LF, codes seven deep), seconds of whole processes, median of "
        f"{RUNS} rounds (minimum-maximum). A coding that moved would end it.\n",
        "| what | s |\n|---|---|",
        *rows(),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "transcripts_sample", folder / "notes")
        store = folder / "qualcode.db"
        (folder / "long.txt").write_text(long_interview(9000), encoding="utf-8")
        (folder / "own.jsonl").write_text(own_sentences(200), encoding="utf-8")
        large = folder / "large.db"
        # In a process of its own: a child's peak of memory counts what its parent holds when it is forked.
        subprocess.run([sys.executable, str(ROOT / "benchmarks" / "large_store.py"), str(large)], check=True)
        rows = [
            measure([sys.executable, "-c", "pass"], folder=folder).row("`python -c pass` (floor)"),
            measure([*QUALCODE, "--help"], folder=folder).row("`qualcode --help`"),
            measure([*QUALCODE, "tag", "notes", "--tagger", "rules.v1"], folder=folder, before=[store]).row(
                "`qualcode tag notes --tagger rules.v1` (23 documents)"
            ),
            measure([*QUALCODE, "tag", "notes"], folder=folder, before=[store]).row("`qualcode tag notes` (hybrid.v2)"),
            measure([*QUALCODE, "tag", "notes"], folder=folder).row("`qualcode tag notes`, nothing changed"),
            measure([*QUALCODE, "summarize"], folder=folder).row("`qualcode summarize`"),
            measure([*QUALCODE, "summarize", "--store", str(large)], folder=folder).row(
                "`qualcode summarize`: 1,600 documents, 300,000 codings, 2,000 draws (`benchmarks/large_store.py`)"
            ),
            measure([*QUALCODE, "compare", "Crete", "Sofia"], folder=folder).row("`qualcode compare Crete Sofia`"),
            measure([*REPORT, "--each-region", "--out", "regions"], folder=folder).row(
                "`qualcode report --each-region`: ten Word files"
            ),
            *(
                measure([*REPORT, "--cross-regional", "--out", f"study.{ending}"], folder=folder).row(
                    f"`qualcode report --cross-regional --out study.{ending}`"
                )
                for ending in ("docx", "html", "xlsx")
            ),
            measure([*QUALCODE, "figures", "--out", "figures"], folder=folder).row(
                "`qualcode figures`: 33 figures, svg"
            ),
            measure(
                [*QUALCODE, "tag", "long.txt", "--region", "Crete"], folder=folder, before=[store], one_core=True
            ).row("`qualcode tag long.txt`: 9,000 words, one core, first use included"),
            measure([*QUALCODE, "train", "--add", "own.jsonl"], folder=folder, runs=2).row(
                "`qualcode train --add own.jsonl`: 200 sentences (median of 2)"
            ),
            measure([*QUALCODE, "try", "No courier comes up to our valley."], folder=folder).row(
                '`qualcode try "..."`'
            ),
        ]
        review = review_section(large)
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("spacy", "scikit-learn", "onnxruntime", "pandas", "typer")
    )
    page = [
        "# Performance\n",
        "Written by `make bench`: whole processes, start-up included. Compare ratios, not seconds, between machines.\n",
        f"Machine: {os.cpu_count()} processors, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}; "
        f"{packages}. Median of {RUNS} runs after a warm-up (minimum-maximum).\n",
        "| command | wall s | processor s | peak MiB |\n|---|---|---|---|",
        *rows,
        *review,
        *exchange_section(),
    ]
    (ROOT / "docs" / "performance.md").write_text("\n".join(page) + "\n", encoding="utf-8", newline="\n")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
