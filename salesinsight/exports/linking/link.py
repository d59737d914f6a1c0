"""The door of the room: tables and recordings → tables in which everything hangs together, and how."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.linking.corrections import answers, kept_apart, sides_as_told
from salesinsight.exports.linking.duplicates import merge_duplicates
from salesinsight.exports.linking.known import Tables
from salesinsight.exports.linking.made import deals_by_account, make_conversations
from salesinsight.exports.linking.place import KEY, place_recordings
from salesinsight.exports.linking.roles import (
    guests_are_customers,
    others_are_customers,
    sides_by_name,
    take_sides,
    voices_of,
)
from salesinsight.exports.linking.said import sides_by_words
from salesinsight.exports.linking.status import statuses_in_notes, statuses_in_turns
from salesinsight.exports.linking.trail import links_table
from salesinsight.exports.profile import Profile


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
    apart = kept_apart(given)
    done, doubles = merge_duplicates(tables, apart["conversation_id"].to_list(), findings)
    apart = apart.filter(
        pl.col("conversation_id").is_in(tables["conversations"]["conversation_id"].implode())
    )
    placed = place_recordings(recordings, done, answers(given), profile, findings)
    done = _move(done, placed, findings)
    done["conversations"] = _correct(done, placed, profile, findings)
    done["turns"], by_words = _give_roles(done, placed, profile, findings)
    return done, links_table(placed, doubles, apart, done, by_words, profile)


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
    aside = pl.col("fate").is_in(["clash", "unsure", "undated", "own"]).fill_null(False)
    findings.count("merged", turns.filter(merged))
    lost = turns.filter(aside)
    findings.count("rejected", lost)
    # a line per file
    lost = lost.unique(["_path", "conversation_id"], keep="first", maintain_order=True)
    findings.note(lost.filter(pl.col("fate") != "own"), "not_linked", "", "", kept=False)
    findings.note(lost.filter(fate="own"), "own_people", "", "", kept=False)
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


def _give_roles(
    tables: Tables, placed: pl.DataFrame, profile: Profile, findings: Findings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give speakers their side; also tells how sure the sides are that come from what was said."""
    turns = tables["turns"]
    mine = placed.drop_nulls("conversation_id")
    told = voices_of(mine, profile)
    turns = take_sides(turns, told)
    named = sides_by_name(turns, tables, profile.sellers)
    turns = take_sides(turns, named)
    turns = guests_are_customers(turns, mine)
    turns = others_are_customers(turns, pl.concat([told, named], how="diagonal"))
    nobody = pl.col("role").is_null().all().over("conversation_id")
    of_recording = pl.col("conversation_id").is_in(mine["conversation_id"].implode())
    # where seller and customer have one name, words that sound like either are not enough
    unsure = named.filter(pl.col("side").is_null())["conversation_id"].unique()
    of_both = pl.col("conversation_id").is_in(unsure.implode())
    by_words = sides_by_words(turns.filter(nobody & of_recording & ~of_both), tables, profile.language)
    turns, told_ids = sides_as_told(take_sides(turns, by_words), mine, findings)
    by_words = by_words.filter(~pl.col("conversation_id").is_in(told_ids.implode()))
    by_words = by_words.group_by("conversation_id").agg(pl.col("sure").min())
    return turns.select(tables["turns"].columns), by_words
