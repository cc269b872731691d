"""The rows of a store as the parts of a REFI-QDA project."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ..codebook import Codebook
from ..model import ALL_ATTRIBUTES, Transcript
from ..version import __version__
from .codebook_files import tree_of
from .import_passages import coder_names
from .imported import MACHINE, Imported, sentences_of

if TYPE_CHECKING:
    from ..model import Attributes
    from ..refi import Case, Code, Coding, Link, Loss, Note, Project, Selection, Set, Source, Value, Variable
    from ..store import Row, Store

ATTRIBUTE_NAMES = {name: name.replace("_", " ").capitalize() for name in ALL_ATTRIBUTES}
"""Names of the attributes as variables of a project."""
SUGGESTED = "suggested by "
"""Before the name of a machine, as the user of codings that wait for a person."""
ADJUDICATED = "adjudicated"
"""User of codings that were settled, though no person and no machine gave them."""
ELSEWHERE = "kept in the study inside the file, which only qualcode reads"

Part = TypeVar("Part", "Case", "Coding", "Link", "Note", "Selection", "Set")
Made = TypeVar("Made", "Coding", "Note", "Selection", "Source")
Stretch = tuple[int, int, str]
"""Start, end, and name of who coded it: QualCoder takes the coder from the selection, so each coder has their own."""
Codings = dict[str, dict[Stretch, dict[str, "Row"]]]
"""By document, stretch and GUID of the code: GUID and time of the coding, None = not known."""


class ProjectParts:
    """A project made from one store.

    Parameters
    ----------
    store : Store
        With at least one document.
    pending : bool
        With the codings that wait for a person.
    """

    def __init__(self, store: Store, *, pending: bool) -> None:
        self.store, self.pending = store, pending
        self.transcripts = [store.transcript(row["name"]) for row in store.document_rows()]
        self.codings = store.codings()
        self.versions = self._versions()
        self.imports = [Imported.of(row, store.codebook(row["codebook_id"]).id) for row in store.projects.imports()]
        self.code_guids = self._code_guids()
        self.memos: dict[str | None, list[Row]] = defaultdict(list)
        for memo in store.verdicts.memos():
            self.memos[memo["document_id"]].append(memo)
        self.people: dict[str, str] = {}
        self.notes: dict[str, Note] = {}
        self.left_out: Counter[tuple[str, str]] = Counter()
        self.imports = [replace(one, project=self._as_here(one)) for one in self.imports]

    def project(self) -> Project:
        """The whole project."""
        from ..refi import Project, User

        codings = self._codings()
        codes = self._codes()
        sources = tuple(self._source(t, codings.get(t.document_id, {})) for t in self.transcripts)
        foreign = [one.project for one in self.imports]
        ids = {source.guid for source in sources}
        used = {value.variable for source in sources for value in source.values}
        cases = [
            replace(case, sources=tuple(s for s in case.sources if s in ids))
            for project in foreign
            for case in project.cases
        ]
        used |= {value.variable for case in cases for value in case.values}
        notes = _once([*(note for project in foreign for note in project.notes), *self.notes.values()])
        selections = [one for source in sources for one in source.selections]
        coded = [coding for source in sources for coding in source.codings]
        coded += [coding for one in selections for coding in one.codings]
        made: tuple[Source | Selection | Coding | Note, ...] = (*sources, *selections, *coded, *notes)
        users = {one.user for one in made}
        return Project(
            name=self.store.codebook().title,
            origin=f"qualcode {__version__}",
            users=tuple(User(key, name) for name, key in sorted(self.people.items()) if key in users),
            codes=codes,
            variables=tuple(v for v in self._variables().values() if v.guid in used),
            cases=_once(cases),
            sources=sources,
            notes=notes,
            links=_once([link for project in foreign for link in project.links]),
            sets=_once([one for project in foreign for one in project.sets]),
            note_refs=tuple(dict.fromkeys(ref for project in foreign for ref in project.note_refs)),
        )

    def losses(self) -> Iterator[Loss]:
        """What other programs will not see; to be asked after `project`."""
        from ..refi import Loss

        store = self.store
        machine = sum(row["probability"] is not None for row in self.codings)
        decided = Counter(row["outcome"] for row in store.verdicts.decided() for _ in range(row["codings"]))
        cues = sum(len(code.cues) for versions in self.versions.values() for code in versions[0].codes)
        speakers = sum(len(transcript.turns) for transcript in self.transcripts)
        yield from (Loss(what, count, why) for (what, why), count in self.left_out.items())
        for what, count, why in (
            ("suggestion that people turned down", decided["rejected"], ELSEWHERE),
            ("probability with evidence", machine, ELSEWHERE),
            ("turn with speaker and role", speakers, f"labels in the text are words there; {ELSEWHERE}"),
            ("cue of the codebook", cues, ELSEWHERE),
            ("facet of a sentence", len(store.facets()), ELSEWHERE),
            ("sentence somebody is done with", len(store.verdicts.looks()), ELSEWHERE),
            ("sentence drawn for an audit", len(store.audit_sample()), ELSEWHERE),
            ("earlier version of a document", store.projects.earlier_versions(), "stays in the store"),
        ):
            if count:
                yield Loss(what, count, why)

    # --- codes -------------------------------------------------------------------------------------

    def _versions(self) -> dict[str, list[Codebook]]:
        """All versions of each codebook that codings or passages were made with, the newest first, by name."""
        projects = self.store.projects
        rows = (*self.store.coverage_codebooks(), *projects.passages(), *projects.imports())
        found: dict[str, list[Codebook]] = defaultdict(list)
        for key in dict.fromkeys(row["codebook_id"] for row in rows):
            book = self.store.codebook(key)
            found[book.id].append(book)
        return found

    def _code_guids(self) -> dict[tuple[str, str], str]:
        """GUID by codebook and code: the one under which the code came last, else one made from its id."""
        from ..refi import guid

        found: dict[tuple[str, str], str] = {}
        for one in reversed(self.imports):
            for known, code_id in one.codes.items():
                found.setdefault((one.codebook, code_id), known)
        for name, versions in self.versions.items():
            for book in versions:
                for code in book.codes:
                    found.setdefault((name, code.id), guid("code", name, code.id))
        return found

    def _codes(self) -> tuple[Code, ...]:
        """The trees of all codebooks, then the codes that only their earlier versions have; with the notes on codes."""
        from ..refi import guid

        notes: dict[str, list[str]] = defaultdict(list)
        for memo in self.memos[None]:
            for name in self.versions:
                if known := self.code_guids.get((name, memo["code"])):
                    notes[known].append(self._note(memo))
        roots: dict[str, Code] = {}
        present: set[str] = set()
        for name, versions in self.versions.items():
            own = [one.project.codes for one in self.imports if one.codebook == name and one.is_own_codebook]
            renamed = {
                guid("code", name, code_id): key for (book, code_id), key in self.code_guids.items() if book == name
            }
            trees = [own[-1]] if own else []
            trees += [tree_of(book) for book in versions]
            for place, tree in enumerate(trees):
                every = tree if place == 0 else [code for top in tree for code in top.codes]
                for code in every:
                    root = _rebuilt(code, renamed, notes)
                    if root.guid not in present:
                        roots[root.guid] = root
                        present |= {one.guid for _, one in root.walk()}
        return tuple(roots.values())

    # --- sources -----------------------------------------------------------------------------------

    def _source(self, transcript: Transcript, codings: Mapping[Stretch, Mapping[str, Row]]) -> Source:
        from ..refi import Source, guid

        key, text = transcript.document_id, transcript.document.text
        foreign = [source for one in self.imports if (source := one.source_of(key))]
        known = foreign[0] if foreign else Source(guid("source", key), transcript.document.name, text)
        coders: dict[tuple[int, int], list[str]] = defaultdict(list)
        for start, end, user in sorted(codings):
            coders[start, end].append(user)
        notes: dict[Stretch, list[str]] = defaultdict(list)
        for memo in self.memos[key]:
            segment = transcript.segments[memo["position"]]
            place, author = (segment.start, segment.end), memo["coder"]
            # With the codes of its author, else of another: a memo on no coded passage is lost on most programs.
            holder = next((user for user in coders[place] if user == author), next(iter(coders[place]), author))
            notes[*place, holder].append(self._note(memo))
        made = (
            self._selection(known.guid, stretch, codings.get(stretch, {}), notes.get(stretch, ()), text)
            for stretch in {*codings, *notes}
        )
        kept = _once([one for source in foreign for one in source.selections])
        theirs = (value for source in foreign for value in source.values)
        values = {value.variable: value for value in (*theirs, *self._values(transcript.document.attributes))}
        return replace(
            known,
            name=transcript.document.name,
            text=text,
            selections=tuple(sorted((*kept, *made), key=lambda one: (one.start, one.end, one.guid))),
            codings=_once([coding for source in foreign for coding in source.codings]),
            values=tuple(values.values()),
            notes=tuple(dict.fromkeys(note for source in foreign for note in source.notes)),
        )

    def _selection(
        self, source: str, stretch: Stretch, codings: Mapping[str, Row], notes: Sequence[str], text: str
    ) -> Selection:
        from ..refi import Coding, Selection, guid

        start, end, name = stretch
        key, user = (source, str(start), str(end)), self._user(name)
        made = tuple(
            Coding(row["guid"] or guid("coding", *key, code, name), code, user, row["created"])
            for code, row in sorted(codings.items())
        )
        return Selection(
            guid("selection", *key, name),
            start,
            end,
            text[start:end],
            user=user,
            created=min((coding.created for coding in made if coding.created), default=None),
            codings=made,
            notes=tuple(notes),
        )

    def _codings(self) -> Codings:
        """Passages as they were marked, else sentences; under everybody who gave the code."""
        rows = self.codings
        finished = {row["run"]: row["finished_utc"] for row in self.store.coverage_codebooks()}
        book_of = {row["document_id"]: row["codebook"] for row in self.store.projects.document_texts()}
        wanted = {
            (r["document_id"], r["position"], r["code"]): r for r in rows if self.pending or r["status"] != "pending"
        }
        said: dict[tuple[str, int, str], dict[str, str]] = defaultdict(dict)
        refused: set[tuple[str, int, str, str]] = set()
        for row in self.store.verdicts.opinions():
            key = (row["document_id"], row["position"], row["code"])
            if row["decision"] in ("accept", "add") and not row["is_adjudicated"]:
                said[key][row["coder"]] = row["decided_utc"]
            elif row["decision"] == "reject" and not row["is_adjudicated"]:
                refused.add((*key, row["coder"]))
        found: Codings = defaultdict(lambda: defaultdict(dict))
        marked = self._add_passages(found, wanted, refused)
        for key, row in wanted.items():
            document_id, position, code = key
            givers: dict[str, str | None] = dict(said[key])
            if row["coder_kind"] != "human":
                waits = SUGGESTED if row["status"] == "pending" else ""
                givers[f"{waits}{row['coder']}{MACHINE}"] = finished[row["run"]]
            for user, created in (givers or {ADJUDICATED: None}).items():
                if (document_id, position, code, user) not in marked:
                    known = self.code_guids[book_of[document_id], code]
                    found[document_id][row["start"], row["end"], user][known] = {"guid": None, "created": created}
        waiting = len(rows) - len(wanted)
        self.left_out["coding waiting for a person", "left out; put in with --pending"] += waiting
        self.left_out = Counter({what: count for what, count in self.left_out.items() if count})
        return found

    def _add_passages(
        self,
        found: Codings,
        wanted: Mapping[tuple[str, int, str], Row],
        refused: AbstractSet[tuple[str, int, str, str]],
    ) -> set[tuple[str, int, str, str]]:
        """Put in the passages that stand; sentences, codes and people that need no selection of their own then.

        A passage falls where its code counts on none of its sentences, or its own coder has turned it down by now.
        """
        transcripts = {transcript.document_id: transcript for transcript in self.transcripts}
        marked: set[tuple[str, int, str, str]] = set()
        for row in self.store.projects.passages():
            if not row["is_standing"]:
                continue
            key, start, end = row["document_id"], row["start"], row["end"]
            sentences = [segment.position for segment in sentences_of(transcripts[key], start, end)]
            said = [(key, position, row["code_id"]) for position in sentences]
            if said and not any(one in wanted and (*one, row["coder"]) not in refused for one in said):
                self.left_out["passage whose code does not count", ELSEWHERE] += 1
                continue
            code = self.code_guids[row["codebook"], row["code_id"]]
            found[key][start, end, row["coder"]][code] = {"guid": row["guid"], "created": row["created"]}
            marked |= {(*one, row["coder"]) for one in said}
        return marked

    # --- attributes and notes ------------------------------------------------------------------------

    def _variables(self) -> dict[str, Variable]:
        """All variables by name in lower case: those that came with a project, and those of the attributes."""
        from ..refi import Variable, guid

        found = {v.name.casefold(): v for one in self.imports for v in one.project.variables}
        for name in ATTRIBUTE_NAMES.values():
            found.setdefault(name.casefold(), Variable(guid("variable", name), name))
        return found

    def _values(self, attributes: Attributes) -> Iterator[Value]:
        from ..refi import Value

        variables = self._variables()
        for attribute, name in ATTRIBUTE_NAMES.items():
            value = getattr(attributes, attribute)
            if value:
                words = "; ".join(value) if attribute == "topics_asked" else str(value)
                yield Value(variables[name.casefold()].guid, words)

    def _note(self, memo: Row) -> str:
        """Keep a memo as a note; its GUID."""
        from ..refi import Note, guid

        key = guid("note", *(str(memo[name]) for name in ("document_id", "position", "code", "coder")))
        title = f"Memo by {memo['coder']}" + (f" on {memo['code']}" if memo["code"] else "")
        self.notes[key] = Note(key, title, memo["text"], self._user(memo["coder"]), memo["written_utc"])
        return key

    # --- people --------------------------------------------------------------------------------------

    def _user(self, name: str) -> str:
        """GUID of a person, who is known by name."""
        from ..refi import guid

        return self.people.setdefault(name, guid("user", name))

    def _as_here(self, one: Imported) -> Project:
        """What is kept of a project, with the people and codes of the one that is made."""
        names = coder_names(one.project)

        def theirs(part: Made) -> Made:
            return replace(part, user=part.user and self._user(names[part.user]))

        def recoded(codings: Sequence[Coding]) -> Iterator[Coding]:
            for coding in codings:
                if coding.code in one.codes:
                    yield replace(theirs(coding), code=self.code_guids[one.codebook, one.codes[coding.code]])
                else:
                    self.left_out["coding of a document as a whole", "its code has no code here"] += 1

        project = one.project
        return replace(
            project,
            notes=tuple(map(theirs, project.notes)),
            sources=tuple(
                replace(
                    theirs(source),
                    selections=tuple(map(theirs, source.selections)),
                    codings=tuple(recoded(source.codings)),
                )
                for source in project.sources
            ),
        )


def _rebuilt(code: Code, renamed: Mapping[str, str], notes: Mapping[str, Sequence[str]]) -> Code:
    """A tree with other GUIDs, and with notes."""
    key = renamed.get(code.guid, code.guid)
    below = tuple(_rebuilt(one, renamed, notes) for one in code.codes)
    return replace(code, guid=key, notes=(*code.notes, *notes.get(key, ())), codes=below)


def _once(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Each GUID once, as it came first."""
    found: dict[str, Part] = {}
    for part in parts:
        found.setdefault(part.guid, part)
    return tuple(found.values())
