"""One table of turns that every feature is measured on: who spoke, how long, when, what was tagged and heard.

A side that has no turns in a transcript was not heard; what it did is then unknown, not zero. A position
`p` runs from 0 to 1 over the conversation: by the clock where every turn has a start, else by words; it
is that of the middle of the turn. What stands around a turn is added by `salesinsight.features.around`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.errors import MissingColumns
from salesinsight.features.heard import questioned, voided, words_within
from salesinsight.features.tags import inquires, meant

KEY = "conversation"
LAST_FIFTH, LAST_PART = 0.8, 0.7  # positions from which a turn stands in the last 20 % and the last 30 %
SURE = 0.5  # a cue weaker than this is a hint for the taggers, not something to count
HINT = 0.5  # what a sentence that only hints at hedging ("ik denk") counts for
BACKCHANNEL_WORDS = 3
FAREWELL_WORDS = 8  # a customer turn that says goodbye in more words may settle something with it
CUE_FAMILIES = ["acts", "endings", "figures", "heard", "opinions", "questions", "talk"]
VOID, MOMENT = "quantity_void", "moment"  # both void the number inside them; a moment says when as well
ASKING = ("question", "question_open", "question_closed", "question_alternative", "tag", "indirect")
WORDS = ("we", "you")
COUNTED = (
    "asked",
    "assent",
    "confront",
    "decides_self",
    "defer",
    "discount",
    "dont_know",
    "ending_bye",
    "ending_warm",
    "gatekeeper",
    "need_explicit",
    "need_implied",
    "opinion_asked",
    "own_opinion",
    "pitch",
    "promise",
    "quantity",
    "rapport",
    "reason",
    "refusal",
    "time_expression",
    *WORDS,
)
HEDGE = len(COUNTED)
MOMENTS = HEDGE + 2
LABELS = (
    *ASKING,
    *(name for name in COUNTED if name != "asked"),
    VOID,
    MOMENT,
    "hedge",
)  # the cues that are looked at
ACTS = (
    "action_request",
    "commitment",
    "stall",
    "refusal",
    "objection",
    "buying_signal",
    "gatekeeper",
    "decision_maker_probe",
)
LEVELS = {
    "information": 1,
    "meeting": 2,
    "visit": 2,
    "internal_discussion": 3,
    "introduction": 3,
    "trial": 4,
    "quote": 4,
    "signature": 5,
}
NEEDED = pl.Schema(
    {
        "conversation_id": pl.String,
        "turn": pl.Int64,
        "role": pl.String,
        "text": pl.String,
        "is_question": pl.Boolean,
        "question_form": pl.String,
        "is_leading": pl.Boolean,
        "is_tag": pl.Boolean,
        "spin": pl.String,
        "push_pull": pl.String,
        "request_kind": pl.String,
        "answers_turn": pl.Int64,
        "answer": pl.String,
        "phase": pl.Int64,
        "acts": pl.String,
        "act_commitment_p": pl.Float64,
        "act_refusal_p": pl.Float64,
    }
)
OPTIONAL = pl.Schema(
    {
        "start_s": pl.Float64,
        "end_s": pl.Float64,
        "language": pl.String,
        "spin_p": pl.Float64,
        **{f"act_{act}_p": pl.Float64 for act in ACTS if f"act_{act}_p" not in NEEDED},
    }
)


def lay_out(tagged: pd.DataFrame, hits: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Lay out the turns of these conversations, in order, with what each holds.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Turns with their speech acts.
    hits : polars.DataFrame
        Cues found in the texts of `tagged`; ``row`` counts its rows from 0.
    ids : polars.Series
        The conversations; turns of others are left aside.
    """
    there = [*NEEDED, *(name for name in OPTIONAL if name in tagged.columns)]
    frame = pl.from_pandas(tagged[there].reset_index(drop=True), nan_to_null=True)
    frame = frame.with_columns(pl.lit(None).alias(name) for name in OPTIONAL if name not in there)
    frame = frame.cast(pl.Schema([*NEEDED.items(), *OPTIONAL.items()]))
    frame = pl.concat([frame, _counts(hits, frame)], how="horizontal")
    order = pl.DataFrame({"conversation_id": ids.cast(pl.String)}).with_row_index(KEY)
    frame = frame.with_row_index("row").join(order, on="conversation_id").sort(KEY, "turn")
    first = pl.col(KEY).ne(pl.col(KEY).shift(1)).fill_null(True)
    frame = frame.with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64), first=first)
    start = pl.when("first").then("place").forward_fill()
    end = pl.when(pl.col("first").shift(-1, fill_value=True)).then("place").backward_fill()
    return _positions(_flags(frame.with_columns(begins=start, ends=end)))


def refuse_untagged(tagged: pd.DataFrame) -> None:
    """Raise MissingColumns when this is not a table of tagged turns of conversations."""
    absent = [name for name in NEEDED if name not in tagged.columns]
    if absent:
        raise MissingColumns(table="tagged", absent=absent, present=list(tagged.columns))


def before(what: pl.Expr, turns: int = 1) -> pl.Expr:
    """The value so many turns before, in the same conversation; else missing."""
    return pl.when(pl.col("place") - turns >= pl.col("begins")).then(what.shift(turns))


def after(what: pl.Expr, turns: int = 1) -> pl.Expr:
    """The value so many turns later, in the same conversation; else missing."""
    return pl.when(pl.col("place") + turns <= pl.col("ends")).then(what.shift(-turns))


def so_far(what: pl.Expr) -> pl.Expr:
    """The sum over the turns of the conversation up to and with this one."""
    running = what.cast(pl.Int64).cum_sum()
    return running - pl.when("first").then(running - what.cast(pl.Int64)).forward_fill()


def recently(flag: pl.Expr, turns: int) -> pl.Expr:
    """Whether one of so many turns before, in the same conversation, has the flag."""
    last = pl.when(flag).then("place").forward_fill().shift(1)
    near = (pl.col("place") - last <= turns) & (last >= pl.col("begins"))
    return near.fill_null(False)


def soon(flag: pl.Expr, turns: int) -> pl.Expr:
    """Whether one of so many turns after, in the same conversation, has the flag."""
    coming = pl.when(flag).then("place").backward_fill().shift(-1)
    near = (coming - pl.col("place") <= turns) & (coming <= pl.col("ends"))
    return near.fill_null(False)


def _counts(hits: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """Per turn: sentences (for we and you: words) with a sure cue of each label, and of hedges.

    And ``time_words``: the long words inside a day or time.
    """
    n, kind = len(turns), _kinds(hits["label"])
    asks = turns["is_question"].fill_null(False).to_numpy()
    kind[_not_meant(hits, kind, asks)] = -1
    kind[kind == MOMENTS] = COUNTED.index("time_expression")
    row, weight = hits["row"].to_numpy().astype(np.int64), hits["weight"].to_numpy()
    place = np.where(
        kind >= COUNTED.index(WORDS[0]), hits["start_char"].to_numpy(), hits["sentence"].to_numpy()
    )
    hint = kind == COUNTED.index("refusal")  # no more is needed to leave a no standing
    sure = (kind >= 0) & (kind < HEDGE) & ((weight >= SURE) | hint)
    # once per kind, row and place, in one number; WORDS stand last in COUNTED
    once = pl.Series(((kind[sure] * n + row[sure]) << 24) + place[sure]).unique()
    counts = np.bincount(once.to_numpy() >> 24, minlength=HEDGE * n).reshape(HEDGE, -1).astype(np.int32)
    hedges = hits.filter(kind == HEDGE).group_by("row", "sentence").agg(pl.col("weight").max() >= SURE)
    whole = np.where(hedges["weight"].to_numpy(), 1.0, HINT)
    hedging = np.bincount(hedges["row"].to_numpy(), weights=whole, minlength=n)
    columns = {f"n_{name}": counts[number] for number, name in enumerate(COUNTED)}
    times = hits.filter(sure & (kind == COUNTED.index("time_expression")))
    words = {"time_words": words_within(times, turns["text"])}
    return pl.DataFrame({**columns, "hedging": hedging.astype(np.float64), **words})


def _not_meant(hits: pl.DataFrame, kind: np.ndarray, asks: np.ndarray) -> np.ndarray:
    """The places of needs inside a question, and of quantities that count nothing."""
    asked, need, quantity = (COUNTED.index(name) for name in ("asked", "need_explicit", "quantity"))
    places = ["row", "sentence", "start_char", "end_char"]
    hits = hits.select(*places, "weight", hit=pl.int_range(pl.len(), dtype=pl.Int64))
    needs, quantities = (hits.filter(kind == which) for which in (need, quantity))
    voids = hits.filter(kind > HEDGE)
    in_question = needs.filter(asks[needs["row"].to_numpy()])
    asking = hits.filter(kind == asked).join(in_question, on=["row", "sentence"], how="semi")
    asking = asking.filter(pl.col("weight") >= SURE)
    return pl.concat([questioned(in_question, asking), voided(quantities, voids)]).to_numpy()


def _kinds(labels: pl.Series) -> np.ndarray:
    """The number of what each label counts for, then hedges, voids and moments; -1 for any other."""
    names = list(labels.dtype.categories) if isinstance(labels.dtype, pl.Enum) else labels.unique().to_list()
    number = {name: place for place, name in enumerate(COUNTED)} | {"hedge": HEDGE}
    number |= {VOID: HEDGE + 1, MOMENT: MOMENTS}
    number |= dict.fromkeys(ASKING, number["asked"])
    codes = labels.cast(pl.Enum(names)).to_physical().to_numpy()
    return np.array([number.get(name, -1) for name in names], dtype=np.int64)[codes]


def _flags(frame: pl.DataFrame) -> pl.DataFrame:
    """Who spoke, how many words, which acts; what is not tagged is not there."""
    acts = {act: meant(act) for act in ACTS}
    role = pl.col("role")
    frame = frame.with_columns(
        pl.col("text").fill_null("").str.count_matches(r"\S+").cast(pl.Int64).alias("words"),
        pl.col("is_leading", "is_tag").fill_null(False),
        pl.col("is_question").fill_null(False).alias("question"),
        (role == "seller").fill_null(False).alias("seller"),
        (role == "customer").fill_null(False).alias("customer"),
        **acts,
    )
    question = pl.col("question")
    answer, stall = pl.col("answer").fill_null(""), pl.col("stall")
    vague = answer == "vague"
    # "ik geef het door aan de directie" is tagged as a commitment too, but nobody commits to anything
    deflects = stall & (vague | (pl.col("gatekeeper") & (answer != "accept")))
    bids_bye = (pl.col("n_ending_bye") > 0) & (pl.col("words") <= FAREWELL_WORDS)
    closing = bids_bye & ~before(question).fill_null(False)
    # "bedankt, fijn gesprek" is tagged as a refusal where the seller announces something
    thanks = bids_bye & (pl.sum_horizontal("n_rapport", "n_ending_warm") > 0) & (pl.col("n_refusal") == 0)
    refusal = pl.col("refusal") & ~thanks
    promise = (pl.col("n_promise") > 0) & ~(question | stall | vague)
    willing = pl.col("act_commitment_p").fill_null(0) >= pl.col("act_refusal_p").fill_null(0)
    assents = (pl.col("n_assent") > 0) & (pl.col("words") <= BACKCHANNEL_WORDS)
    return frame.with_columns(
        asked=pl.col("seller") & question,
        questions=pl.when(question).then(pl.max_horizontal("n_asked", 1)).otherwise(0),
        request=pl.col("seller") & pl.col("action_request"),
        level=pl.col("request_kind").replace_strict(LEVELS, default=1, return_dtype=pl.Int64),
        closing=closing,
        accepts=pl.col("customer") & (answer == "accept") & ~closing,
        commits=pl.col("customer")
        & ((pl.col("commitment") & ~deflects) | promise)
        & (willing | ~refusal)
        & ~closing,
        bare=assents & ~question & pl.col("answer").is_null(),
        refusal=refusal,
        spin=pl.when(inquires()).then("spin"),
        answer=pl.when(~thanks | (answer != "refuse")).then("answer"),
    )


def _positions(frame: pl.DataFrame) -> pl.DataFrame:
    """Position in the conversation, its length in minutes, and the pauses where the clock is known."""
    start, end = pl.col("start_s"), pl.col("end")
    frame = frame.with_columns(
        end=pl.max_horizontal(pl.coalesce("end_s", after(start), "start_s"), "start_s"),
        talk=pl.col("first").cum_sum() - 1,
    )
    whole = frame.group_by("talk", maintain_order=True).agg(
        clocked=start.is_not_null().all(),
        ended=(start.is_not_null() & pl.col("end_s").is_not_null()).all(),
        from_s=start.min(),
        to_s=end.max(),
        all_words=pl.col("words").sum(),
    )
    of_turns = whole.drop("talk").select(pl.all().gather(frame["talk"]))
    frame = frame.with_columns(of_turns.get_columns())
    seconds = pl.when(pl.col("clocked") & (pl.col("to_s") > pl.col("from_s"))).then(
        pl.col("to_s") - pl.col("from_s")
    )
    middle = so_far(pl.col("words")) - pl.col("words") / 2
    by_words = pl.when(pl.col("all_words") > 0).then(middle / pl.col("all_words"))
    gap = pl.when("ended").then(start - before(pl.col("end_s")))
    frame = frame.with_columns(minutes=seconds / 60, gap_before=gap)
    return frame.with_columns(
        p=pl.coalesce(((start + end) / 2 - pl.col("from_s")) / seconds, by_words),
        gap_after=after(pl.col("gap_before")),
    )
