"""The links as a table for the user: what was joined, how sure that is, and what is still asked."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.candidates import BETWEEN, deal_labels, numbered, talk_labels
from salesinsight.exports.linking.decide import MOST_CANDIDATES
from salesinsight.exports.linking.known import Tables, open_deals
from salesinsight.exports.profile import Profile
from salesinsight.exports.readers.links import COLUMNS
from salesinsight.language import Words, words

# what fills itself in must not look like the user's own answer
OPEN = ("unsure", "clash", "undated")


def links_table(
    placed: pl.DataFrame,
    doubles: pl.DataFrame,
    apart: pl.DataFrame,
    tables: Tables,
    by_words: pl.DataFrame,
    profile: Profile,
) -> pl.DataFrame:
    """Write the links as a table.

    Parameters
    ----------
    placed : polars.DataFrame
        Recordings with their conversation, fate, reasons and candidates.
    doubles : polars.DataFrame
        The trail of `merge_duplicates`.
    apart : polars.DataFrame
        Of `kept_apart`: what the user said of duplicates stands in the next proposal too.
    tables : dict
        The tables after linking.
    by_words : polars.DataFrame
        conversation_id and sure, of sides that come from what was said.
    profile : Profile
        Language of the sentences and the time zone of the times in them.

    Returns
    -------
    polars.DataFrame
        kind {transcript, duplicate}, file, conversation_id, deal_id, account_id, sellers, swap, how, sure,
        candidates and question (missing when nothing is asked).
    """
    said = words(profile.language)
    talks = tables["conversations"].unique("conversation_id", keep="first")
    rows = _beside(placed, talks, tables, by_words)
    transcripts = rows.select(
        kind=pl.lit("transcript"),
        file="label",
        conversation_id="conversation_id",
        deal_id="deal_id",
        account_id="account_id",
        sellers=pl.when(pl.col("sellers").list.len() > 0).then(pl.col("sellers").list.join(BETWEEN)),
        # where sellers says who sells, swapping once more would turn it round
        swap=pl.when(pl.col("swap") & pl.col("sellers").list.len().fill_null(0).eq(0)).then(True),
        how=pl.Series(_how(rows, said), dtype=pl.String),
        sure=_sure(),
        candidates=_candidates(rows, tables, profile),
        question=pl.Series(_questions(rows, said), dtype=pl.String),
    )
    empty = pl.DataFrame(schema=COLUMNS)
    both = [empty, transcripts.cast(COLUMNS), *_of_duplicates(doubles, apart, said)]
    return pl.concat(both, how="diagonal_relaxed").select(*COLUMNS)


def _of_duplicates(doubles: pl.DataFrame, apart: pl.DataFrame, said: Words) -> list[pl.DataFrame]:
    """What was merged, and what the user keeps apart."""
    merged = doubles.select(
        "file",
        "conversation_id",
        kind=pl.lit("duplicate"),
        candidates="double",
        how=pl.lit(said("exports.link.double")),
    )
    told = pl.lit(said("exports.link.given"))
    return [merged, apart.select("kind", "file", "conversation_id", "candidates", how=told)]


def _beside(
    placed: pl.DataFrame, talks: pl.DataFrame, tables: Tables, by_words: pl.DataFrame
) -> pl.DataFrame:
    """Recordings with what is known of their conversation: deal, organisation, open deals and sellers."""
    loose = talks.filter(pl.col("deal_id").is_null()).select("conversation_id", "account_id", at="started_at")
    deals = open_deals(tables, loose).group_by("conversation_id").agg(deals=pl.col("deal_id").unique().sort())
    voices = (
        tables["turns"]
        .group_by("conversation_id", maintain_order=True)
        .agg(
            sellers=pl.col("speaker_id")
            .filter(pl.col("role") == "seller")
            .unique(maintain_order=True)
            .drop_nulls(),
            sided=pl.col("role").is_in(["seller"]).any(),
        )
    )
    rows = placed.drop("deal_id", "account_id", "sellers", "points", strict=False)
    rows = rows.join(
        talks.select("conversation_id", "deal_id", "account_id"),
        on="conversation_id",
        how="left",
        maintain_order="left",
    )
    rows = rows.join(voices, on="conversation_id", how="left", maintain_order="left")
    rows = rows.join(deals, on="conversation_id", how="left", maintain_order="left")
    rows = rows.join(
        by_words.rename({"sure": "_role_sure"}), on="conversation_id", how="left", maintain_order="left"
    )
    return rows


def _sure() -> pl.Expr:
    given = pl.when(pl.col("wanted").is_not_null()).then(1.0)
    linked = pl.when(pl.col("fate").is_in(["alone", "part", "double", "unsure", "clash"])).then("sure")
    return pl.coalesce(given, linked).round(3)


def _candidates(rows: pl.DataFrame, tables: Tables, profile: Profile) -> pl.Series:
    """The conversations that come into question, where one is still asked for; else the deals."""
    placed = rows.with_row_index("_row")
    talks = placed.filter(pl.col("fate").is_in(OPEN))
    talks = talks.select("_row", candidates=pl.col("candidates").list.head(MOST_CANDIDATES))
    deals = placed.filter(pl.col("fate").is_in(OPEN).not_() & pl.col("deals").is_not_null())
    deals = deals.select("_row", candidates="deals")
    listed = [
        numbered(asked, labels(asked["candidates"].explode().drop_nulls(), tables, profile))
        for asked, labels in ((talks, talk_labels), (deals, deal_labels))
    ]
    return placed.select("_row").join(pl.concat(listed), on="_row", how="left", maintain_order="left")[
        "listed"
    ]


def _how(rows: pl.DataFrame, said: Words) -> list[str]:
    """In words: by which reasons, or what became of it. One row per file, so a walk over them is short."""
    told = []
    columns = ("fate", "reasons", "wanted", "deal_id", "account_id", "deals", "_role_sure")
    for row in rows.select(columns).iter_rows(named=True):
        if row["wanted"] is not None:
            parts = [said("exports.link.given")]
        elif row["fate"] in ("made", "loose", "copy", "undated", "own"):
            parts = [said(f"exports.link.fate.{row['fate']}")]
        else:
            parts = [said(f"exports.link.reason.{name}") for name in row["reasons"] or []]
        if row["fate"] in ("part", "double"):
            parts.append(said(f"exports.link.fate.{row['fate']}"))
        if row["deal_id"] is None and row["account_id"] is not None and row["deals"] is None:
            parts.append(said("exports.link.no_deal"))
        if row["_role_sure"] is not None:
            parts.append(said("exports.link.by_words", percent=min(99, int(100 * row["_role_sure"]))))
        told.append(", ".join(parts))
    return told


def _questions(rows: pl.DataFrame, said: Words) -> list[str | None]:
    """What the user is asked: which conversation, which deal, who sells."""
    asked: list[str | None] = []
    columns = ("fate", "candidates", "deal_id", "account_id", "deals", "sided")
    for row in rows.select(columns).iter_rows(named=True):
        questions = []
        if row["fate"] in OPEN:
            several = row["fate"] == "unsure" and bool(row["candidates"])
            questions.append("which" if several else row["fate"] if row["fate"] != "unsure" else "undated")
        elif row["fate"] not in ("copy", "double", "own"):
            if row["deals"] is not None:
                questions.append("deal")
            elif row["account_id"] is None and row["deal_id"] is None and row["fate"] != "loose":
                questions.append("whose")
            if not row["sided"]:
                questions.append("seller")
        asked.append(" ".join(said(f"exports.link.question.{name}") for name in questions) or None)
    return asked
