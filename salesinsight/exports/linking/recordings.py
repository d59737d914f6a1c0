"""Opened transcripts → one row per recording: what the file says about itself."""

from __future__ import annotations

from typing import Any

import polars as pl

from salesinsight.exports.convert import clock, numbers

RECORDING = ["_path", "recording"]
ENDING = r"(?:\.\p{L}[\p{L}\d]{1,10})?(?:\.gz)?$"
ABOUT = ("call_id", "title", "recorded_at")
RECORDINGS: Any = {
    "_source": pl.Int64,
    "recording": pl.String,
    "file": pl.String,
    "call_id": pl.String,
    "title": pl.String,
    "recorded_at": pl.String,
    "duration_s": pl.Float64,
    "speakers": pl.List(pl.String),
    "emails": pl.List(pl.String),
    "sides": pl.List(pl.String),
    "unnamed": pl.Boolean,
}


def recordings_of(frame: pl.DataFrame) -> pl.DataFrame:
    """Gather the rows of transcripts to one row per recording.

    Parameters
    ----------
    frame : polars.DataFrame
        An opened source with ``link = true``: columns of text with _source, _path and _line, and those of
        speaker, speaker_email, speaker_side, start_s, end_s, call_id, title, recorded_at and duration_s
        that the format has.

    Returns
    -------
    polars.DataFrame
        recording (the conversation_id that its turns carry until it is linked), file, call_id, title,
        recorded_at (as written), duration_s (seconds; the last end where the file doesn't tell) and, side
        by side, speakers, their emails and sides, missing where unknown; unnamed: whether somebody speaks
        without a name.

    Examples
    --------
    >>> rows = {"_source": [0, 0], "_path": ["a.vtt"] * 2, "speaker": ["Bo", "An"], "end_s": ["1", "2.5"]}
    >>> found = recordings_of(pl.DataFrame(rows))
    >>> found.select("recording", "duration_s", "speakers").row(0)
    ('a', 2.5, ['Bo', 'An'])
    """
    names = ("speaker", "speaker_email", "speaker_side", "start_s", "end_s", "duration_s", *ABOUT)
    lacking = [pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns]
    rows = frame.with_columns(lacking).with_columns(pl.col(names).cast(pl.String))
    rows = rows.with_columns(
        recording=_recording(frame.columns),
        **{name: _seconds(rows[name]) for name in ("end_s", "duration_s")},
    )
    per_speaker = rows.drop_nulls("speaker").group_by(*RECORDING, "speaker", maintain_order=True)
    voices = per_speaker.agg(pl.col("speaker_email", "speaker_side").drop_nulls().first())
    voices = voices.group_by(RECORDING, maintain_order=True).agg(
        speakers="speaker", emails="speaker_email", sides="speaker_side"
    )
    about = rows.group_by(RECORDING, maintain_order=True).agg(
        pl.col("_source").first(),
        pl.col(ABOUT).drop_nulls().first(),
        unnamed=pl.col("speaker").is_null().any(),
        duration_s=pl.coalesce(pl.col("duration_s").max(), pl.col("end_s").max()),
    )
    found = about.join(voices, on=RECORDING, how="left", maintain_order="left").with_columns(file="_path")
    empty = pl.DataFrame(schema=RECORDINGS)
    return pl.concat([empty, found.select(*RECORDINGS).cast(RECORDINGS)])


def _recording(columns: list[str]) -> pl.Expr:
    """The conversation that rows of a transcript belong to for now: what reading gave them, else the path."""
    given = [pl.col(name) for name in ("conversation_id", "call_id") if name in columns]
    return pl.coalesce(*given, pl.col("_path").str.replace(ENDING, ""))


def _seconds(text: pl.Series) -> pl.Series:
    found = numbers(text, ".")
    return found.zip_with(found.is_not_null(), clock(text))
