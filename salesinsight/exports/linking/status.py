"""Voicemail, no answer, wrong number, cancelled: conversations that did not take place, by their words."""

from __future__ import annotations

import polars as pl

from salesinsight.language import load_pack, match_cues

FAMILY = "calls"
STATUSES = ("voicemail", "no_answer", "wrong_number", "cancelled")
# said by a machine or a stranger in the recording itself
SPOKEN = {f"said_{status}": status for status in STATUSES[:3]}
REACHED, ELSEWHERE, MENTION = "reached", "elsewhere", "mention"
LEAST_SURE = 0.5
# a note may quote the one who cancelled or had the wrong number: only a real talk undoes these
TALKED = 0.75
# a recording of more words than this was a talk, whatever machine came first
MOST_WORDS = 120


def statuses_in_notes(notes: pl.Series, language: str) -> pl.Series:
    """Read in notes that nobody was spoken.

    Parameters
    ----------
    notes : polars.Series
        The seller's own words.
    language : str
        The language pack to use.

    Returns
    -------
    polars.Series
        voicemail, no_answer, wrong_number or cancelled; missing where the note doesn't say so, or says
        that somebody was spoken after all.

    Notes
    -----
    What is told of another moment ("eerder voicemail ingesproken, nu gesproken") is no status: a cue of
    ``elsewhere`` takes away the first such word after it in the sentence, one of ``mention`` ("na mijn
    voicemail") what stands inside it.

    Examples
    --------
    >>> notes = pl.Series(["VM ingesproken.", "Eerder voicemail ingesproken, nu gesproken.", None])
    >>> statuses_in_notes(notes, "nl").to_list()
    ['voicemail', None, None]
    """
    hits = match_cues(notes, load_pack(language), families=[FAMILY], with_words=False)
    hits = hits.with_columns(pl.col("label", "cue").cast(pl.String))
    hits = hits.filter(pl.col("label").is_in([*STATUSES, REACHED, ELSEWHERE, MENTION]))
    return _likeliest(_here(hits), len(notes))


def statuses_in_turns(turns: pl.DataFrame, language: str) -> pl.DataFrame:
    """Read in transcripts that a machine or a stranger answered.

    Returns
    -------
    polars.DataFrame
        conversation_id, status; only conversations of few words in which it is said.
    """
    said = pl.col("text").str.count_matches(r"\S+").sum().over("conversation_id") <= MOST_WORDS
    short = turns.filter(said)
    parts = [pl.DataFrame(schema={"conversation_id": pl.String, "status": pl.String})]
    for spoken in short.with_columns(pl.col("language").fill_null(language)).partition_by("language"):
        whole = spoken.group_by("conversation_id", maintain_order=True).agg(pl.col("text").str.join("\n"))
        hits = match_cues(
            whole["text"], load_pack(spoken["language"][0]), families=[FAMILY], with_words=False
        )
        hits = hits.with_columns(label=pl.col("label").cast(pl.String).replace_strict(SPOKEN, default=None))
        found = _likeliest(hits.drop_nulls("label"), whole.height)
        parts.append(whole.select("conversation_id", status=found).drop_nulls())
    return pl.concat(parts)


def _here(hits: pl.DataFrame) -> pl.DataFrame:
    """Leave out what is said of another moment."""
    other = hits.filter(pl.col("label").is_in([ELSEWHERE, MENTION]))
    told = hits.filter(pl.col("label").is_in(STATUSES)).with_row_index("hit")
    both = told.join(other, on=["row", "sentence"], suffix="_other")
    inside = (pl.col("start_char") >= pl.col("start_char_other")) & (
        pl.col("end_char") <= pl.col("end_char_other")
    )
    after = (pl.col("label_other") == ELSEWHERE) & (pl.col("position") >= pl.col("position_other"))
    # the same words may be two cues: all that start at the first place go
    first = pl.col("position") == pl.col("position").min().over("row", "sentence", "position_other")
    gone = pl.concat([both.filter(inside)["hit"], both.filter(after).filter(first)["hit"]])
    kept = told.filter(pl.col("hit").is_in(gone.implode()).not_()).drop("hit")
    spoken = hits.filter(label=REACHED).with_row_index("hit")
    within = spoken.join(kept, on=["row", "sentence"], suffix="_told").filter(
        pl.col("start_char") >= pl.col("start_char_told"), pl.col("end_char") <= pl.col("end_char_told")
    )
    # "niemand gesproken" is not "gesproken"
    spoken = spoken.filter(pl.col("hit").is_in(within["hit"].implode()).not_()).drop("hit")
    return pl.concat([kept, spoken])


def _likeliest(hits: pl.DataFrame, n: int) -> pl.Series:
    chance = 1 - (1 - pl.col("weight")).product()
    chances = hits.group_by("row", "label").agg(p=chance, first=pl.col("position").min())
    talked = chances.filter(label=REACHED).select("row", talked="p")
    told = chances.filter(pl.col("label") != REACHED, pl.col("p") >= LEAST_SURE)
    least = pl.when(pl.col("label").is_in(["wrong_number", "cancelled"])).then(TALKED).otherwise(LEAST_SURE)
    best = (
        told.join(talked, on="row", how="left")
        .filter(pl.col("talked").fill_null(0.0) < least)
        .sort("row", "p", "first", descending=[False, True, False])
        .group_by("row", maintain_order=True)
        .agg(status=pl.col("label").first())
    )
    rows = pl.DataFrame({"row": pl.int_range(n, dtype=pl.UInt32, eager=True)})
    return rows.join(best, on="row", how="left", maintain_order="left")["status"]
