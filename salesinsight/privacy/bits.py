"""What a word is, or what its place makes of it: one bit for each."""

from __future__ import annotations

import enum


class Is(enum.IntFlag):
    """What a word is, or what its place makes of it."""

    FIRST = enum.auto()  # a first name
    LAST = enum.auto()  # a last name, without its particles
    ALSO = enum.auto()  # of these: also an ordinary word
    KNOWN = enum.auto()  # the CRM has somebody of this name
    UNHEARD = enum.auto()  # in no list and no dictionary
    CAPITAL = enum.auto()
    INSIDE = enum.auto()  # not the first word of a sentence
    PARTICLE = enum.auto()
    STARTS = enum.auto()  # a particle with which a last name can begin
    TITLE = enum.auto()
    INITIAL = enum.auto()
    NEVER = enum.auto()  # no name, whatever stands beside it
    ACTS = enum.auto()  # a verb for what people do
    NAMED = enum.auto()  # follows words after which a name is said
    MET = enum.auto()  # follows words after which there is often a name
    FIRM_NEXT = enum.auto()  # after this word comes the name of a firm
    FIRM_BEFORE = enum.auto()  # before this word stood the name of a firm
    BARE = enum.auto()  # a last name that never has "van" before it
    PLURAL = enum.auto()  # "heren": two names may follow
    AND = enum.auto()
    WORD = enum.auto()  # has letters
    SMALL_INITIAL = enum.auto()
    ARTICLE = enum.auto()  # before it, a word is a word
    MAYBE = enum.auto()  # follows words after which somebody may be named whom the CRM knows
    OLD = enum.auto()  # an old article, hardly heard outside names: "ter"
    DER = enum.auto()  # heard nowhere but in names
    STREET = enum.auto()  # ends as streets do
    FIRM = enum.auto()  # part of the name of a firm that the CRM knows
    MADE = enum.auto()  # in no list, but made of two words of the dictionary
    OWNS = enum.auto()  # "griet haar rekening"
    BEING = enum.auto()  # "is", after a name that the CRM knows
    INNER = enum.auto()  # an article inside names: "op den brouw"
    NEUTER = enum.auto()  # before it, no name in small letters: "het", "een"
    UPON = enum.auto()  # where things are: "op de Brink"
    ABROAD = enum.auto()  # a particle that is no word here: "el"
    DESK = enum.auto()  # a part of a firm: "van receptie"
    TOWN = enum.auto()  # a town too
    BRAND = enum.auto()
    JOINED = enum.auto()  # a last name that usually has "van" before it
    PLAIN = enum.auto()  # an ordinary word and no name
    NUMBER = enum.auto()  # has digits only
    UPPER = enum.auto()  # capitals only: "ABN"
    BY_INITIALS = enum.auto()  # a signature: "MvdB"
    BREAK = enum.auto()  # a comma or another sign that parts words
    STOP = enum.auto()  # the end of a sentence
    EDGE = enum.auto()  # the end of a text
