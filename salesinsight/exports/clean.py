"""Tables held against each other: what does not fit is set aside or noted, what is missing is filled in."""

from __future__ import annotations

import difflib

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.late import enter_words
from salesinsight.exports.profile import Profile
from salesinsight.exports.turns import merge_turns
from salesinsight.schema import TABLES

MOST_NAMED = 5
CLOSING = ["won", "lost", "deleted"]
# UTF-8 that was read as Windows-1252 and saved again
GARBLED = "Ã[\u0080-\u00bf\u0152-\u0192\u2018-\u2122]|â€"


def clean(
    tables: dict[str, pl.DataFrame], profile: Profile, findings: Findings, words_alone: bool = False
) -> dict[str, pl.DataFrame]:
    """Check the tables against each other and fill in what follows from the rest.

    Parameters
    ----------
    tables : dict
        All tables by name, with the columns in `findings.TRACE`.
    profile : Profile
        Stages, their aliases, who sells, and the time zone.
    findings : Findings
        Gets what is set aside and assumed.
    words_alone : bool
        Whether turns without a conversation are kept: where no file gave conversations, the words are still
        worth reading.
    """
    done = {name: _unique(table, name, findings) for name, table in tables.items()}
    done["events"] = _events(done["events"], done["deals"], profile, findings)
    _notice_names(done["events"], done["deals"], profile, findings)
    talks = _link_deals(done["conversations"], done, findings)
    talks = _end_after_start(talks, "started_at", "ended_at", findings)
    for name in ("turns", "attendance"):
        done[name] = _keep_known(done[name], talks, words_alone, findings)
    turns = _end_after_start(done["turns"], "start_s", "end_s", findings)
    turns = turns.with_columns(pl.col("role").fill_null("unknown"))
    _notice_turns(turns, talks, findings)
    done["turns"] = merge_turns(turns, findings)
    talks = _enter(_hold(talks, done["turns"]), findings)
    done["conversations"] = enter_words(talks, turns, findings)
    return done


def _unique(table: pl.DataFrame, name: str, findings: Findings) -> pl.DataFrame:
    """Keep the first row of every key; turns are numbered later, and events have no key."""
    keys = list(TABLES[name].key)
    table = _once(table, name, findings)
    if not keys or name == "turns":
        return table
    key = pl.concat_str(keys, separator=" / ")
    marked = table.with_columns(_key=key, _first=pl.struct(keys).is_first_distinct())
    findings.reject(marked.filter(~pl.col("_first")), "duplicate", " + ".join(keys), "_key")
    return marked.filter("_first").drop("_key", "_first")


def _once(table: pl.DataFrame, name: str, findings: Findings) -> pl.DataFrame:
    """Merge rows that another file has too, value for value: "deals (1).csv" beside "deals.csv"."""
    names = TABLES[name].names
    again = pl.struct(names).is_first_distinct().not_() & (
        pl.col("_path") != pl.col("_path").first().over(names)
    )
    if name == "turns":
        # the same word twice is no double when nothing tells the two apart
        again = again & (pl.col("turn").is_not_null() | pl.col("start_s").is_not_null())
    marked = table.with_columns(_again=again)
    doubles = marked.filter("_again")
    if doubles.height:
        files = doubles["_path"].unique().sort().to_list()
        findings.count("merged", doubles)
        findings.notice("files_twice", n=doubles.height, table=name, names=files[:MOST_NAMED])
    return marked.filter(~pl.col("_again")).drop("_again")


def _link_deals(talks: pl.DataFrame, tables: dict[str, pl.DataFrame], findings: Findings) -> pl.DataFrame:
    """Undo links to deals that nothing else knows; where there are no deals at all, links stay."""
    known = pl.concat([tables["deals"]["deal_id"], tables["events"]["deal_id"]]).unique()
    if len(known):
        strange = pl.col("deal_id").is_in(known.implode()).not_().fill_null(False)
        findings.note(talks.filter(strange), "no_deal", "deal_id", "deal_id")
        talks = talks.with_columns(deal_id=pl.when(~strange).then("deal_id"))
    loose = talks["deal_id"].null_count()
    if loose:
        findings.notice("talk_without_deal", n=loose, total=talks.height)
    return talks


def _end_after_start(table: pl.DataFrame, start: str, end: str, findings: Findings) -> pl.DataFrame:
    wrong = (pl.col(end) < pl.col(start)).fill_null(False)
    findings.note(table.filter(wrong), "end_before_start", end, end)
    return table.with_columns(pl.when(~wrong).then(end).alias(end))


def _keep_known(
    table: pl.DataFrame, talks: pl.DataFrame, words_alone: bool, findings: Findings
) -> pl.DataFrame:
    """Keep rows whose conversation is there; where none was given, the words alone are still read."""
    known = pl.col("conversation_id").is_in(talks["conversation_id"].implode())
    if words_alone or not talks.height:
        if table.filter(~known).height:
            findings.notice("no_conversations")
        return table
    findings.reject(table.filter(~known), "no_conversation", "conversation_id", "conversation_id")
    return table.filter(known)


def _notice_turns(turns: pl.DataFrame, talks: pl.DataFrame, findings: Findings) -> None:
    unknown = turns.filter(role="unknown").height
    if unknown:
        findings.notice(
            "unknown_roles", n=unknown, total=turns.height, percent=round(100 * unknown / turns.height)
        )
    garbled = pl.concat([turns["text"], talks["note"]]).str.contains(GARBLED).sum()
    if garbled:
        findings.notice("garbled", n=garbled)


def _hold(talks: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """A conversation without status took place when it has turns, a note or an end."""
    spoken = pl.col("conversation_id").is_in(turns["conversation_id"].unique().implode())
    held = spoken | pl.col("note").is_not_null() | pl.col("ended_at").is_not_null()
    return talks.with_columns(status=pl.coalesce("status", pl.when(held).then(pl.lit("held"))))


def _enter(talks: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    open_ = talks["entered_at"].null_count()
    if open_:
        findings.notice("talk_entered", n=open_, total=talks.height)
    return talks.with_columns(entered_at=pl.coalesce("entered_at", "ended_at", "started_at"))


def _events(events: pl.DataFrame, deals: pl.DataFrame, profile: Profile, findings: Findings) -> pl.DataFrame:
    events = events.join(
        deals.select("deal_id", "created_at", "pipeline", _known=pl.lit(True)),
        on="deal_id",
        how="left",
        maintain_order="left",
    )
    strange = events.filter(pl.col("_known").is_null())["deal_id"].n_unique() if deals.height else 0
    if strange:
        findings.notice("event_without_deal", n=strange)
    day, born = (
        pl.col(name).dt.convert_time_zone(profile.time_zone).dt.date() for name in ("at", "created_at")
    )
    # by the day: a closing date without a time stands at midnight, before the deal's own hour
    early = (pl.col("kind").is_in(CLOSING) & (day < born)).fill_null(False)
    findings.reject(events.filter(early), "closed_before_created", "at", "at")
    events = _name_stages(events.filter(~early), profile, findings)
    open_ = events["entered_at"].null_count()
    if open_:
        findings.notice("event_entered", n=open_, total=events.height)
    return events.with_columns(entered_at=pl.coalesce("entered_at", "at")).drop(
        "created_at", "pipeline", "_known"
    )


def _notice_names(events: pl.DataFrame, deals: pl.DataFrame, profile: Profile, findings: Findings) -> None:
    """Tell of names in the profile that the export does not know, with those that it does."""
    used = deals["pipeline"].drop_nulls().unique().sort().to_list()
    strange = [name for name in profile.stages if name not in used]
    # a profile may serve more pipelines than one export has; here deals are left without stages too
    if strange and set(used) - set(profile.stages):
        findings.notice("no_such_pipeline", stated=strange, used=used)
    stated = profile.label.get("no_decision_reasons", [])
    given = events.filter(kind="lost")["value"].drop_nulls().str.strip_chars()
    known = {reason.casefold() for reason in given}
    strange = [str(reason) for reason in stated if str(reason).strip().casefold() not in known]
    if strange and len(given):
        common = given.value_counts(sort=True)["value"].head(20).to_list()
        findings.notice("no_such_reason", stated=strange, used=common)


def _name_stages(events: pl.DataFrame, profile: Profile, findings: Findings) -> pl.DataFrame:
    """Give stages the names of the profile; names it does not have stay as they are, and are told."""
    if not profile.stages:
        return events
    given = pl.col("value").str.to_lowercase()
    new = pl.col("value")
    for pipeline, order in profile.stages.items():
        here = (pl.col("pipeline") == pipeline) | pl.col("pipeline").is_null()
        for name in order:
            new = pl.when(here & (given == name.lower())).then(pl.lit(name)).otherwise(new)
    for alias in profile.aliases:
        here = ((pl.col("pipeline") == alias.pipeline) | pl.col("pipeline").is_null()) & (
            given == alias.was.lower()
        )
        here = here & (pl.col("at") >= alias.since if alias.since is not None else pl.lit(True))
        here = here & (pl.col("at") < alias.until if alias.until is not None else pl.lit(True))
        new = pl.when(here).then(pl.lit(alias.now)).otherwise(new)
    is_stage = pl.col("kind") == "stage"
    events = events.with_columns(value=pl.when(is_stage).then(new).otherwise("value"))
    order = [name for names in profile.stages.values() for name in names]
    strange = events.filter(is_stage & pl.col("value").is_in(order).not_())
    if strange.height:
        names = strange["value"].drop_nulls().unique().sort().to_list()
        near = {name: difflib.get_close_matches(name, order, n=1) for name in names}
        shown = [f"{name} ({near[name][0]}?)" if near[name] else name for name in names]
        findings.notice("unknown_stages", n=strange.height, names=shown)
    return events
