"""Judgements to compare by hand: codes silos, consent (category data), pay, trials (category money)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def judged(
    coder: str, place: str, *codes: str, decided: Sequence[str] = (), looked: int = 1, region: str | None = "Alpha"
) -> Row:
    """A coder's judgement of a sentence; `place` is document/turn/position ("a1/0/3")."""
    document, turn, position = place.split("/")
    row: Row = {"document_id": document, "document": f"{document}.txt", "region": region, "coder": coder}
    row |= {"turn": int(turn), "position": int(position), "words": 10}
    return row | {"codes": json.dumps(codes), "judged": json.dumps(decided), "looked": looked}


def places(*names: str) -> list[Row]:
    """Sentences of respondents, each as document/turn/position."""
    split = [name.split("/") for name in names]
    return [{"document_id": d, "turn": int(turn), "position": int(position)} for d, turn, position in split]


def places_of(rows: Iterable[Row]) -> list[Row]:
    """The sentences that are judged, and no others."""
    return places(*dict.fromkeys(f"{row['document_id']}/{row['turn']}/{row['position']}" for row in rows))


def by_table(yes_yes: int, yes_no: int, no_yes: int, no_no: int, *, code: str = "pay", documents: int = 5) -> list[Row]:
    """Two coders, A and B, one code, so many sentences of each kind, dealt out over documents."""
    kinds = [(True, True)] * yes_yes + [(True, False)] * yes_no + [(False, True)] * no_yes + [(False, False)] * no_no
    rows = []
    for number, kind in enumerate(kinds):
        place = f"d{number % documents}/0/{number // documents}"
        rows += [judged(coder, place, *[code] * said) for coder, said in zip("AB", kind, strict=True)]
    return rows
