"""What people call a deal: the customer's organisation and the name that the CRM has for it."""

from __future__ import annotations

import pandas as pd

LONGEST = 44


def called(deals: pd.DataFrame) -> pd.Series:
    """Names of deals as people say them.

    Parameters
    ----------
    deals : pandas.DataFrame
        Has `name` (of the deal) and `account_name` where these are known; other columns are not looked at.

    Returns
    -------
    pandas.Series of str
        On the same index: "organisation · name", the name alone when the organisation is in it, or the one
        that is known; missing where neither is.

    Examples
    --------
    >>> import pandas as pd
    >>> names = {"name": ["Dak", "Dak Proefhuis", None], "account_name": ["Proefhuis", "Proefhuis", None]}
    >>> called(pd.DataFrame(names)).tolist()
    ['Proefhuis · Dak', 'Dak Proefhuis', <NA>]
    """
    known = deals.reindex(columns=["account_name", "name"]).astype("string")
    pairs = zip(known["account_name"], known["name"], strict=True)
    said = [_called(None if pd.isna(firm) else firm, None if pd.isna(name) else name) for firm, name in pairs]
    return pd.Series(said, index=deals.index, dtype="string", name="called")


def cut(text: str, longest: int = LONGEST) -> str:
    """A text of at most `longest` characters.

    Examples
    --------
    >>> cut("Onderhoud van alle daken", 12)
    'Onderhoud v…'
    """
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _called(firm: str | None, name: str | None) -> str | None:
    if firm is None or name is None:
        return firm if name is None else name
    return name if firm.casefold() in name.casefold() else f"{firm} · {name}"
