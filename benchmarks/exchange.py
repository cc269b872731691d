"""A project of 10,000 codings through import, export and import again: time, and whether one coding moved.

``python benchmarks/exchange.py``. The sources have CR LF line ends, a byte order mark, emoji and Greek; the codes are
nested. The project comes from the words of ``transcripts_sample`` and numbers of a fixed seed.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median

from qualcode.refi import Code, Coding, Project, Selection, Source, User, guid, read_project, write_project

ROOT = Path(__file__).resolve().parents[1]
CODINGS, DOCUMENTS, PEOPLE, CODES, RUNS = 10_000, 40, 4, 60, 3
SPICE = "🧬 η υγεία 👩‍⚕️ ιατρική."


def project() -> Project:
    """The project, with places in code points of LF texts."""
    draw = random.Random(6)
    files = sorted((ROOT / "transcripts_sample").rglob("*.txt"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    users = [User(guid("benchmark user", str(n)), f"Coder {n}") for n in range(PEOPLE)]
    codes = [Code(guid("benchmark code", str(n)), f"Code {n}") for n in range(CODES)]
    top = Code(guid("benchmark folder"), "Topics", is_codable=False, codes=(nested(codes[:7]), *codes[7:]))
    sources = []
    for number in range(DOCUMENTS):
        chosen = draw.choices(lines, k=400)
        text = "\n".join(f"{line} {SPICE}" if n % 5 == 0 else line for n, line in enumerate(chosen))
        found: dict[tuple[int, int, int, int], None] = {}
        while len(found) < CODINGS // DOCUMENTS:
            start = draw.randrange(len(text) - 400)
            end = start + draw.randrange(3, 400)
            if text[start:end].strip() == text[start:end]:
                found[start, end, draw.randrange(CODES), draw.randrange(PEOPLE)] = None
        selections = tuple(
            Selection(
                guid("benchmark selection", str(number), str(at)), start, end, text[start:end],
                codings=(Coding(guid("benchmark coding", str(number), str(at)), codes[c].guid, users[u].guid),),
            )
            for at, (start, end, c, u) in enumerate(found)
        )  # fmt: skip
        key = guid("benchmark source", str(number))
        sources.append(Source(key, f"Interview {number}", text, selections=selections))
    return Project("Exchange benchmark", users=tuple(users), codes=(top,), sources=tuple(sources))


def nested(codes: list[Code]) -> Code:
    """The codes, each below the one before."""
    first, *rest = codes
    return Code(first.guid, first.name, codes=(nested(rest),)) if rest else first


def as_windows(content: bytes) -> bytes:
    """The archive with a byte order mark and CR LF in every source; places stay, as QualCoder writes them."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            raw = archive.read(name)
            copy.writestr(name, b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n") if name.endswith(".txt") else raw)
    return target.getvalue()


def codings(content: bytes) -> set[tuple[str, str, int, str, str]]:
    """Document, words, place, code and person of every coding."""
    read = read_project(content, file="project").project
    names = {user.guid: user.name for user in read.users}
    named = {code.guid: code.name for root in read.codes for _, code in root.walk()}
    return {
        (source.name, source.text[s.start : s.end], s.start, named[coding.code], names[coding.user or ""])
        for source in read.sources
        for s in source.selections
        for coding in s.codings
    }


def timed(folder: Path, *command: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "qualcode", *command], cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - begin


def once() -> dict[str, float]:
    """Seconds of one round; refuses to give any where a coding moved."""
    theirs = as_windows(write_project(project()).content)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "theirs.qdpx").write_bytes(theirs)
        seconds = {
            "import of another program's project": timed(folder, "import", "theirs.qdpx", "--store", "one.db"),
            "export, read back and compared": timed(folder, "export", "ours.qdpx", "--store", "one.db"),
            "import of that file into another store": timed(folder, "import", "ours.qdpx", "--store", "two.db"),
            "the first import again: nothing new": timed(folder, "import", "theirs.qdpx", "--store", "one.db"),
        }
        timed(folder, "export", "again.qdpx", "--store", "two.db")
        ours, again = ((folder / file).read_bytes() for file in ("ours.qdpx", "again.qdpx"))
    changed = codings(theirs) ^ codings(ours)
    if changed or ours != again:
        raise SystemExit(f"{len(changed)} codings changed; second export the same to the byte: {ours == again}")
    return seconds


def rows() -> list[str]:
    """Rows of a table: what, and its seconds."""
    rounds = [once() for _ in range(RUNS)]
    return [
        f"| {what} | {median(times):.1f} ({min(times):.1f}-{max(times):.1f}) |"
        for what in rounds[0]
        for times in ([one[what] for one in rounds],)
    ]


if __name__ == "__main__":
    print(f"{CODINGS:,} codings in {DOCUMENTS} documents: none changed, the second export is the same to the byte.")
    print("\n".join(rows()))
