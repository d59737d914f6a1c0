"""Names of people and organisations → keys that are equal when they are written differently.

"Jan de Vries", "de Vries, Jan", "Vries, J. de", "jan.devries@…" and "Jan de Vries (Gast)" share a key.
A key starts with its kind: ``f:`` first and last name, ``i:`` initial and last name, ``g:`` first name,
``l:`` last name, ``e:`` an address, ``x:`` the text itself, ``a:`` an organisation, ``p:`` a phone number.
"""

from __future__ import annotations

from typing import Any

import polars as pl

KEYS: Any = {"row": pl.UInt32, "key": pl.String, "is_initial": pl.Boolean, "is_single": pl.Boolean}
ADDRESS = r"^<?([^@\s<>]+)@([^@\s<>]+\.[^@\s<>]+)>?$"
BETWEEN_BRACKETS = r"\([^)]*\)?|\[[^\]]*\]?"
# what stands after these is an organisation: "Jan de Vries | Firma"
AFTER_NAME = r"\s+[|@–-]\s+.*$|\s*[|/].*$"
# "dhr. ", "Drs. ": an abbreviation of more than one letter before the name
TITLE_BEFORE = r"^(?:\p{L}{2,4}\.\s*)+"
WORD = r"[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*"
# a number is told by its last nine digits, however the country is written
PHONE_DIGITS = 9
WIDEST_NAME = 3


def plain(text: pl.Expr) -> pl.Expr:
    """Lower case without accents and apostrophes."""
    return text.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}|['’`]", "")


def name_keys(names: pl.Series) -> pl.DataFrame:
    """All keys of names, addresses and ids of people.

    Parameters
    ----------
    names : polars.Series
        One name, e-mail address or id per row; a missing one has no keys.

    Returns
    -------
    polars.DataFrame
        row (number of the name), key, is_initial (the name has but an initial, so that its ``i:`` key may
        stand for any first name with that letter) and is_single (it is one word, a first or a last name).

    Examples
    --------
    >>> written = pl.Series(["Jan de Vries", "de Vries, Jan", "jan.devries@firma.nl", "Vries, J. de"])
    >>> keys = name_keys(written)
    >>> keys.filter(key="f:jan devries")["row"].to_list(), keys.filter(key="i:j vries")["row"].to_list()
    ([0, 1, 2], [0, 1, 3])
    """
    given = pl.DataFrame({"row": pl.int_range(len(names), dtype=pl.UInt32, eager=True), "name": names})
    given = given.drop_nulls("name").with_columns(pl.col("name").cast(pl.String).str.strip_chars())
    parts = pl.col("name").str.extract_groups(ADDRESS).struct
    rows = given.with_columns(local=parts.field("1"), low=plain(pl.col("name")))
    bare = (
        plain(pl.col("name"))
        .str.replace_all(BETWEEN_BRACKETS, " ")
        .str.replace(AFTER_NAME, "")
        .str.strip_chars()
        .str.replace(TITLE_BEFORE, "")
        .str.replace(r"^([^,]+),\s*([^,]+)$", "$2 $1")
    )
    # an address may have the name before its @: jan.devries, j_devries
    local = plain(pl.col("local")).str.replace_all(r"[._+-]", " ")
    words = rows.with_columns(words=pl.coalesce(local, bare).str.extract_all(WORD))
    return _keys(words)


def _keys(rows: pl.DataFrame) -> pl.DataFrame:
    words = pl.col("words")
    rows = rows.with_columns(
        n=words.list.len(),
        first=words.list.first(),
        last=words.list.last(),
        rest=words.list.slice(1).list.join("").str.replace_all("-", ""),
    ).with_columns(is_initial=(pl.col("first").str.len_chars() == 1).fill_null(False))
    initial = pl.col("first").str.slice(0, 1)
    lettered = pl.col("last").str.contains(r"\p{L}")
    several = lettered & (pl.col("n") > 1)
    whole = several & ~pl.col("is_initial")
    made = rows.select(
        "row",
        "is_initial",
        is_single=(pl.col("n") == 1).fill_null(False),
        key=pl.concat_list(
            "x:" + pl.col("low"),
            pl.when(pl.col("local").is_not_null()).then("e:" + pl.col("low").str.strip_chars("<>")),
            pl.when(whole).then("f:" + pl.col("first") + " " + pl.col("last")),
            pl.when(whole).then("f:" + pl.col("first") + " " + pl.col("rest")),
            pl.when(several).then("i:" + initial + " " + pl.col("last")),
            pl.when(several).then("i:" + initial + " " + pl.col("rest")),
            pl.when(lettered & ~pl.col("is_initial")).then("g:" + pl.col("first")),
            pl.when(lettered).then("l:" + pl.col("last")),
            pl.when(several).then("l:" + pl.col("rest")),
            _phone(pl.col("low")),
        ),
    )
    return made.explode("key").drop_nulls("key").unique(maintain_order=True).select(*KEYS).cast(KEYS)


def title_keys(titles: pl.Series) -> pl.DataFrame:
    """Keys of everything in a title or file name that may be a person, an organisation or a phone number.

    Examples
    --------
    >>> found = title_keys(pl.Series(["Kennismaking Jan de Vries - Bakkerij Zon"]))["key"].to_list()
    >>> "f:jan vries" in found, "a:bakkerijzon" in found, "l:vries" in found
    (True, True, True)
    """
    rows = pl.DataFrame({"row": pl.int_range(len(titles), dtype=pl.UInt32, eager=True), "title": titles})
    rows = rows.drop_nulls("title").with_columns(pl.col("title").cast(pl.String))
    words = (
        rows.select("row", word=plain(pl.col("title")).str.replace_all("_", " ").str.extract_all(WORD))
        .explode("word")
        .drop_nulls("word")
        .with_columns(place=pl.int_range(pl.len()).over("row"))
    )
    lettered = words.filter(pl.col("word").str.contains(r"^[^\d]+$"))
    parts = [
        lettered.filter(pl.col("word").str.len_chars() > 2).select("row", key="l:" + pl.col("word")),
        lettered.filter(pl.col("word").str.len_chars() > 3).select("row", key="a:" + pl.col("word")),
        rows.select("row", key=plain(pl.col("title")).str.extract_all(r"[^@\s<>_]+@[^@\s<>]+\.\p{L}+"))
        .explode("key")
        .drop_nulls()
        .with_columns(key="e:" + pl.col("key")),
        rows.select("row", key=pl.col("title").str.extract_all(r"\+?\d[\d ]{8,15}"))
        .explode("key")
        .select("row", key=_phone(pl.col("key")))
        .drop_nulls(),
    ]
    for step in range(1, WIDEST_NAME + 1):
        after = lettered.select("row", place=pl.col("place") - step, other="word")
        pairs = lettered.join(after, on=["row", "place"])
        parts.append(pairs.select("row", key="f:" + pl.col("word") + " " + pl.col("other")))
        if step == 1:
            parts.append(pairs.select("row", key="a:" + pl.col("word") + pl.col("other")))
            parts.append(pairs.select("row", key="l:" + pl.col("word") + pl.col("other")))
    keys = pl.concat([part.select("row", "key") for part in parts]).unique(maintain_order=True)
    return keys.with_columns(is_initial=False, is_single=True).select(*KEYS).cast(KEYS)


def account_keys(accounts: pl.Series) -> pl.DataFrame:
    """The key of an organisation that is named, not numbered: its first two words, else its only one.

    Examples
    --------
    >>> account_keys(pl.Series(["Bakkerij Zon BV", "4711", None]))["key"].to_list()
    ['a:bakkerijzon']
    """
    rows = pl.DataFrame({"row": pl.int_range(len(accounts), dtype=pl.UInt32, eager=True), "name": accounts})
    words = plain(pl.col("name").cast(pl.String)).str.extract_all(WORD)
    glued = words.list.head(2).list.join("")
    named = glued.str.contains(r"^[^\d]{4,}$")
    keys = rows.filter(named.fill_null(False)).select(
        "row", key="a:" + glued, is_initial=False, is_single=True
    )
    return keys.select(*KEYS).cast(KEYS)


def _phone(text: pl.Expr) -> pl.Expr:
    digits = text.str.replace_all(r"\D", "")
    is_number = text.str.contains(r"^\+?[\d ().-]+$") & (digits.str.len_chars() >= PHONE_DIGITS)
    return pl.when(is_number).then("p:" + digits.str.tail(PHONE_DIGITS))
