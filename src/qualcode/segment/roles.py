"""Who asks and who answers: labels and what they said in, a role for each person out.

What the researcher says decides, then what the header says, then what the label says, then how people
talk: the one of two who asks more and speaks less is the interviewer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import Kind, Role, count_words
from .vocabulary import base_name, role_word

_ASKS = re.compile(r"[?\u037e\u061f][\"'”’»)\]]*(?=\s|$)|(?<=[\u0370-\u03ff]);(?=\s|$)")
_ENDS = re.compile(r"[.!?…\u037e]+[\"'”’»)\]]*(?=\s|$)")
_MOSTLY = 0.5
_CLEARLY = 0.3


@dataclass(frozen=True)
class Spoken:
    """One labelled turn, as far as roles need it.

    Attributes
    ----------
    label : str
        As written.
    words : str
        What was said.
    """

    label: str
    words: str


@dataclass(frozen=True)
class _Habits:
    words: int
    asking_turns: float
    asking_sentences: float
    turns: int


def assign_roles(
    spoken: Sequence[Spoken], *, kind: Kind | None, cast: Mapping[str, Role], given: Mapping[str, Role]
) -> dict[str, Role]:
    """Decide the role of each speaker.

    Parameters
    ----------
    spoken : sequence of Spoken
        All labelled turns.
    kind : Kind or None
        A workshop has a facilitator, an interview an interviewer.
    cast : mapping of str to Role
        By base name, from the practical header.
    given : mapping of str to Role
        By label or base name, from the researcher; case does not matter.

    Returns
    -------
    dict of str to Role
        By base name of the label.
    """
    persons = same_persons([turn.label for turn in spoken])
    names = set(persons.values())
    given = {base_name(label): role for label, role in given.items()}
    roles: dict[str, Role] = {}
    for turn in spoken:
        base = base_name(turn.label)
        known = given.get(base) or _from_cast(base, cast) or role_word(turn.label)
        if known and (persons[base] not in roles or base in given):
            roles[persons[base]] = known
    _settle_answers(names, roles)
    open_names = names - roles.keys()
    if open_names:
        habits = {name: _habits([t.words for t in spoken if persons[base_name(t.label)] == name]) for name in names}
        asker = _asker(habits, open_names, roles, kind)
        for name in open_names:
            roles[name] = "respondent"
        if asker:
            roles[asker] = "facilitator" if kind == "workshop" else "interviewer"
    return {base: roles[person] for base, person in persons.items()}


def same_persons(labels: Sequence[str]) -> dict[str, str]:
    """Map the base name of every label to the one it stands for: initials and first names to the full name.

    Examples
    --------
    >>> same_persons(["Devin Becker", "DB", "RW"])
    {'devin becker': 'devin becker', 'db': 'devin becker', 'rw': 'rw'}
    """
    bases = list(dict.fromkeys(base_name(label) for label in labels))
    full = [base for base in bases if len(base.split()) > 1]
    persons: dict[str, str] = {}
    for base in bases:
        meant = [name for name in full if name != base and _stands_for(base, name)]
        persons[base] = meant[0] if len(meant) == 1 else base
    return persons


def _stands_for(short: str, name: str) -> bool:
    words = [word for word in re.split(r"[\s\-]+", name) if word[0].isalpha()]
    if " " in short or role_word(name):
        return False
    initials = "".join(word[0] for word in words)
    return short.replace(".", "") == initials or short in (words[0], words[-1])


def _from_cast(base: str, cast: Mapping[str, Role]) -> Role | None:
    if base in cast:
        return cast[base]
    roles = {
        role
        for name, role in cast.items()
        if (" " in name and _stands_for(base, name)) or (" " in base and _stands_for(name, base))
    }
    return roles.pop() if len(roles) == 1 else None


def _settle_answers(names: set[str], roles: dict[str, Role]) -> None:
    """Let "A" answer where somebody asks as "Q" or "I"; "B" is the German "Befragte" beside "I"."""
    asked = any(role in ("interviewer", "facilitator") for role in roles.values())
    for letter in ("a", "b"):
        for name in names:
            if asked and name.rstrip("0123456789") == letter and name not in roles:
                roles[name] = "respondent"


def _habits(turns: list[str]) -> _Habits:
    sentences = sum(max(1, len(_ENDS.findall(words))) for words in turns)
    return _Habits(
        words=sum(count_words(words) for words in turns),
        asking_turns=sum(1 for words in turns if _ASKS.search(words[-200:])) / len(turns),
        asking_sentences=sum(len(_ASKS.findall(words)) for words in turns) / sentences,
        turns=len(turns),
    )


def _asker(
    habits: Mapping[str, _Habits], open_names: set[str], roles: Mapping[str, Role], kind: Kind | None
) -> str | None:
    """Find the one whose role is open and who clearly asks; None when nobody does, or somebody asks already."""
    if any(role in ("interviewer", "facilitator") for role in roles.values()):
        return None
    if len(habits) == 2 and kind != "workshop":
        first, second = sorted(habits, key=lambda name: habits[name].asking_sentences)
        more, less = habits[second], habits[first]
        apart = more.asking_sentences - less.asking_sentences
        asks = (apart > 0 and more.words < less.words) or apart >= _CLEARLY
        return second if asks and second in open_names else None
    asking = [name for name in open_names if habits[name].asking_turns >= _MOSTLY and habits[name].turns > 1]
    return asking[0] if len(asking) == 1 and len(habits) > 1 else None
