from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from qualcode import present
from qualcode.aggregate import Stratum


@dataclass(frozen=True)
class Report:
    drawn: int = 60
    added: int = 20
    left: int = 0
    waiting: int = 45
    sentences: int = 1500
    strata: tuple[Any, ...] = (
        Stratum("Crete", "counts", 200, 20),
        Stratum("Crete", "nothing", 1000, 25),
        Stratum("Sofia", "counts", 300, 15),
    )
    seed: int = 7


def test_the_draw_is_told_by_kind() -> None:
    assert present.audit_text(Report()).splitlines() == [
        "Audit: 60 of 1,500 sentences drawn at random from each region (35 of 500 with a code that counts; "
        "25 of 1,000 without a code), seed 7.",
        "20 new in the sample; 45 wait to be judged.",
    ]
    assert present.audit_text(replace(Report(), left=3)).splitlines()[-1].startswith("3 left the sample")
