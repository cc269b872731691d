"""Words that end in a full stop without ending a sentence; lower case, without the last full stop."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """Part a list at its blanks, case-folded for comparing.

    Examples
    --------
    >>> sorted(word_set("B a"))
    ['a', 'b']
    """
    return frozenset(words.casefold().split())


ALWAYS_OPEN = word_set(
    """
    dr drs prof mr mrs ms messrs st ste sr sra srta dña mme mlle hr fr frau ing dipl dott dott.ssa avv arch geom
    rev gov univ dept assoc asst e.g eg cf viz vs v.s i.e resp incl excl approx ca c.a circa appr esp e.v i.v
    p.ex t.ex bl.a d.v.s m.fl z.b d.h u.a u.ä bzw evtl ggf inkl exkl sog vgl o.ä zzgl ggfs bspw z.t i.d.r m.e
    p.ej ej p.e aprox núm pág bijv bv o.a m.n d.w.z ong m.b.t i.p.v t.o.v ad.es cfr sig.ra sig.na dott.re dl dna
    șt jud nr alin pvz t.y angl šv π.χ δηλ βλ αρ τηλ κ κα напр т.нар вж гр д-р проф инж доц
    """
)
"""Titles and connecting abbreviations: what follows belongs to the same sentence."""

BEFORE_NUMBER = word_set(
    """
    no nos nr núm num n fig figs p pp pg pag s ss sec sect ch chap vol art arts par para abs eq ref tab tbl lit
    str kap cap bl tel min max стр чл ал т с сс σελ
    """
)
"""Abbreviations only when a number follows ("no. 4"); else a word that may end a sentence ("No.")."""

MONTHS = word_set(
    """
    january february march april may june july august september october november december jan feb mar apr jun
    jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember januari februari maart mei
    augustus mars maj augusti
    """
)

DEGREES = word_set(
    """
    med phil rer nat jur habil vet dent pharm h.c
    """
)
"""Parts of a title after another one ("Dr. med. Weber")."""

SHORT_WORDS = word_set(
    """
    yes no it me us so ok now that this one two ten too go do did was is are be not you him her them day way lot
    out up off in on all end eu uk gp it's man men job law tax new old bad big few ago any and but the
    """
)
"""Short English words: a full stop after one ends a sentence even when the next begins in lower case."""

OPENERS = word_set(
    """
    however therefore although though since while during according every each both all such these we i it he she
    they you there this that these those the a an and but so then because if when what which who why how in on
    at for to from with of as no not yes well okay ok now also here our my your their his her its some many most
    people everybody nobody after before maybe perhaps still only even once one wir ich es er sie das die der
    und aber dann wenn aber er het de een en maar dan wij ze jag vi han hon det den och men så då el la los las
    un una y pero entonces yo nosotros i però noi io lui lei il lo gli ma e poi un o și dar mes jis ji ir bet
    tai ο η το και αλλά εμείς αυτό ние той тя но и това
    """
)
"""Words that open a sentence after a single letter or a dotted abbreviation ("hepatitis C. We ...")."""
