"""Whether turns are in the language they are read in."""

from __future__ import annotations

import warnings

import pandas as pd

from salesinsight.errors import LanguageMismatch
from salesinsight.language import languages


def warn_of_language(turns: pd.DataFrame, language: str) -> None:
    """Warn when most turns of which the language is known are in another one.

    Parameters
    ----------
    turns : pandas.DataFrame
        Turns; without a column ``language`` nothing is known, and a language without a pack isn't either.
    language : str
        The language they are read in.

    Examples
    --------
    >>> turns = pd.DataFrame({"language": ["en", "en", "nl", None]})
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     warn_of_language(turns, "nl")
    >>> said[0].category.__name__
    'LanguageMismatch'
    """
    if "language" not in turns:
        return
    known = turns["language"][turns["language"].isin(languages())]
    others = known[known != language]
    if 2 * len(others) > len(known):
        found = str(others.mode().iloc[0])
        # 3: the place that called the function that reads them
        warnings.warn(LanguageMismatch(found=found, asked=language), stacklevel=3)
