"""Loops over stretches and turns: sums of weights and of what was found, and stretches brought to turns."""

from __future__ import annotations

import numpy as np

from salesinsight.language.compiling import compiled


@compiled
def add_rows(unit: np.ndarray, column: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    """Add the weights of each `column` to the row of `out` of its `unit`; a column below 0 weighs nothing."""
    for place in range(len(unit)):
        at, source = unit[place], column[place]
        if source >= 0:
            for output in range(out.shape[1]):
                out[at, output] += weights[source, output]


@compiled
def add_scaled_rows(
    unit: np.ndarray, column: np.ndarray, scale: np.ndarray, weights: np.ndarray, out: np.ndarray
) -> None:
    """Add the weights of each `column`, times `scale`, to the row of `out` of its `unit`."""
    for place in range(len(unit)):
        at, source, times = unit[place], column[place], scale[place]
        for output in range(out.shape[1]):
            out[at, output] += times * weights[source, output]


@compiled
def sum_pairs(
    unit: np.ndarray, column: np.ndarray, number: np.ndarray, n_units: int, n_columns: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up the numbers that share a unit and a column.

    Parameters
    ----------
    unit, column, number : numpy.ndarray
        The numbers, in any order; one with a column below 0 is left out.
    n_units, n_columns : int
        How many units and columns there are.

    Returns
    -------
    unit, column, total : numpy.ndarray
        The pairs that were there and the sums that aren't 0, in order of the units.
    """
    begin = np.zeros(n_units + 1, np.int64)
    for place in range(len(unit)):
        if column[place] >= 0:
            begin[unit[place] + 1] += 1
    for one in range(n_units):
        begin[one + 1] += begin[one]
    known, room = begin[n_units], begin[:-1].copy()
    order = np.empty(known, np.int64)
    for place in range(len(unit)):
        if column[place] >= 0:
            order[room[unit[place]]] = place
            room[unit[place]] += 1
    of, which, total = np.empty(known, np.int32), np.empty(known, np.int32), np.empty(known, np.float64)
    sums = np.zeros(n_columns)
    n = 0
    for one in range(n_units):
        for at in range(begin[one], begin[one + 1]):
            sums[column[order[at]]] += number[order[at]]
        for at in range(begin[one], begin[one + 1]):
            of_this = column[order[at]]
            if sums[of_this] != 0:
                of[n], which[n], total[n] = one, of_this, sums[of_this]
                sums[of_this] = 0
                n += 1
    return of[:n], which[:n], total[:n]


@compiled
def add_numbers(row: np.ndarray, column: np.ndarray, number: np.ndarray, out: np.ndarray) -> None:
    """Add each number to its place in `out`; one below 0 is no place."""
    for place in range(len(number)):
        if row[place] >= 0 and column[place] >= 0:
            out[row[place], column[place]] += number[place]


@compiled
def mix(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What ``weights @ rows`` is, for few long rows; without the threads that matrix libraries start."""
    out = np.zeros((weights.shape[0], rows.shape[1]), np.float32)
    for one in range(weights.shape[0]):
        for row in range(rows.shape[0]):
            weight = weights[one, row]
            for place in range(rows.shape[1]):
                out[one, place] += weight * rows[row, place]
    return out


@compiled
def bring_to_turns(odds: np.ndarray, row: np.ndarray, shown_by: np.ndarray, n: int) -> np.ndarray:
    """Bring log-odds of stretches to turns; a turn without words has none of it.

    Parameters
    ----------
    odds, row : numpy.ndarray
        Stretch by output, and the turn of each stretch.
    shown_by : numpy.ndarray
        Per output the one whose highest stretch, the last of equals, tells it.
    n : int
        The number of turns.
    """
    table = np.full((odds.shape[1], n), -np.inf, np.float32)  # each output in one piece
    best = np.zeros(odds.shape[1], np.int64)
    begin = 0
    while begin < len(row):
        end = begin + 1
        best[:] = begin
        while end < len(row) and row[end] == row[begin]:
            for output in range(odds.shape[1]):
                if odds[end, output] >= odds[best[output], output]:
                    best[output] = end
            end += 1
        for output in range(odds.shape[1]):
            table[output, row[begin]] = odds[best[shown_by[output]], output]
        begin = end
    return table.T


@compiled
def cover(first: np.ndarray, last: np.ndarray, weight: np.ndarray, out: np.ndarray) -> None:
    """Raise `out` to the weight of each stretch of tokens that covers it."""
    for place in range(len(first)):
        for token in range(first[place], last[place] + 1):
            out[token] = max(out[token], weight[place])
