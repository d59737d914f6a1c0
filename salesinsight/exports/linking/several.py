"""Several recordings of one conversation: copies and doubles give way, parts follow one another."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.decide import LEAST_MARGIN

# fewer words than this may be the same by chance, as two voicemail greetings are
LEAST_WORDS = 40
# two programs hear one talk differently, yet share this much of the pairs of words; two talks far less
SAME_TALK = 0.3
LONGEST_PAUSE_MIN, OVERLAP_MIN = 20, 1
KEY = ["file", "recording"]


def copies(recordings: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """Recordings whose words are those of another file: rec, and copy_of (the rec that stays).

    Notes
    -----
    The one that the user has placed stays (wanted), else the one whose name tells a moment, else the
    shortest name: a copy has " (1)" or a word more.
    """
    keyed = recordings.select("rec", *KEY, "wanted", "at", "timed")
    spoken = turns.join(keyed, left_on=["_path", "conversation_id"], right_on=KEY)
    whole = spoken.group_by("rec").agg(text=pl.col("text").str.join("\n"))
    long = whole.filter(pl.col("text").str.count_matches(r"\S+") >= LEAST_WORDS).join(keyed, on="rec")
    order = (
        pl.col("wanted").is_null(),
        pl.col("at").is_null(),
        ~pl.col("timed"),
        pl.col("file").str.len_chars(),
    )
    found = long.sort(*order, "file").with_columns(copy_of=pl.col("rec").first().over("text"))
    # of two that the user wants in one place one is a copy still
    first = pl.col("wanted").first().over("text")
    astray = pl.col("wanted").is_not_null() & pl.col("wanted").ne_missing(first)
    copied = (pl.col("rec") != pl.col("copy_of")) & ~astray
    return found.filter(copied).select("rec", "copy_of")


def settle(placed: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """Decide what several recordings of one conversation are to each other.

    Parameters
    ----------
    placed : polars.DataFrame
        Recordings with a conversation: rec, file, recording, conversation_id, points, at, timed,
        duration_s, rest and wanted (where the user placed it).
    turns : polars.DataFrame
        Their turns, still under the name of the recording.

    Returns
    -------
    polars.DataFrame
        rec, fate {alone, part, double, clash}, copy_of (rec, of a double) and offset_s (of a part, from
        the start of the first).
    """
    many = placed.filter(pl.len().over("conversation_id") > 1)
    fates = [
        placed.filter(pl.len().over("conversation_id") == 1).select(
            "rec", fate=pl.lit("alone"), copy_of=pl.lit(None, pl.UInt32), offset_s=pl.lit(None, pl.Float64)
        )
    ]
    alike = _alike(many, turns) if many.height else {}
    for _, group in many.group_by("conversation_id", maintain_order=True):
        fates.append(_settle_one(group, alike))
    return pl.concat(fates)


def _alike(many: pl.DataFrame, turns: pl.DataFrame) -> dict[tuple[int, int], float]:
    """Per pair of recordings of one conversation, which share of their pairs of words they have in common."""
    spoken = turns.join(
        many.select("rec", "conversation_id", *KEY).rename({"conversation_id": "_talk"}),
        left_on=["_path", "conversation_id"],
        right_on=KEY,
    )
    heard = spoken.select("rec", "_talk", word=pl.col("text").str.to_lowercase().str.extract_all(r"\p{L}+"))
    heard = heard.explode("word").drop_nulls("word")
    after = pl.col("word").shift(-1).over("rec")
    pairs = heard.select("rec", "_talk", pair=pl.col("word") + " " + after).drop_nulls().unique()
    size = pairs.group_by("rec").len()
    both = pairs.join(pairs, on=["_talk", "pair"]).filter(pl.col("rec") < pl.col("rec_right"))
    both = both.group_by("rec", "rec_right").agg(shared=pl.len())
    both = both.join(size, on="rec").join(size, left_on="rec_right", right_on="rec", suffix="_other")
    share = pl.col("shared") / pl.min_horizontal("len", "len_other")
    rows = both.select("rec", "rec_right", share).iter_rows()
    return {(one, other): value for one, other, value in rows}


def _settle_one(group: pl.DataFrame, alike: dict[tuple[int, int], float]) -> pl.DataFrame:
    """The recordings of one conversation: the fullest of those that say the same stays."""
    order = ("duration_s", pl.col("file").str.len_chars(), "rec")
    rows = group.sort(*order, descending=[True, False, False], nulls_last=True).rows(named=True)
    kept: list[dict] = []
    fates: dict[int, tuple[str, int | None, float | None]] = {}
    for row in rows:
        same = [k for k in kept if alike.get(tuple(sorted((row["rec"], k["rec"]))), 0.0) >= SAME_TALK]
        if same:
            fates[row["rec"]] = ("double", same[0]["rec"], None)
        else:
            kept.append(row)
    kept.sort(key=lambda row: (row["at"] is None, row["at"], row["file"]))
    told = [row for row in kept if row["wanted"] is not None]
    if told:
        # the user knows that these are of this conversation, so another that was found is not
        fates |= {row["rec"]: ("clash", None, None) for row in kept if row["wanted"] is None}
        kept = told
    follow = all(map(_follows, kept, kept[1:]))
    if len(kept) == 1:
        fates[kept[0]["rec"]] = ("alone", None, None)
    elif follow or told:
        passed = 0.0
        for row in kept:
            timed = follow and row["timed"] and kept[0]["timed"]
            offset = (row["at"] - kept[0]["at"]).total_seconds() if timed else passed
            fates[row["rec"]] = ("part", None, offset)
            passed = offset + (row["duration_s"] or 0.0)
    else:
        best, second = sorted((row["points"] for row in kept), reverse=True)[:2]
        for row in kept:
            wins = row["points"] == best and best - second >= LEAST_MARGIN
            fates[row["rec"]] = ("alone" if wins else "clash", None, None)
    schema = {"rec": pl.UInt32, "fate": pl.String, "copy_of": pl.UInt32, "offset_s": pl.Float64}
    return pl.DataFrame([(rec, *fate) for rec, fate in fates.items()], schema=schema, orient="row")


def _follows(one: dict, other: dict) -> bool:
    """Whether a recording goes on where the one before it stopped."""
    if one["timed"] and other["timed"] and one["duration_s"] is not None:
        pause = (other["at"] - one["at"]).total_seconds() - one["duration_s"]
        return -60 * OVERLAP_MIN <= pause <= 60 * LONGEST_PAUSE_MIN
    # without times: names that differ in a number only, on the same day
    bare = ["".join(letter for letter in row["rest"] or "" if not letter.isdigit()) for row in (one, other)]
    return one["at"] == other["at"] and bare[0] == bare[1] and bool(bare[0].strip())
