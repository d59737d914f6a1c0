"""The walk of tokens through the automaton of cues: loops over tokens and over places where parts stand."""

from __future__ import annotations

import numpy as np

from salesinsight.language.compiling import compiled

ROOT = 0


@compiled
def find_parts(
    kind: np.ndarray,
    code: np.ndarray,
    sentence: np.ndarray,
    opens: np.ndarray,
    closes: np.ndarray,
    table: np.ndarray,
    begin: np.ndarray,
    ends: np.ndarray,
    edges: np.ndarray,
    room: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Find every place where a part of a cue stands.

    Parameters
    ----------
    kind : numpy.ndarray
        Of every entry of the vocabulary the kind of word.
    code, sentence, opens, closes : numpy.ndarray
        As in `Tokens`.
    table, begin, ends : numpy.ndarray
        The automaton, as in `Tree`.
    edges : numpy.ndarray
        Per part 1 when it must open a sentence, plus 2 when it must close one.
    room : int
        How many places to keep.

    Returns
    -------
    part, first, last : numpy.ndarray
        Which part, its first and its last token; in order of the first token, then of the last.
    n : int
        How many places there are; when there was no room for all, only so many are kept.
    """
    part, first, last = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    n = 0
    for token in range(len(code)):
        state = table[ROOT, kind[code[token]]]
        at = token
        while state != ROOT:
            for item in range(begin[state], begin[state + 1]):
                edge = edges[ends[item]]
                if (opens[token] or not edge & 1) and (closes[at] or not edge & 2):
                    if n < room:
                        part[n], first[n], last[n] = ends[item], token, at
                    n += 1
            at += 1
            if at == len(code) or sentence[at] != sentence[token]:
                break
            state = table[state, kind[code[at]]]
    kept = min(n, room)
    return part[:kept], first[:kept], last[:kept], n


@compiled
def join_parts(
    part: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    sentence: np.ndarray,
    begin: np.ndarray,
    cues: np.ndarray,
    chain: np.ndarray,
    gaps: np.ndarray,
    room: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Find the cues whose parts stand where they must: near each other, and nearest to each other.

    Parameters
    ----------
    part, first, last, sentence : numpy.ndarray
        The places from `find_parts`, and the sentence of each token.
    begin, cues : numpy.ndarray
        The cues that part p completes, or whose second part it is, are ``cues[begin[p]:begin[p + 1]]``.
    chain, gaps : numpy.ndarray
        Per cue its parts and the gaps before them, as in `Tree`.
    room : int
        How many cues to keep.

    Returns
    -------
    cue, first, last : numpy.ndarray
        Which cue, its first and its last token.
    n : int
        How many there are; when there was no room for all, only so many are kept.
    """
    cue, start, stop = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    latest = np.full(len(begin), -1, np.int32)  # per part where it was last found
    earlier = np.empty(len(part), np.int32)  # per place where its part was found before
    n = 0
    for place in range(len(part)):
        own = part[place]
        earlier[place] = latest[own]
        nearer = first[latest[own]] if latest[own] >= 0 else -1
        for item in range(begin[own], begin[own + 1]):
            of, at, front = cues[item], place, place
            if chain[of, 1] >= 0:
                front = latest[chain[of, 0]]
                while front >= 0 and last[front] >= first[place]:
                    front = earlier[front]
                if front < 0 or nearer > last[front] or first[place] - last[front] - 1 > gaps[of, 1]:
                    continue
                if sentence[first[front]] != sentence[first[place]]:
                    continue
            nth = 2
            while at >= 0 and nth < chain.shape[1] and chain[of, nth] >= 0:
                at = _after(at, chain[of, nth], gaps[of, nth], part, first, last, sentence)
                nth += 1
            if at >= 0:
                if n < room:
                    cue[n], start[n], stop[n] = of, first[front], last[at]
                n += 1
        latest[own] = place
    kept = min(n, room)
    return cue[:kept], start[:kept], stop[:kept], n


@compiled
def _after(
    place: int,
    wanted: int,
    gap: int,
    part: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    sentence: np.ndarray,
) -> int:
    """The place nearest after where a part begins, when the gap isn't too wide; or -1."""
    other = place + 1
    while other < len(part) and first[other] - last[place] - 1 <= gap:
        if sentence[first[other]] != sentence[first[place]]:
            break
        if part[other] == wanted and first[other] > last[place]:
            return other
        other += 1
    return -1


@compiled
def hold(
    cue: np.ndarray,
    first: np.ndarray,
    code: np.ndarray,
    sentence: np.ndarray,
    row: np.ndarray,
    denies: np.ndarray,
    window: int,
    negatable: np.ndarray,
    side: np.ndarray,
    said_by: np.ndarray,
) -> np.ndarray:
    """Whether each cue found holds: it is not negated, and the speaker may be on its side.

    Parameters
    ----------
    cue, first : numpy.ndarray
        Which cue was found, and its first token.
    code, sentence, row : numpy.ndarray
        As in `Tokens`.
    denies : numpy.ndarray
        Of every entry of the vocabulary whether it negates.
    window : int
        How many tokens before a cue such a word may stand.
    negatable, side : numpy.ndarray
        Per cue whether it is dropped then, and the side that says it (0: any).
    said_by : numpy.ndarray
        Per text the side of its speaker (0: not known).
    """
    holds = np.ones(len(cue), np.bool_)
    for place in range(len(cue)):
        asked, speaker = side[cue[place]], said_by[row[first[place]]]
        holds[place] = asked == 0 or speaker == 0 or asked == speaker
        before = first[place] - 1
        while negatable[cue[place]] and before >= max(first[place] - window, 0):
            if sentence[before] != sentence[first[place]]:
                break
            if denies[code[before]]:
                holds[place] = False
            before -= 1
    return holds
