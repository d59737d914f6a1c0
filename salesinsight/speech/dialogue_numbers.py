"""A whole conversation in a few numbers from 0 to 1, about what it came to in the end.

What is said last counts most: a turn counts half for every `HALF_LIFE` of the conversation that comes after
it. A decision stands until another is taken: a yes or a no ends an earlier "I'll think about it", a no takes
a yes back and a yes a no. Who has said yes and puts off the next request, or refuses it, takes nothing back.
What follows a yes to buying (when it will be delivered, a call about that) belongs to that order.
"""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.speech.scores import score_hits

TALK = "conversation_id"
FAMILIES = ("endings", "talk")  # the cue files that are looked at
CUES = (
    *(f"ending_{what}" for what in ("order", "advance", "later", "no", "warm")),
    *("time_expression", "quantity", "defer", "dont_know", "promise", "rapport"),
)
ACTS = ("commitment", "stall", "refusal", "objection", "buying_signal", "gatekeeper")
# Which outcomes a number can speak for; learning only says how much.
SPEAKS_FOR = {
    "yes_to_order": ("order",),
    "yes_to_step": ("advance",),
    "yes": ("advance",),
    "no": ("no_sale", "unpleasant"),
    "hold": ("continuation",),
    "objection": ("no_sale", "unpleasant"),
    "buying_signal": ("order", "advance", "continuation"),
    "gatekeeper": ("advance", "continuation"),
    "order_customer": ("order",),
    "order_seller": ("order",),
    "advance_customer": ("advance", "order"),
    "advance_seller": ("advance", "order"),
    "later_customer": ("continuation",),
    "later_seller": ("continuation",),
    "no_customer": ("no_sale",),
    "no_seller": ("no_sale",),
    "time_customer": ("advance", "order"),
    "time_seller": ("advance", "order"),
    "quantity": ("order", "advance"),
    "unsure": ("continuation",),
    "promise_seller": ("continuation",),
    "warm_customer": ("pleasant",),
    "warm_seller": ("pleasant",),
    "words_customer": ("pleasant",),
}
HALF_LIFE, SHORTEST, LONGEST = 1 / 8, 3, 12  # of the conversation; at least and at most so many turns
SETTLING = 6  # turns at the end that belong to it, however short the conversation
LASTING = 2  # a decision lasts so much longer than other words
FULL = 1 / (1 - 0.5 ** (1 / SHORTEST))  # what the weights of a conversation of usual length add up to
ANSWERED = {"accept": 0.6, "refuse": 0.6, "vague": 0.5}  # how far an answer alone tells of a decision
SIGNING = 0.4  # how far a request to sign is heard as such; its kind is hard to tell
BRIEF = 12  # words
MANY_WORDS = 4.0  # log of about fifty words in a turn


def conversation_numbers(tagged: pd.DataFrame, hits: pl.DataFrame) -> pd.DataFrame:
    """Measure what conversations came to.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Tagged turns with conversation_id, turn and role, in any order.
    hits : polars.DataFrame
        The cues of `FAMILIES` found in them; ``row`` counts the rows of `tagged` from 0.

    Returns
    -------
    pandas.DataFrame
        Index conversation_id; turns (how many), both (whether both sides speak) and the numbers of
        `SPEAKS_FOR`, from 0 to 1. What isn't tagged isn't there.
    """
    turns = _decisions(_places(_turns(tagged, hits)))
    late, customer, seller = pl.col("late"), pl.col("customer"), pl.col("seller")
    fill = pl.min_horizontal(pl.lit(1.0), FULL / late.sum())

    def most(what: str | pl.Expr) -> pl.Expr:
        value = pl.col(what) if isinstance(what, str) else what
        return (late * value).max()

    def much(what: str, side: pl.Expr) -> pl.Expr:
        return 1 - (-(late * pl.col(what) * side).sum() * fill).exp()

    warm = {f"warm_{side}": much("warm", pl.col(side)) for side in ("customer", "seller")}
    said = {
        f"{what}_{side}": much(f"ending_{what}", pl.col(side))
        for what in ("order", "advance", "later", "no")
        for side in ("customer", "seller")
    }
    words = pl.col("words").filter(customer).mean().fill_null(0.0)
    table = turns.group_by(TALK, maintain_order=True).agg(
        turns=pl.len(),
        both=customer.any() & seller.any(),
        yes_to_order=pl.col("to_order").max(),
        yes_to_step=(pl.col("to_step") * pl.col("step") * pl.col("second_half")).max(),
        yes=most("to_step"),
        no=most("no"),
        hold=most("hold"),
        **{act: most(pl.col(act) * customer) for act in ("objection", "buying_signal", "gatekeeper")},
        **said,
        time_customer=much("time_expression", customer),
        time_seller=much("echo", seller),
        quantity=much("quantity", customer),
        unsure=much("unsure", customer),
        promise_seller=much("promise", seller),
        **warm,
        words_customer=((words + 1).log() / MANY_WORDS).clip(0, 1),
    )
    return table.to_pandas().set_index(TALK)[["turns", "both", *SPEAKS_FOR]]


def _turns(tagged: pd.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """The turns with words, in order, with what is tagged and how likely each cue holds."""
    scores = score_hits(hits["row"].to_numpy(), hits["label"], hits["weight"].to_numpy(), CUES, len(tagged))
    columns = [TALK, "turn", "role", "text", "question_p", "request_kind", "answers_turn", "answer"]
    there = tagged.reindex(columns=[*columns, *(f"act_{act}_p" for act in ACTS)]).reset_index(drop=True)
    dtypes: dict[str, pl.DataType] = dict.fromkeys(
        [name for name in there if name.endswith("_p")], pl.Float64()
    )
    dtypes |= dict.fromkeys([TALK, "role", "text", "request_kind", "answer"], pl.String())
    frame = pl.from_pandas(there, nan_to_null=True).cast(pl.Schema(dtypes | {"turn": pl.Int64()}))
    return (
        frame.with_columns(pl.Series(cue, scores[cue]) for cue in CUES)
        .with_columns(
            pl.col("text").fill_null("").str.count_matches(r"\S+").alias("words"),
            *(pl.col(f"act_{act}_p").fill_null(0.0).alias(act) for act in ACTS),
            *((pl.col("role") == side).fill_null(False).alias(side) for side in ("customer", "seller")),
            question=pl.col("question_p").fill_null(0.0),
            warm=pl.max_horizontal("rapport", "ending_warm"),
        )
        .filter(pl.col("words") > 0)
        .drop_nulls(TALK)
        .sort(TALK, "turn", maintain_order=True)
    )


def _places(turns: pl.DataFrame) -> pl.DataFrame:
    """How much each turn counts, seen from the end."""
    n, place = pl.len().over(TALK), pl.int_range(pl.len()).over(TALK)
    after, half_life = n - 1 - place, (n * HALF_LIFE).clip(SHORTEST, LONGEST)
    return turns.with_columns(
        late=0.5 ** (after / half_life),
        lasting=0.5 ** (after / (LASTING * half_life)),
        second_half=((after <= n / 2) | (after < SETTLING)).cast(pl.Float64),
    )


def _decisions(turns: pl.DataFrame) -> pl.DataFrame:
    """What the customer decided, and what is left of it at the end."""
    customer, answer = pl.col("customer"), pl.col("answer")
    told = {word: (answer == word).fill_null(False) * p for word, p in ANSWERED.items()}
    signing = (pl.col("request_kind") == "signature").fill_null(False) * SIGNING
    turns = turns.with_columns(
        # "I'll call you" promises, and puts off
        yes=pl.max_horizontal("commitment", told["accept"]) * customer * (1 - pl.col("ending_later") ** 2),
        no=pl.max_horizontal("refusal", told["refuse"]) * customer,
        hold=pl.max_horizontal("stall", told["vague"]) * customer,
        closing=_near(pl.max_horizontal(pl.col("ending_order"), signing)),
        step=_near(pl.max_horizontal("ending_advance", "time_expression")),
    )
    said_yes = _so_far(pl.col("yes") * pl.col("second_half"))
    agreed = said_yes * pl.col("answers_turn").is_not_null()
    turns = turns.with_columns(pl.col("no", "hold") * (1 - agreed), left=1 - agreed)
    no, yes = _from_here("no"), _from_here("yes")
    undecided = pl.col("left") * (1 - pl.max_horizontal(no, yes) ** 2)
    turns = turns.with_columns(
        yes=pl.col("yes") * (1 - no**2),
        no=pl.col("no") * (1 - yes**2),
        hold=pl.col("hold") * (1 - pl.max_horizontal(no, yes) ** 2),
        unsure=pl.max_horizontal("defer", "dont_know") * undecided,
        ending_later=pl.when(customer).then(pl.col("ending_later") * undecided).otherwise("ending_later"),
    )
    turns = turns.with_columns(to_order=pl.col("yes") * pl.col("closing") * pl.col("second_half"))
    free = 1 - _so_far(pl.col("to_order"))
    # what was agreed is said again in few words; a date in a long story or a question is no agreement
    brief = (BRIEF / pl.col("words")).clip(0, 1) * (1 - pl.col("question"))
    return turns.with_columns(
        pl.col("ending_advance", "time_expression") * free,
        echo=pl.col("time_expression") * brief * free,
        to_step=pl.col("yes") * (1 - pl.col("closing")) * free,
    )


def _near(value: pl.Expr) -> pl.Expr:
    """The highest of a turn and the turns beside it."""
    return pl.max_horizontal(value, value.shift(1).over(TALK), value.shift(-1).over(TALK))


def _so_far(value: pl.Expr) -> pl.Expr:
    """The highest of the turns before."""
    return value.cum_max().shift(1).over(TALK).fill_null(0.0)


def _from_here(decision: str) -> pl.Expr:
    """The highest of the turns after, as far as it lasts to the end."""
    value = pl.col(decision) * pl.col("lasting")
    return value.cum_max(reverse=True).shift(-1).over(TALK).fill_null(0.0)
