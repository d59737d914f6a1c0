"""Loops over words: where stretches of them begin, and which pairs, kinds and pieces of words there are."""

from __future__ import annotations

import numpy as np

from salesinsight.language.compiling import compiled
from salesinsight.language.segments import SPREAD

BYTES_BEGIN, BYTES_END = ord("<"), ord(">")


@compiled
def cut_stretches(
    code: np.ndarray,
    sentence: np.ndarray,
    row: np.ndarray,
    opens: np.ndarray,
    clause: np.ndarray,
    mark: np.ndarray,
    long: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut tokens into stretches: at sentences, and before clauses in sentences of more than `long` tokens.

    Parameters
    ----------
    code, sentence, row, opens : numpy.ndarray
        As in `Tokens`.
    clause, mark : numpy.ndarray
        Of every entry of the vocabulary whether a clause may begin with it, and whether it is ``?`` or ``!``.

    Returns
    -------
    begin, of_token, opening : numpy.ndarray
        As in `Stretches`.
    """
    n = len(sentence)
    begin, opening, of_token = np.empty(n + 1, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    m = sentence_end = 0
    is_long = still_opening = False
    for token in range(n):
        starts = token == 0 or sentence[token] != sentence[token - 1]
        if starts:
            sentence_end = token + 1
            while sentence_end < n and sentence[sentence_end] == sentence[token]:
                sentence_end += 1
            is_long = sentence_end - token > long
        # a mark closes what stands before it
        closes = mark[code[token]] and token > 0 and row[token] == row[token - 1]
        if not closes and (starts or (is_long and clause[code[token]])):
            begin[m] = opening[m] = token
            still_opening = opens[token]
            m += 1
        elif still_opening and opens[token] and not starts:
            opening[m - 1] = token
        else:
            still_opening = False
        of_token[token] = m - 1
    begin[m] = n
    return begin[: m + 1], of_token, opening[:m]


@compiled
def pair_words(
    number: np.ndarray, code: np.ndarray, begin: np.ndarray, opening: np.ndarray, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find the pairs of known words, and of a known word with an edge of its stretch.

    Parameters
    ----------
    number : numpy.ndarray
        Of every entry of the vocabulary its number, from 1; 0 is not known.
    code, begin, opening : numpy.ndarray
        As in `Tokens` and `Stretches`.
    size : int
        How many numbers there are: the words, three marks that stand for edges, and 0.

    Returns
    -------
    stretch, left, right, key : numpy.ndarray
        As in `Pairs`; the key is ``first * size + second``.
    """
    room = len(code) + 2 * len(opening)
    stretch, left, right = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    key = np.empty(room, np.int64)
    n = 0
    for place in range(len(opening)):
        at, last = begin[place], begin[place + 1] - 1
        word = np.int64(number[code[at]])
        for token in range(at, last):
            following = np.int64(number[code[token + 1]])
            if word and following:
                stretch[n], left[n], right[n] = place, token, token + 1
                key[n] = word * size + following
                n += 1
            word = following
        for edge in range(3):
            token = at if edge == 0 else last if edge == 1 else opening[place]
            word = np.int64(number[code[token]])
            if word:
                mark = size - 3 + edge
                stretch[n], left[n], right[n] = place, token, token
                key[n] = word * size + mark if edge == 1 else mark * size + word
                n += 1
    return stretch[:n], left[:n], right[:n], key[:n]


@compiled
def pair_kinds(
    kind: np.ndarray, code: np.ndarray, begin: np.ndarray, opening: np.ndarray, n_kinds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the kinds of neighbouring words, and of the first three words from the opening of a stretch on.

    Parameters
    ----------
    kind : numpy.ndarray
        Of every entry of the vocabulary its kind, from 1; 0 stands for no word.
    code, begin, opening : numpy.ndarray
        As in `Tokens` and `Stretches`.

    Returns
    -------
    double, triple : numpy.ndarray
        Per token ``kind * n_kinds + next kind``, -1 at the end of a stretch; per stretch the same of three.
    """
    double, triple = np.full(len(code), -1, np.int32), np.empty(len(opening), np.int32)
    for place in range(len(opening)):
        end = begin[place + 1]
        for token in range(begin[place], end - 1):
            double[token] = kind[code[token]] * n_kinds + kind[code[token + 1]]
        both = 0
        for token in range(opening[place], opening[place] + 3):
            both = both * n_kinds + (kind[code[token]] if token < end else 0)
        triple[place] = both
    return double, triple


@compiled
def table_of(keys: np.ndarray) -> np.ndarray:
    """A table in which `places_in_table` finds the place of a key."""
    bits = 4
    while 1 << bits < 4 * len(keys):
        bits += 1
    slots = np.full(1 << bits, -1, np.int32)
    for place in range(len(keys)):
        slot = np.int64(np.uint64(keys[place]) * SPREAD >> np.uint64(64 - bits))
        while slots[slot] >= 0:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = place
    return slots


@compiled
def places_in_table(wanted: np.ndarray, keys: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """The place of each wanted number among the keys, with their `table_of`; -1 where it isn't there."""
    places = np.empty(len(wanted), np.int32)
    bits = 0
    while 1 << bits < len(slots):
        bits += 1
    for number in range(len(wanted)):
        slot = np.int64(np.uint64(wanted[number]) * SPREAD >> np.uint64(64 - bits))
        while slots[slot] >= 0 and keys[slots[slot]] != wanted[number]:
            slot = (slot + 1) & (len(slots) - 1)
        places[number] = slots[slot]
    return places


@compiled
def cut_pieces(data: np.ndarray, ends: np.ndarray, gram: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut words into pieces: the word, and every run of `gram` characters of ``<word>``, between < and >.

    Parameters
    ----------
    data, ends : numpy.ndarray
        The words in UTF-8 behind each other, and where each ends.
    gram : int
        How many characters a run has.

    Returns
    -------
    word, pieces, to : numpy.ndarray
        Of each piece its word; the pieces in UTF-8 behind each other, and where each ends.
    """
    room = len(data) + len(ends)
    word, to = np.empty(room, np.int32), np.empty(room, np.int64)
    pieces = np.empty((gram + 3) * len(data) + 2 * gram * len(ends), np.uint8)
    n = begin = size = 0
    for number in range(len(ends)):
        end = ends[number]
        for byte in range(begin, end):
            pieces[size] = data[byte]
            size += 1
        word[n], to[n] = number, size
        n += 1
        for start in range(begin - 1, end):  # the byte before the word stands for <, the one after for >
            if start >= begin and data[start] & 0xC0 == 0x80:
                continue
            stop, passed = start, 0
            while stop <= end and passed < gram:
                stop += 1
                while begin < stop < end and data[stop] & 0xC0 == 0x80:
                    stop += 1
                passed += 1
            if passed < gram:
                break
            pieces[size] = BYTES_BEGIN
            for byte in range(start, stop):
                size += 1
                pieces[size] = BYTES_BEGIN if byte < begin else BYTES_END if byte == end else data[byte]
            pieces[size + 1] = BYTES_END
            size += 2
            word[n], to[n] = number, size
            n += 1
        begin = end
    return word[:n], pieces[:size], to[:n]
