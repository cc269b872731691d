"""What a person sees and decides while reviewing: frozen dataclasses that `flow` fills and `web` shows.

In: nothing. Out: plain values. Offsets of words inside a sentence count code points from the sentence's start.
Probabilities are 0-1; None = no machine gave one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DecisionKind = Literal["accept", "reject", "add", "unsure"]
DECISIONS: tuple[DecisionKind, ...] = ("accept", "reject", "add", "unsure")

ActionKind = Literal["decide", "done", "bulk", "audit", "adjudicate", "memo"]
"""What a person did in one go; one action is taken back as a whole."""

Outcome = Literal["auto", "accepted", "pending", "rejected"]
"""What holds for a code on a sentence now: counted because the machine is sure, counted because people say so,
waiting for a person (the machine or a person is unsure, or people disagree), not counted because people say so."""

QueueOrder = Literal["uncertain", "conflict", "impact", "audit", "stale", "random"]
QUEUE_ORDERS: tuple[QueueOrder, ...] = ("uncertain", "conflict", "impact", "audit", "stale", "random")

MACHINE = "machine"
"""Name that stands for whatever tagged a document last, where a coder is asked for."""


@dataclass(frozen=True, order=True)
class Place:
    """A sentence of the study.

    Attributes
    ----------
    document_id : str
        Of a current document.
    position : int
        Of the sentence in it, from 0.
    """

    document_id: str
    position: int


@dataclass(frozen=True)
class Decision:
    """What a person says of a code on a sentence.

    Attributes
    ----------
    place : Place
    code : str
        Code id.
    decision : {"accept", "reject", "add", "unsure"}
        "accept" and "add" both say that the code applies; which of the two it is, the store corrects by
        whether the machine suggested it.
    """

    place: Place
    code: str
    decision: DecisionKind


@dataclass(frozen=True)
class Opinion:
    """A person's newest decision on a code of a sentence.

    Attributes
    ----------
    coder : str
    decision : {"accept", "reject", "add", "unsure"}
    is_adjudicated : bool
        Settled after a disagreement: it holds whatever the others say.
    decided_utc : str
    codebook_version : str
    """

    coder: str
    decision: DecisionKind
    is_adjudicated: bool = False
    decided_utc: str = ""
    codebook_version: str = ""


@dataclass(frozen=True)
class Reason:
    """A piece of a machine's evidence.

    Attributes
    ----------
    source, detail : str
        As `qualcode.model.Evidence`.
    start, end : int or None
        The words meant, in code points from the start of the sentence; None = no words of this sentence.
    weight : float
        Above 0 speaks for the code, below 0 against.
    """

    source: str
    detail: str
    start: int | None = None
    end: int | None = None
    weight: float = 0.0


@dataclass(frozen=True)
class ShownCoding:
    """A code on a sentence, with all that speaks for and against it.

    Attributes
    ----------
    code : str
        Code id.
    outcome : {"auto", "accepted", "pending", "rejected"}
    probability : float or None
        Of the machine.
    machine_status : {"auto", "pending"} or None
        What the machine alone says; None = it did not suggest the code.
    coder : str or None
        The machine's name and version; None = only people gave the code.
    codebook_version : str
    opinions : tuple of Opinion
        One a person, by name.
    reasons : tuple of Reason
        The strongest first.
    is_mine : bool
        The person at the page has decided on it.
    is_stale : bool
        A decision was made when the code meant something else.
    memo : str
        The person's note on this code here; "" = none.
    """

    code: str
    outcome: Outcome
    probability: float | None = None
    machine_status: Literal["auto", "pending"] | None = None
    coder: str | None = None
    codebook_version: str = ""
    opinions: tuple[Opinion, ...] = ()
    reasons: tuple[Reason, ...] = ()
    is_mine: bool = False
    is_stale: bool = False
    memo: str = ""


@dataclass(frozen=True)
class ShownSentence:
    """A sentence on a page.

    Attributes
    ----------
    position : int
    text : str
        As stored, unchanged.
    is_coded : bool
        May carry codes: a respondent's.
    codings : tuple of ShownCoding
        By code number. In a blind review, before the person is done with the sentence, only the person's own.
    is_done : bool
        The person has looked at the sentence and said all there is to say.
    is_hidden : bool
        Codings of others and of the machine are kept from the person until then.
    done_by : tuple of str
        Who else is done with it.
    memo : str
        The person's note on the sentence; "" = none.
    """

    position: int
    text: str
    is_coded: bool
    codings: tuple[ShownCoding, ...] = ()
    is_done: bool = False
    is_hidden: bool = False
    done_by: tuple[str, ...] = ()
    memo: str = ""


@dataclass(frozen=True)
class ShownTurn:
    """A turn on a page.

    Attributes
    ----------
    position : int
    speaker : str or None
    role : {"respondent", "interviewer", "facilitator", "note", "heading"}
    time : str or None
        As written in the source.
    heading : str or None
        Given where it differs from the turn before.
    sentences : tuple of ShownSentence
    """

    position: int
    speaker: str | None
    role: str
    time: str | None
    heading: str | None
    sentences: tuple[ShownSentence, ...]


@dataclass(frozen=True)
class DocumentLine:
    """A document in the list.

    Attributes
    ----------
    document_id, name : str
    attributes : mapping of str to str
        Those that are known: region, country, stakeholder_group, kind, date, language.
    words, sentences : int
        Respondents'.
    done : int
        Sentences the person is done with.
    counted, pending : int or None
        Codes on sentences, by what holds now; None = hidden in a blind review.
    assigned : tuple of str
        Coders it is assigned to; empty = to nobody.
    """

    document_id: str
    name: str
    attributes: Mapping[str, str]
    words: int
    sentences: int
    done: int
    counted: int | None
    pending: int | None
    assigned: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentPage:
    """A transcript, or a page of a long one.

    Attributes
    ----------
    line : DocumentLine
    turns : tuple of ShownTurn
        In order, whole turns.
    page, pages : int
        From 1.
    before, after : str or None
        Ids of the neighbouring documents in the list.
    """

    line: DocumentLine
    turns: tuple[ShownTurn, ...]
    page: int
    pages: int
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far a queue is.

    Attributes
    ----------
    decided, left : int
        Passages of the queue.
    precision, recall : float or None
        Expected of the codings that count now, 0-1, by the machine's own probabilities (decided ones are right);
        None where nothing counts. Recall knows only what the machine suggested at all.
    to_precision, to_recall : int or None
        Decisions in this order until they reach the target; 0 = reached; None = not in this queue.
    target : float
    """

    decided: int
    left: int
    precision: float | None
    recall: float | None
    to_precision: int | None
    to_recall: int | None
    target: float


@dataclass(frozen=True)
class Passage:
    """A sentence to decide on, in its context.

    Attributes
    ----------
    place : Place
    document : str
        Name.
    attributes : mapping of str to str
    turns : tuple of ShownTurn
        The sentence with its neighbours, cut to what is needed.
    why : str
        Why it stands here in the queue, in plain words.
    suggested : tuple of str
        Ids of the codes to look at first, at most three more than are on the sentence, the most probable first.
    """

    place: Place
    document: str
    attributes: Mapping[str, str]
    turns: tuple[ShownTurn, ...]
    why: str
    suggested: tuple[str, ...]


@dataclass(frozen=True)
class QueuePage:
    """One passage of a queue.

    Attributes
    ----------
    order : str
    passage : Passage or None
        None = the queue is empty.
    progress : Progress
    note : str
        What the queue is, or why it is empty.
    """

    order: str
    passage: Passage | None
    progress: Progress
    note: str


@dataclass(frozen=True)
class CodeLine:
    """A code in the list.

    Attributes
    ----------
    code : str
        Code id.
    documents, counted, pending, rejected : int
        Documents with at least one counted sentence; sentences by outcome.
    """

    code: str
    documents: int
    counted: int
    pending: int
    rejected: int


@dataclass(frozen=True)
class CodePage:
    """A code with its passages.

    Attributes
    ----------
    line : CodeLine
    confident, doubtful : tuple of Passage
        Those the machine is surest of, and those it is least sure of (nearest to even) and nobody has decided.
    memo : str
        The person's note on the code; "" = none.
    memos : tuple of (str, str)
        Coder and note, of the others; empty in a blind review.
    """

    line: CodeLine
    confident: tuple[Passage, ...]
    doubtful: tuple[Passage, ...]
    memo: str
    memos: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Disagreement:
    """A sentence on which two coders say different things.

    Attributes
    ----------
    place : Place
    passage : Passage or None
        None = far down the list, where it is not shown.
    opinions : mapping of str to tuple of str
        Code ids by coder, of those who have looked at it.
    codes : tuple of str
        The codes they differ on.
    distance : float
        MASI distance of the two sets of codes, above 0 to 1; the largest where there are more than two coders.
    settled : tuple of str or None
        Code ids that an adjudication gave the sentence; None = still open.
    """

    place: Place
    passage: Passage | None
    opinions: Mapping[str, tuple[str, ...]]
    codes: tuple[str, ...]
    distance: float
    settled: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Decided:
    """What a decision did.

    Attributes
    ----------
    action : str or None
        Id, to take it back by; None = nothing was new.
    said : str
        What was done, for the status line ("Accepted Reimbursement on 1 sentence").
    sentences : mapping of Place to ShownSentence
        The sentences touched, as they are now.
    """

    action: str | None
    said: str
    sentences: Mapping[Place, ShownSentence] = field(default_factory=dict)
