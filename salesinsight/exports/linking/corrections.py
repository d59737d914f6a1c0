"""links.csv: what the user filled in about recordings and duplicates, which wins over everything.

A cell that says what is found without it is no answer: a proposal that was saved and left as it was changes
nothing. An answer that can't be used is told, with its line.
"""

from __future__ import annotations

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.linking.candidates import BETWEEN, chosen
from salesinsight.exports.linking.known import Tables
from salesinsight.exports.linking.made import deals_by_account, make_conversations
from salesinsight.exports.linking.names import plain
from salesinsight.exports.linking.roles import VOICE, named_sides, swap_sides
from salesinsight.exports.readers.links import COLUMNS as LINKS
from salesinsight.language import languages, words

ANSWERS = ["file", "wanted", "deal_id", "account_id", "sellers", "swap", "listed", "literal", "line"]
MOST_TOLD = 5


def answers(given: pl.DataFrame | None) -> pl.DataFrame:
    """What links.csv says of recordings, a row per file; empty where nothing is given.

    Returns
    -------
    polars.DataFrame
        file, wanted (the conversation), deal_id, account_id, sellers, swap, listed (the candidates it was
        chosen from), literal (wanted was chosen in an earlier round, so it is no number of a candidate) and
        line.

    Examples
    --------
    >>> rows = {"kind": ["transcript"], "file": ["a.vtt"], "conversation_id": ["2"], "deal_id": [None],
    ...         "account_id": [None], "sellers": [None], "swap": [None], "candidates": ["1) c7; 2) c9"],
    ...         "how": [None], "_line": [2]}
    >>> answers(pl.DataFrame(rows)).select("file", "wanted", "listed", "line").row(0)
    ('a.vtt', '2', '1) c7; 2) c9', 2)
    """
    rows = pl.DataFrame(schema=LINKS | {"_line": pl.Int64}) if given is None else given
    told = [words(code)("exports.link.given") for code in languages()]
    literal = pl.any_horizontal(pl.col("how").cast(pl.String).str.starts_with(text) for text in told)
    rows = rows.filter(kind="transcript").rename(
        {"conversation_id": "wanted", "candidates": "listed", "_line": "line"}
    )
    return rows.with_columns(literal=literal.fill_null(False)).select(ANSWERS)


def by_label(fixed: pl.DataFrame, labels: pl.Series, findings: Findings) -> pl.DataFrame:
    """Answers under the labels of the recordings, whatever became of capitals and slashes."""
    loose = pl.col("file").str.normalize("NFC").str.to_lowercase().str.replace_all("\\", "/", literal=True)
    known = pl.DataFrame({"file": labels}).select(label="file", key=loose)
    known = known.filter(pl.len().over("key") == 1)
    exact = pl.col("file").is_in(labels.implode())
    rows = fixed.with_columns(key=loose).join(known, on="key", how="left", maintain_order="left")
    rows = rows.with_columns(file=pl.when(exact).then("file").otherwise("label"), _file="file", _exact=exact)
    # of two rows for one recording that with its very name counts
    rows = rows.sort("_exact", descending=True, maintain_order=True)
    again = pl.col("file").is_first_distinct().not_() | pl.col("file").is_null()
    _tell(findings, "link_no_file", rows.filter(again), "_file")
    return rows.filter(~again).select(ANSWERS)


def usable(rows: pl.DataFrame, proposed: pl.DataFrame, tables: Tables, findings: Findings) -> pl.DataFrame:
    """Take out what was proposed anyway, turn numbers of candidates into ids, and tell what doesn't exist.

    Parameters
    ----------
    rows : polars.DataFrame
        Recordings with the columns of `answers`.
    proposed : polars.DataFrame
        The same recordings as they are placed without an answer.
    tables : dict
        All tables.
    findings : Findings
        Gets what can't be used.

    Returns
    -------
    polars.DataFrame
        The recordings; wanted and deal_id are ids that exist, or missing. A recording may also want the
        conversation that is made of itself.
    """
    own = (rows["wanted"] == proposed["conversation_id"]).fill_null(False)
    rows = rows.with_columns(wanted=pl.when(~own).then("wanted"))
    made = make_conversations(proposed.filter(fate="made"), tables)
    talks = pl.concat([tables["conversations"], made], how="diagonal_relaxed")
    talks = deals_by_account(talks, tables).unique("conversation_id", keep="first")
    first = proposed.select("rec", "conversation_id").join(talks, on="conversation_id", how="left")
    rows = rows.join(
        first.select("rec", _deal="deal_id", _account="account_id"),
        on="rec",
        how="left",
        maintain_order="left",
    )
    # a deal that was proposed with another conversation does not follow to the one that is wanted now
    rows = rows.with_columns(
        deal_id=pl.when(pl.col("deal_id").ne_missing(pl.col("_deal"))).then("deal_id"),
        account_id=pl.when(pl.col("account_id").ne_missing(pl.col("_account"))).then("account_id"),
    ).drop("_deal", "_account")
    for name, known in (("wanted", tables["conversations"]["conversation_id"]), ("deal_id", _deals(tables))):
        ids = set(known)
        picked = []
        # a walk over the answers, a row per file
        for answer, listed, literal in rows.select(name, "listed", "literal").iter_rows():
            found = None if literal and name == "wanted" else chosen(answer, listed)
            picked.append(found if found in ids else answer)
        rows = rows.with_columns(pl.Series(name, picked, dtype=pl.String))
    known = tables["conversations"]["conversation_id"]
    no_talk = ~pl.col("wanted").is_in(known.implode()) & (pl.col("wanted") != pl.col("recording"))
    _tell(findings, "link_unknown", rows.filter(no_talk), "wanted")
    # where the export has no deals at all, what is filled in stays
    deals = _deals(tables)
    no_deal = ~pl.col("deal_id").is_in(deals.implode()) & pl.lit(len(deals) > 0)
    _tell(findings, "link_no_deal", rows.filter(no_deal), "deal_id")
    return rows.with_columns(
        wanted=pl.when(~no_talk).then("wanted"), deal_id=pl.when(~no_deal).then("deal_id")
    )


def _deals(tables: Tables) -> pl.Series:
    return tables["deals"]["deal_id"].drop_nulls()


def tell_unplaced(placed: pl.DataFrame, findings: Findings) -> None:
    """Tell of deals, organisations and sellers that were filled in for recordings without a conversation."""
    filled = pl.any_horizontal(pl.col("deal_id", "account_id", "sellers").is_not_null()) | pl.col("swap")
    # of two that clash is asked already what each is of
    alone = pl.col("conversation_id").is_null() & (pl.col("fate") != "clash")
    _tell(findings, "link_unplaced", placed.filter(filled & alone), "label")


def sides_as_told(
    turns: pl.DataFrame, placed: pl.DataFrame, findings: Findings
) -> tuple[pl.DataFrame, pl.Series]:
    """Give speakers the side that links.csv says, where it says another than was found.

    Parameters
    ----------
    turns : polars.DataFrame
        Turns with the sides that were found.
    placed : polars.DataFrame
        Recordings with their conversation, label, sellers, swap and line.

    Returns
    -------
    polars.DataFrame
        The turns. Sellers win over swap, but sellers that stand as they were proposed are no answer.
    polars.Series
        The conversations whose sides were told.
    """
    sells = turns.filter(role="seller").drop_nulls("speaker_id")
    found = sells.group_by("conversation_id").agg(
        _found=pl.col("speaker_id").unique(maintain_order=True).str.join(BETWEEN)
    )
    rows = placed.drop_nulls("conversation_id")
    rows = rows.join(found, on="conversation_id", how="left", maintain_order="left")
    rows = rows.with_columns(_told=_names("sellers"), _found=_names("_found"))
    told = rows.filter(pl.col("sellers").is_not_null() & pl.col("_told").ne_missing(pl.col("_found")))
    heard = turns.select(VOICE).drop_nulls().unique().with_columns(_told=plain(pl.col("speaker_id")))
    each = told.select("line", "conversation_id", name=pl.col("sellers").str.split(BETWEEN.strip()))
    each = each.explode("name").with_columns(pl.col("name").str.strip_chars())
    each = each.filter(pl.col("name") != "").with_columns(_told=plain(pl.col("name")))
    nobody = each.join(heard, on=["conversation_id", "_told"], how="anti")
    _tell(findings, "link_no_speaker", nobody, "name")
    listed = named_sides(told.select("conversation_id", "sellers"), turns)
    by_list = turns.join(listed, on=VOICE, how="left", maintain_order="left")
    turns = by_list.with_columns(role=pl.coalesce("side", "role")).drop("side")
    is_told = pl.col("conversation_id").is_in(listed["conversation_id"].unique().implode())
    _tell(findings, "link_both", rows.filter(pl.col("swap") & is_told), "label")
    swapped = rows.filter(pl.col("swap") & ~is_told)["conversation_id"].unique()
    return swap_sides(turns, swapped), pl.concat([listed["conversation_id"], swapped]).unique()


def _names(column: str) -> pl.Expr:
    parts = plain(pl.col(column)).str.split(BETWEEN.strip())
    parts = parts.list.eval(pl.element().str.strip_chars())
    return parts.list.eval(pl.element().filter(pl.element() != "")).list.unique().list.sort()


def kept_apart(given: pl.DataFrame | None) -> pl.DataFrame:
    """Rows of duplicates that must not be merged: their conversation is the merged one itself.

    Examples
    --------
    >>> rows = {"kind": ["duplicate"], "conversation_id": ["c2"], "candidates": ["c2"]}
    >>> kept_apart(pl.DataFrame(rows))["conversation_id"].to_list()
    ['c2']
    """
    rows = pl.DataFrame(schema=LINKS) if given is None else given
    return rows.filter(pl.col("conversation_id") == pl.col("candidates"), kind="duplicate")


def _tell(findings: Findings, code: str, rows: pl.DataFrame, column: str) -> None:
    """One notice of all answers that can't be used for one reason: their lines, and what stood there."""
    if not rows.height:
        return
    more = rows.height - MOST_TOLD
    first = rows.sort("line").head(MOST_TOLD)
    names = [f"'{name}'" for name in first[column]]
    if more > 0:
        names[-1] += f" … (+{more})"
    lines = [str(line) for line in first["line"]]
    findings.notice(code, lines=lines, names=names)
