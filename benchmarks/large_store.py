"""Make a store of invented rows, as large as a study may become: word salad, for speed only.

python benchmarks/large_store.py FILE [DOCUMENTS] [CODINGS]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qualcode.codebook import read_codebook
from qualcode.model import Attributes, Coding, Document, Evidence, Segment, Transcript, Turn
from qualcode.store import RunRecord, Store, TaggedDocument

REGIONS = {
    "Flanders": "Belgium",
    "Sofia": "Bulgaria",
    "Catalonia": "Spain",
    "Crete": "Greece",
    "Lithuania": "Lithuania",
}
SENTENCES = 700
SENTENCE = "This sentence has exactly ten words and says nothing here."


def documents(count: int, codings: int) -> Iterator[TaggedDocument]:
    """Interviews of 700 sentences, with as many codings as asked for spread over them."""
    codes = [code.id for code in read_codebook().codes]
    generator = np.random.Generator(np.random.PCG64(1))
    regions = list(REGIONS)
    for number in range(count):
        text = " ".join([SENTENCE] * SENTENCES)
        length = len(SENTENCE)
        starts = range(0, SENTENCES * (length + 1), length + 1)
        segments = tuple(Segment(i, 0, at, at + length, SENTENCE, 10) for i, at in enumerate(starts))
        region = regions[number % len(regions)]
        attributes = Attributes(region=region, country=REGIONS[region], kind="interview", language="en")
        document = Document(f"{number:05}.txt", text, (), attributes, source_hash=f"made:{number}")
        turn = Turn(0, 0, len(text), "R", "respondent")
        chosen = generator.choice(SENTENCES * len(codes), codings // count, replace=False)
        made = tuple(
            Coding(
                int(cell // len(codes)),
                codes[cell % len(codes)],
                0.9,
                "auto",
                False,
                (Evidence("cue", "x", 0, 4, 1.0),),
            )
            for cell in np.sort(chosen)
        )
        yield TaggedDocument(Transcript(document, (turn,), segments), made, "made")


def make(path: Path, *, count: int = 1600, codings: int = 300_000) -> None:
    """Write the store; an older one of that name is removed."""
    path.unlink(missing_ok=True)
    run = RunRecord("made", "model", "0", "2026-01-01T00:00:00+00:00", settings={"auto": 0.5, "review": 0.2})
    with Store(path, create=True) as store:
        store.save_run(run, read_codebook(), documents(count, codings))


if __name__ == "__main__":
    numbers = [int(value) for value in sys.argv[2:]]
    make(Path(sys.argv[1]), **dict(zip(("count", "codings"), numbers, strict=False)))
