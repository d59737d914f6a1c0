"""Find what is personal in texts: each finder gives spans; where they overlap, one is kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.privacy.known import Known
from salesinsight.privacy.lexicon import load_lexicon
from salesinsight.privacy.numbers import find_numbers
from salesinsight.privacy.page import Page, Span
from salesinsight.privacy.people import find_names
from salesinsight.privacy.places import find_addresses
from salesinsight.privacy.spoken import find_spoken
from salesinsight.privacy.vault import CODE

# texts are read as one long page; this many at a time keeps memory in bounds
AT_ONCE = 100_000
SCHEMA = {
    "row": pl.Int64,
    "start_char": pl.Int64,
    "end_char": pl.Int64,
    "kind": pl.String,
    "value": pl.String,
}


def find_personal(texts: pl.Series | pd.Series, language: str, known: Known | None = None) -> pl.DataFrame:
    """Find names, addresses and numbers of people in texts.

    Parameters
    ----------
    texts : polars.Series or pandas.Series of str
        What people said or wrote; a missing text has nothing in it.
    language : str
        "nl" or "en".
    known : Known, optional
        Names that are known already, as from `known_names`; they are found in lower case too.

    Returns
    -------
    polars.DataFrame
        One row per find: row (position of the text, from 0), start_char, end_char (place in the text,
        counted in characters), kind {person, organisation, email, phone, iban, bsn, rrn, address} and
        value (the characters there). Ordered, and without overlap. Organisations only when they are known.

    Raises
    ------
    UnknownName
        When there is no pack for this language.

    Notes
    -----
    Numbers that carry a check (IBAN, BSN, RRN) are checked by it. A word that is also a name ("Bas",
    "Mark", "de Boer") is a name only with a sign of it: a capital inside a sentence, a title, a first name
    beside it, or the CRM that knows it. Codes of an earlier round are left as they are.

    Examples
    --------
    >>> found = find_personal(pd.Series(["U spreekt met Kees van Dam, 06-12345678."]), "nl")
    >>> found.select("kind", "value").rows()
    [('person', 'Kees van Dam'), ('phone', '06-12345678')]
    """
    given = pl.Series(texts.astype("string")) if isinstance(texts, pd.Series) else texts
    column = given.cast(pl.String)
    lexicon = load_lexicon(language)
    known = known or Known()
    parts = [pl.DataFrame(schema=SCHEMA)]
    for start in range(0, len(column), AT_ONCE):
        page = Page.of(column.slice(start, AT_ONCE))
        codes = [(match.start(), match.end(), "") for match in CODE.finditer(page.text)]
        spoken = find_spoken(page, lexicon)
        # an account number that is spelled has digits that look like a telephone number
        spans = [
            *codes,
            *(span for span in spoken if span[2] == "iban"),
            *find_numbers(page, lexicon),
            *spoken,
        ]
        spans += find_addresses(page, lexicon)
        spans += find_names(page, lexicon, known)
        parts.append(_placed(page, _apart(spans), start))
    return pl.concat(parts)


def _apart(spans: list[Span]) -> list[Span]:
    """Keep spans that don't overlap: an earlier finder's before a later one's."""
    kept: list[Span] = []
    taken: set[int] = set()
    for start, end, kind in spans:
        free = [place for place in range(start, end) if place not in taken]
        if not free or (len(free) < end - start and kind != "person"):
            continue
        first, last = free[0], free[-1] + 1
        if last - first != len(free):
            continue
        kept.append((first, last, kind))
        taken.update(range(first, last))
    return sorted(span for span in kept if span[2])


def _placed(page: Page, spans: list[Span], start: int) -> pl.DataFrame:
    if not spans:
        return pl.DataFrame(schema=SCHEMA)
    begin = np.array([span[0] for span in spans])
    row = np.searchsorted(page.starts, begin, side="right") - 1
    found = {
        "row": row + start,
        "start_char": begin - page.starts[row],
        "end_char": np.array([span[1] for span in spans]) - page.starts[row],
        "kind": [span[2] for span in spans],
        "value": [page.text[span[0] : span[1]] for span in spans],
    }
    return pl.DataFrame(found, schema=SCHEMA)
