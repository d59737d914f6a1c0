"""Conversations to numbers: one row per conversation, every column in the catalog."""

from __future__ import annotations

import concurrent.futures
import functools
import os

import pandas as pd
import polars as pl

from salesinsight.features.answer import ANSWER
from salesinsight.features.around import with_surroundings
from salesinsight.features.authority import AUTHORITY
from salesinsight.features.catalog import feature_catalog
from salesinsight.features.discomfort import DISCOMFORT
from salesinsight.features.good_talk import GOOD_TALK
from salesinsight.features.hedge import HEDGE
from salesinsight.features.lead import LEAD
from salesinsight.features.measures import Combined, Measure
from salesinsight.features.outcome import classify
from salesinsight.features.phase import PHASE
from salesinsight.features.push_pull import PUSH_PULL
from salesinsight.features.quality import QUALITY
from salesinsight.features.question import QUESTION
from salesinsight.features.records import recorded
from salesinsight.features.request import REQUEST
from salesinsight.features.spin import SPIN
from salesinsight.features.talk import TALK
from salesinsight.features.tracker import tracker
from salesinsight.features.turns import CUE_FAMILIES, KEY, LABELS, lay_out, refuse_untagged
from salesinsight.language import load_pack, match_cues
from salesinsight.schema import Export, takes
from salesinsight.speech.dialogue import conversations_from
from salesinsight.speech.dialogue_numbers import CUES
from salesinsight.speech.languages import warn_of_language

CHUNK = 20_000  # turns
FAMILIES = (
    *(QUESTION, SPIN, PUSH_PULL, TALK, LEAD, REQUEST, ANSWER),
    *(GOOD_TALK, DISCOMFORT, HEDGE, AUTHORITY, PHASE, QUALITY),
)
MEASURES: dict[str, Measure | Combined] = {name: how for family in FAMILIES for name, how in family.items()}


@takes(export=Export, tagged=pd.DataFrame, notes=pd.DataFrame)
def conversation_features(
    export: Export, tagged: pd.DataFrame, notes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Measure each conversation: one row of numbers per conversation, from that conversation alone.

    Parameters
    ----------
    export : Export
        Its conversations give the rows and their order; its people and attendance tell who was there.
    tagged : pandas.DataFrame
        The turns with their speech acts, from `tag_turns`.
    notes : pandas.DataFrame, optional
        The seller's notes as tagged by `tag_notes`.

    Returns
    -------
    pandas.DataFrame
        Index conversation_id; the columns of stage "conversation" (``float64``) and "class"
        (``outcome_tagged``, ``outcome_p``, ``good_talk``, ``buyer_phase``) of `feature_catalog`, in its
        order; before the classes
        ``tracker_<name>_count`` and ``tracker_<name>_share`` where the turns were tagged with trackers.

    Raises
    ------
    MissingColumns
        When `tagged` lacks the columns that `tag_turns` gives.

    Warns
    -----
    LanguageMismatch
        When most turns say that they are in another language than the export.

    Notes
    -----
    NaN is "can't be known": a conversation without a transcript, a side without turns, a measure of time
    without a clock, a share of nothing. Where there is a transcript, a count of what wasn't said is 0.
    Units, formulas and sources stand in `feature_catalog`; the turns behind each number come from
    `feature_evidence`. A note counts from the moment it was entered: a note written after the moment of
    prediction must not be given.

    Examples
    --------
    >>> import salesinsight as si
    >>> export = si.make_sample(n_deals=5)
    >>> features = si.conversation_features(export, si.tag_turns(export.turns))
    >>> len(features) == len(export.conversations)
    True
    """
    refuse_untagged(tagged)
    if tagged.attrs.get("language") != export.language:  # else `tag_turns` has warned
        warn_of_language(tagged, export.language)
    return features_from(export, tagged, _hits(export, tagged), notes)


def features_from(
    export: Export, tagged: pd.DataFrame, hits: pl.DataFrame, notes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """As `conversation_features`, with the cues of `CUE_FAMILIES` already found in the texts of `tagged`."""
    index = pd.Index(export.conversations["conversation_id"], name="conversation_id")
    every = pl.DataFrame({KEY: pl.arange(len(index), eager=True, dtype=pl.UInt32)})
    own = tracker(tagged, _ids(export))
    wide = every.join(values_of(measured_turns(export, tagged, hits)), on=KEY, how="left")
    wide = wide.join(own, on=KEY, how="left").sort(KEY)
    said = wide.drop(KEY).to_pandas().set_index(index)
    said = pd.concat([said, recorded(export, notes)], axis=1)
    talks = conversations_from(tagged, hits).reindex(index)
    classes = classify(talks, said["phase_c"], notes)
    catalog = feature_catalog()
    numbers = catalog.loc[catalog["stage"] == "conversation", "name"]
    numbers = [*numbers, *(name for name in own.columns if name != KEY)]
    return said[numbers].astype("float64").join(classes)


def measured_turns(export: Export, tagged: pd.DataFrame, hits: pl.DataFrame | None = None) -> pl.DataFrame:
    """The turns of these conversations with all that the measures look at."""
    refuse_untagged(tagged)
    hits = _hits(export, tagged) if hits is None else hits
    return with_surroundings(lay_out(tagged, hits, _ids(export)), load_pack(export.language))


def values_of(turns: pl.DataFrame) -> pl.DataFrame:
    """Every measure, one row per conversation; one pass over the turns, then what is made of the rest."""
    sums, plain, combined = _plan()
    wide = turns.group_by(KEY, maintain_order=True).agg(**sums).select(KEY, **plain)
    for name, value in combined.items():
        wide = wide.with_columns(value.alias(name))
    return wide


@functools.cache
def _plan() -> tuple[dict[str, pl.Expr], dict[str, pl.Expr], dict[str, pl.Expr]]:
    """What is summed over turns, what is made of these sums, and what is made of other features."""
    names: dict[bytes, str] = {}
    sums: dict[str, pl.Expr] = {}

    def total(summed: pl.Expr) -> pl.Expr:
        name = names.setdefault(summed.meta.serialize(), f"sum_{len(names)}")
        sums[name] = summed
        return pl.col(name)

    plain = {name: how.value(total) for name, how in MEASURES.items() if not isinstance(how, Combined)}
    combined = {name: how.value() for name, how in MEASURES.items() if isinstance(how, Combined)}
    return sums, plain, combined


def _ids(export: Export) -> pl.Series:
    return pl.Series(export.conversations["conversation_id"].astype("string"), dtype=pl.String)


def _hits(export: Export, tagged: pd.DataFrame) -> pl.DataFrame:
    """The cues of `CUE_FAMILIES` in the texts, found in chunks that fit the processor's cache."""
    texts, roles = pl.from_pandas(tagged["text"]), pl.from_pandas(tagged["role"])
    pack = load_pack(export.language)
    needed = sorted(set(pack.cues["label"]) & {*LABELS, *CUES})

    def found(start: int) -> pl.DataFrame:
        said, by = texts.slice(start, CHUNK), roles.slice(start, CHUNK)
        hits = match_cues(said, pack, roles=by, families=CUE_FAMILIES, with_words=False)
        row = (pl.col("row") + start).cast(pl.UInt32)
        places = pl.col("sentence", "start_char", "end_char").cast(pl.Int32)
        return hits.filter(pl.col("label").is_in(needed)).select(row, "label", "weight", places)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return pl.concat(pool.map(found, range(0, max(len(texts), 1), CHUNK)))
