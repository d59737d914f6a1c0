"""Texts cut into segments: words, numbers and what stands between them; loops over the bytes of all texts."""

from __future__ import annotations

import functools

import numpy as np
import polars as pl

from salesinsight.language.compiling import compiled

QUOTES = "'\u2019\u2018`\u00b4"
# What a character is, as bits
LETTER, MARK, DIGIT, WORD, QUOTE, GLUE, POINT, INNER = (1 << place for place in range(8))
EXACT = 7  # bytes that fit in a key, beside their number
SPREAD = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits in no order: keys that look alike get far apart
PRIME = np.uint64(0x100000001B3)  # of FNV-1a
IN_WORD = LETTER | MARK | DIGIT
# What a distinct segment is, as bits
TOKEN, SHORT, STOP, FULL_STOP, SIGN, FILLER = (1 << place for place in range(6))


@functools.cache
def kinds_of_characters() -> np.ndarray:
    """Of every code point the bits of what it is, as Unicode has it."""
    points = np.arange(0x110000, dtype="<u4")
    points[0xD800:0xE000] = ord(" ")  # halves of characters, in no text
    character = pl.Series(points.view("<U1").tolist())
    kinds = np.zeros(len(points), dtype=np.uint8)
    for bit, pattern in (
        (LETTER, r"\p{L}"),
        (MARK, r"\p{M}"),
        (DIGIT, r"\p{N}"),
        (WORD, r"\w"),
        (QUOTE, f"[{QUOTES}]"),
        (GLUE, "[-&]"),
        (POINT, "[.,:]"),
    ):
        kinds[character.str.contains(pattern).to_numpy()] |= bit
    return kinds


@compiled
def sort_bytes(data: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Of every byte of UTF-8 the bits of its character; `INNER` as well when it isn't the first byte."""
    sorts = np.empty(len(data), np.uint8)
    at = 0
    while at < len(data):
        point = np.int64(data[at])
        if point < 0x80:
            sorts[at] = kinds[point]
            at += 1
            continue
        width = 2 if point < 0xE0 else 3 if point < 0xF0 else 4
        point &= 0x7F >> width
        for more in range(1, width):
            point = point << 6 | data[at + more] & 0x3F
        sorts[at] = kinds[point]
        for more in range(1, width):
            sorts[at + more] = kinds[point] | INNER
        at += width
    return sorts


@compiled
def segment_ends(sorts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut texts so that every character falls in one segment.

    A segment is a number (12.000 or 14:30), a quote with one letter ('t or 'k), a word of letters, marks and
    digits in which single quotes, hyphens and & may stand (foto's), a quote, or a run of anything else.

    Parameters
    ----------
    sorts, ends : numpy.ndarray
        What each byte is, from `sort_bytes`, and where each text ends.

    Returns
    -------
    to, until : numpy.ndarray
        Where each segment ends, in bytes; how many segments there are up to the end of each text.
    """
    to, until = np.empty(len(sorts), np.int64), np.empty(len(ends), np.int64)
    n = at = 0
    for text in range(len(ends)):
        end = ends[text]
        while at < end:
            sort = sorts[at]
            begin = at
            at += 1
            if sort & QUOTE:
                while at < end and sorts[at] & INNER:
                    at += 1
                if at < end and sorts[at] & LETTER:
                    after = at + 1
                    while after < end and sorts[after] & INNER:
                        after += 1
                    if after == end or not sorts[after] & WORD:
                        at = after
            elif sort & IN_WORD:
                while at < end and sorts[at] & DIGIT and sort & DIGIT:
                    at += 1
                is_number = False
                while sort & DIGIT and at + 1 < end and sorts[at] & POINT and sorts[at + 1] & DIGIT:
                    is_number = True
                    at += 2
                    while at < end and sorts[at] & DIGIT:
                        at += 1
                after = end if is_number else begin
                while after < end and sorts[after] & IN_WORD:
                    at = after + 1
                    while at < end and sorts[at] & IN_WORD:
                        at += 1
                    after = at + 1 if at < end and sorts[at] & (QUOTE | GLUE) else end
                    while after < end and sorts[after] & INNER:
                        after += 1
            else:
                while at < end and not sorts[at] & (IN_WORD | QUOTE):
                    at += 1
            to[n] = at
            n += 1
        until[text] = n
    return to[:n], until


def tell_apart(data: np.ndarray, to: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number what lies behind each other in `data`, up to each of `to`: what is the same has one number.

    Returns
    -------
    code, begin, store : numpy.ndarray
        The number of each; number k lies in ``store[begin[k]:begin[k + 1]]``, in order of first appearance.
    """
    bits = 15
    while True:
        code, first, is_full = _number(data, to, bits)
        if not is_full:
            return code, *_copy_of(data, to, first)
        bits += 3


def places_among(wanted: tuple[np.ndarray, np.ndarray], words: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The place of each wanted word among different words, both as `bytes_of` writes them; -1 for none."""
    n, size = len(words[1]), len(words[0])
    place, *_ = tell_apart(np.append(words[0], wanted[0]), np.append(words[1], wanted[1] + size))
    # what stands among the words was numbered first
    return np.where(place[n:] < place[:n].max(initial=-1) + 1, place[n:], -1)


@compiled
def _number(data: np.ndarray, to: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray, bool]:
    """Number what is the same, in a table of 2 ** bits slots: numbers, where each is first, was it full."""
    code, first = np.empty(len(to), np.int32), np.empty(1 << bits, np.int64)
    slots, keys = np.full(1 << bits, -1, np.int32), np.empty(1 << bits, np.uint64)
    known = at = 0
    for place in range(len(to)):
        end = to[place]
        length = end - at
        key = np.uint64(length)  # up to seven bytes the key is all there is to compare
        for byte in range(at, min(end, at + EXACT)):
            key = key << np.uint64(8) | np.uint64(data[byte])
        for byte in range(at + EXACT, end):
            key = (key ^ np.uint64(data[byte])) * PRIME
        slot = np.int64(key * SPREAD >> np.uint64(64 - bits))
        while slots[slot] >= 0:
            if keys[slots[slot]] == key:
                other = first[slots[slot]]
                begin = to[other - 1] if other else 0
                same, byte = to[other] - begin == length, EXACT
                while same and byte < length:
                    same = data[begin + byte] == data[at + byte]
                    byte += 1
                if same:
                    break
            slot = (slot + 1) & ((1 << bits) - 1)
        if slots[slot] < 0:
            if 2 * known == 1 << bits:
                return code, first, True
            slots[slot], keys[known], first[known] = known, key, place
            known += 1
        code[place] = slots[slot]
        at = end
    return code, first[:known], False


@compiled
def _copy_of(data: np.ndarray, to: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay some of what lies in `data` behind each other: where each begins, and the bytes."""
    begin = np.zeros(len(which) + 1, np.int32)
    for number in range(len(which)):
        place = which[number]
        begin[number + 1] = begin[number] + to[place] - (to[place - 1] if place else 0)
    store = np.empty(begin[-1], np.uint8)
    for number in range(len(which)):
        ahead = to[which[number]] - begin[number + 1]
        for byte in range(begin[number], begin[number + 1]):
            store[byte] = data[ahead + byte]
    return begin, store


@compiled
def lay_tokens(
    code: np.ndarray, until: np.ndarray, traits: np.ndarray, length: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Make tokens of segments.

    Parameters
    ----------
    code, until : numpy.ndarray
        Which distinct segment each one is, and how many there are up to the end of each text.
    traits, length : numpy.ndarray
        What each distinct segment is, as bits, and how many characters it has.

    Returns
    -------
    tuple of numpy.ndarray
        row, sentence, code, start, end, opens, closes, stopped and begin of `Tokens`.
    """
    n = 0
    for place in range(len(code)):
        n += traits[code[place]] & TOKEN
    row, sentence, word = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    start, end = np.empty(n, np.int32), np.empty(n, np.int32)
    opens, closes, stopped = np.empty(n, np.bool_), np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    begin = np.empty(len(until) + 1, np.int32)
    n = place = 0
    number = -1
    for text in range(len(until)):
        begin[text] = n
        at = 0
        after_token = after_short = opening = False
        ended = True  # the sentence before
        while place < until[text]:
            trait = traits[code[place]]
            stops = trait & STOP != 0 or (trait & FULL_STOP != 0 and not after_short)
            if stops and after_token:
                stopped[n - 1] = True
            after_token = trait & TOKEN != 0
            if after_token:
                if n and (ended or trait & SIGN):
                    closes[n - 1] = True
                if ended:
                    number += 1
                opening |= ended
                row[n], sentence[n], word[n] = text, number, code[place]
                start[n], end[n] = at, at + length[code[place]]
                opens[n] = opening
                opening &= trait & FILLER != 0
                n += 1
                ended = False
            ended |= stops
            after_short = trait & SHORT != 0
            at += length[code[place]]
            place += 1
    begin[len(until)] = n
    if n:
        closes[n - 1] = True
    return row, sentence, word, start, end, opens, closes, stopped, begin
