"""Do the intervals cover, and do the q-values keep their promise? 300 simulated studies with known truth.

A study has the ten regions of the report (10 to 44 interviews), 17 codes and interviews of about 2,600 words
(log-normal, sigma 0.4). Whether an interview raises a code, and how much it then says on it (gamma, coefficient of
variation 0.9), is drawn per interview: all sentences of an interview hang together, as in life. For five codes one
region is different: it raises them more or less often and says more or less each time.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from qualcode.aggregate.bootstrap import resample
from qualcode.aggregate.counts import Column, Counts, Floats
from qualcode.aggregate.emphasis import emphasis
from qualcode.aggregate.frequency import frequency
from qualcode.aggregate.intervals import newcombe_interval
from qualcode.aggregate.relative import relative_emphasis

STUDIES = 300
INTERVIEWS = np.array([14, 44, 15, 10, 10, 14, 11, 12, 10, 18])
CODES, DIFFERENT = 17, 5
AMOUNT = 0.04  # words on a code, of an interview that raises it
DRAWS = 300
INTERVALS = ("share_documents", "difference_documents", "share_words", "relative_emphasis")


@cache
def outcomes() -> dict[str, NDArray[np.bool_] | Floats]:
    """Whether each interval of each study holds the truth, and the share of false discoveries of each study."""
    held: dict[str, list[NDArray[np.bool_]]] = {name: [] for name in INTERVALS}
    false_share: list[float] = []
    found_share: list[float] = []
    for number in range(STUDIES):
        generator = np.random.Generator(np.random.PCG64([20250301, number]))
        chance, amount, effect = truth(generator)
        table = numbers(simulate(generator, chance, amount), seed=number)
        expected = {"share_documents": chance, "share_words": chance * amount}
        expected["relative_emphasis"] = true_odds(chance * amount)
        expected["difference_documents"] = chance - np.roll(chance, 1, axis=0)
        for name, true in expected.items():
            low, high = table[f"{name}_low"], table[f"{name}_high"]
            defined = ~np.isnan(low)
            held[name].append(((low <= true) & (true <= high))[defined])
        discovered = table["q_value"] < 0.05
        wrong = discovered & np.where(
            (effect != 0).any(axis=0),
            np.sign(table["relative_emphasis"]) != np.sign(expected["relative_emphasis"]),
            True,
        )
        false_share.append(wrong.sum() / max(1, discovered.sum()))
        found_share.append(discovered[effect != 0].mean())
    return {
        **{name: np.concatenate(cells) for name, cells in held.items()},
        "false": np.array(false_share),
        "found": np.array(found_share),
    }


def truth(generator: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Chance to raise a code, words on it, and effect (log scale, 0 = none), each region x code."""
    shape = (len(INTERVIEWS), CODES)
    chance = np.tile(np.linspace(0.15, 0.8, CODES), (shape[0], 1))
    amount = np.full(shape, AMOUNT)
    effect = np.zeros(shape)
    for code in generator.choice(CODES, DIFFERENT, replace=False):
        region = generator.integers(shape[0])
        effect[region, code] = generator.choice([-1.0, 1.0])
        chance[region, code] = np.clip(chance[region, code] * np.exp(0.4 * effect[region, code]), 0.05, 0.95)
        amount[region, code] *= np.exp(0.6 * effect[region, code])
    return chance, amount, effect


def simulate(generator: np.random.Generator, chance: Floats, amount: Floats) -> Counts:
    """Counts of one study."""
    group_of = np.repeat(np.arange(len(INTERVIEWS)), INTERVIEWS)
    shape = (len(group_of), CODES)
    total = generator.lognormal(np.log(2600), 0.4, size=len(group_of)).round().astype(np.int64)
    raises = generator.random(shape) < chance[group_of]
    shape_of_gamma = 1 / 0.9**2
    said = generator.gamma(shape_of_gamma, amount[group_of] / shape_of_gamma).clip(0, 0.6)
    words = np.where(raises, np.maximum(1, total[:, None] * said), 0).round().astype(np.int64)
    return Counts(
        columns=tuple(Column(f"c{i}", i + 1, f"c{i}", "k") for i in range(CODES)),
        document_ids=tuple(f"d{i:03}" for i in range(len(group_of))),
        groups=tuple(f"R{i}" for i in range(len(INTERVIEWS))),
        group_of=group_of,
        document_words=total,
        segments=raises.astype(np.int64),
        words=words,
        intense=np.zeros(shape, dtype=np.int64),
        first=np.where(raises, 0.0, np.nan),
        pending=np.zeros(shape, dtype=np.int64),
        asked=np.ones(shape, dtype=np.bool_),
        unasked=np.zeros(shape, dtype=np.int64),
    )


def numbers(counts: Counts, *, seed: int) -> dict[str, Floats]:
    drawn = resample(counts, draws=DRAWS, seed=seed)
    table = {**frequency(counts), **emphasis(counts, drawn)}
    x, n = table["documents_with_code"], table["documents"]
    low, high = newcombe_interval(
        x, n, np.roll(x, 1, axis=0), np.roll(n, 1, axis=0)
    )  # each region against the one before
    table |= {"difference_documents_low": low, "difference_documents_high": high}
    return {**table, **relative_emphasis(counts, drawn, draws=DRAWS, seed=seed)}  # type: ignore[dict-item]


def true_odds(share: Floats) -> Floats:
    """Log2 odds of each region's share against that of all other regions' interviews together."""
    weights = INTERVIEWS[:, None]
    rest = ((share * weights).sum(axis=0) - share * weights) / (INTERVIEWS.sum() - weights)
    odds: Floats = np.log2(share / (1 - share)) - np.log2(rest / (1 - rest))
    return odds


@pytest.mark.parametrize("name", INTERVALS)
def test_intervals_cover_the_truth(name: str) -> None:
    held = outcomes()[name]
    assert held.size > 45_000  # of 51,000; the others are undefined: nobody raises the code there
    assert 0.92 <= held.mean() <= 0.98


def test_false_discoveries_are_as_rare_as_promised() -> None:
    assert outcomes()["false"].mean() <= 0.06


def test_real_differences_are_found_now_and_then() -> None:
    assert outcomes()["found"].mean() > 0.05
