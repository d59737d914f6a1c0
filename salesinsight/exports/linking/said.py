"""What is said tells the sides: who asks, pitches and proposes, and who is greeted by a name we know."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.known import Tables, ties
from salesinsight.exports.linking.names import WORD, plain
from salesinsight.language import load_pack, match_cues

# Cues that belong to one side count for it. Measured in tests/exports/linking/test_roles.py.
FAMILIES = ("acts", "answers", "calls", "push_pull", "requests", "spin", "talk")
# a name at the start, "met Eva van …" or "dag Eva", weighs as much as many words
NAME_POINTS = 4.0
GREETING_TURNS, MOST_TURNS = 6, 80
LEAST_SURE = 0.95
SELF, OTHER = "self_name", "other_name"


def sides_by_words(turns: pl.DataFrame, tables: Tables, language: str) -> pl.DataFrame:
    """Find seller and customer of conversations between two speakers of whom nothing is known.

    Parameters
    ----------
    turns : polars.DataFrame
        Turns of whole conversations, in order; speakers without a name are not told apart and left out.
    tables : dict
        All tables, for the names of seller and customer of the conversation.
    language : str
        Language of turns that don't name theirs.

    Returns
    -------
    polars.DataFrame
        conversation_id, speaker_id, side and sure (at least `LEAST_SURE`); nothing where it is not clear.
    """
    told = turns.drop_nulls(["speaker_id", "text"])
    two = told.group_by("conversation_id").agg(n=pl.col("speaker_id").n_unique()).filter(n=2)
    told = told.filter(pl.col("conversation_id").is_in(two["conversation_id"].implode()))
    told = told.with_columns(
        nth=pl.int_range(pl.len()).over("conversation_id"), language=pl.col("language").fill_null(language)
    ).filter(pl.col("nth") < MOST_TURNS)
    schema = dict.fromkeys(["conversation_id", "speaker_id"], pl.String) | {"points": pl.Float64}
    parts = [pl.DataFrame(schema=schema), told.select("conversation_id", "speaker_id", points=0.0)]
    names = ties(tables).filter(pl.col("tie").is_in(["seller", "attendee"]))
    for spoken in told.partition_by("language"):
        parts.extend(_points(spoken, spoken["language"][0], names))
    points = pl.concat(parts).group_by("conversation_id", "speaker_id").agg(pl.col("points").sum())
    apart = points.with_columns(
        ahead=pl.col("points") * 2 - pl.col("points").sum().over("conversation_id"),
    )
    sure = 1 / (1 + (-pl.col("ahead").abs()).exp())
    side = pl.when(pl.col("ahead") > 0).then(pl.lit("seller")).otherwise(pl.lit("customer"))
    found = apart.select("conversation_id", "speaker_id", side=side, sure=sure)
    return found.filter(pl.col("sure") >= LEAST_SURE).sort("conversation_id", "speaker_id")


def _points(spoken: pl.DataFrame, language: str, names: pl.DataFrame) -> list[pl.DataFrame]:
    """Points for being the seller, by the cues of each side and by names at the start."""
    pack = load_pack(language)
    side = pack.cues.filter(pl.col("family").is_in(FAMILIES))
    side = side.select("label", cue="pattern", side="side").unique(["label", "cue"])
    hits = match_cues(spoken["text"], pack, families=FAMILIES, with_words=False)
    hits = hits.with_columns(pl.col("label", "cue").cast(pl.String)).join(side, on=["label", "cue"])
    who = spoken.with_row_index("row").select("row", "conversation_id", "speaker_id", "nth", "text")
    hits = hits.join(who, on="row")
    toward = pl.col("side").replace_strict({"seller": 1.0, "customer": -1.0}, default=0.0)
    by_cue = hits.select("conversation_id", "speaker_id", points=pl.col("weight") * toward)
    early = hits.filter(pl.col("label").is_in([SELF, OTHER]) & (pl.col("nth") < GREETING_TURNS))
    after = pl.col("text").str.slice(pl.col("end_char"), 40)
    # the name must follow at once, or after a comma
    after = after.str.extract(r"^[ ,]*(.*)$")
    early = early.with_columns(words=plain(after).str.extract_all(WORD).list.head(3))
    said = early.with_columns(
        keys=pl.concat_list(
            "g:" + pl.col("words").list.first(),
            "l:" + pl.col("words").list.first(),
            "f:" + pl.col("words").list.head(2).list.join(" "),
        )
    ).explode("keys")
    known = names.select("conversation_id", "tie", keys="key").unique()
    # a first name that both sides have says nothing
    known = known.filter(pl.col("tie").n_unique().over("conversation_id", "keys") == 1)
    met = said.join(known, on=["conversation_id", "keys"]).unique(["conversation_id", "row", "label"])
    own = pl.when(pl.col("label") == SELF).then(1.0).otherwise(-1.0)
    of = pl.when(pl.col("tie") == "seller").then(1.0).otherwise(-1.0)
    return [by_cue, met.select("conversation_id", "speaker_id", points=NAME_POINTS * own * of)]
