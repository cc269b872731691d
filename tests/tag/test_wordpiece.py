from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.codebook import Codebook, read_examples
from qualcode.errors import TagError
from qualcode.tag import wordpiece
from qualcode.tag.wordpiece import MAX_PIECES, WordPiece, load_wordpiece


@pytest.fixture(scope="module")
def ours() -> WordPiece:
    return load_wordpiece()


@pytest.fixture(scope="module")
def oracle(ours: WordPiece) -> Any:
    """The `tokenizers` package with the same vocabulary; gives ids as `WordPiece.encode` does."""
    tokenizers = pytest.importorskip("tokenizers", reason="only here to check every id")
    model = tokenizers.models.WordPiece(ours.vocabulary, unk_token="[UNK]", max_input_chars_per_word=100)
    made = tokenizers.Tokenizer(model)
    made.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()

    def encode(text: str) -> list[int]:
        pieces = made.encode(text, add_special_tokens=False).ids
        return [ours.start, *pieces[: MAX_PIECES - 2], ours.end]

    return encode


ODD = [
    "",
    " ",
    "Hello, world!",
    "We don't pay 1.9 million (Law 138/2023).",
    "don’t “quote” – dash — …",
    "Café naïve Žemaitė ŁÓDŹ ß STRASSE ẞ",
    "e\u0301te\u0301 и\u0306",
    "ΟΔΟΣ ΚΟΣΜΟΣ ά Ώ ΐ",
    "Здравни данни, България",
    "İstanbul ŉ ǅ ﬁne ½ ² ①",
    "日本語テスト 한국어 \U00020000",
    "🙂 ok 👩‍👩‍👧 🇪🇺",
    "a\u2028b a\x0bb a\x00b x\ufffdy a\x85b \x7f",
    "\u200bgen\u200bome \u00adsoft\u00ad \ufeff",
    "\u3000wide\u3000 \u00a0nbsp \u1680",
    "\ue000 \u0378 \U000e0001",
    "a" * 100,
    "a" * 101,
    "x" * 5_000,
    "word " * 400,
    "[CLS] [sep] ##ing",
    "क्षि ไทย ١٢٣ ﷺ Ꭰ 𝒜",
    "\t\n\r tabs\r\nlines",
]


@pytest.mark.parametrize("text", ODD, ids=[repr(text)[:30] for text in ODD])
def test_ids_of_odd_text_are_those_of_the_usual_package(text: str, ours: WordPiece, oracle: Any) -> None:
    assert ours.encode(text) == oracle(text)


def test_ids_of_500_examples_are_those_of_the_usual_package(shipped: Codebook, ours: WordPiece, oracle: Any) -> None:
    texts = [example.text for example in read_examples(None, shipped)]
    chosen = texts[:: max(1, len(texts) // 500)][:500]
    assert len(chosen) == 500
    assert [text for text in chosen if ours.encode(text) != oracle(text)] == []


@given(st.text(alphabet=st.characters(max_codepoint=0x5FF), max_size=60))
def test_ids_of_any_european_text_are_those_of_the_usual_package(text: str) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    ours = load_wordpiece()
    normal = tokenizers.normalizers.BertNormalizer(lowercase=True).normalize_str(text)
    words = [word for word, _ in tokenizers.pre_tokenizers.BertPreTokenizer().pre_tokenize_str(normal)]
    assert ours.encode(text) == ours.encode(" ".join(words))


def test_the_vocabulary_is_the_published_one(ours: WordPiece) -> None:
    assert len(ours.vocabulary) == 30_522
    assert (ours.vocabulary["[PAD]"], ours.unknown, ours.start, ours.end) == (0, 100, 101, 102)
    assert ours.encode("hello world") == [101, 7592, 2088, 102]


def test_text_is_cut_off_after_the_longest_input(ours: WordPiece) -> None:
    ids = ours.encode("word " * 1_000)
    assert len(ids) == MAX_PIECES
    assert (ids[0], ids[-1]) == (ours.start, ours.end)


def test_pieces_are_matched_from_the_left_longest_first() -> None:
    table = {piece: n for n, piece in enumerate(["[UNK]", "[CLS]", "[SEP]", "gen", "##ome", "##om", "genes", "##s"])}
    small = WordPiece(table)
    assert small.encode("genomes genes genx") == [1, 3, 4, 7, 6, 0, 2]


def test_two_pieces_that_changed_places_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = wordpiece.VOCABULARY_FILE.read_text(encoding="utf-8").split("\n")
    lines[7592], lines[2088] = lines[2088], lines[7592]
    changed = tmp_path / "wordpiece.txt"
    changed.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    monkeypatch.setattr(wordpiece, "VOCABULARY_FILE", changed)
    with pytest.raises(TagError, match=r"wordpiece\.txt is not the file that this version ships"):
        load_wordpiece.__wrapped__()
