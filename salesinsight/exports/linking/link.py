"""The door of the room: tables and recordings → tables in which everything hangs together, and how."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.convert import moments
from salesinsight.exports.findings import Findings
from salesinsight.exports.linking.corrections import fixed_transcripts, kept_apart
from salesinsight.exports.linking.decide import decide
from salesinsight.exports.linking.duplicates import merge_duplicates
from salesinsight.exports.linking.evidence import weigh
from salesinsight.exports.linking.filenames import moments_in_names
from salesinsight.exports.linking.known import Tables
from salesinsight.exports.linking.made import deals_by_account, make_conversations
from salesinsight.exports.linking.roles import (
    named_sides,
    others_are_customers,
    sides_by_name,
    swap_sides,
    take_sides,
    voices_of,
)
from salesinsight.exports.linking.said import sides_by_words
from salesinsight.exports.linking.several import copies, settle
from salesinsight.exports.linking.status import statuses_in_notes, statuses_in_turns
from salesinsight.exports.linking.trail import links_table
from salesinsight.exports.profile import Profile

KEY = ["file", "recording"]


def link_transcripts(
    tables: Tables,
    recordings: pl.DataFrame,
    given: pl.DataFrame | None,
    profile: Profile,
    findings: Findings,
) -> tuple[Tables, pl.DataFrame]:
    """Find the conversation, deal and speakers of every transcript, and merge what is one conversation.

    Parameters
    ----------
    tables : dict of polars.DataFrame
        All tables by name, with the columns in `TRACE`; turns of recordings carry the recording as their
        conversation.
    recordings : polars.DataFrame
        Of `recordings_of`.
    given : polars.DataFrame or None
        links.csv as read: what is filled in there wins.
    profile : Profile
        Time zone, language, who sells, and the domains of the sellers' own organisation.
    findings : Findings
        Gets what is set aside, merged and assumed.

    Returns
    -------
    dict of polars.DataFrame
        The tables; every turn with a known side has its role.
    polars.DataFrame
        The links, as ``docs/exports/linking.md`` explains them: a row per recording and per conversation
        that was merged into another.

    Notes
    -----
    Decided is only on what was known at the moment of the recording. What is not sure enough is listed
    with a question and its words are set aside; it is never guessed.
    """
    done, doubles = merge_duplicates(tables, kept_apart(given), findings)
    fixed = fixed_transcripts(given)
    placed = _place(recordings, done, fixed, profile, findings)
    done = _move(done, placed, findings)
    done["conversations"] = _correct(done, placed, profile, findings)
    done["turns"], by_words = _give_roles(done, placed, profile)
    return done, links_table(placed, doubles, done, by_words, profile)


def _place(
    recordings: pl.DataFrame, tables: Tables, fixed: pl.DataFrame, profile: Profile, findings: Findings
) -> pl.DataFrame:
    """Say of every recording which conversation it is of, and what becomes of its words.

    Returns the recordings with conversation_id and fate {alone, part, double, clash, unsure, made, undated,
    copy, loose}; all but the first two, made and loose (words without any conversations) lose their words.
    """
    zone = profile.time_zone
    rows = _date(recordings, zone)
    rows = rows.join(
        fixed.rename({"conversation_id": "wanted"}), on="file", how="left", maintain_order="left"
    )
    twins = copies(rows.filter(pl.col("wanted").is_null()), tables["turns"])
    known = tables["conversations"]["conversation_id"]
    strange = pl.col("wanted").is_in(known.implode()).not_() & (pl.col("wanted") != pl.col("recording"))
    wrong = rows.filter(strange)
    if wrong.height:
        findings.notice("link_unknown", n=wrong.height, names=wrong["wanted"].to_list())
    rows = rows.with_columns(wanted=pl.when(~strange).then("wanted"))
    found = decide(weigh(rows.filter(pl.col("wanted").is_null()), tables, zone))
    rows = rows.join(found, on="rec", how="left", maintain_order="left")
    rows = rows.join(twins.rename({"copy_of": "_twin"}), on="rec", how="left", maintain_order="left")
    is_copy = pl.col("_twin").is_not_null()
    linked = (pl.col("verdict") == "linked") & ~is_copy
    chosen = pl.coalesce("wanted", pl.when(linked).then("best"))
    rows = rows.with_columns(conversation_id=chosen)
    mine = rows.filter(pl.col("conversation_id").is_in(known.implode()))
    settled = settle(mine.with_columns(pl.col("points").fill_null(99.0)), tables["turns"])
    rows = rows.join(settled, on="rec", how="left", maintain_order="left")
    # without any conversation in the CRM, words without a date have nothing to be linked to: they stand alone
    loose = pl.lit(not len(known)) & pl.col("at").is_null()
    new = pl.col("verdict").fill_null("none") == "none"
    fate = (
        pl.when(is_copy)
        .then(pl.lit("copy"))
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
    rows = rows.with_columns(
        conversation_id=pl.when(stays)
        .then("recording")
        .when(pl.col("fate") != "clash")
        .then("conversation_id")
    )
    # a copy is of the conversation of the file that stays
    first = rows.select("rec", _first="conversation_id")
    rows = rows.join(first, left_on="copy_of", right_on="rec", how="left", maintain_order="left")
    return rows.with_columns(conversation_id=pl.coalesce("conversation_id", "_first")).drop("_first")


def _date(recordings: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Number recordings and give them the moment in the file, else in its name; timed: more than a day."""
    named = moments_in_names(recordings["file"], zone)
    written = moments(recordings["recorded_at"], (), zone)
    has_time = recordings["recorded_at"].str.contains(r"\d:\d").fill_null(False)
    return recordings.with_row_index("rec").with_columns(
        rest=named["rest"],
        timed=has_time.zip_with(written.is_not_null(), named["timed"]),
        at=written.zip_with(written.is_not_null(), named["at"]),
    )


def _move(tables: Tables, placed: pl.DataFrame, findings: Findings) -> Tables:
    """Bring turns to their conversation, parts after one another; set aside those without one."""
    new = make_conversations(placed.filter(fate="made"), tables)
    talks = pl.concat([tables["conversations"], new], how="diagonal_relaxed")
    if new.height:
        findings.notice("talk_made", n=new.height)
    fates = placed.select(*KEY, "fate", "offset_s", _target="conversation_id", _at="at")
    turns = tables["turns"].with_row_index("_row")
    turns = turns.join(
        fates, left_on=["_path", "conversation_id"], right_on=KEY, how="left", maintain_order="left"
    )
    merged = pl.col("fate").is_in(["copy", "double"]).fill_null(False)
    aside = pl.col("fate").is_in(["clash", "unsure", "undated"]).fill_null(False)
    findings.count("merged", turns.filter(merged))
    lost = turns.filter(aside)
    findings.count("rejected", lost)
    findings.note(lost.unique("_path", keep="first", maintain_order=True), "not_linked", "", "", kept=False)
    kept = turns.filter(~merged & ~aside).with_columns(
        conversation_id=pl.coalesce("_target", "conversation_id"),
        start_s=pl.col("start_s") + pl.col("offset_s").fill_null(0.0),
        end_s=pl.col("end_s") + pl.col("offset_s").fill_null(0.0),
        # numbers of two parts would run through each other
        turn=pl.when(pl.col("fate").ne_missing("part")).then("turn"),
    )
    talk = pl.col("_row").min().over("conversation_id")
    kept = kept.sort(talk, pl.col("offset_s").fill_null(0.0), "_row")
    return dict(tables) | {"conversations": talks, "turns": kept.select(tables["turns"].columns)}


def _correct(tables: Tables, placed: pl.DataFrame, profile: Profile, findings: Findings) -> pl.DataFrame:
    """Fill the deal, the organisation and the status of conversations, from links.csv, deals and words."""
    talks = tables["conversations"]
    wins = placed.filter(pl.col("conversation_id").is_not_null())
    wins = wins.group_by("conversation_id").agg(
        pl.col("deal_id", "account_id").drop_nulls().first().name.prefix("_")
    )
    talks = talks.join(wins, on="conversation_id", how="left", maintain_order="left")
    talks = talks.with_columns(
        deal_id=pl.coalesce("_deal_id", "deal_id"), account_id=pl.coalesce("_account_id", "account_id")
    ).drop("_deal_id", "_account_id")
    before = talks["deal_id"].null_count()
    talks = deals_by_account(talks, tables).drop("_open")
    if before > talks["deal_id"].null_count():
        findings.notice("deal_by_account", n=before - talks["deal_id"].null_count())
    spoken = statuses_in_turns(tables["turns"], profile.language)
    noted = statuses_in_notes(talks["note"], profile.language)
    talks = talks.with_columns(_noted=noted).join(
        spoken.rename({"status": "_spoken"}), on="conversation_id", how="left", maintain_order="left"
    )
    # who spoke long enough to leave a transcript was spoken, whatever the note tells of another attempt
    has_words = pl.col("conversation_id").is_in(tables["turns"]["conversation_id"].unique().implode())
    by_words = pl.coalesce("_spoken", pl.when(~has_words).then("_noted"))
    found = talks["status"].is_null() & talks.select(by_words.is_not_null()).to_series()
    if found.any():
        findings.notice("status_by_words", n=int(found.sum()), total=talks.height)
    return talks.with_columns(status=pl.coalesce("status", by_words)).drop("_noted", "_spoken")


def _give_roles(tables: Tables, placed: pl.DataFrame, profile: Profile) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give speakers their side; also tells how sure the sides are that come from what was said."""
    turns = tables["turns"]
    mine = placed.drop_nulls("conversation_id")
    listed = named_sides(mine.select("conversation_id", "sellers"), turns)
    by_list = turns.join(listed, on=["conversation_id", "speaker_id"], how="left", maintain_order="left")
    turns = by_list.with_columns(role=pl.coalesce("side", "role")).drop("side")
    told = voices_of(mine, profile)
    turns = take_sides(turns, told)
    named = sides_by_name(turns, tables, profile.sellers)
    turns = take_sides(turns, named)
    turns = others_are_customers(turns, pl.concat([told, named], how="diagonal"))
    nobody = pl.col("role").is_null().all().over("conversation_id")
    of_recording = pl.col("conversation_id").is_in(mine["conversation_id"].implode())
    by_words = sides_by_words(turns.filter(nobody & of_recording), tables, profile.language)
    turns = take_sides(turns, by_words)
    swapped = mine.filter("swap")["conversation_id"]
    return swap_sides(turns, swapped).select(tables["turns"].columns), by_words.group_by(
        "conversation_id"
    ).agg(pl.col("sure").min())
