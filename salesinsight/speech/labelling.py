"""Labelling of one's own: which turns are worth it, and taggers that learn from it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from numbers import Integral

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from salesinsight.errors import MissingColumns, UnknownName
from salesinsight.language import load_pack
from salesinsight.schema import ACTS, PATH, takes
from salesinsight.speech import training
from salesinsight.speech.labels import LABELS
from salesinsight.speech.learned import Taggers
from salesinsight.speech.utterances import OTHER_SIDE, loose_turns, loose_utterances, read_utterances

Path = str | os.PathLike[str]
EDGE = 1e-6


@takes(utterances=(*PATH, Sequence, pd.DataFrame))
def learn_taggers(utterances: Path | pd.DataFrame | Sequence[Path], language: str = "nl") -> Taggers:
    """Learn the taggers of a language anew, from the pack's labelled utterances and your own.

    Parameters
    ----------
    utterances : path, paths or pandas.DataFrame
        Utterances that you labelled, in the columns of ``docs/annotation.md``: CSV files (UTF-8; commas or
        semicolons) or a table. They are added to those of the pack; an empty list gives the pack's alone.
    language : str, default "nl"
        The language pack.

    Returns
    -------
    Taggers
        For ``tag_turns(turns, language, taggers=...)``. Learning takes about half a minute.

    Raises
    ------
    MissingColumns, BadLabels
        When a file lacks a column, or holds labels that don't exist; all of them are listed.

    Notes
    -----
    Each file counts as the work of one labeller: thresholds and calibration come from utterances of files
    that the model didn't learn from.

    Examples
    --------
    >>> import salesinsight as si
    >>> said = {"text": "Zet maar in gang.", "role": "customer", "question": "no", "acts": "committed"}
    >>> si.learn_taggers(pd.DataFrame([said]))
    Traceback (most recent call last):
    salesinsight.errors.labelling.BadLabels: own: 1 labels can't be used. ...
    """
    pack = load_pack(language)
    if isinstance(utterances, pd.DataFrame):
        own = [loose_turns(utterances, "own")]
    else:
        paths = [utterances] if isinstance(utterances, (str, os.PathLike)) else list(utterances)
        own = [loose_utterances(path) for path in paths]
    return training.learn_taggers(pd.concat([read_utterances(pack), *own], ignore_index=True), pack)


@takes(tagged=pd.DataFrame, n=Integral)
def uncertain(tagged: pd.DataFrame, n: int = 25, label: str | None = None) -> pd.DataFrame:
    """Choose the turns that are most worth labelling: those about which the taggers doubt most.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Turns as `tag_turns` returns them.
    n : int, default 25
        How many.
    label : str, optional
        "question", an act or a tracker, to look at that alone; all of them by default.

    Returns
    -------
    pandas.DataFrame
        At most n rows, the greatest doubt first, no text twice, and one of every conversation before a second
        of any: conversation_id and turn where the turns have them; doubt (the label), p (its probability) and
        needed (from where it counts as found); then the columns of ``docs/annotation.md``: previous, text and
        role filled in, the labels empty. Written to a CSV and filled in, it is what `learn_taggers` reads.

    Raises
    ------
    UnknownName, MissingColumns
        When there is no such label, or the turns aren't tagged.

    Notes
    -----
    Doubt is nearness in log-odds to the point from which a label counts as found. What the tagger thinks
    stays out of the sheet on purpose: who sees it tends to agree.

    Examples
    --------
    >>> import salesinsight as si
    >>> tagged = si.tag_turns(si.make_sample(n_deals=5).turns)
    >>> si.uncertain(tagged, n=3)["question"].to_list()
    ['', '', '']
    """
    columns = _probabilities(tagged, label)
    odds = np.stack([_log_odds(tagged[column]) for column in columns.values()], axis=1)
    needed = np.array([tagged.attrs.get("needed", {}).get(name, 0.0) for name in columns])
    far = np.nan_to_num(np.abs(odds - needed), nan=np.inf)
    nearest = far.argmin(axis=1)
    place = np.arange(len(tagged))
    of_turn = {name: tagged[name].to_numpy() for name in ("conversation_id", "turn") if name in tagged}
    doubt = {
        "doubt": np.array(list(columns), dtype=object)[nearest],
        "p": expit(odds[place, nearest]),
        "needed": expit(needed)[nearest],
        "previous": _previous(tagged),
        "text": tagged["text"].astype("string").fillna("").to_numpy(),
        "role": tagged["role"].to_numpy() if "role" in tagged else "unknown",
    }
    sheet = pd.DataFrame(of_turn | doubt | dict.fromkeys(LABELS, "") | {"_far": far[place, nearest]})
    sheet = sheet[np.isfinite(sheet["_far"])].sort_values("_far", kind="stable").drop_duplicates("text")
    if "conversation_id" in sheet:
        turn = sheet.groupby("conversation_id", dropna=False).cumcount()
        sheet = sheet.iloc[np.lexsort((sheet["_far"], turn))]
    return sheet.drop(columns="_far").head(n).reset_index(drop=True)


def _probabilities(tagged: pd.DataFrame, label: str | None) -> dict[str, str]:
    """The labels of which the table tells how likely they are, and in which column; or one of them."""
    known = {"question": "question_p"} | {act: f"act_{act}_p" for act in ACTS}
    known |= {name: f"{name}_p" for name in tagged.columns if str(name).startswith("tracker_")}
    known = {name: column for name, column in known.items() if column in tagged}
    if not known:
        raise MissingColumns(table="tagged", absent=["question_p"], present=list(tagged.columns))
    if label is None:
        return known
    for name in (label, f"tracker_{label}"):
        if name in known:
            return {name: known[name]}
    raise UnknownName(kind="label", name=label, known=list(known))


def _log_odds(p: pd.Series) -> np.ndarray:
    known = p.to_numpy(dtype="float64", na_value=np.nan)
    known = np.where(known <= 0, np.nan, known.clip(EDGE, 1 - EDGE))
    return logit(known)


def _previous(tagged: pd.DataFrame) -> np.ndarray:
    """What the other side said just before each turn; "" when it didn't."""
    if not {"conversation_id", "role"} <= set(tagged.columns):
        return np.full(len(tagged), "", dtype=object)
    order = np.arange(len(tagged))
    if "turn" in tagged:
        order = np.lexsort((tagged["turn"], pd.factorize(tagged["conversation_id"])[0]))
    table = tagged.iloc[order]
    talk, role, text = (
        table[name].astype("string").fillna("") for name in ("conversation_id", "role", "text")
    )
    other = (talk == talk.shift()) & (role.shift() == role.map(OTHER_SIDE))
    said = text.shift().where(other, "").fillna("").to_numpy(dtype=object)
    back = np.empty(len(said), dtype=object)
    back[order] = said
    return back
