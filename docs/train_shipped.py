"""Train the model that ships with the package: ``make model``.

Reads the shipped codebook and its material, writes ``src/qualcode/tag/models/``, and removes the model of
the same tagger version that was there. Models of older versions stay: studies may be pinned to them.
"""

from __future__ import annotations

from qualcode.codebook import read_codebook
from qualcode.flow import read_material, train_model
from qualcode.flow.material import material_vectors
from qualcode.tag import TRAINING_VERSION, keep_trained, load_encoder, load_trained
from qualcode.tag.library import SHIPPED_MODELS


def main() -> None:
    codebook = read_codebook()
    encoder = load_encoder()
    if encoder is None:
        raise SystemExit("The embedding weights are not installed: the shipped model needs them.")
    old = sorted(SHIPPED_MODELS.glob(f"{TRAINING_VERSION}-*"))
    for page in SHIPPED_MODELS.glob(f"{TRAINING_VERSION}-*.json"):
        encoder.shelve(load_trained(page.with_suffix(""))[1])
    material = read_material(None, codebook)
    model = train_model(codebook, material, encoder)
    for file in old:
        file.unlink()
    stem = keep_trained(model, material_vectors(codebook, material, encoder), SHIPPED_MODELS)
    print(stem.name, dict(model.trained_on))
    for name, head in model.heads.items():
        print(name, head.thresholds, dict(head.figures))


if __name__ == "__main__":
    main()
