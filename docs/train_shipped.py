"""Train the model that ships with the package: ``make model``.

Reads the shipped codebook and examples, writes ``src/qualcode/tag/models/``, removes older files of
the same tagger version whose inputs are gone.
"""

from __future__ import annotations

from qualcode.codebook import read_codebook
from qualcode.flow import read_material, train_model
from qualcode.tag import load_encoder
from qualcode.tag.library import SHIPPED_MODELS, keep_trained


def main() -> None:
    codebook = read_codebook()
    encoder = load_encoder()
    if encoder is None:
        raise SystemExit("The embedding weights are not installed: the shipped model needs them.")
    model = train_model(codebook, read_material(None, codebook), encoder)
    for old in SHIPPED_MODELS.glob("*"):
        old.unlink()
    stem = keep_trained(model, SHIPPED_MODELS)
    print(stem.name, dict(model.trained_on))
    for name, head in model.heads.items():
        print(name, head.thresholds, dict(head.figures))


if __name__ == "__main__":
    main()
