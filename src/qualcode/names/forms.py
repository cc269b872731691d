"""One word of a name in, the forms it takes in a sentence out: cases of Lithuanian, Greek, Bulgarian and Romanian.

A form too many costs a word that looks like a name; a form too few leaves a name in the text. So endings are tried
whatever the language of the text: names travel.
"""

from __future__ import annotations

import unicodedata

SHORTEST_STEM = 2
"""Letters that an ending must leave."""

_LATIN = {
    # Lithuanian
    "ius": "iaus iui ių iumi iuje iau", "jus": "jaus jui jų jumi juje jau",
    "us": "aus ui ų umi uje au", "as": "o ui ą u e ai",
    "is": "io iui į iu yje i y", "ys": "io iui į iu yje y",
    "a": "os ai ą oje ei ăi ii o ų oms omis ose ă", "ė": "ės ei ę e ėje ių ėms ėmis ėse",
    "os": "ų oms as omis ose", "ai": "ų ams us ais uose",
    "tis": "čio čiui čių", "dis": "džio džiui džių", "tys": "čio čiui čių", "dys": "džio džiui džių", "tė": "čių",
    "uo": "ens eniui enį eniu enyje",
    # Romanian
    "ă": "ei ii a", "e": "ei ea i", "ea": "elei ei eo", "u": "ului ul ule", "ul": "ului", "ia": "iei ie iai",
    "ca": "căi chii", "ga": "găi ghii",
}  # fmt: skip
_LATIN_ADDED = "ului ul ule s"

_GREEK = {
    "ος": "ου ο ε ον οι ων ους", "ης": "η ην ηδες", "ας": "α αν αδες", "ις": "ι η εως", "ους": "ου",
    "α": "ας αν ες ων", "η": "ης ην ες εις εως", "ω": "ως", "ο": "ου α ων", "ι": "ιου ια ιων", "ων": "ωνα ωνος",
    "οι": "ων ους", "ες": "ων", "εις": "εων",
}  # fmt: skip
_GREEK_ADDED = "α"

_IN, _OV, _EV, _IEV, _SK, _ISK = (  # whose something is, or of which town: Георгиевата, пловдивските
    "{0} {0}а {0}о {0}и {0}ият {0}ия {0}ата {0}ото {0}ите".replace("{0}", one)
    for one in ("ин", "ов", "ев", "иев", "ск", "йск")
)
_CYRILLIC = {
    "а": f"о ата ы и е у ой {_IN} {_SK}", "я": f"ьо ята и ю ей {_IN} {_ISK}", "ия": "ийо ията ии ию ией",
    "й": f"я ю ят ьо ем е {_EV}", "о": f"ото а е {_OV} {_SK}", "е": "ето", "и": f"ите {_IEV}",
    "ец": "еца еца ецът ецо",
}  # fmt: skip
_CYRILLIC_ADDED = f"а ът е у ом {_OV} {_SK}"

_SAME = str.maketrans("şţîŞŢÎ", "șțâȘȚÂ")
"""Letters that Romanian is written with in two ways."""

_RULES = (
    ("GREEK", _GREEK, _GREEK_ADDED, "αεηιουωςρ"),
    ("CYRILLIC", _CYRILLIC, _CYRILLIC_ADDED, "аеийоуъюя"),
    ("LATIN", _LATIN, _LATIN_ADDED, "aeiouyąęėįųūăâî"),
)


def word_forms(word: str) -> set[str]:
    """Forms of a word, itself among them, accents composed; of Greek without accents, which move.

    Parameters
    ----------
    word : str
        Letters only, as listed. One in capitals takes an s at most: it is an abbreviation.

    Returns
    -------
    set of str
        Each as `fold` gives it.

    Examples
    --------
    >>> {"Jono", "Jonui", "Joną"} <= word_forms("Jonas"), "Ивана" in word_forms("Иван")
    (True, True)
    """
    word = fold(word)
    forms = {word}
    if not word:
        return forms
    if word.isupper():
        return forms | ({f"{word}s"} if len(word) > 1 else set())
    script = unicodedata.name(word[0], "").split()[0]
    for name, endings, added, vowels in _RULES:
        if name != script:
            continue
        for ending, others in endings.items():
            stem = word[: -len(ending)]
            if word.endswith(ending) and len(stem) >= SHORTEST_STEM:
                forms |= {stem + other for other in others.split()}
        if word[-1] not in vowels:
            forms |= {word + other for other in added.split()}
        elif name == "LATIN":
            forms |= {f"{word}s"}
    return forms


def fold(word: str) -> str:
    r"""A word as it is compared: accents composed, nothing invisible inside, Greek without accents.

    Examples
    --------
    >>> fold("Zoe\u0308"), fold("Γιώργος"), fold("Pe\u00adter")
    ('Zoë', 'Γιωργος', 'Peter')
    """
    if word.isascii():
        return word
    kept = "".join(c for c in unicodedata.normalize("NFC", word) if unicodedata.category(c) != "Cf")
    kept = kept.translate(_SAME)
    if any("\u0370" <= c <= "\u03ff" or "\u1f00" <= c <= "\u1fff" for c in kept):
        return without_accents(kept)
    return kept


def without_accents(word: str) -> str:
    """A word with plain letters ("Rösch" is "Rosch")."""
    plain = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in plain if not unicodedata.combining(c)))
