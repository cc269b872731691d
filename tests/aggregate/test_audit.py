from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest

from qualcode.aggregate import summary_table
from qualcode.aggregate.audit import corrected_shares
from qualcode.aggregate.counts import tally
from qualcode.errors import AggregateError

from .mini_study import Row, code_counts, count, document, documents, small_codebook

SILOS, PAY = 0, 2


def judged(document_id: str, words: int, machine: Sequence[str], person: Sequence[str], **given: object) -> Row:
    row: Row = {"document_id": document_id, "words": words, "chance": 0.1}
    return row | {"machine": json.dumps(machine), "person": json.dumps(person)} | given


def corrected(audit: list[Row], level: str = "code") -> dict[str, np.ndarray]:
    book = small_codebook()
    counts = tally(documents(), code_counts(), [], book, by="region", level="code")
    return corrected_shares(counts, audit, book, level=level, draws=200, seed=1)  # type: ignore[arg-type]


def test_share_is_moved_by_the_errors_weighed_up() -> None:
    # Alpha has 500 words, 60 of them on silos by the machine. Audited there: a false coding of 10 words and a missed
    # one of 4, each drawn with a chance of 1 in 10: 60 - 100 + 40 = 0 words. With a chance of 1 in 2: 60 - 20 + 8 = 48.
    audit = [judged("a1", 10, ["silos"], []), judged("a2", 4, [], ["silos"]), judged("a3", 20, ["pay"], ["pay"])]
    assert corrected(audit)["share_words_corrected"][0, SILOS] == 0.0
    halves = [row | {"chance": 0.5} for row in audit]
    assert corrected(halves)["share_words_corrected"][0, SILOS] == pytest.approx(48 / 500)
    assert corrected(halves)["share_words_corrected"][0, PAY] == pytest.approx(10 / 500)
    assert corrected(halves)["segments_audited"][:, PAY].tolist() == [3, 0, 0]


def test_where_everything_is_audited_the_person_decides() -> None:
    """With a chance of 1 the corrected share, its interval included, is that of the person's own codings."""
    book = small_codebook()
    rows = [document(f"d{i}", "A", 100) for i in range(6)]
    machine = [count(f"d{i}", "pay", 1, 10, 0, 0) for i in (0, 1, 2)]
    person = [count(f"d{i}", "pay", 1, 10, 0, 0) for i in (1, 2, 3, 4)]
    audit = [
        judged(f"d{i}", 10, ["pay"] * (i in (0, 1, 2)), ["pay"] * (i in (1, 2, 3, 4)), chance=1.0) for i in range(6)
    ]
    options = {"by": None, "level": "code", "seed": 4, "draws": 200}
    checked = summary_table(rows, machine, [], book, audit=audit, **options).set_index("code").loc["pay"]  # type: ignore[arg-type]
    own = summary_table(rows, person, [], book, **options).set_index("code").loc["pay"]  # type: ignore[arg-type]
    for end in ("", "_low", "_high"):
        assert checked[f"share_words_corrected{end}"] == pytest.approx(own[f"share_words{end}"])
    assert checked["share_words"] == pytest.approx(30 / 600)


def test_a_simple_random_sample_gives_the_published_formula() -> None:
    """Angelopoulos et al. (2023): mean of f + mean of (y - f), with every sentence as long as the others."""
    generator = np.random.Generator(np.random.PCG64(5))
    machine = generator.random(400) < 0.3
    person = np.where(generator.random(400) < 0.9, machine, ~machine)
    sample = generator.choice(400, 60, replace=False)
    rows = [document("d1", "A", 2000), document("d2", "A", 2000)]
    half = [int(machine[:200].sum()), int(machine[200:].sum())]
    counted = [count(f"d{i + 1}", "pay", n, 10 * n, 0, 0) for i, n in enumerate(half)]
    audit = [
        judged("d1" if i < 200 else "d2", 10, ["pay"] * int(machine[i]), ["pay"] * int(person[i]), chance=60 / 400)
        for i in sample
    ]
    book = small_codebook()
    counts = tally(rows, counted, [], book, by=None, level="code")
    found = corrected_shares(counts, audit, book, level="code", draws=100, seed=1)
    off = person[sample].astype(float) - machine[sample]
    assert found["share_words_corrected"][0, PAY] == pytest.approx(machine.mean() + off.mean())


def test_corrected_intervals_cover_the_truth_where_the_machine_errs() -> None:
    """200 studies in which the machine misses a third of the code and invents some: the truth is known."""
    held, machine_held = [], []
    for number in range(200):
        generator = np.random.Generator(np.random.PCG64([9, number]))
        rows, counted, sentences = [], [], []
        for place in range(25):
            name = f"d{place:02}"
            much = generator.beta(2, 14)  # this document's share of sentences with the code; 0.125 on average
            person = generator.random(60) < much
            machine = np.where(person, generator.random(60) < 0.65, generator.random(60) < 0.02)
            rows.append(document(name, "A", 600))
            counted += [count(name, "pay", int(machine.sum()), 10 * int(machine.sum()), 0, 0)] if machine.any() else []
            sentences += [(name, bool(f), bool(y)) for f, y in zip(machine, person, strict=True)]
        audit = []
        for stratum, chance in (("coded", 0.5), ("none", 0.12)):
            of_stratum = [s for s in sentences if s[1] == (stratum == "coded")]
            size = max(2, round(chance * len(of_stratum)))
            for i in generator.choice(len(of_stratum), size, replace=False):
                name, f, y = of_stratum[i]
                drawn = size / len(of_stratum)
                audit.append(judged(name, 10, ["pay"] * f, ["pay"] * y, chance=drawn))
        df = summary_table(
            rows, counted, [], small_codebook(), by=None, level="code", seed=number, draws=300, audit=audit
        )
        row = df.set_index("code").loc["pay"]
        held.append(row["share_words_corrected_low"] <= 0.125 <= row["share_words_corrected_high"])
        machine_held.append(row["share_words_low"] <= 0.125 <= row["share_words_high"])
    assert 0.92 <= np.mean(held) <= 0.98
    assert np.mean(machine_held) < 0.7  # uncorrected, the interval is about the machine and not about people


def test_correction_rests_on_the_machine_alone_where_verdicts_of_the_audit_count() -> None:
    """People's verdicts on audited sentences count in the tables; such counts know the sample and correct nothing."""
    held, shares, naive = [], [], []
    for number in range(200):
        generator = np.random.Generator(np.random.PCG64([17, number]))
        size = (25, 60)
        person = generator.random(size) < generator.beta(2, 14, size=25)[:, None]
        machine = np.where(person, generator.random(size) < 0.65, generator.random(size) < 0.02)
        now, audit = machine.copy(), []
        for stratum, chance in ((True, 0.2), (False, 0.5)):
            members = np.argwhere(machine == stratum)
            drawn = max(2, round(chance * len(members)))
            for place, at in members[generator.choice(len(members), drawn, replace=False)]:
                f, y = bool(machine[place, at]), bool(person[place, at])
                row = judged(f"d{place:02}", 10, ["pay"] * f, ["pay"] * y, chance=drawn / len(members))
                audit.append(row)
                now[place, at] = y  # what the person said holds
        rows = [document(f"d{place:02}", "A", 600) for place in range(25)]
        counted, by_machine = (_counts(codings) for codings in (now, machine))
        options = {"by": None, "level": "code", "seed": number, "draws": 200, "audit": audit}
        book = small_codebook()
        right = summary_table(rows, counted, [], book, machine_counts=by_machine, **options)  # type: ignore[arg-type]
        checked = right.set_index("code").loc["pay"]
        held.append(checked["share_words_corrected_low"] <= 0.125 <= checked["share_words_corrected_high"])
        shares.append(checked["share_words_corrected"])
        if number < 40:
            wrong = summary_table(rows, counted, [], book, **options)  # type: ignore[arg-type]
            naive.append(wrong.set_index("code").loc["pay"]["share_words_corrected"])
        assert checked["share_words"] == now.sum() * 10 / 15000  # what counts now stays what it is
    assert 0.92 <= np.mean(held) <= 0.98
    assert np.mean(shares) == pytest.approx(0.125, abs=0.004)
    # 35 of 100 codings are missed, and half of these people have added already: they would be added twice.
    assert np.mean(naive) > 0.125 + 0.5 * 0.35 * 0.125 * 0.7


def _counts(codings: np.ndarray) -> list[Row]:
    return [count(f"d{place:02}", "pay", int(n), 10 * int(n), 0, 0) for place, n in enumerate(codings.sum(axis=1)) if n]


def test_sentences_not_judged_yet_are_taken_to_be_like_the_rest_of_their_stratum() -> None:
    whole = [judged("a1", 10, ["silos"], [], chance=0.25, stratum="s")]
    half = [judged("a1", 10, ["silos"], [], chance=0.5, stratum="s"), judged("a2", 7, [], [], chance=0.5, stratum="s")]
    half[1]["person"] = None
    for name in ("share_words_corrected", "segments_audited"):
        np.testing.assert_allclose(corrected(half)[name], corrected(whole)[name])


def test_a_region_with_a_stratum_of_which_nothing_is_judged_is_not_corrected() -> None:
    """Else what the machine misses in the part nobody has looked at would count as nothing missed."""
    audit = [
        judged("a1", 10, ["silos"], [], stratum="Alpha: counts"),
        judged("a2", 10, [], [], stratum="Alpha: nothing") | {"person": None},
        judged("b1", 10, [], ["silos"], stratum="Beta: nothing"),
    ]
    found = corrected(audit)
    assert np.isnan(found["share_words_corrected"][0]).all()
    assert not np.isnan(found["share_words_corrected"][1]).any()
    assert found["segments_audited"][:, SILOS].tolist() == [1, 1, 0]


def test_the_reader_is_told_how_much_of_the_sample_is_judged() -> None:
    audit = [judged("a1", 10, ["silos"], []), judged("a2", 10, [], []) | {"person": None}]
    options = {"by": "region", "level": "code", "seed": 1, "draws": 50}
    notes = summary_table(documents(), code_counts(), [], small_codebook(), audit=audit, **options).attrs["notes"]  # type: ignore[arg-type]
    assert notes[-2].startswith("share_words_corrected: a person judged 1 sentences drawn at random")
    assert notes[-1].startswith("1 sentences drawn wait to be judged")


def test_without_an_audit_nothing_is_corrected() -> None:
    none = corrected([])
    assert not none["segments_audited"].any()
    assert np.isnan(none["share_words_corrected"]).all()
    elsewhere = corrected([judged("unknown", 5, [], [])])
    assert np.isnan(elsewhere["share_words_corrected"]).all()


def test_groups_without_audited_sentences_are_not_corrected() -> None:
    found = corrected([judged("a1", 10, ["silos"], [], chance=0.5)])
    assert np.isnan(found["share_words_corrected"][1:]).all()
    assert found["segments_audited"][:, SILOS].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("change", "said"),
    [({"chance": 0}, "row 0: chance"), ({"machine": '["nothing"]'}, '"nothing"')],
)
def test_wrong_rows_are_named(change: Row, said: str) -> None:
    with pytest.raises(AggregateError, match=said):
        corrected([judged("a1", 10, ["silos"], []) | change])
