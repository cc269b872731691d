"""The file of a share: the same content makes the same bytes, and a stranger's file is judged before it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ShareError
from qualcode.sealed_json import checksum
from qualcode.share import SHARE, Share, make_share, read_share, share_bytes


def content() -> dict[str, Any]:
    """Two documents, of which the first raises the one code twice and the second waits."""
    code = {"id": "silos", "number": 1, "name": "Silos", "colour": "#000001"}
    one = {"document": 0, "unit": "silos", "segments": 2, "words": 20, "intense": 1, "order": 0}
    document = {
        "country": "Greece",
        "stakeholder_group": None,
        "kind": None,
        "language": "en",
        "withheld": ["kind"],
        "words": 100,
        "segments": 10,
        "asked": None,
    }
    return {
        "region": "Crete",
        "smallest": 1,
        "qualcode_version": "0.5.0",
        "codebook": {
            "id": "mini",
            "title": "Mini",
            "version": "1.0.0",
            "language": "en",
            "hash": f"b2:{'0' * 32}",
            "categories": [{"id": "data", "name": "Data", "colour": "#ffffff", "codes": [code]}],
        },
        "runs": [],
        "months": [],
        "decided": {},
        "documents": [{**document, "id": f"{n:016x}"} for n in range(2)],
        "codes": {"counted": [one], "pending": [{**one, "document": 1, "intense": 0}], "machine": None},
        "categories": {"counted": [{**one, "unit": "data"}], "pending": [], "machine": None},
        "withheld": [],
        "audit": None,
        "agreement": [],
    }


def machine(most: int) -> dict[str, Any]:
    return {"part": "machine", "code": "silos", "least": 1, "most": most}


def agreed(**changes: Any) -> dict[str, Any]:
    numbers = {"coders": 2, "units": 1, "documents": 1, "percent": None, "kappa": None, "alpha": None, "ac1": None}
    return {"code": "silos", **numbers, **changes}


def audit(words: float) -> dict[str, Any]:
    error = {"document": 0, "unit": "silos", "words": words}
    return {"strata": [], "judged": [1, 1], "blind": [], "codes": [error], "categories": [], "accuracy": {}}


def many(tree: dict[str, Any], documents: int, codes: int) -> None:
    """A study of so many documents, each of a country of its own, and so many codes."""
    (category,) = tree["codebook"]["categories"]
    category["codes"] += [{**category["codes"][0], "id": f"c{n}", "number": n} for n in range(2, codes + 1)]
    plain = {**tree["documents"][1], "withheld": [], "kind": None}
    tree["documents"] += [{**plain, "id": f"{n:016x}", "country": f"L{n}"} for n in range(2, documents)]


def tree_of(share: Share) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(share_bytes(share))
    return tree


def written(tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """A share that was changed, with a checksum that fits."""
    tree = tree_of(make_share(content()))
    change(tree)
    path = tmp_path / "a.qcshare"
    path.write_text(json.dumps({**tree, "sha256": checksum(tree)}), encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(ShareError) as error:
        read_share(path)
    return str(error.value)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    share = make_share(content())
    path = tmp_path / "a.qcshare"
    path.write_bytes(share_bytes(share))
    assert read_share(path) == share
    assert share_bytes(read_share(path)) == path.read_bytes()
    tree = tree_of(share)
    assert list(tree) == sorted(tree)
    assert (tree["format"], tree["sha256"]) == (SHARE.format, checksum(tree))


@given(words=st.integers(20, 10**9), name=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_any_content_comes_back(words: int, name: str) -> None:
    given_ = content()
    given_["documents"][0]["words"], given_["region"] = words, name
    share = make_share(given_)
    assert Share.model_validate_json(share_bytes(share)) == share


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("documents"), "documents is missing."),
        (lambda t: t.update(text="Hello"), "text is not a field of a share."),
        (lambda t: t["documents"][0].update(name="a.txt"), "documents[0].name is not a field of a share."),
        (lambda t: t["documents"][1].update(id=t["documents"][0]["id"]), "document is there twice."),
        (lambda t: t["codes"]["counted"][0].update(document=2), "codes.counted[0] names a document"),
        (lambda t: t["codes"]["counted"][0].update(unit="data"), "codes.counted[0] names a document, code"),
        (lambda t: t["codes"]["counted"][0].update(words=101), "codes.counted[0] counts more than the document has."),
        (lambda t: t["codes"]["counted"][0].update(words=1.5), "codes.counted[0].words"),
        (lambda t: t["codes"]["counted"].append(t["codes"]["counted"][0]), "codes.counted[1] is there twice."),
        (
            lambda t: t["withheld"].append({"part": "counted", "code": "silos", "least": 1, "most": 2}),
            "silos is told all the same.",
        ),
        (
            lambda t: t["withheld"].append({"part": "machine", "code": "silos", "least": 2, "most": 1}),
            "its bounds are turned round.",
        ),
        (lambda t: t["documents"][0].update(asked=["gold"]), "gold is no code of the codebook."),
        (lambda t: t.update(region="Crete\n"), "region"),
        (lambda t: t.update(region="\x1b[2J"), "region"),
        (lambda t: t.update(region="(missing)"), "that is what tables call documents without one"),
        (lambda t: t.update({"\x1b[2J": 1}), r"\x1b[2J is not a field of a share."),
        (lambda t: t.update({"a" * 100_000: 1}), f"{'a' * 59}… is not a field of a share."),
        (lambda t: t["documents"][0].update(words=10**30), "documents[0].words"),
        (lambda t: t["documents"][0].update(words=-1), "documents[0].words"),
        (lambda t: t["documents"][0].update(words=True), "documents[0].words"),
        (lambda t: t["documents"][0].update(kind="interview"), "documents[0] tells an attribute that it withholds."),
        (lambda t: t["codebook"].update(version="new"), "codebook.version"),
        (lambda t: t["codebook"]["categories"][0]["codes"][0].update(number=10**30), "codes[0].number"),
        (lambda t: t["withheld"].extend([machine(2)] * 2), "withheld: silos is there twice"),
        (lambda t: t["withheld"].append(machine(3)), "in more documents than there are."),
        (lambda t: t["agreement"].append(agreed(code="gold")), "agreement: gold is no code of the codebook."),
        (lambda t: t["agreement"].append(agreed(kappa="0.5")), "agreement[0].kappa"),
        (lambda t: t["agreement"].append(agreed(percent=True)), "agreement[0].percent"),
        (lambda t: t.update(audit=audit(1e308)), "audit.codes[0].words"),
        (lambda t: t.update(documents=[{}] * 10**6), "documents[0].asked is missing."),
        (lambda t: many(t, 300, 1000), "300 documents and 1,000 codes are more than any study has."),
        (lambda t: many(t, 300, 100), "299 kinds of country and 100 codes are more than any study has."),
        (
            lambda t: t.update(
                audit={"strata": [], "judged": [1], "blind": [], "codes": [], "categories": [], "accuracy": {}}
            ),
            "other documents are judged than there are.",
        ),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, change: Callable[[dict[str, Any]], Any], message: str) -> None:
    said = refused(written(tmp_path, change))
    assert message in said
    assert said.startswith(str(tmp_path / "a.qcshare"))


def test_one_changed_digit_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.qcshare"
    path.write_bytes(share_bytes(make_share(content())).replace(b'"words": 20', b'"words": 21', 1))
    assert refused(path).endswith("was damaged or edited on its way: its checksum does not fit. Ask for it again.")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is not JSON .*, so no share, or a damaged one. Ask for it again."),
        (b"PK\x03\x04", "is not a share|is not JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[]", "is not a share. One is made with: qualcode share"),
        (b'{"format": "qualcode verdicts"}', "is not a share"),
        (b'{"format": "qualcode share", "format": "x"}', "a name stands twice"),
        (b'{"format": "qualcode share", "version": 2}', "was made by a newer qualcode"),
        *(
            (b'{"format": "qualcode share", "version": %s}' % version, "is of no version of a share")
            for version in (b"true", b"1.0", b"0", b'"1"', b"null", b"9" * 4000)
        ),
        (b'{"format": "qualcode share", "version": ' + b"9" * 5000 + b"}", "a number has thousands of digits"),
        (json.dumps(dict.fromkeys(map(str, range(100)))).encode(), "an object has 100 fields"),
        (b'{"format": "qualcode share", "version": 1, "sha256": "x"}', "checksum does not fit"),
        (b'{"format": "qualcode share", "version": 1, "x": NaN}', "NaN is no number"),
        (b'{"format": "qualcode share", "version": 1, "x": "\\ud800"}', "half of a character"),
        (b'{"format": "qualcode share", "x": ' + b"[" * 100_000, "nested deeper|is not JSON"),
        (
            b'{"format": "qualcode share", "version": 1, "x": ' + b"[" * 900 + b"]" * 900 + b"}",
            "nested deeper than 24 levels",
        ),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(tmp_path: Path, raw: bytes, message: str) -> None:
    path = tmp_path / "a.qcshare"
    path.write_bytes(raw)
    assert re.search(message, refused(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.qcshare")


def test_twenty_faults_are_enough(tmp_path: Path) -> None:
    many = refused(written(tmp_path, lambda t: t["codes"]["counted"].extend([t["codes"]["counted"][0]] * 50)))
    assert len(many.splitlines()) == 20
