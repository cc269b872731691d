"""A share tells counts: no text, no names, and nothing that few documents say."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qualcode import flow
from qualcode.errors import SelectionError, StoreError
from qualcode.share import Share, read_share
from qualcode.store import Store
from shared_regions import CODES, SECRETS, WORDS, Talk, Team, make_store, make_team, talks


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return make_team(tmp_path_factory.mktemp("team") / "study", ["Beta", "Gamma"])


def share_of(team: Team, region: str, *, smallest: int = 3) -> Share:
    return flow.prepare_share(team.work, region, smallest=smallest).share


def telling(share: Share) -> dict[str, Any]:
    """All a share tells but the ids, which hold a secret."""
    tree = share.model_dump(mode="json", exclude={"sha256"})
    for document in tree["documents"]:
        del document["id"]
    return tree


def words(node: Any) -> Iterator[str]:
    """Every word of 6 letters and more in the keys and values of a file."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (*words(key), *words(value))
    elif isinstance(node, list):
        for value in node:
            yield from words(value)
    else:
        yield from re.findall(r"[^\W\d_]{6,}", str(node).casefold())


def test_no_word_of_a_transcript_and_no_name_is_in_the_file(team: Team) -> None:
    path = team.share("Beta")
    with Store(team.work.store_path, read_only=True) as store:
        codebook = set(words(json.loads(store.codebook().model_dump_json())))
        said = {word for row in store.document_rows() for word in words(store.transcript(row["name"]).document.text)}
    assert len(said) > len(WORDS) - 2
    assert not said & codebook
    raw = path.read_text(encoding="utf-8")
    for secret in {*said, *(name.casefold() for name in SECRETS)}:
        assert secret not in raw.casefold()
    assert not said & set(words(json.loads(raw)))
    days = {talk.attributes.date for talk in talks("Beta")}
    assert not any(day in raw for day in days if day)


def test_one_store_gives_one_file_and_ids_of_its_own(team: Team, tmp_path: Path) -> None:
    first, again = team.share("Beta"), flow.prepare_share(team.work, "Beta", smallest=1)
    assert flow.share_file(again) == first.read_bytes()
    assert read_share(first) == again.share
    other = make_team(tmp_path / "other", ["Beta", "Gamma"])
    elsewhere = share_of(other, "Beta", smallest=1)
    assert telling(elsewhere) == telling(again.share)
    assert not {d.id for d in elsewhere.documents} & {d.id for d in again.share.documents}


def test_the_secret_stays_with_the_store_and_is_for_its_owner_alone(team: Team) -> None:
    team.share("Beta")
    draft = flow.prepare_share(team.work, "Gamma")
    assert draft.key_path == team.work.store_path.with_name("qualcode.db.share-key")
    assert bytes.fromhex(draft.key_path.read_text(encoding="ascii")) == draft.key
    if os.name == "posix":
        assert stat.S_IMODE(draft.key_path.stat().st_mode) == 0o600
    assert draft.key.hex() not in flow.share_file(draft).decode()
    assert not list(draft.key_path.parent.glob(".*.part"))


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    own = make_team(tmp_path / "study", ["Beta"])
    before = sorted(path.name for path in own.folder.iterdir())
    flow.prepare_share(own.work, "Beta")
    assert sorted(path.name for path in own.folder.iterdir()) == before


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    own = make_team(tmp_path / "study", ["Beta"])
    own.share("Beta")
    (own.folder / "qualcode.db.share-key").write_text("zz", encoding="ascii")
    with pytest.raises(StoreError, match="is not the key of this store's shares"):
        own.share("Beta")


@pytest.mark.parametrize(
    ("smallest", "message"), [(2, "give 3 or more, or 1"), (0, "give 3 or more"), (6, "has 5 doc")]
)
def test_thresholds_that_would_tell_single_documents_are_refused(team: Team, smallest: int, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        flow.prepare_share(team.work, "Beta", smallest=smallest)
    with pytest.raises(SelectionError, match='There is no region "Betta"'):
        flow.prepare_share(team.work, "Betta")


def test_decisions_audit_and_agreement_go_with_it(team: Team) -> None:
    share = share_of(team, "Beta", smallest=1)
    assert share.decided == {"added": 5, "rejected": 5}
    assert share.months == ("2025-01", "2025-05")
    assert share.audit is not None
    assert share.audit.accuracy["precision"].value is not None
    assert [(one.name, one.judged) for one in share.audit.strata if one.judged] == [
        ("Beta: counts", 5),
        ("Beta: nothing", 5),
    ]
    assert {one.code for one in share.agreement} >= {"all", "silos"}


# --- small cells -------------------------------------------------------------------------------


def plain(codings: list[dict[int, list[str]]], **changes: Any) -> list[Talk]:
    """Documents of one region, of 12 sentences each, with these codings."""
    models = (talks("Theta") + talks("Zeta"))[: len(codings)]
    same = {"region": "Theta", "country": "Northland", "stakeholder_group": "clinic", "kind": "interview", **changes}
    return [
        Talk(f"{number}.txt", replace(talk.attributes, topics_asked=None, **same), talk.sentences, dict(given))
        for number, (talk, given) in enumerate(zip(models, codings, strict=True))
    ]


def test_a_code_of_few_documents_is_withheld_in_its_category_too(tmp_path: Path) -> None:
    # consent: two documents of five; silos (same category): all five. pay: three; trials: nobody.
    given = [{0: ["silos"], 1: ["consent"]}, {0: ["consent", "silos"]}, *[{3: ["silos"], 4: ["pay"]}] * 3]
    share = share_of(make_store(tmp_path / "study", plain(given)), "Theta")
    assert [(one.part, one.code, one.least, one.most) for one in share.withheld] == [("counted", "consent", 1, 2)]
    assert {row.unit for row in share.codes.counted} == {"silos", "pay"}
    first = [row for row in share.categories.counted if row.unit == "data"]
    assert [row.segments for row in first] == [1] * 5  # without the consent of a sentence of its own
    assert {row.order for row in share.codes.counted if row.unit == "silos"} == {0}


def test_stores_that_differ_in_what_is_withheld_give_the_same_share(tmp_path: Path) -> None:
    # Whoever reads the file cannot tell these apart: which documents say consent, how often, where, and whether one or
    # two of them do. So no withheld number follows from it, by subtraction or otherwise.
    base = [{0: ["silos"], 4: ["pay"], 7: ["silos"]} for _ in range(5)]
    truths: list[dict[int, dict[int, list[str]]]] = [
        {0: {1: ["consent"]}},
        {3: {1: ["consent"]}},
        {0: {0: ["silos", "consent"]}, 1: {5: ["consent"]}},
        {2: {1: ["consent"], 2: ["consent"], 3: ["consent"]}, 4: {4: ["pay", "consent"]}},
        {1: {0: ["consent", "silos"], 4: ["consent", "pay"], 7: ["consent", "silos"], 9: ["consent"]}},
    ]
    told = []
    for number, truth in enumerate(truths):
        codings = [{**given, **truth.get(place, {})} for place, given in enumerate(base)]
        told.append(telling(share_of(make_store(tmp_path / str(number), plain(codings)), "Theta")))
    assert all(one == told[0] for one in told)
    assert [one["code"] for one in told[0]["withheld"]] == ["consent"]


@pytest.mark.parametrize("seed", range(6))
def test_moving_a_withheld_coding_never_shows(tmp_path: Path, seed: int) -> None:
    import random

    chance = random.Random(seed)
    codings: list[dict[int, list[str]]] = [
        {at: [chance.choice(CODES[:3])] for at in chance.sample(range(1, 12), 3)} for _ in range(6)
    ]
    codings[0][0] = ["trials"]  # of one document: withheld whatever the others say
    whole = plain(codings)
    moved = [{at: codes for at, codes in talk.codings.items() if codes != ["trials"]} for talk in whole]
    moved[chance.randrange(1, 6)][0] = ["trials"]
    shares = [
        share_of(make_store(tmp_path / name, plain(given), decided=False), "Theta")
        for name, given in (("one", codings), ("other", moved))
    ]
    assert telling(shares[0]) == telling(shares[1])
    assert "trials" in shares[0].hidden("counted")
    assert not {row.unit for row in shares[0].codes.counted} & shares[0].hidden("counted")


def test_an_audit_does_not_tell_where_a_withheld_code_stands(tmp_path: Path) -> None:
    own = make_team(tmp_path / "study", ["Beta"])
    share = share_of(own, "Beta", smallest=5)
    assert share.withheld
    assert share.audit is not None
    assert share.decided == {}
    assert share.audit.accuracy == {}
    assert [(one.name, one.judged) for one in share.audit.strata] == [("Beta", 10)]
    assert not {error.unit for error in share.audit.codes} & share.hidden("machine")
    assert {one.code for one in share.agreement}.isdisjoint({*share.hidden("counted"), "all"})


def test_documents_of_another_codebook_are_refused_by_name(tmp_path: Path) -> None:
    from aggregate import mini_study
    from counted_study import RUN

    own = make_store(tmp_path / "study", talks("Beta")[:2])
    with Store(own.work.store_path) as store:
        newer = mini_study.small_codebook().model_copy(update={"version": "2.0.0"})
        later = replace(RUN, started_utc="2026-02-02T10:00:00+00:00", finished_utc="2026-02-02T10:01:00+00:00")
        store.save_run(later, newer, [talk.tagged() for talk in talks("Beta")[2:]])
    with pytest.raises(StoreError, match=r"Documents of Beta were coded with mini 1\.0\.0, not with mini 2\.0\.0"):
        flow.prepare_share(own.work, "Beta")
