"""Real processes of the program, ready in milliseconds: one has imported it, and each command is a fork of that one.

Run as a program, this file is that first process: it reads an order a line from standard input and answers in a line.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TextIO

WARM_UP = (["--help"], ["tag", "notes"], ["summarize"], ["report", "--out", "warm.html"], ["undo", "--list"])
"""Commands that bring in what commands import as they go."""


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes
    ----------
    status : int
        Exit code; negative = the signal that ended it.
    said : str
        What it wrote on standard output and standard error.
    """

    status: int
    said: str


@dataclass
class Child:
    """A command that runs."""

    nursery: Nursery
    pid: int
    output: Path

    def kill(self) -> None:
        """End it as a crash does, wherever it is."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Ended:
        """Wait for its end."""
        status = self.nursery.order(wait=self.pid)
        return Ended(int(status), self.said())

    def said(self) -> str:
        """What it wrote so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")


class Nursery:
    """Starts commands of the program as processes of their own."""

    def __init__(self) -> None:
        self.started = 0
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )

    @staticmethod
    def works_here() -> bool:
        """Tell whether processes can be forked."""
        return hasattr(os, "fork")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.communicate()

    def start(
        self, folder: Path, *command: str, largest: int | None = None, env: dict[str, str] | None = None
    ) -> Child:
        """Begin a command in `folder`; no file it writes may grow beyond `largest` bytes."""
        self.started += 1
        output = folder.parent / f"said-{self.started}.txt"
        output.touch()
        order = {"folder": str(folder), "command": command, "output": str(output), "largest": largest, "env": env or {}}
        return Child(self, int(self.order(start=order)), output)

    def run(self, folder: Path, *command: str, largest: int | None = None, env: dict[str, str] | None = None) -> Ended:
        """Run a command to its end."""
        return self.start(folder, *command, largest=largest, env=env).wait()

    def order(self, **order: Any) -> Any:
        """Say something to the first process, and give its answer."""
        asked, answers = self.process.stdin, self.process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(f"{json.dumps(order)}\n")
        asked.flush()
        return json.loads(answers.readline())


# --- the first process -------------------------------------------------------------------------


def main() -> None:
    """Import the program, then fork as ordered."""
    import tempfile

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from studies import make_small_study

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")  # what commands print goes elsewhere
    with tempfile.TemporaryDirectory() as name, open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        make_small_study(Path(name) / "warm")
        for command in WARM_UP:
            _run(Path(name) / "warm", command)
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            _answer(answers, _fork(**order["start"]))
        else:
            _, status = os.waitpid(order["wait"], 0)
            _answer(answers, os.waitstatus_to_exitcode(status))


def _answer(answers: TextIO, value: int) -> None:
    answers.write(f"{value}\n")
    answers.flush()


def _fork(folder: str, command: list[str], output: str, largest: int | None, env: dict[str, str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        os.environ.update(env)
        time.tzset()
        target = os.open(output, os.O_WRONLY | os.O_APPEND)
        os.dup2(target, 1)
        os.dup2(target, 2)
        if largest is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        status = _run(Path(folder), command)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(folder: Path, command: list[str]) -> int:
    from qualcode.cli import main as qualcode

    os.chdir(folder)
    sys.argv = ["qualcode", *command]
    try:
        qualcode()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    main()
