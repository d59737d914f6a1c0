"""Labelled utterances of a language pack, as turns to learn from."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language import Pack
from salesinsight.schema import SELLER_ACTS
from salesinsight.speech.labels import LABELS, checked_labels
from salesinsight.speech.sheets import read_sheet

# What the examples of cues show, as the taggers call it; of other labels as the cues do.
SHOWN = {
    "question_open": "form_open",
    "question_closed": "form_closed",
    "question_alternative": "form_alternative",
}
EXAMPLES = ("acts", "answers", "push_pull", "questions", "requests", "spin")
SURE = 0.6  # the example of a cue that weighs less shows nothing
OTHER_SIDE = {"seller": "customer", "customer": "seller"}


def read_utterances(pack: Pack) -> pd.DataFrame:
    """Read the labelled utterances and conversations of a pack.

    Parameters
    ----------
    pack : Pack
        The language; its folders ``utterances/`` and ``dialogues/`` are read.

    Returns
    -------
    pandas.DataFrame
        Turns: source (the file), conversation_id, turn, role, text, labelled (False for what the other side
        said before a loose utterance), and the columns of ``docs/annotation.md`` as text, "" where empty.
    """
    folder = pathlib.Path(pack.folder)
    parts = [loose_utterances(path) for path in sorted((folder / "utterances").glob("*.csv"))]
    for path in sorted((folder / "dialogues").glob("*.csv")):
        if not path.stem.endswith("_outcomes"):
            table = _read(path).rename(columns={"conversation": "conversation_id"})
            table["conversation_id"] = path.stem + ":" + table["conversation_id"]
            parts.append(table.assign(source=path.stem, turn=table["turn"].astype(int), labelled=True))
    columns = ["source", "conversation_id", "turn", "role", "text", "labelled", *LABELS]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def loose_utterances(path: str | os.PathLike[str]) -> pd.DataFrame:
    """One file of loose utterances as turns: each a conversation of its own, with what was said before it.

    Raises
    ------
    PathUnusable, EmptyFile, UnreadableFile
        When there is no such file, nothing in it, or no text.
    MissingColumns, BadLabels
        When a column is absent, or there are labels that don't exist or don't go together.
    """
    path = pathlib.Path(path)
    return loose_turns(read_sheet(path), path.stem, path.name)


def loose_turns(table: pd.DataFrame, source: str, name: str | None = None) -> pd.DataFrame:
    """As `loose_utterances`, of a table; rows without any label are left out. `name` is for messages."""
    table = checked_labels(table, name or source)
    table["conversation_id"] = [f"{source}:{number}" for number in range(len(table))]
    table = table.assign(source=source, turn=1, labelled=True)
    before = table[table["previous"] != ""]
    before = before.assign(
        text=before["previous"],
        role=before["role"].map(OTHER_SIDE),
        turn=0,
        labelled=False,
        **dict.fromkeys(LABELS, ""),
    )
    both = pd.concat([table, before]).drop(columns="previous")
    return both.sort_values(["conversation_id", "turn"], kind="stable").reset_index(drop=True)


def read_examples(pack: Pack) -> pd.DataFrame:
    """Read the example sentences of the cues of a pack, as turns of which one thing is known.

    Parameters
    ----------
    pack : Pack
        The language; a cue row has one sentence that shows its label and one that doesn't.

    Returns
    -------
    pandas.DataFrame
        source ("cues"), conversation_id, turn, role ("unknown" where either side may say it), text, shows
        (the output of the taggers that the sentence tells something of), holds (whether it holds).
    """
    cues = pack.cues.filter(pl.col("family").is_in(EXAMPLES) & (pl.col("weight") >= SURE))
    sentences = cues.unpivot(["matches", "not_matches"], index=["label", "side"], value_name="text").unique(
        ["label", "text"], keep="first", maintain_order=True
    )
    table = sentences.to_pandas()
    holds = (table["variable"] == "matches").to_numpy()
    statement = (table["label"] == "statement").to_numpy()
    return pd.DataFrame(
        {
            "source": "cues",
            "conversation_id": [f"cues:{number}" for number in range(len(table))],
            "turn": 0,
            "role": table["side"].replace("any", "unknown"),
            "text": table["text"],
            "shows": table["label"].replace(SHOWN | {"statement": "question"}),
            "holds": holds ^ statement,
        }
    )


def read_outcomes(pack: Pack) -> pd.DataFrame:
    """Read how the labelled conversations ended: conversation_id, outcome, good_talk."""
    parts = [pd.DataFrame(columns=["conversation_id", "outcome", "good_talk"])]
    for path in sorted((pathlib.Path(pack.folder) / "dialogues").glob("*_outcomes.csv")):
        table = _read(path)
        table["conversation_id"] = path.stem.removesuffix("_outcomes") + ":" + table["conversation"]
        parts.append(table[["conversation_id", "outcome", "good_talk"]])
    return pd.concat(parts, ignore_index=True)


def holds(turns: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """What is true of each labelled turn: per output whether it holds, and where it can be told.

    A form, flag, SPIN type or push/pull is told of questions only (the last two of a seller's), an act of the
    side that does it, a kind of request of requests, an answer of what may answer one.
    """
    asks = (turns["question"] == "yes").to_numpy()
    seller = (turns["role"] == "seller").to_numpy()
    known = turns["labelled"].to_numpy(dtype=bool)
    # talk about holidays has no acts; it would only teach that acts are rare
    in_sales = (turns["acts"] != "").groupby(turns["source"]).transform("any").to_numpy()
    told: dict[str, tuple[np.ndarray, np.ndarray]] = {"question": (asks, known)}
    for column, prefix, where in (
        ("form", "form_", asks),
        ("spin", "spin_", asks & seller & in_sales),
        ("push_pull", "", asks & seller & in_sales),
        ("request_kind", "request_", (turns["request_kind"] != "").to_numpy()),
        ("answer", "answer_", _may_answer(turns) & in_sales),
    ):
        for value in sorted(set(turns[column]) - {""}):
            told[prefix + value] = ((turns[column] == value).to_numpy(), known & where)
    told |= {flag: (here, known & asks) for flag, here in _each(turns["flags"])}
    for act, here in _each(turns["acts"]):
        told[act] = (here, known & (seller if act in SELLER_ACTS else ~seller) & in_sales)
    return told


def _each(cells: pd.Series) -> Iterator[tuple[str, np.ndarray]]:
    """Each label of cells that hold several, and where it stands."""
    lists = cells.str.split("|")
    for value in sorted(set(lists.explode()) - {"", None}):
        yield value, lists.map(lambda values, value=value: value in values).to_numpy(dtype=bool)


def _may_answer(turns: pd.DataFrame) -> np.ndarray:
    """What answers a request, or comes right after one, or after words of the seller without a label."""
    before = turns.groupby("conversation_id", sort=False)[["role", "acts", "labelled"]].shift()
    asked = before["acts"].fillna("").str.contains("action_request") | before["labelled"].eq(False)
    after_seller = before["role"].eq("seller") & (turns["role"] == "customer")
    return ((turns["answer"] != "") | (asked & after_seller)).to_numpy(dtype=bool)


def _read(path: pathlib.Path) -> pd.DataFrame:
    return pl.read_csv(path, infer_schema=False).fill_null("").to_pandas().astype(object)
