"""One region's counts as a file for other teams: no text, no names, and nothing that few documents say.

`prepare_share` reads the store and decides what is withheld (the rule: `qualcode.aggregate.suppression`);
`save_share_key` keeps the secret that document ids are salted with.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import os
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..codebook import Codebook
from ..errors import SelectionError, StoreError
from ..review import MACHINE
from ..share import ATTRIBUTES, Part, Share, Withheld, make_share, share_bytes
from ..version import __version__
from .agreeing import agreement
from .auditing import audit_sample, machine_accuracy
from .workspace import Workspace

if TYPE_CHECKING:
    from ..aggregate import AuditSums
    from ..store import Filter, Row, Store
    from ..study import Settings

SMALLEST = 3
"""What fewer documents have is withheld, where nothing else is asked for."""
_KEY = ".share-key"
_KEY_BYTES = 32


@dataclass(frozen=True)
class ShareDraft:
    """A share that is not written yet.

    Attributes
    ----------
    share : Share
    key_path : Path
        Where the secret behind the document ids is kept.
    key : bytes
    names : tuple of str
        Names of the documents in the store, in the order of the share; for the one who shares alone.
    """

    share: Share
    key_path: Path
    key: bytes
    names: tuple[str, ...]


def prepare_share(work: Workspace, region: str, *, smallest: int = SMALLEST) -> ShareDraft:
    """Count one region, and leave out what must stay in it. Nothing is written.

    Parameters
    ----------
    work : Workspace
    region : str
    smallest : int
        k: what fewer than k documents have is withheld; 1 = nothing is. 2 is refused: "fewer than two, and not none"
        is one.

    Returns
    -------
    ShareDraft

    Raises
    ------
    SelectionError
        For a region that is not there or has fewer than k documents, or `smallest` out of range.
    StoreError
        If documents of the region were coded with another codebook than the newest, or the secret cannot be read.
    """
    from ..store import Filter, Store

    if smallest < 1 or smallest == 2:
        raise SelectionError(f"--smallest {smallest}: give 3 or more, or 1 to withhold nothing.")
    with Store(work.store_path, read_only=True) as store:
        chosen = store.check_filter(Filter(region=region))
        documents = len(store.document_rows(chosen))
        if documents < smallest:
            raise SelectionError(
                f"{chosen.region} has {documents} document(s), fewer than {smallest}: all of it would be withheld. "
                "Wait for more, or, if your team may tell single documents, add --smallest 1."
            )
        counted = _Counted(store, chosen, smallest, work.study.study)
        key_path = work.store_path.with_name(f"{work.store_path.name}{_KEY}")
        key = _read_key(key_path)
        content = counted.content(key, smallest)
    content["agreement"] = _agreement(work, chosen, counted, smallest)
    share = make_share(content, source=str(work.store_path))
    return ShareDraft(share, key_path, key, tuple(row["name"] for row in counted.documents))


def save_share_key(draft: ShareDraft) -> None:
    """Keep the secret behind the document ids, for the next share; a secret that is there stays.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    if draft.key_path.exists():
        return
    part = draft.key_path.with_name(f".{draft.key_path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(draft.key.hex().encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(draft.key_path)
    except OSError as error:
        raise StoreError(f"{draft.key_path} cannot be written: {error.strerror}. Nothing was shared.") from error
    finally:
        part.unlink(missing_ok=True)


def share_file(draft: ShareDraft) -> bytes:
    """The bytes of the file; the same store makes the same bytes."""
    return share_bytes(draft.share)


def _read_key(path: Path) -> bytes:
    """The secret beside the store, or a new one where there is none yet."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return secrets.token_bytes(_KEY_BYTES)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise StoreError(
            f"{path} is not the key of this store's shares: it was changed. Put the old one back; without it, remove "
            "the file: documents then get new ids, and a share made before is not recognised."
        )
    return key


# --- counting ----------------------------------------------------------------------------------


class _Counted:
    """What the store says of one region, and what of it is withheld."""

    def __init__(self, store: Store, chosen: Filter, smallest: int, settings: Settings) -> None:
        from ..aggregate import documents_frame, withheld_attributes, withheld_codes
        from ..aggregate.asked import asked_codes

        self.store, self.chosen, self.settings = store, chosen, settings
        self.region = str(chosen.region)
        self.codebook = store.codebook()
        by_id = {row["document_id"]: row for row in store.document_rows(chosen)}
        self.documents = [by_id[key] for key in documents_frame(list(by_id.values()))["document_id"]]
        self.place = {row["document_id"]: place for place, row in enumerate(self.documents)}
        used = {row["run"] for row in self.documents}
        self.runs = [run for run in store.coverage_codebooks() if run["run"] in used]
        _refuse_mixed(self.runs, self.codebook, self.region)
        self.decided = [row for row in store.verdicts.decided() if row["document_id"] in self.place]
        self.audit = [row for row in audit_sample(store) if row["document_id"] in self.place]
        self.asked = {
            row["document_id"]: sorted(asked_codes(row["topics_asked"], self.codebook, where=row["name"]))
            for row in self.documents
            if row["topics_asked"] is not None
        }
        self.attributes = withheld_attributes(self.documents, smallest=smallest)
        asked_of = self._asked_of()

        def withheld(raising: Mapping[Part, Mapping[str, set[str]]]) -> list[Withheld]:
            return withheld_codes(list(by_id), raising, asked_of, list(self.codebook.by_id), smallest=smallest)

        raising = self._raising(withheld)
        self.parts: tuple[Part, ...] = tuple(raising)
        self.withheld = withheld(raising)
        judged = [row for row in store.verdicts.judgements() if row["document_id"] in self.place]
        said = withheld({"counted": _said_by_anyone(judged)})
        self.unagreed = {one.code for one in (*self.withheld, *said)}
        self.people = {row["coder"] for row in judged}
        # Who has decided on withheld codes alone must not show by being one more to be compared.
        self.compared = {
            row["coder"]
            for row in judged
            if row["looked"] or {*json.loads(row["codes"]), *json.loads(row["judged"])} - self.unagreed
        }

    def hidden(self, part: Part) -> set[str]:
        return {one.code for one in self.withheld if one.part == part}

    def _raising(
        self, withheld: Callable[[Mapping[Part, Mapping[str, set[str]]]], list[Withheld]]
    ) -> dict[Part, dict[str, set[str]]]:
        """Documents that hold each code, by part; the machine's part only where people have changed it, or audited.

        What they changed of codes that are withheld does not matter: that there is such a part would tell of it.
        """
        rows = self.store.code_counts(self.chosen)
        found: dict[Part, dict[str, set[str]]] = {
            "counted": _holding(row for row in rows if row["status"] == "auto"),
            "pending": _holding(row for row in rows if row["status"] == "pending"),
        }
        machine = [row for row in self.store.code_counts(self.chosen, machine_only=True) if row["status"] == "auto"]
        hidden = {one.code for one in withheld({"counted": found["counted"]})}
        told, alone = (
            [row for row in given if row["status"] == "auto" and row["code_id"] not in hidden]
            for given in (rows, machine)
        )
        if self.audit or told != alone:
            found["machine"] = _holding(machine)
            for row in self.audit:
                for code in {*json.loads(row["machine"] or "[]"), *json.loads(row["person"] or "[]")}:
                    found["machine"].setdefault(code, set()).add(row["document_id"])
        return found

    def _asked_of(self) -> dict[str, set[str]]:
        """Documents asked about each code; codes all were asked about are left out."""
        some = {code for codes in self.asked.values() for code in self.codebook.by_id if code not in codes}
        return {code: {key for key in self.place if code in self.asked.get(key, self.codebook.by_id)} for code in some}

    def content(self, key: bytes, smallest: int) -> dict[str, Any]:
        """All fields of a share but the agreement."""
        return {
            "region": self.region,
            "smallest": smallest,
            "qualcode_version": __version__,
            "codebook": _structure(self.codebook),
            "runs": [_run(run, self.documents) for run in self.runs],
            "months": _months(row["date"] for row in self.documents),
            # A sum over all codes: with what is told of the others it would tell of those withheld.
            "decided": {} if self.withheld else _decided(self.decided),
            "documents": [self._document(place, key) for place in range(len(self.documents))],
            "codes": self._counts("code"),
            "categories": self._counts("category"),
            "withheld": self.withheld,
            "audit": self._audited() if self.audit else None,
        }

    def _document(self, place: int, key: bytes) -> dict[str, Any]:
        row, withheld = self.documents[place], self.attributes[place]
        salted = hmac.new(key, row["document_id"].encode("ascii"), hashlib.sha256).hexdigest()
        return {
            "id": salted[:16],
            **{name: None if name in withheld else row[name] for name in ATTRIBUTES},
            "withheld": withheld,
            "words": row["words"],
            "segments": row["segments"],
            "asked": self.asked.get(row["document_id"]),
        }

    def _counts(self, level: Literal["code", "category"]) -> dict[str, Any]:
        read = self.store.code_counts if level == "code" else self.store.category_counts
        found: dict[str, Any] = {"machine": None}
        for part in self.parts:
            # Asked for code by code: what is withheld must be in no sum, so not in its category's either.
            told = tuple(code for code in self.codebook.by_id if code not in self.hidden(part))
            rows = read(replace(self.chosen, code=told), machine_only=part == "machine") if told else []
            status = "pending" if part == "pending" else "auto"
            found[part] = self._in_order([row for row in rows if row["status"] == status], level)
        return found

    def _in_order(self, rows: Sequence[Row], level: str) -> list[dict[str, Any]]:
        """Counts with the order of first mention in place of positions, by document."""
        positions: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            positions[row["document_id"]].add(row["first_position"])
        orders = {key: sorted(found) for key, found in positions.items()}
        return [
            {
                "document": self.place[row["document_id"]],
                "unit": row[f"{level}_id"],
                "segments": row["segments"],
                "words": row["words"],
                "intense": row["intense_segments"],
                "order": orders[row["document_id"]].index(row["first_position"]) if row["status"] == "auto" else 0,
            }
            for row in sorted(rows, key=lambda row: (self.place[row["document_id"]], row[f"{level}_id"]))
        ]

    def _audited(self) -> dict[str, Any]:
        """The audit summed up within documents: single sentences would tell where a withheld code stands.

        Where a code is withheld, no errors: a sentence weighs as its stratum does, all sentences with any code by those
        drawn of them, and the digits would tell how many of them have no other code than the withheld one.
        """
        from ..aggregate import sum_audit

        rows, keys = self.audit, list(self.place)
        by_code, by_category = (sum_audit(rows, keys, self.codebook, level=level) for level in _LEVELS)
        # How many sentences count or wait is a sum over all codes too: not by stratum where a code is withheld.
        strata = [self.region if self.withheld else row["stratum"] for row in rows]
        judged = Counter(name for name, row in zip(strata, rows, strict=True) if row["person"] is not None)
        return {
            "strata": [
                {"name": name, "drawn": drawn, "judged": judged[name]}
                for name, drawn in sorted(Counter(strata).items())
            ],
            "judged": [by_code.judged.get(key, 0) for key in keys],
            "blind": [self.place[key] for key in keys if key in by_code.blind or self.withheld],
            "codes": [] if self.withheld else self._errors(by_code),
            "categories": [] if self.withheld else self._errors(by_category),
            "accuracy": {} if self.withheld else self._accuracy(),
        }

    def _errors(self, sums: AuditSums) -> list[dict[str, Any]]:
        return [
            {"document": self.place[key], "unit": unit, "words": words} for (key, unit), words in sums.errors.items()
        ]

    def _accuracy(self) -> dict[str, Any]:
        found = machine_accuracy(self.store, self.documents, self.settings)
        named = {name: getattr(found, name) for name in ("precision", "recall", "f1")} if found else {}
        return {
            name: {end: _known(getattr(estimate, end)) for end in ("value", "low", "high")}
            for name, estimate in named.items()
        }


_LEVELS: tuple[Literal["code"], Literal["category"]] = ("code", "category")


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _holding(rows: Iterable[Row]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["code_id"], set()).add(row["document_id"])
    return found


def _said_by_anyone(judgements: Iterable[Row]) -> dict[str, set[str]]:
    """Documents in which any person gives a code, whatever came of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in judgements:
        for code in json.loads(row["codes"]):
            found[code].add(row["document_id"])
    return found


def _refuse_mixed(runs: Sequence[Row], codebook: Codebook, region: str) -> None:
    others = sorted({f"{run['name']} {run['version']}" for run in runs if run["codebook_id"] != codebook.hash})
    if others:
        raise StoreError(
            f"Documents of {region} were coded with {', '.join(others)}, not with {codebook.id} {codebook.version}. "
            "Make them alike before sharing: qualcode tag --retag FILES"
        )


def _structure(codebook: Codebook) -> dict[str, Any]:
    """A codebook without its definitions."""
    return {
        **{name: getattr(codebook, name) for name in ("id", "title", "version", "language", "hash")},
        "categories": [
            {
                **{name: getattr(category, name) for name in ("id", "name", "colour")},
                "codes": [
                    {name: getattr(code, name) for name in ("id", "number", "name", "colour")}
                    for code in category.codes
                ],
            }
            for category in codebook.categories
        ],
    }


def _run(run: Row, documents: Sequence[Row]) -> dict[str, Any]:
    is_machine = run["coder_kind"] != "human"
    return {
        "coder": run["coder"] if is_machine else "people",
        "is_machine": is_machine,
        "model_hash": run["model_hash"],
        **{name: run["settings"].get(name) for name in ("auto", "review")},
        "documents": sum(row["run"] == run["run"] for row in documents),
        "day": run["finished_utc"][:10],
    }


def _months(dates: Iterable[str | None]) -> list[str]:
    known = sorted(date[:7] for date in dates if date)
    return [known[0], known[-1]] if known else []


def _decided(rows: Sequence[Row]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts["added" if row["outcome"] == "accepted" and not row["is_suggested"] else row["outcome"]] += row[
            "codings"
        ]
    return dict(counts)


def _agreement(work: Workspace, chosen: Filter, counted: _Counted, smallest: int) -> list[dict[str, Any]]:
    """How far people agree on each code that is told; the row over all codes only where none is withheld."""
    names = sorted(counted.compared)
    if not names or (names != sorted(counted.people) and any("," in name for name in names)):
        return []
    coders = None if len(names) == len(counted.people) else ",".join(names if len(names) > 1 else (*names, MACHINE))
    try:
        frame = agreement(work, chosen, coders=coders).frame
    except SelectionError:  # no machine has read it
        return []
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return list(_agreed(rows, counted.unagreed, smallest))


def _agreed(rows: Iterable[Mapping[Any, Any]], hidden: Collection[str], smallest: int) -> Iterator[dict[str, Any]]:
    for row in rows:
        if row["documents"] >= smallest and row["code"] not in hidden and not (row["code"] == "all" and hidden):
            yield {
                "code": row["code"],
                **{name: int(row[name]) for name in ("coders", "units", "documents")},
                **{name: row[given] for name, given in _COEFFICIENTS.items()},
            }


_COEFFICIENTS = {"percent": "percent_agreement", "kappa": "kappa", "alpha": "alpha", "ac1": "ac1"}
