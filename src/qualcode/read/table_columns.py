"""Which columns of a table hold the words, who said them and when: as the researcher says, else guessed.

A guess goes by the headers first, in the languages of the ten regions, then by what the cells hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import ReadError, nearest
from ..model import count_words
from .cells import Row
from .values import ALIASES, header_key


def _keys(words: str) -> tuple[str, ...]:
    """Headers as `header_key` folds them, in order of preference."""
    return tuple(dict.fromkeys(map(header_key, words.split())))


TEXT_HEADERS = _keys(
    """
    text words utterance content answer quote transcript transcription response speech statement sentence caption
    subtitle message comment
    antwort aussage äußerung inhalt wortlaut transkript transkription zitat beitrag kommentar tekst antwoord svar
    texte réponse propos contenu énoncé verbatim citation commentaire texto respuesta contenido transcripción cita
    comentario intervención resposta testo risposta contenuto trascrizione citazione commento text_răspuns răspuns
    raspuns conținut transcriere citat comentariu κείμενο απάντηση περιεχόμενο απομαγνητοφώνηση σχόλιο tekstas
    atsakymas turinys citata komentaras transkripcija текст отговор съдържание цитат коментар транскрипция
    """
)
SPEAKER_HEADERS = _keys(
    """
    speaker speaker_name speakers name who participant person
    sprecher sprecherin sprecher/in sprecher*in wer teilnehmer teilnehmerin befragte spreker wie naam talare vem namn
    locuteur locutrice intervenant intervenante qui nom personne hablante orador quién quien nombre persona
    participante qui_parla parlante chi nome partecipante vorbitor cine nume persoană persoana participant/ă ομιλητής
    ποιος όνομα συμμετέχων kalbėtojas kas vardas asmuo dalyvis говорител говорещ кой име лице участник
    """
)
ROLE_HEADERS = _keys("role speaker_role rolle rôle rol roll ruolo papel ρόλος vaidmuo роля")
TIME_HEADERS = _keys(
    """
    time timestamp time_stamp timecode start start_time begin from
    zeit zeitstempel uhrzeit zeitmarke tijd tid temps heure horodatage début tiempo hora marca_de_tiempo inicio tempo
    ora orario inizio timp început χρόνος ώρα έναρξη laikas pradžia време час начало
    """
)
ID_HEADERS = _keys(
    """
    id respondent respondent_id participant_id person_id response_id responseid interview_id case case_id code nr no
    number # token pseudonym
    teilnehmer_id befragten_id fallnummer kürzel nummer identifiant numéro code_participant identificador código número
    codice numero identificativo cod număr αριθμός κωδικός kodas numeris номер код
    """
)
_NO_ANSWERS = _keys(
    """
    note notes memo memos summary translation codes tags theme themes url link file filename source email comments_coder
    notiz notizen übersetzung zusammenfassung résumé traduction resumen traducción traduzione riassunto
    """
)
"""Wordy columns that are about an answer, not one."""
KNOWN_HEADERS = frozenset((*TEXT_HEADERS, *SPEAKER_HEADERS, *ROLE_HEADERS, *TIME_HEADERS, *ID_HEADERS, *ALIASES))
NAMES = ("text", "speaker", "role", "time")
_ASKING_WORDS = 5
_OPEN_WORDS = 4
_OPEN_WORDS_ASKED = 2
_MOST_CHOICES = 12


@dataclass(frozen=True)
class Columns:
    """Positions of the columns that are read.

    Attributes
    ----------
    text : tuple of int
        One or more, 0-based.
    speaker, role, time : int or None
    is_wide : bool
        A row is a respondent, and the headers of `text` are what was asked; else a row is a turn.
    given : frozenset of str
        Which of text, speaker, role and time the researcher chose.
    """

    text: tuple[int, ...]
    speaker: int | None = None
    role: int | None = None
    time: int | None = None
    is_wide: bool = False
    given: frozenset[str] = frozenset()

    @property
    def used(self) -> frozenset[int]:
        """All positions that are read."""
        return frozenset((*self.text, *(at for at in (self.speaker, self.role, self.time) if at is not None)))


def choose_columns(
    header: tuple[str, ...], rows: tuple[Row, ...], given: Mapping[str, str], *, is_headed: bool, file: str
) -> Columns:
    """Choose the columns of a table.

    Parameters
    ----------
    header : tuple of str
        Stripped; made up where the table has none.
    rows : tuple of Row
        Below the headers.
    given : mapping of str to str
        Of text (several headers joined by ``+``), speaker, role, time: the header, or "" for no such column.
    is_headed : bool
        Whether the table has headers of its own.
    file : str
        Name for the messages.

    Returns
    -------
    Columns

    Raises
    ------
    ReadError
        If a given header is not there, or is there twice.
    """
    chosen = {name: _named(header, given[name], file) if given[name] else None for name in NAMES[1:] if name in given}
    text = _all_named(header, given["text"], file) if given.get("text") else ()
    keys = [header_key(cell) for cell in header]
    taken = {at for at in (*text, *chosen.values()) if at is not None}
    are_turns = not is_headed or _are_turns(keys, rows)
    if not text:
        text = _guess_text(header, keys, rows, taken) if is_headed else _longest(range(len(header)), rows, taken)
        text = _longest(text, rows, taken) if are_turns else text
    is_wide = is_headed and (len(text) > 1 or (is_question(header[text[0]]) and not are_turns))
    guessed = _guess_others(keys, rows, {*text, *taken}, is_wide=is_wide, is_headed=is_headed)
    if "speaker" not in chosen and guessed["speaker"] is None and "role" not in chosen and not is_wide:
        guessed["speaker"], guessed["role"] = guessed["role"], None
    found = guessed | chosen
    return Columns(text, found["speaker"], found["role"], found["time"], is_wide, frozenset(given) & {*NAMES})


def is_question(header: str) -> bool:
    """Whether a header asks: a question mark, or a whole phrase.

    Examples
    --------
    >>> is_question("What hinders you?"), is_question("Barriers you meet at work"), is_question("Speaker name")
    (True, True, False)
    """
    return header.rstrip().endswith(("?", "\u037e", ";")) or len(header.split()) >= _ASKING_WORDS


# --- as the researcher says --------------------------------------------------------------------


def _position(header: tuple[str, ...], name: str, file: str) -> int | None:
    wanted = header_key(name)
    found = [at for at, cell in enumerate(header) if cell == name.strip()]
    found = found or [at for at, cell in enumerate(header) if header_key(cell) == wanted]
    if len(found) > 1:
        raise ReadError(f'{file}: {len(found)} columns are called "{name}". Give them different headers.')
    return found[0] if found else None


def _named(header: tuple[str, ...], name: str, file: str) -> int:
    if (at := _position(header, name, file)) is None:
        raise ReadError(f'{file}: has no column "{name}". {nearest(name, [cell for cell in header if cell])}')
    return at


def _all_named(header: tuple[str, ...], names: str, file: str) -> tuple[int, ...]:
    """Columns of ``Q1+Q2``; a header may hold a plus itself, so the longest that is there counts."""
    parts, found = names.split("+"), list[int]()
    while parts:
        tried = (("+".join(parts[:size]), size) for size in range(len(parts), 0, -1))
        name, size = next((pair for pair in tried if _position(header, pair[0], file) is not None), (parts[0], 1))
        found.append(_named(header, name.strip(), file))
        parts = parts[size:]
    return tuple(dict.fromkeys(found))


# --- guessed -----------------------------------------------------------------------------------


def _guess_text(header: tuple[str, ...], keys: list[str], rows: tuple[Row, ...], taken: set[int]) -> tuple[int, ...]:
    """The column called so; where several columns hold free answers under questions, all of these."""
    known = {*SPEAKER_HEADERS, *ROLE_HEADERS, *TIME_HEADERS, *ID_HEADERS, *_NO_ANSWERS, *ALIASES}
    free = [
        at for at, key in enumerate(keys) if at not in taken and key not in known and _is_free(header[at], rows, at)
    ]
    named = _first(keys, TEXT_HEADERS, taken)
    if named is not None and sum(is_question(header[at]) for at in free) < 2:
        return (named,)
    if len(free) > 1 or (free and is_question(header[free[0]])):
        return tuple(free)
    return _longest(range(len(header)), rows, taken)


def _is_free(header: str, rows: tuple[Row, ...], at: int) -> bool:
    """Whether its cells are people's own words: several words, and not a few answers that come again and again."""
    values = [words for row in rows if (words := row.cell(at).strip())]
    different = set(values)
    fewest = _OPEN_WORDS_ASKED if is_question(header) else _OPEN_WORDS
    is_scale = len(different) <= _MOST_CHOICES and 2 * len(different) <= len(values)
    return bool(values) and not is_scale and sum(map(count_words, different)) >= fewest * len(different)


def _longest(columns: Sequence[int], rows: tuple[Row, ...], taken: set[int]) -> tuple[int]:
    free = [at for at in columns if at not in taken] or columns
    return (max(free, key=lambda at: sum(len(row.cell(at)) for row in rows)),)


def _are_turns(keys: list[str], rows: tuple[Row, ...]) -> bool:
    """Whether the same few people come again row by row, so that a row is no respondent."""
    speaker = _first(keys, (*SPEAKER_HEADERS, *ROLE_HEADERS), set())
    names = [name for row in rows if (name := row.cell(speaker).strip())]
    return len(names) > 2 and 2 * len(set(names)) <= len(names)


def _guess_others(
    keys: list[str], rows: tuple[Row, ...], taken: set[int], *, is_wide: bool, is_headed: bool
) -> dict[str, int | None]:
    speaker = _first(keys, SPEAKER_HEADERS + (ID_HEADERS if is_wide else ()), taken)
    if speaker is None and not is_headed:
        speaker = _speaker_like(len(keys), rows, taken)
    role = None if is_wide else _first(keys, ROLE_HEADERS, taken)
    return {"speaker": speaker, "role": role, "time": _first(keys, TIME_HEADERS, taken)}


def _first(keys: list[str], wanted: Iterable[str], taken: set[int]) -> int | None:
    """Find the column of the first of `wanted` that there is and that is not taken."""
    return next((keys.index(name) for name in wanted if name in keys and keys.index(name) not in taken), None)


def _speaker_like(width: int, rows: tuple[Row, ...], taken: set[int]) -> int | None:
    """In a table without headers: the column of few short values that come again."""
    for at in range(width):
        values = [row.cell(at).strip() for row in rows]
        short = all(len(value.split()) <= 4 for value in values)
        if at not in taken and short and any(values) and len(set(values)) * 2 <= len(values):
            return at
    return None
