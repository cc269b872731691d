from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from qualcode.aggregate.audited import audit_accuracy


def judged(
    document: str, machine: str, person: str | None, *, chance: float = 1.0, stratum: str = "s"
) -> dict[str, Any]:
    given = None if person is None else json.dumps(person.split())
    row = {"document_id": document, "stratum": stratum, "chance": chance, "machine": json.dumps(machine.split())}
    return {**row, "person": given}


def accuracy(rows: list[dict[str, Any]], documents: int = 3) -> Any:
    return audit_accuracy(rows, [f"d{i}" for i in range(documents)], draws=200, seed=1)


def test_decisions_are_weighed_by_what_they_stand_for() -> None:
    rows = [
        judged("d0", "pay silos", "pay", chance=0.5),  # one right, one wrong, each standing for 2
        judged("d1", "pay", "pay", chance=0.5),
        judged("d1", "", "silos", chance=0.1, stratum="t"),  # one missed, standing for 10
        judged("d2", "", "", chance=0.1, stratum="t"),
    ]
    found = accuracy(rows)
    assert (found.judged, found.drawn) == (4, 4)
    assert found.precision.value == pytest.approx(4 / 6)
    assert found.recall.value == pytest.approx(4 / 14)
    assert found.f1.value == pytest.approx(2 * 4 / (6 + 14))
    for one in (found.precision, found.recall, found.f1):
        assert 0 < one.low < one.value < one.high < 1


def test_what_is_not_judged_yet_is_taken_to_be_like_the_rest_of_its_stratum() -> None:
    whole = accuracy([judged("d0", "pay", "pay", chance=0.25), judged("d1", "", "pay", chance=0.1, stratum="t")])
    half = [
        judged("d0", "pay", "pay", chance=0.5),
        judged("d1", "pay", None, chance=0.5),
        judged("d1", "", "pay", chance=0.1, stratum="t"),
    ]
    assert accuracy(half).recall == whole.recall
    assert (accuracy(half).judged, accuracy(half).drawn) == (2, 3)


def test_a_stratum_of_which_nothing_is_judged_leaves_all_unknown() -> None:
    found = accuracy([judged("d0", "pay", "pay"), judged("d1", "", None, stratum="t")])
    assert np.isnan([found.precision.value, found.recall.low, found.f1.high]).all()
    assert found.notes[0].startswith("Accuracy is not known yet")


def test_nothing_of_nothing_is_undefined_with_its_reason() -> None:
    found = accuracy([judged("d0", "", "pay"), judged("d1", "", "")])
    assert np.isnan(found.precision.value)
    assert found.notes == ("Precision is undefined: the machine counts no code in the sentences judged.",)
    assert (found.recall.value, found.f1.value) == (0.0, 0.0)


def test_where_all_are_right_the_interval_is_wilsons() -> None:
    # 20 decisions of equal weight: Wilson's lower end for 20 of 20.
    found = accuracy([judged(f"d{i % 3}", "pay", "pay", chance=0.2) for i in range(20)])
    assert found.precision.value == 1.0
    assert (round(found.precision.low, 3), found.precision.high) == (0.839, 1.0)


@pytest.mark.parametrize(("documents", "n"), [(12, 100), (40, 300)])
def test_intervals_hold_the_truth(documents: int, n: int) -> None:
    """Studies whose people and machine are known; the truth is that of very many documents of the same making."""

    def made(generator: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        much, sees = generator.beta(2, 28, size=(size, 4)), generator.beta(8, 3, size=size)
        person = generator.random((size, 60, 4)) < much[:, None, :]
        seen = generator.random((size, 60, 4)) < sees[:, None, None]
        return np.where(person, seen, generator.random((size, 60, 4)) < 0.01), person

    machine, person = made(np.random.default_rng(1), 5000)
    both, of_machine, of_person = (int(x.sum()) for x in (machine & person, machine, person))
    truth = {"precision": both / of_machine, "recall": both / of_person, "f1": 2 * both / (of_machine + of_person)}
    held = dict.fromkeys(truth, 0)
    studies = 200
    names = [f"d{i:02}" for i in range(documents)]
    for number in range(studies):
        generator = np.random.default_rng([2, number])
        machine, person = (x.reshape(-1, 4) for x in made(generator, documents))
        rows = []
        for is_coded, share in ((True, 0.4), (False, 0.6)):
            members = np.flatnonzero(machine.any(axis=1) == is_coded)
            size = min(len(members), round(n * share))
            for i in generator.choice(members, size, replace=False):
                said = (" ".join(str(code) for code in np.flatnonzero(x[i])) for x in (machine, person))
                rows.append(judged(names[i // 60], *said, chance=size / len(members), stratum=str(is_coded)))
        found = audit_accuracy(rows, names, draws=200, seed=number)
        for name, value in truth.items():
            one = getattr(found, name)
            held[name] += one.low <= value <= one.high
    assert all(0.92 <= n / studies <= 1.0 for n in held.values()), held
