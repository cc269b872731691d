"""Sentences in, a random sample of them out: which ones a person should judge, and with what chance each was drawn.

Every sentence has a random number of its own, made of the seed, the machine and its place; of each stratum those with
the smallest numbers are drawn. So the same study gives the same sample on every machine, a larger sample holds the
smaller one, and each sentence of a stratum has had exactly the same chance.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import AggregateError
from ..model import content_hash
from .counts import MISSING
from .frames import Rows

Predicted = Literal["counts", "waits", "nothing"]

LEAST = 2
"""Of each stratum at least so many are drawn, or all there are."""

ERRORS: Mapping[Predicted, float] = {"counts": 0.10, "waits": 0.47, "nothing": 0.06}
"""Wrong and missed codes a sentence, by what the machine says of it, on the notes that come with the program. How wide
intervals get depends on how well they fit, never whether they hold."""


@dataclass(frozen=True)
class Stratum:
    """A part of the sentences, and how many of it were drawn.

    Attributes
    ----------
    region : str
        "(missing)" = not known.
    predicted : {"counts", "waits", "nothing"}
        What the machine says: at least one code counts; none does and at least one waits for a person; neither.
    size, drawn : int
        Sentences, and those drawn of them.
    """

    region: str
    predicted: Predicted
    size: int
    drawn: int

    @property
    def name(self) -> str:
        """As the store keeps it.

        Examples
        --------
        >>> Stratum("Crete", "waits", 18, 3).name
        'Crete: waits'
        """
        return f"{self.region}: {self.predicted}"

    @property
    def chance(self) -> float:
        """With which each of its sentences was drawn, 0-1; nan where it has none."""
        return self.drawn / self.size if self.size else float("nan")


@dataclass(frozen=True)
class Sample:
    """A random sample of sentences.

    Attributes
    ----------
    strata : tuple of Stratum
        By region, then counts, waits, nothing; only those with sentences.
    drawn : tuple of (int, Stratum)
        Places of the sentences drawn in the rows that were given, in their order.
    """

    strata: tuple[Stratum, ...]
    drawn: tuple[tuple[int, Stratum], ...]


def draw_sample(sentences: Rows, n: int, *, seed: int) -> Sample:
    """Draw sentences at random, stratified by region and by what the machine says.

    Parameters
    ----------
    sentences : sequence of mapping
        All there are, each once: `document_id`, `position`, `region` (None = not known), `predicted` ("counts",
        "waits", "nothing"), `machine` (what tagged it: id of the model).
    n : int
        How many; where there are fewer, all are drawn.
    seed : int

    Returns
    -------
    Sample

    Raises
    ------
    AggregateError
        If `n` is smaller than `LEAST` of every stratum: a part without a chance would never be measured.

    Notes
    -----
    Random numbers: a hash of seed, machine, document and position, as permanent random numbers. The k smallest of a
    stratum are a simple random sample of it without replacement, so the chance is k / size. Another machine draws
    anew: it may have learned from the sentences judged before. Allocation: `allocate`, in proportion to
    N sqrt(e) / sqrt(T): N sentences with e expected errors (`ERRORS`); T is the sum of N sqrt(e) over the strata of
    the region, which lies half way between regions in proportion and all regions alike.

    References
    ----------
    Ohlsson (1995), in Business Survey Methods, 153-169: permanent random numbers.
    Neyman (1934), Journal of the Royal Statistical Society 97, 558-625: optimal allocation.
    Bankier (1988), The American Statistician 42, 174-177: power allocation, power 1/2.
    """
    members: dict[tuple[str, Predicted], list[int]] = defaultdict(list)
    for place, row in enumerate(sentences):
        members[row["region"] or MISSING, row["predicted"]].append(place)
    order = list(ERRORS)
    keys = sorted(members, key=lambda key: (key[0], order.index(key[1])))
    sizes = [len(members[key]) for key in keys]
    least = sum(min(LEAST, size) for size in sizes)
    if n < least:
        raise AggregateError(
            f"A sample of {n} is too small for {len(keys)} strata (region by counts, waits, nothing): it needs "
            f"{LEAST} sentences of each. Draw at least {least}."
        )
    strata = tuple(
        Stratum(*key, size, drawn)
        for key, size, drawn in zip(keys, sizes, allocate(sizes, _weights(keys, sizes), n), strict=True)
    )
    chosen: list[tuple[int, Stratum]] = []
    for key, stratum in zip(keys, strata, strict=True):
        numbers = ((_number(sentences[place], seed), place) for place in members[key])
        chosen += [(place, stratum) for _number_, place in heapq.nsmallest(stratum.drawn, numbers)]
    return Sample(strata, tuple(sorted(chosen, key=lambda one: one[0])))


def allocate(sizes: Sequence[int], weights: Sequence[float], n: int) -> list[int]:
    """Share `n` out over strata, in proportion to weights; more for one never means less for another.

    Parameters
    ----------
    sizes : sequence of int
        Most for each, 1 or more.
    weights : sequence of float
        Above 0.
    n : int
        At least `LEAST` (or the size) for each.

    Returns
    -------
    list of int
        Sums to `n`, or to the sum of `sizes` where that is less.

    Notes
    -----
    After `LEAST` each, the next one goes to the stratum with the largest weight / (drawn + 1/2) that is not used up
    (Webster's divisor method). Unlike rounding, no stratum loses by a larger `n`: samples can be extended.

    References
    ----------
    Balinski & Young (1982), Fair Representation, Yale University Press: divisor methods are monotone.

    Examples
    --------
    >>> allocate([90, 9, 1], [3.0, 1.0, 1.0], 10), allocate([90, 9, 1], [3.0, 1.0, 1.0], 11)
    ([7, 2, 1], [8, 2, 1])
    """
    drawn = [min(LEAST, size) for size in sizes]
    left = min(n, sum(sizes)) - sum(drawn)
    # The smallest of the inverse; equal ones in the order of the strata.
    line = [((drawn[i] + 0.5) / weights[i], i) for i in range(len(sizes)) if drawn[i] < sizes[i]]
    heapq.heapify(line)
    for _ in range(left):
        _, i = heapq.heappop(line)
        drawn[i] += 1
        if drawn[i] < sizes[i]:
            heapq.heappush(line, ((drawn[i] + 0.5) / weights[i], i))
    return drawn


def _weights(keys: Sequence[tuple[str, Predicted]], sizes: Sequence[int]) -> list[float]:
    plain = [size * ERRORS[predicted] ** 0.5 for (_, predicted), size in zip(keys, sizes, strict=True)]
    of_region: dict[str, float] = defaultdict(float)
    for (region, _), weight in zip(keys, plain, strict=True):
        of_region[region] += weight
    return [weight / of_region[region] ** 0.5 for (region, _), weight in zip(keys, plain, strict=True)]


def _number(row: Mapping[str, object], seed: int) -> str:
    """The random number of a sentence, as 32 hexadecimal digits."""
    return content_hash("audit", seed, row["machine"], row["document_id"], row["position"])
