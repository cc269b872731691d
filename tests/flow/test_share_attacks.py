"""What a reader tries who wants more of a share than it tells: each attack on stores made for it.

Most take two stores that differ in nothing but what is withheld. Where their shares are alike to the byte (but for the
ids, which hold a secret), no reader can tell one from the other, whatever is added, subtracted or divided.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from qualcode import flow
from qualcode.aggregate import withheld_attributes, withheld_codes
from qualcode.model import content_hash
from qualcode.review import Decision, DecisionKind, Place
from qualcode.share import ATTRIBUTES, Share
from qualcode.store import AuditDraw, Store
from shared_regions import CODES, make_store, talks

from .test_sharing import plain, telling

Said = tuple[str, int, int, str, DecisionKind]
"""Who says of which document, sentence and code what."""


@dataclass(frozen=True)
class Secret:
    """What one store holds of the code that is withheld: codings by document and sentence, decisions, chances."""

    counted: dict[int, list[int]] = field(default_factory=dict)
    pending: dict[int, list[int]] = field(default_factory=dict)
    said: Sequence[Said] = ()
    chance: float = 0.5
    settled: Sequence[tuple[int, int, str, DecisionKind]] = ()


def told(folder: Path, secret: Secret, *, code: str = "trials", audited: bool = False, looks: bool = False) -> Share:
    """The share of six documents that raise silos and pay, and in which `code` is the secret."""
    base = [{0: ["silos"], 4: ["pay"], 7: ["silos"]} for _ in range(6)]
    made = [
        replace(
            talk,
            codings={at: [*codes] for at, codes in talk.codings.items()},
            pending={at: [code] for at in secret.pending.get(place, [])},
        )
        for place, talk in enumerate(plain(base))
    ]
    for place, positions in secret.counted.items():
        for at in positions:
            made[place].codings.setdefault(at, []).append(code)
    own = make_store(folder, made)
    with Store(own.work.store_path) as store:
        ids = [store.known_documents()[talk.name].document_id for talk in made]
        for coder, place, at, what, decision in secret.said:
            store.verdicts.decide(coder, [Decision(Place(ids[place], at), what, decision)])
        if audited or looks:
            everywhere = [Place(key, at) for key in ids for at in (0, 2, 10)]
            for coder in ("Ann", "Ben") if looks else ("Ann",):
                store.verdicts.decide(coder, looked=everywhere)
        if audited:
            (run,) = {row["run"] for row in store.document_rows()}
            draws = [
                AuditDraw(talk.name, at, "Theta: counts" if at == 0 else "Theta: nothing", secret.chance)
                for talk in made
                for at in (0, 2, 10)
            ]
            store.save_audit_sample(run, draws, is_whole=True)
        for place, at, what, decision in secret.settled:
            store.verdicts.decide("Cleo", [Decision(Place(ids[place], at), what, decision)], kind="adjudicate")
    return flow.prepare_share(own.work, "Theta").share


def alike(tmp_path: Path, secrets: Sequence[Secret], **options: Any) -> None:
    found = [telling(told(tmp_path / str(n), secret, **options)) for n, secret in enumerate(secrets)]
    for one in found[1:]:
        assert one == found[0]
    assert "trials" in {one["code"] for one in found[0]["withheld"]}


def test_decisions_on_a_withheld_code_do_not_show(tmp_path: Path) -> None:
    # Two documents say trials in each: by the machine, by a person who added it, by both, after one was turned down.
    alike(
        tmp_path,
        [
            Secret({0: [1], 1: [2]}),
            Secret({0: [1]}, said=[("Ann", 1, 2, "trials", "add")]),
            Secret(said=[("Ann", 3, 5, "trials", "add"), ("Ann", 4, 5, "trials", "add")]),
            Secret({n: [1] for n in range(6)}, said=[("Ann", n, 1, "trials", "reject") for n in range(5)]),
        ],
    )


def test_digits_of_the_audit_do_not_tell_how_many_sentences_a_withheld_code_has(tmp_path: Path) -> None:
    # A weight is words x sentences / drawn of a part; "counts" has more sentences where trials has some of its own.
    wrong: list[Said] = [("Ann", 0, 2, "silos", "add"), ("Ann", 3, 0, "silos", "reject")]
    alike(
        tmp_path,
        [
            Secret({0: [1]}, said=wrong, chance=6 / 18),
            Secret({0: [1, 3], 1: [1]}, said=wrong, chance=6 / 21),
            Secret({2: [1]}, said=[*wrong, ("Ann", 5, 3, "trials", "add")], chance=6 / 18),
        ],
        audited=True,
    )


def test_agreement_does_not_tell_what_one_person_said_of_a_code(tmp_path: Path) -> None:
    # Nobody raises trials in the end: Ann did in one sentence, Ben did not, and they settled for no.
    said: list[Said] = [("Ann", 0, 2, "trials", "add"), ("Ben", 0, 2, "trials", "reject")]
    loud = told(tmp_path / "loud", Secret(said=said, settled=[(0, 2, "trials", "reject")]), looks=True)
    assert not loud.withheld
    assert {one.code for one in loud.agreement} == {"silos", "consent", "pay"}
    quiet = told(tmp_path / "quiet", Secret(), looks=True)
    assert {one.code for one in quiet.agreement} == {*CODES, "all"}


def test_who_decided_on_a_withheld_code_alone_does_not_show(tmp_path: Path) -> None:
    # Ann is compared with the machine, and not with Ben, who said nothing but of trials.
    added: list[Said] = [("Ben", 1, 5, "trials", "add")]
    secrets = [Secret({0: [1]}), Secret({0: [1]}, said=added), Secret(said=[*added, ("Cleo", 2, 5, "trials", "add")])]
    alike(tmp_path, secrets, audited=True)
    assert told(tmp_path / "again", secrets[1], audited=True).agreement


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_said_of_a_withheld_code_the_file_is_the_same(tmp_path: Path, seed: int) -> None:
    # At random: which documents, which sentences, said by whom, and how many sentences the strata of the audit have.
    chance = random.Random(seed)
    same: list[Said] = [
        ("Ann", place, chance.randrange(12), chance.choice(CODES[:3]), chance.choice(("add", "reject")))
        for place in chance.choices(range(6), k=8)
    ]

    def secret() -> Secret:
        places, free = chance.sample(range(6), k=6), [1, 5, 7, 8, 11]  # unseen, and without stress
        by_machine, by_people, refused = places[: chance.randint(0, 1)], places[2:3], places[3 : chance.randint(3, 6)]
        return Secret(
            {place: chance.sample(free, k=chance.randint(1, 3)) for place in by_machine} | {p: [11] for p in refused},
            said=[
                *same,
                *(("Ann", place, chance.choice(free), "trials", "add") for place in by_people),
                *(("Ann", place, 11, "trials", "reject") for place in refused),
            ],
            chance=chance.choice((0.2, 0.25, 6 / 21)),
        )

    alike(tmp_path, [secret(), secret()], audited=chance.random() < 0.5, looks=chance.random() < 0.5)


def test_the_order_of_the_list_does_not_tell_of_the_machine() -> None:
    # silos is withheld of both parts by itself, or of the machine's only because it is of the other.
    codes = ["silos", "pay"]
    counted = {code: {"a"} for code in codes}
    found = [
        withheld_codes("abcd", {"counted": counted, "machine": machine}, {}, codes, smallest=3)
        for machine in (counted, {"pay": {"a"}}, {"silos": {"a"}}, {code: set("abcd") for code in codes})
    ]
    assert all(one == found[0] for one in found)


def test_a_manifest_does_not_tell_attributes_to_who_tries_them_all(tmp_path: Path) -> None:
    own = make_store(tmp_path / "study", talks("Beta")[:2])
    with Store(own.work.store_path, read_only=True) as store:
        rows = store.document_rows()
        hashes = {document["attributes"] for document in store.facts()["documents"].values()}
    names = ("region", "country", "stakeholder_group", "kind", "date", "language", "topics_asked")
    assert not hashes & {content_hash(*(row[name] for name in names)) for row in rows}
    # With the words of the text, the study itself can still tell whether they have changed.
    with Store(own.work.store_path) as store:
        store.update_attributes({rows[0]["document_id"]: replace(talks("Beta")[0].attributes, date="2024-05-05")})
        assert len({document["attributes"] for document in store.facts()["documents"].values()} & hashes) == 1


# --- what a share does not promise (docs/teams.md) ----------------------------------------------


def test_two_shares_of_one_store_with_two_ks_tell_more_than_each() -> None:
    same = {"kind": "interview", "country": "Greece"}
    said = [*(("pay", "en") for _ in range(3)), ("clinic", "en"), *(("clinic", "el") for _ in range(3)), ("pay", "el")]
    rows = [{"stakeholder_group": group, "language": language, **same} for group, language in said]
    hidden = [withheld_attributes(rows, smallest=k) for k in (3, 4)]
    for k, one in zip((3, 4), hidden, strict=True):
        assert min(Counter(_looks(rows, [one])).values()) >= k
    assert Counter(_looks(rows, hidden))[None, "en", "interview", "Greece"] == 1  # the clinic in English


def _looks(rows: list[dict[str, str]], hidden: list[Any]) -> list[tuple[str | None, ...]]:
    """Each document as told by at least one share."""
    return [
        tuple(row[name] if any(name not in one[place] for one in hidden) else None for name in ATTRIBUTES)
        for place, row in enumerate(rows)
    ]


def test_topics_asked_may_tell_a_withheld_group(tmp_path: Path) -> None:
    made = [
        replace(talk, attributes=replace(talk.attributes, stakeholder_group=group, topics_asked=topics))
        for talk, (group, topics) in zip(
            plain([{0: ["silos"]}] * 6), [*[("clinic", None)] * 4, *[("firms", ("silos", "pay"))] * 2], strict=True
        )
    ]
    documents = flow.prepare_share(make_store(tmp_path / "study", made).work, "Theta").share.documents
    assert {document.stakeholder_group for document in documents} == {None}
    assert sorted(document.asked is None for document in documents) == [False] * 2 + [True] * 4
