"""Which conversation every recording is of, and what becomes of its words."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.convert import moments
from salesinsight.exports.findings import Findings
from salesinsight.exports.linking.corrections import by_label, tell_unplaced, usable
from salesinsight.exports.linking.decide import decide
from salesinsight.exports.linking.evidence import weigh
from salesinsight.exports.linking.filenames import moments_in_names
from salesinsight.exports.linking.known import Tables, ties
from salesinsight.exports.linking.own import own_talks
from salesinsight.exports.linking.several import copies, settle
from salesinsight.exports.profile import Profile
from salesinsight.exports.readers.folder import DATED

KEY = ["file", "recording"]
# what the user says wins over any evidence
TOLD_POINTS = 99.0


def place_recordings(
    recordings: pl.DataFrame, tables: Tables, fixed: pl.DataFrame, profile: Profile, findings: Findings
) -> pl.DataFrame:
    """Say of every recording which conversation it is of, and what becomes of its words.

    Returns the recordings with conversation_id and fate {alone, part, double, clash, unsure, made, undated,
    copy, own, loose}; all but the first two, made and loose (words without any conversations) lose theirs.
    """
    rows = _date(_once(recordings, tables["turns"]), profile.time_zone, _export_folders(profile, findings))
    around = ties(tables)
    is_own = pl.col("rec").is_in(own_talks(rows, tables, around, profile).implode())
    found = decide(weigh(rows.filter(~is_own), tables, around, profile.time_zone))
    rows = rows.join(found, on="rec", how="left", maintain_order="left").with_columns(_own=is_own)
    alone = rows.join(fixed.clear(), left_on="label", right_on="file", how="left", maintain_order="left")
    proposed = _place(alone, tables)
    if not fixed.height:
        return proposed
    told = by_label(fixed, rows["label"], findings)
    rows = rows.join(told, left_on="label", right_on="file", how="left", maintain_order="left")
    placed = _place(usable(rows, proposed, tables, findings), tables)
    tell_unplaced(placed, findings)
    return placed


def _place(rows: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Give recordings the conversation that is wanted, else the one that was found, and their fate."""
    twins = copies(rows, tables["turns"]).rename({"copy_of": "_twin"})
    rows = rows.join(twins, on="rec", how="left", maintain_order="left")
    # a copy of what the user placed goes where that goes
    told = pl.col("wanted").is_not_null()
    rows = rows.with_columns(
        wanted=pl.when(pl.col("_twin").is_null()).then("wanted"), _own=pl.col("_own") & ~told
    )
    told = pl.col("wanted").is_not_null()
    rows = rows.with_columns(
        pl.when(~told).then("verdict").alias("verdict"),
        points=pl.when(told).then(TOLD_POINTS).otherwise("points"),
    )
    linked = (pl.col("verdict") == "linked") & pl.col("_twin").is_null()
    chosen = pl.coalesce("wanted", pl.when(linked).then("best"))
    rows = rows.with_columns(conversation_id=chosen)
    known = tables["conversations"]["conversation_id"]
    settled = settle(rows.filter(pl.col("conversation_id").is_in(known.implode())), tables["turns"])
    rows = rows.join(settled, on="rec", how="left", maintain_order="left")
    return _decide_fate(rows, not len(known)).drop("_own")


def _decide_fate(rows: pl.DataFrame, words_alone: bool) -> pl.DataFrame:
    """Say what becomes of the words; a copy is of the conversation of the file that stays."""
    # without any conversation in the CRM, words without a date have nothing to be linked to: they stand alone
    loose = pl.lit(words_alone) & pl.col("at").is_null()
    new = pl.col("verdict").fill_null("none") == "none"
    fate = (
        pl.when(pl.col("_twin").is_not_null())
        .then(pl.lit("copy"))
        .when("_own")
        .then(pl.lit("own"))
        .when(pl.col("fate").is_not_null())
        .then("fate")
        .when(loose)
        .then(pl.lit("loose"))
        .when((new | pl.col("wanted").is_not_null()) & pl.col("at").is_not_null())
        .then(pl.lit("made"))
        .when(new)
        .then(pl.lit("undated"))
        .otherwise(pl.lit("unsure"))
    )
    rows = rows.with_columns(fate=fate, copy_of=pl.coalesce("copy_of", "_twin")).drop("_twin")
    stays = pl.col("fate").is_in(["made", "loose"])
    talk = pl.when(stays).then("recording").when(pl.col("fate") != "clash").then("conversation_id")
    rows = rows.with_columns(conversation_id=talk)
    first = rows.select("rec", _first="conversation_id")
    rows = rows.join(first, left_on="copy_of", right_on="rec", how="left", maintain_order="left")
    return rows.with_columns(conversation_id=pl.coalesce("conversation_id", "_first")).drop("_first")


def _once(recordings: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """Leave out recordings of an older export that stand in a newer one: their words are merged already."""
    again = pl.len().over("recording") > 1
    said = turns.select(file="_path", recording="conversation_id").unique()
    left = recordings.filter(again).join(said, on=KEY, how="anti").select(KEY)
    return recordings.join(left, on=KEY, how="anti", maintain_order="left")


def _export_folders(profile: Profile, findings: Findings) -> list[str]:
    """Folders that are named by the date of an export: that date says nothing of the talks in them."""
    crm = {number for number, source in enumerate(profile.sources) if source.table != "turns"}
    tops = {path.partition("/")[0] for number, path in findings.tallies if number in crm and "/" in path}
    return [top for top in tops if DATED.match(top)]


def _date(recordings: pl.DataFrame, zone: str, exports: list[str]) -> pl.DataFrame:
    """Number recordings and give them the moment in the file, else in its name; timed: more than a day.

    Also gives them their label, as links.csv calls them: the path in their export, which stays the same in
    the next one.
    """
    top, inside = (recordings["file"].str.extract(part) for part in (r"^([^/]+)/", r"^[^/]+/(.*)$"))
    inside = inside.zip_with(top.is_in(exports).fill_null(False), recordings["file"])
    one = recordings.select(pl.len().over("file") == 1).to_series()
    label = inside.zip_with(one, inside + "#" + recordings["recording"])
    named = moments_in_names(inside, zone)
    written = moments(recordings["recorded_at"], (), zone)
    has_time = recordings["recorded_at"].str.contains(r"\d:\d").fill_null(False)
    zoned = (
        recordings["recorded_at"].str.contains(r":\d+(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})$").fill_null(False)
    )
    return recordings.with_row_index("rec").with_columns(
        label=label,
        rest=named["rest"],
        zoned=zoned,
        timed=has_time.zip_with(written.is_not_null(), named["timed"]),
        at=written.zip_with(written.is_not_null(), named["at"]),
    )
