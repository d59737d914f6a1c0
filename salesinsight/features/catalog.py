"""The catalog of features: what each is, how it is computed, why it might matter and what people call it."""

from __future__ import annotations

import functools
import pathlib

import pandas as pd

FOLDER = pathlib.Path(__file__).parent
ARTICLES = {
    "000": "push and pull, and the three phases of buying",
    "001": "'een goed gesprek': pleasant, but no progress",
    "002": "asking for action, at the right moment and for the right action",
    "003": "find your why: the customer explains it to himself, SPIN",
    "004": "the popje: a contact without a say",
}
WORKS = {
    "CEB": "Dixon & Adamson, The Challenger Sale (2011)",
    "Curhan": "Curhan et al., Silence is golden, Journal of Applied Psychology (2022)",
    "Clari, Dynamics, Gong, HubSpot, Revenue.io, Salesforce, Zoom": "help pages of these products",
    "JOLT": "Dixon & McKenna, The JOLT Effect (2022)",
    "practice": "what Dutch sales trainers write about putting off",
    "Rackham": "SPIN Selling (1988)",
    "Singh 2020": "Singh, Marinova & Singh, Journal of Marketing (2020)",
}


def feature_catalog() -> pd.DataFrame:
    """List every feature: one row each. Those of trackers of your own stand in ``docs/trackers.md``.

    Returns
    -------
    pandas.DataFrame
        name; alias (the short name of older notes); family; stage: "conversation" (a number from that
        conversation alone), "class" (a class from that conversation, no input of a model), "deal" (history
        up to the moment) or "fitted"; formula; unit; low and high (the range; NaN is no limit); needs
        (text, roles, timestamps, crm, history, people, notes); languages; source; direction: the expected
        effect on stalling, "+", "-" or "?", a registered hypothesis that is never imposed on a model;
        summary: the one feature of its family for small data; dutch_name and sentence (what it says, in
        Dutch); english_name and sentence_en.

    Examples
    --------
    >>> catalog = feature_catalog().set_index("name")
    >>> catalog.loc["hedge_c_rate", ["family", "direction", "unit"]].to_list()
    ['hedge', '+', 'per 100 turns']
    """
    return _catalog().copy()


def features_page() -> str:
    """The catalog as a Markdown page: the source of ``docs/features.md``."""
    lines = ["# Features", "", *_introduction(), ""]
    for family, rows in _catalog().fillna({"source": ""}).groupby("family", sort=False):
        lines += [f"## {family}", "", "| feature | formula | unit | range | needs | source | expected |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for row in rows.itertuples():
            star = " ★" if row.summary else ""
            lines.append(
                f"| `{row.name}`{star} | {row.formula} | {row.unit} | {_range(row)} | {row.needs} "
                f"| {row.source} | {row.direction} |"
            )
        lines += ["", *(f"- `{row.name}`: {row.dutch_name}. {row.sentence}" for row in rows.itertuples()), ""]
    lines += ["## Sources", "", "| source | what |", "|---|---|"]
    lines += [f"| {number} | article: {subject} |" for number, subject in ARTICLES.items()]
    lines += [f"| {name} | {work} |" for name, work in WORKS.items()]
    return "\n".join(lines) + "\n"


@functools.cache
def _catalog() -> pd.DataFrame:
    text = {"dtype": "string", "keep_default_na": False, "na_values": [""]}
    files = [pd.read_csv(file, **text) for file in sorted(FOLDER.glob("*.csv"))]
    catalog = pd.concat(files, ignore_index=True)
    return catalog.assign(
        low=catalog["low"].astype("float64"),
        high=catalog["high"].astype("float64"),
        summary=(catalog["summary"] == "true").astype(bool),
    )


def _introduction() -> list[str]:
    return [
        "Generated from `salesinsight/features/*.csv` by `features_page()`. ★ is the one feature of its",
        "family that is used where there is little data. *Expected* is the direction of the effect on",
        "stalling that was written down beforehand: a hypothesis to test, never imposed on a model. NaN",
        "means that it can't be known: no transcript, a side without turns, no clock, or a share of",
        "nothing. Where there is a transcript, a count of what wasn't said is 0.",
    ]


def _range(row) -> str:
    low = "" if pd.isna(row.low) else f"{row.low:g}"
    high = "" if pd.isna(row.high) else f"{row.high:g}"
    return f"{low} … {high}" if low or high else ""
