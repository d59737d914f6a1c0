# ruff: noqa: D102 (what the methods do stands once, in Measure)
"""The ways in which a number is made of turns; every feature is declared as one of them.

Each measure says three things: the number per conversation (`value`), the turns it comes from with what each
adds (`evidence`), and how the number follows from those turns again (`again`). A turn can stand behind a
feature in more than one part: in the numerator ("counted") as well as in the denominator ("of").
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
import polars as pl

Total = Callable[[pl.Expr], pl.Expr]  # from a sum over the turns of a conversation to the column it stands in
Part = tuple[pl.Expr, pl.Expr]  # which turns, and what each of them adds
Amounts = Mapping[str, np.ndarray]  # per part the amounts of its turns, in order
ONE = pl.lit(1.0)
SELLER, CUSTOMER, BOTH = ("seller",), ("customer",), ("seller", "customer")


class Measure(Protocol):
    """What every measure can do."""

    def value(self, total: Total) -> pl.Expr:
        """The number per conversation, from sums over its turns; `total` takes each sum once for all."""

    def evidence(self) -> dict[str, Part]:
        """Per part: which turns stand behind the number, and the amount of each."""

    def again(self, amounts: Amounts) -> float:
        """The number again, from the evidence alone; for a conversation in which it is not missing."""


@dataclasses.dataclass(frozen=True)
class Count:
    """How many turns, or the sum of an amount over them; missing where a side of `given` has no turns.

    `given` names flags that must occur in the conversation: "seller" is "the seller was heard".
    """

    where: pl.Expr
    amount: pl.Expr = ONE
    given: tuple[str, ...] = ()

    def value(self, total: Total) -> pl.Expr:
        return _given(total, self.given, _total(total, self.where, self.amount))

    def evidence(self) -> dict[str, Part]:
        return {"counted": (self.where & (self.amount != 0), self.amount)}

    def again(self, amounts: Amounts) -> float:
        return float(amounts["counted"].sum())


@dataclasses.dataclass(frozen=True)
class Occurs:
    """1 when there is such a turn, else 0."""

    where: pl.Expr
    given: tuple[str, ...]

    def value(self, total: Total) -> pl.Expr:
        return _given(total, self.given, total(self.where.any()).cast(pl.Float64))

    def evidence(self) -> dict[str, Part]:
        return {"counted": (self.where, ONE)}

    def again(self, amounts: Amounts) -> float:
        return float(len(amounts["counted"]) > 0)


@dataclasses.dataclass(frozen=True)
class Ratio:
    """`scale` × (sum over the turns counted + plus) ÷ (sum over the turns of which + plus); missing at ÷ 0.

    Shares, rates per 100 turns and rates per hour are all of this kind.
    """

    counted: pl.Expr
    of: pl.Expr
    amount: pl.Expr = ONE
    of_amount: pl.Expr = ONE
    scale: float = 1
    plus: tuple[float, float] = (0, 0)
    given: tuple[str, ...] = ()

    def value(self, total: Total) -> pl.Expr:
        top, bottom = _total(total, self.counted, self.amount), _total(total, self.of, self.of_amount)
        top = top + self.plus[0] if self.plus[0] else top
        bottom = bottom + self.plus[1] if self.plus[1] else bottom
        top = self.scale * top if self.scale != 1 else top
        return _given(total, self.given, pl.when(bottom > 0).then(top / bottom))

    def evidence(self) -> dict[str, Part]:
        return {
            "counted": (self.counted & (self.amount != 0), self.amount),
            "of": (self.of & (self.of_amount != 0), self.of_amount),
        }

    def again(self, amounts: Amounts) -> float:
        top = amounts["counted"].sum() + self.plus[0]
        return float(self.scale * top / (amounts["of"].sum() + self.plus[1]))


@dataclasses.dataclass(frozen=True)
class Balance:
    """(plus − minus) ÷ (plus + minus + 1): from −1 to 1, and near 0 where there is little of either."""

    plus: pl.Expr
    minus: pl.Expr
    given: tuple[str, ...]

    def value(self, total: Total) -> pl.Expr:
        plus, minus = _total(total, self.plus, ONE), _total(total, self.minus, ONE)
        return _given(total, self.given, (plus - minus) / (plus + minus + 1))

    def evidence(self) -> dict[str, Part]:
        return {"plus": (self.plus, ONE), "minus": (self.minus, ONE)}

    def again(self, amounts: Amounts) -> float:
        plus, minus = len(amounts["plus"]), len(amounts["minus"])
        return (plus - minus) / (plus + minus + 1)


@dataclasses.dataclass(frozen=True)
class Pick:
    """The largest, the smallest or the median of an amount over some turns; `none` where there are none."""

    which: str
    amount: pl.Expr
    where: pl.Expr
    none: float | None = None
    given: tuple[str, ...] = ()

    def value(self, total: Total) -> pl.Expr:
        values = self.amount.filter(self.where)
        picks = {"largest": values.max, "smallest": values.min, "median": values.median}
        picked = total(picks[self.which]()).cast(pl.Float64)
        return _given(total, self.given, picked if self.none is None else picked.fill_null(self.none))

    def evidence(self) -> dict[str, Part]:
        return {"value": (self.where & self.amount.is_not_null(), self.amount)}

    def again(self, amounts: Amounts) -> float:
        values = amounts["value"]
        if not len(values):
            return math.nan if self.none is None else self.none
        pick: dict[str, Callable[[np.ndarray], float]]
        pick = {"largest": np.max, "smallest": np.min, "median": np.median}
        return float(pick[self.which](values))


@dataclasses.dataclass(frozen=True)
class Kinds:
    """How many of several kinds of turn occur, ÷ `of`."""

    kinds: Mapping[str, pl.Expr]
    given: tuple[str, ...]
    of: int = 1

    def value(self, total: Total) -> pl.Expr:
        occur = pl.sum_horizontal(total(where.any()) for where in self.kinds.values())
        return _given(total, self.given, occur / self.of)

    def evidence(self) -> dict[str, Part]:
        return {kind: (where, ONE) for kind, where in self.kinds.items()}

    def again(self, amounts: Amounts) -> float:
        return sum(len(amounts[kind]) > 0 for kind in self.kinds) / self.of


@dataclasses.dataclass(frozen=True)
class Classes:
    """How turns divide over classes 1, 2, … `n`: the commonest, its margin, or how evenly they are spread.

    "commonest": the class of most turns, a tie to the lowest. "margin": (turns of the commonest − turns of
    the next) ÷ all. "spread": entropy ÷ that of the most even division of so many turns; missing below two.
    """

    summary: str
    number: pl.Expr
    where: pl.Expr
    n: int

    def value(self, total: Total) -> pl.Expr:
        counts = [_total(total, self.where & (self.number == k), ONE) for k in range(1, self.n + 1)]
        turns, most = pl.sum_horizontal(counts), pl.max_horizontal(counts)
        if self.summary == "spread":
            share = [count / turns for count in counts]
            entropy = pl.sum_horizontal(pl.when(s > 0).then(-s * s.log()).otherwise(0.0) for s in share)
            return pl.when(turns >= 2).then((entropy / _most_spread(turns, self.n)).clip(0, 1))
        if self.summary == "margin":
            ordered = pl.concat_list(counts).list.sort(descending=True)
            return pl.when(turns > 0).then((most - ordered.list.get(1)) / turns)
        lowest = pl.coalesce(pl.when(count == most).then(float(k)) for k, count in enumerate(counts, 1))
        return pl.when(turns > 0).then(lowest)

    def evidence(self) -> dict[str, Part]:
        return {"class": (self.where & self.number.is_not_null(), self.number)}

    def again(self, amounts: Amounts) -> float:
        counts = np.bincount(amounts["class"].astype(int), minlength=self.n + 1)[1:]
        total = counts.sum()
        if self.summary == "spread":
            share = counts[counts > 0] / total
            even = np.array([len(part) for part in np.array_split(np.arange(total), self.n)])
            highest = -sum(part * math.log(part) for part in even[even > 0] / total)
            return float(-(share * np.log(share)).sum() / highest)
        most, second = np.sort(counts)[::-1][:2]
        return float(counts.argmax() + 1 if self.summary == "commonest" else (most - second) / total)


@dataclasses.dataclass(frozen=True)
class Combined:
    """A formula over other features; the turns behind it are those behind them."""

    of: tuple[str, ...]
    formula: Callable[..., pl.Expr]

    def value(self) -> pl.Expr:
        return self.formula(*(pl.col(name) for name in self.of))

    def again(self, *values: float) -> float:
        row = pl.DataFrame([pl.Series(name, [value]) for name, value in zip(self.of, values, strict=True)])
        return row.select(self.value().cast(pl.Float64)).item()


def _total(total: Total, where: pl.Expr, amount: pl.Expr) -> pl.Expr:
    """Sum over some turns; a turn without an amount adds nothing."""
    summed = where.sum() if amount is ONE else amount.filter(where).sum()
    return total(summed).cast(pl.Float64)


def _most_spread(turns: pl.Expr, n: int) -> pl.Expr:
    """The entropy of so many turns divided over `n` classes as evenly as whole turns can be."""
    few = (turns / n).floor()
    fuller = turns - n * few
    parts = ((fuller, few + 1), (n - fuller, few))  # classes, and the turns in each
    return pl.sum_horizontal(
        pl.when(each > 0).then(-of * (each / turns) * (each / turns).log()).otherwise(0.0)
        for of, each in parts
    )


def _given(total: Total, flags: tuple[str, ...], value: pl.Expr) -> pl.Expr:
    """The value where every one of these flags occurs in the conversation, else missing."""
    if not flags:
        return value
    return pl.when(pl.all_horizontal(total(pl.col(flag).any()) for flag in flags)).then(value)
