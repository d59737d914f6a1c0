"""What stands around a turn: the turns before and after it, its stretch, and the answer to its request.

A stretch is how long one side holds the floor. A backchannel ("ja", "hm") that follows no question leaves the
floor where it was and belongs to no stretch. What is said of a stretch stands on its first turn.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from salesinsight.features.heard import LONG_WORD, names_among
from salesinsight.features.turns import LAST_PART, after, before, recently, so_far, soon
from salesinsight.language import Pack

STATEMENT_WORDS = 5  # fewer words of the seller after his own question leave it with the customer
SILENCE_S = 3
BEFORE_REQUEST = 5  # turns before a request in which an opinion was asked
AFTER_QUESTION = 2  # turns in which an answer is given
AFTER_RESISTANCE = 2
AFTER_CHALLENGE = 4
DEEP = ["implication", "need_payoff"]
PROBING = ["problem", "implication"]


def with_surroundings(turns: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Add to the turns of `lay_out` what the features look at around them."""
    return _mirrored(_requests(_pairs(_stretches(_neighbours(turns)))), pack)


def _neighbours(turns: pl.DataFrame) -> pl.DataFrame:
    role = pl.col("role")
    turns = turns.with_columns(
        spoken=pl.lit(True),
        closes=pl.col("place") == pl.col("ends"),
        fifth=(pl.col("p") * 5).floor().clip(0, 4) + 1,
        typed=pl.col("asked") & pl.col("spin").is_not_null(),
        role_before=before(role),
        role_after=after(role),
        words_after=after(pl.col("words")),
        asked_before=before(pl.col("asked")).fill_null(False),
        question_before=before(pl.col("question")).fill_null(False),
    )
    silent = pl.col("bare") & ~pl.col("question_before") & pl.col("role_before").is_not_null()
    return turns.with_columns(
        floor=pl.when(silent).then(None).otherwise(role.fill_null("unknown")),
    )


def _stretches(turns: pl.DataFrame) -> pl.DataFrame:
    """Words, questions and offers of each stretch, on the turn that opens it."""
    held = before(pl.col("floor").forward_fill())
    opens = pl.col("floor").is_not_null() & (held.is_null() | (pl.col("floor") != held))
    turns = turns.with_columns(opens=opens)
    if not len(turns):
        return turns.with_columns(pl.lit(0.0).alias(f"stretch_{name}") for name in _SUMMED)
    starts = np.flatnonzero(turns["opens"].to_numpy())
    inside = turns["floor"].is_not_null().to_numpy()
    sums = {}
    for name, column in _SUMMED.items():
        of_stretch = np.zeros(len(turns))
        of_stretch[starts] = np.add.reduceat(turns[column].to_numpy() * inside, starts)
        sums[f"stretch_{name}"] = of_stretch
    return turns.with_columns(pl.Series(name, values) for name, values in sums.items())


_SUMMED = {"words": "words", "questions": "questions", "offers": "n_pitch"}


def _pairs(turns: pl.DataFrame) -> pl.DataFrame:
    """Flags of a turn that hang on a turn before or after it."""
    seller, customer, asked = pl.col("seller"), pl.col("customer"), pl.col("asked")
    after_customer = seller & (pl.col("role_before") == "customer").fill_null(False)
    after_seller = customer & (pl.col("role_before") == "seller").fill_null(False)
    fills = pl.col("question") | (pl.sum_horizontal("n_reason", "n_pitch", "n_discount") > 0)
    states = seller & ~pl.col("question") & (pl.col("words") >= STATEMENT_WORDS)
    need = customer & (pl.col("n_need_explicit") > 0)
    told = customer & ~pl.col("bare") & (pl.col("objection") | pl.col("asked_before"))
    resists = customer & (pl.col("objection") | (pl.col("hedging") >= 1))
    trouble = customer & ((pl.col("n_need_implied") > 0) | (pl.col("n_need_explicit") > 0))
    asks_on = asked & ~pl.col("request")
    deep, probing = (asked & pl.col("spin").is_in(kinds).fill_null(False) for kinds in (DEEP, PROBING))
    pause = pl.col("gap_after") >= SILENCE_S
    return turns.with_columns(
        after_customer=after_customer,
        switches=after_customer | after_seller,
        rescued=asked & after(seller & fills).fill_null(False),
        told=told,
        asked_on=told & after(asks_on).fill_null(False),
        self_answered=asked & (after(states).fill_null(False) | (_after_mark(asked) >= STATEMENT_WORDS)),
        offer_early=seller & (pl.col("n_pitch") > 0) & (so_far(need) == 0),
        resists=resists,
        asked_after_resistance=resists & soon(asked, AFTER_RESISTANCE),
        challenges=seller & (pl.col("n_confront") > 0),
        owned=seller & (pl.col("n_confront") > 0) & soon(trouble, AFTER_CHALLENGE),
        explains_after=customer & recently(deep, AFTER_QUESTION),
        quantifies=customer & (pl.col("n_quantity") > 0) & recently(probing, AFTER_QUESTION),
        silent_after=pause.fill_null(False),
        opinion_before=recently(seller & (pl.col("n_opinion_asked") > 0), BEFORE_REQUEST),
    )


def _after_mark(where: pl.Expr) -> pl.Expr:
    """Words in the text after its last question mark; 0 where it has none."""
    tail = pl.when(where & pl.col("text").str.contains("?", literal=True)).then("text")
    return tail.str.split("?").list.last().str.count_matches(r"\S+").fill_null(0)


def _requests(turns: pl.DataFrame) -> pl.DataFrame:
    """Give each request the last answer it got, each answer the request it is about, and find repetitions."""
    dated = pl.col("n_time_expression") > 0
    given = turns.select("place", "talk", "customer", "answer", "closing", turn="answers_turn").drop_nulls(
        "turn"
    )
    asked = turns.select("talk", "turn", "request", asked_at="place", request_dated=dated).filter("request")
    pairs = given.join(asked, on=["talk", "turn"]).sort("place")
    said = pairs.filter(pl.col("customer") & pl.col("answer").is_not_null())
    last = said.unique("asked_at", keep="last", maintain_order=True)
    answered, no_more = (_scatter(len(turns), last["asked_at"], last[name]) for name in ("answer", "closing"))
    turns = turns.with_columns(
        answered=answered,
        answered_dated=_scatter(len(turns), pairs["place"], pairs["request_dated"]).fill_null(False),
    )
    agreed = pl.col("request") & (pl.col("answered") == "accept").fill_null(False)
    new = pl.col("question") | (pl.col("n_reason") > 0) | (pl.col("n_pitch") > 0)
    turns = turns.with_columns(
        agreed=agreed,
        dated=dated | pl.col("answered_dated"),
        news=so_far(pl.col("seller") & ~pl.col("request") & new),
        replies=so_far(pl.col("customer")),
    )
    turns = turns.with_columns(stepped=pl.col("agreed") & ~no_more.fill_null(False))
    step = pl.col("commits") | pl.col("accepts")
    settled = pl.col("seller") & before(step).fill_null(False)
    agreed_step = step | pl.col("stepped") | settled
    at_end = agreed_step & pl.col("dated") & (pl.col("p") >= LAST_PART).fill_null(False)
    return turns.with_columns(dated_at_end=at_end, nagging=_nagging(turns))


def _nagging(turns: pl.DataFrame) -> pl.Series:
    """Requests at least as far as the one before, not accepted, with nothing new but a reply in between."""
    requests = turns.select("place", "talk", "level", "agreed", "news", "replies", "request").filter(
        "request"
    )
    last = {name: pl.col(name).shift(1) for name in ("talk", "agreed", "level", "news", "replies")}
    again = requests.filter(
        (pl.col("talk") == last["talk"])
        & ~last["agreed"]
        & (pl.col("level") >= last["level"])
        & (pl.col("news") == last["news"])
        & (pl.col("replies") > last["replies"])
    )["place"]
    return _scatter(len(turns), again, pl.Series([True] * len(again), dtype=pl.Boolean)).fill_null(False)


def _mirrored(turns: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Turns of the seller that take up a long word of the customer's turn right before.

    What says when, or names someone, is repeated to agree on it, not to take it up.
    """
    here = turns["after_customer"].arg_true()
    said, heard = (
        turns["text"].gather(places).str.to_lowercase().str.extract_all(LONG_WORD)
        for places in (here, here - 1)
    )
    shared = pl.DataFrame({"place": here, "word": said.list.set_intersection(heard)}).explode("word")
    shared = shared.drop_nulls("word").cast({"place": pl.Int64})
    function_words = [word for kind in pack.settings["learned"]["kinds"] for word in pack.word_class(kind)]
    times = turns.select("place", word="time_words").drop_nulls("word").explode("word")
    both = [times, times.with_columns(pl.col("place") + 1)]  # said when in this turn, or in the one before
    shared = shared.filter(~pl.col("word").is_in(function_words)).join(
        pl.concat(both), on=["place", "word"], how="anti"
    )
    texts = (turns["text"].gather(shared["place"] - shift) for shift in (1, 0))
    names = names_among(shared["word"], pl.select(pl.concat_str(*texts, separator=". ")).to_series())
    places = shared.filter(~names)["place"].unique()
    mirrors = _scatter(len(turns), places, pl.Series([True] * len(places), dtype=pl.Boolean))
    return turns.with_columns(mirrors=mirrors.fill_null(False))


def _scatter(n: int, place: pl.Series, values: pl.Series) -> pl.Series:
    """A column of n turns with these values at these places, else missing."""
    where = np.full(n, -1)
    where[place.to_numpy()] = np.arange(len(place))
    index = pl.Series(where)
    return values.gather(index.set(index < 0, None))
