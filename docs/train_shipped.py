"""Train the models that ship with the package, of the codebook and of its facets: ``make model``.

Reads both codebooks and their material, writes ``src/qualcode/tag/models/`` and pins what is in it by SHA-256, and
removes the models of the same tagger version that were there. Models of older versions stay: studies may be pinned to
them.
"""

from __future__ import annotations

from pathlib import Path

from qualcode.codebook import codebook_file, facets_file, read_codebook
from qualcode.flow import Material, read_material, train_model
from qualcode.flow.material import material_vectors
from qualcode.tag import TRAINING_VERSION, Encoder, Model, keep_trained, load_encoder, load_trained
from qualcode.tag.library import SHIPPED_MODELS, write_hashes


def main() -> None:
    encoder = load_encoder()
    if encoder is None:
        raise SystemExit("The embedding weights are not installed: the shipped models need them.")
    old = sorted(SHIPPED_MODELS.glob(f"{TRAINING_VERSION}-*"))
    for page in SHIPPED_MODELS.glob(f"{TRAINING_VERSION}-*.json"):
        encoder.shelve(load_trained(page.with_suffix(""))[1])
    made = [(*trained(path, encoder), path) for path in (codebook_file(), facets_file())]
    for file in old:
        file.unlink()
    for model, material, path in made:
        # The facets' dialogues are those of the codebook: their embeddings ship once.
        texts = [example.text for example in material.examples]
        codebook = read_codebook(path)
        whole = path == codebook_file()
        vectors = material_vectors(codebook, material, encoder) if whole else encoder.vectors_of(texts)
        print(keep_trained(model, vectors, SHIPPED_MODELS).name, dict(model.trained_on))
        for name, head in model.heads.items():
            print(name, head.thresholds, dict(head.figures))
    write_hashes()


def trained(path: Path, encoder: Encoder) -> tuple[Model, Material]:
    """Model of one codebook, and what it was trained from."""
    codebook = read_codebook(path)
    material = read_material(path, codebook)
    return train_model(codebook, material, encoder), material


if __name__ == "__main__":
    main()
