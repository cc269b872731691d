"""`review` as typed: who reviews, where it begins, what is refused; and as a process that Ctrl-C ends."""

from __future__ import annotations

import getpass
import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from qualcode import flow
from qualcode.review import Decision, Place
from studies import SmallStudy

from .test_app import Ran
from .test_reports import refused

QUICK = ("--no-browser", "--idle", "0.001")


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch, loopback_only: None) -> SmallStudy:
    """The small study, tagged, as the working folder."""
    study.tag()
    monkeypatch.chdir(study.folder)
    return study


def test_a_review_says_what_it_is_and_how_to_stop_it(here: SmallStudy) -> None:
    ran = Ran("review", "--coder", "  Anna   Berg ", *QUICK)
    assert (ran.code, ran.out) == (0, "")
    first, second, third, address, last = ran.err.splitlines()
    assert first == f"Reviewing {here.store_path} as Anna Berg."
    assert second == "What you decide is stored at once. Ctrl-C stops the page."
    assert third == "Open this address in your browser; it works once:"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}", address)
    assert last == "Nobody asked for 0.001 minutes: the page is closed. Everything you decided is stored."
    assert sorted(path.name for path in here.folder.iterdir()) == [
        "codebook.yaml",
        "notes",
        "qualcode.db",
        "qualcode.toml",
    ]


def test_without_a_name_it_is_the_user(here: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "anna.berg")
    assert " as Anna Berg (another name: --coder NAME).\n" in Ran("review", *QUICK).err


def test_a_blind_review_says_so(here: SmallStudy) -> None:
    assert (
        "Blind: you see codings of the machine and of others after"
        in Ran("review", "--blind", "--coder", "B", *QUICK).err
    )


def test_a_machine_without_users_needs_a_name(here: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "")
    assert refused("review", *QUICK) == "This machine does not say who you are. Give your name: --coder NAME"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--coder", ""], "'' is not a name."),
        (["--coder", "A,B"], "'A,B' is not a name."),
        (["--coder", "A\x1b[2J"], r"'A\x1b[2J' is not a name."),
        (["--coder", "x" * 81], "'xxx"),
        (["--coder", "Machine"], '"Machine" stands for the tagger.'),
        (["--queue", "impakt"], '--queue "impakt" is not known. Did you mean "impact"?'),
        (["--audit", "5", "--queue", "impact"], "--audit begins with the queue of the sentences drawn."),
        (["--seed", "1"], "--seed is for drawing sentences."),
        (["--region", "Northfeld"], 'There is no region "Northfeld" in the store. Did you mean "Northfield"?'),
        (["--code", "farse"], 'There is no code "farse" in the store.'),
        (["--since", "soon"], '"soon" is not a date.'),
        (["--store", "none.db"], "There is no store none.db yet."),
        (["--queue", "audit", "--code", "fares"], "An audit is drawn over all codes."),
        (["--audit", "5", "--category", "money"], "An audit is drawn over all codes."),
    ],
)
def test_what_cannot_be_reviewed_says_why(here: SmallStudy, arguments: list[str], message: str) -> None:
    before = here.store_path.read_bytes()
    assert refused("review", *arguments, *QUICK).startswith(message)
    assert here.store_path.read_bytes() == before
    assert not (here.folder / "none.db").exists()


def test_a_port_that_cannot_be_had_ends_the_review(here: SmallStudy) -> None:
    ran = Ran("review", "--port", "80", *QUICK)
    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith("Error: --port 80: ports below 1024 are the system's.")


def test_an_audit_is_drawn_first(here: SmallStudy) -> None:
    ran = Ran("review", "--coder", "Anna", "--audit", "10", "--seed", "7", *QUICK)
    assert ran.code == 0, ran.err
    assert ran.err.startswith("Audit: 10 of ")
    assert "10 wait to be judged." in ran.err
    page = flow.ReviewDesk(here.work, "Anna").queue("audit")
    assert (page.passage is not None, page.progress.left) == (True, 10)


# --- as a process ------------------------------------------------------------------------------


class Review:
    """`qualcode review` in a process of its own, and a browser of few words."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qualcode", "review", "--no-browser", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        assert self.process.stderr is not None
        self.said = ""
        for line in self.process.stderr:
            self.said += line
            if line.startswith("http://"):
                break
        else:
            pytest.fail(f"no address was printed: {self.said}")
        self.address = urlsplit(self.said.split()[-1])
        self.cookie = ""

    def get(self, target: str) -> tuple[http.client.HTTPResponse, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.address.port or 0)
        line.request("GET", target, headers={"Cookie": self.cookie})
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        return answer, text

    def enter(self) -> str:
        """Open the launch address; where it leads."""
        answer, _ = self.get(f"/?{self.address.query}")
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer.headers["Location"]

    def end(self, number: int) -> tuple[int, str, str]:
        """Exit code, standard output, and what else was said."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@pytest.fixture
def begun(here: SmallStudy) -> Iterator[list[Review]]:
    """Reviews that were begun; none outlives its test."""
    reviews: list[Review] = []
    yield reviews
    for review in reviews:
        if review.process.poll() is None:
            review.process.kill()
            review.process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_a_review_well(here: SmallStudy, begun: list[Review], number: int) -> None:
    begun.append(review := Review("--coder", "Anna", "--queue", "uncertain", "--region", "Northfield"))
    assert review.enter() == "/queue?order=uncertain&region=Northfield"
    answer, page = review.get("/documents")
    assert (answer.status, "anna.txt" in page) == (200, True)
    assert review.get(f"/?{review.address.query}")[0].status == 403
    assert review.end(number) == (0, "", "The page is closed. Everything you decided is stored.\n")
    assert not (here.folder / "qualcode.db.review.lock").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_a_second_review_of_the_store_is_told_who_is_there(here: SmallStudy, begun: list[Review]) -> None:
    begun.append(review := Review("--coder", "Anna"))
    before = here.store_path.read_bytes()
    message = refused("review", "--coder", "Ben", "--audit", "3", *QUICK)
    assert f"is open in another review (process {review.process.pid}, Anna, since " in message
    assert here.store_path.read_bytes() == before
    assert review.end(signal.SIGINT)[0] == 0
    assert Ran("review", "--coder", "Ben", *QUICK).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_what_others_decide_meanwhile_is_on_the_page(here: SmallStudy, begun: list[Review]) -> None:
    begun.append(review := Review("--coder", "Anna"))
    review.enter()
    document = here.documents()["anna.txt"]["document_id"]
    assert "No funding" not in review.get(f"/documents/{document}")[1].partition("<dialog")[0]
    flow.ReviewDesk(here.work, "Ben").decide([Decision(Place(document, 2), "funding", "add")])
    assert "No funding" in review.get(f"/documents/{document}")[1].partition("<dialog")[0]
    assert review.end(signal.SIGINT)[0] == 0
