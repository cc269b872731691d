"""The words transcripts use for roles, for practical headers and for openings that look like labels.

Lower case, in the languages of the ten regions; a new word for an old thing belongs here.
"""

from __future__ import annotations

import re

from ..model import Role
from .abbreviations import word_set

INTERVIEWER_WORDS = word_set(
    """
    interviewer interviewers interviewerin interviewster vraagsteller interviewende intervieweur intervieweuse
    enquêteur enquêtrice intervjuare intervjuaren intervjuledare entrevistador entrevistadora entrevistadores
    intervistatore intervistatrice intervievator intervievatoare intervievatorul operator interviuotojas
    interviuotoja klausėjas klausėja συνεντευκτής συνεντεύκτρια ερευνητής ερευνήτρια ερευνητησ συνεντευκτησ
    ερώτηση интервюиращ интервюираща интервюиращият интервюиращата интервюер питащ въпрос researcher question
    questioner frage fråga vraag pregunta domanda întrebare klausimas
    """
)
FACILITATOR_WORDS = word_set(
    """
    facilitator facilitators facilitatrice facilitatore facilitatoare facilitador facilitadora moderator
    moderators moderatorin moderatore moderatrice moderador moderadora moderatorius moderatorė moderatoare
    moderatorul chair chairman chairwoman chairperson host animateur animatrice dinamizador dinamizadora
    gesprächsleiter gesprächsleiterin gespreksleider gespreksleidster samtalsledare samtalsledaren συντονιστής
    συντονίστρια συντονιστησ модератор модераторът водещ водещият водеща vedėjas vedėja diskusijos_vedėjas
    """
)
RESPONDENT_WORDS = word_set(
    """
    respondent respondents respondentin respondentas respondentė respondentul respondenta respondente
    interviewee interviewees participant participants participante participantes participanta participanți
    partecipante partecipanti informant informants answer answerer expert patient befragte befragter befragten
    interviewte interviewter interviewpartner interviewpartnerin teilnehmer teilnehmerin teilnehmende
    geïnterviewde geinterviewde deelnemer deelneemster deelnemers intervjuperson intervjupersonen deltagare
    deltagaren deltagarna svar antwoord antwort entrevistado entrevistada entrevistat entrevistats respuesta
    resposta intervistato intervistata risposta intervievat intervievată răspuns dalyvis dalyvė dalyviai
    pašnekovas pašnekovė atsakymas ερωτώμενος ερωτώμενη ερωτώμενοσ ερωτωμενος συμμετέχων συμμετέχουσα
    συνεντευξιαζόμενος συνεντευξιαζόμενη απάντηση участник участничка участници респондент респондентът
    интервюиран интервюирана интервюираният отговор répondant répondante interviewé interviewée
    """
)
NEUTRAL_WORDS = word_set(
    """
    speaker speakers voice person audience unknown unidentified all everybody several someone man woman male
    female sprecher sprecherin spreker talare hablante parlante vorbitor ομιλητής ομιλητησ говорител kalbėtojas
    locuteur
    """
)
CODES: dict[str, Role] = {
    **dict.fromkeys(("i", "int", "iv", "ir", "q", "intv"), "interviewer"),
    **dict.fromkeys(("mod", "fac"), "facilitator"),
    **dict.fromkeys(("r", "p", "resp", "part", "ie", "ip", "tn", "pt", "res"), "respondent"),
}
"""Abbreviations, with or without a number; "A" is an answer only beside "Q" or "I"."""

NOTE_WORDS = word_set(
    """
    note-taker notetaker protokoll transcriber transcriptionist rapporteur
    """
)
_ASKING = re.compile(r"\b(asks?|asking|interview(er|s|ing)?|questions?|host|moderat\w*|facilitat\w*)\b", re.IGNORECASE)

PRACTICAL_WORDS = word_set(
    """
    date place location venue time duration length format setting language languages recording recorded note
    notes note-taker minutes transcribed transcript transcription transcriber region country organisation
    organization institution stakeholder role age gender consent project version file subject topic code id
    report title kind type interview workshop session present attendees participants participant moderator
    facilitator interviewer respondent interviewee language city town affiliation profession position sector
    group datum ort dauer sprache teilnehmer teilnehmende aufnahme uhrzeit protokoll fecha lugar duración idioma
    participantes hora lloc durada data luogo durata lingua partecipanti ora locul loc limba participanți
    ημερομηνία τόπος διάρκεια γλώσσα συμμετέχοντες χώρα дата място продължителност език участници регион vieta
    trukmė kalba dalyviai kalbos plaats duur taal deelnemers tijd plats längd språk deltagare tid lieu durée
    langue
    """
)
"""First words of the labels in a practical header."""

NEVER_LABELS = word_set(
    """
    note notes example examples for_example remark remarks comment comments summary conclusion conclusions
    result results problem problems solution solutions barrier barriers challenge challenges recommendation
    recommendations action actions proposal proposals reason reasons important attention warning remember
    reminder first firstly second secondly third thirdly last lastly finally then so yes no well ok okay but and
    or because also one_thing another_thing one_more_thing last_thing the_thing the_problem the_point
    the_question my_point my_question thing point idea fact ps nb e.g i.e including namely like honestly anyway
    again now today tomorrow yesterday source sources see table topic theme section part step goal goals
    objective objectives background introduction discussion agenda data cost costs benefit benefits pro pros con
    cons strength strengths weakness weaknesses opportunity opportunities threat threats others other total
    zum_beispiel beispiel por_ejemplo ejemplo per_esempio esempio de_exemplu exemplu till_exempel bijvoorbeeld
    pavyzdžiui например για_παράδειγμα per_exemple par_exemple
    """
)
"""Openings with a colon that are no speakers, however often they come."""

_BRACKET = re.compile(r"[\[(]([^\])]*)[\])]")
_NUMBERED = re.compile(r"(?:[\s\-_.#]*\d{1,3}[a-z]?|[\s\-_.#]+[a-z])$")
_PERSON_CODE = re.compile(r"[a-z]{1,2}\d{1,2}")
_CODE = re.compile(r"([a-z]{1,4})[\s\-_.]?\d{0,3}[a-z]?\.?")


def base_name(label: str) -> str:
    """Fold a label for comparing: lower case, without brackets, final full stop and doubled blanks.

    Examples
    --------
    >>> base_name("Eleni (hospital)"), base_name("P3 (SME)")
    ('eleni', 'p3')
    """
    plain = _BRACKET.sub(" ", label).replace("*", "").strip(" .:-–—\t")
    return " ".join(plain.casefold().split())


def role_word(label: str) -> Role | None:
    """Find the role a label names; None when it names none.

    Parameters
    ----------
    label : str
        As written; a role in brackets after a name counts first.

    Returns
    -------
    Role or None

    Examples
    --------
    >>> role_word("Interviewer 2"), role_word("P3 (SME)"), role_word("Malin (facilitator)"), role_word("MK")
    ('interviewer', 'respondent', 'facilitator', None)
    """
    for inside in _BRACKET.findall(label):
        if role := _word_role(inside.casefold().strip()):
            return role
    name = base_name(label)
    code = _CODE.fullmatch(name)
    if code and code[1] in CODES:
        return CODES[code[1]]
    return _word_role(name)


def is_role_label(label: str) -> bool:
    """Whether the label is a known word for somebody who talks, even if its role is open ("Speaker 2", "S4")."""
    name = base_name(label)
    neutral = _NUMBERED.sub("", name) in NEUTRAL_WORDS or bool(_PERSON_CODE.fullmatch(name))
    return neutral or role_word(label) is not None


def asks_by_note(text: str) -> bool:
    """Whether a remark about a person says that they ask ("MK (asks the questions)").

    Examples
    --------
    >>> asks_by_note("asks the questions"), asks_by_note("professor, genetics")
    (True, False)
    """
    return bool(_ASKING.search(text))


def _word_role(name: str) -> Role | None:
    words = [word.removesuffix("'s").removesuffix("’s").strip(".,") for word in _NUMBERED.sub("", name).split()]
    words = words or [name]
    if len(words) > 3:
        return None
    for word in (words[0], words[-1], "_".join(words)):
        for known, role in _TABLES:
            if word in known:
                return role
    return "note" if words[0] in NOTE_WORDS or words[:2] == ["note", "taker"] else None


_TABLES: tuple[tuple[frozenset[str], Role], ...] = (
    (INTERVIEWER_WORDS, "interviewer"),
    (FACILITATOR_WORDS, "facilitator"),
    (RESPONDENT_WORDS, "respondent"),
)
