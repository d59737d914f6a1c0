"""What a report is made from, and what every page of it needs to know."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesinsight.charts import called, facts_of, review_table
from salesinsight.deals import Dataset
from salesinsight.language import Words, words
from salesinsight.modeling import Run
from salesinsight.report.names import named, seller_names, without_sellers
from salesinsight.schema import Export

SHORTEST, LONGEST = 12, 130


@dataclasses.dataclass(frozen=True)
class Material:
    """The tables of one export, from the words spoken to the scores; every one but the export may be missing.

    Attributes
    ----------
    export : Export
        The tables as read.
    tagged, hits, features, notes : pandas.DataFrame or None
        What was said: from `tag_turns`, `evidence`, `conversation_features` and `tag_notes`.
    data, open_ : Dataset or None
        Deals with a closed window, and open deals.
    run : Run or None
        The model; None when there is none.
    scores : pandas.DataFrame or None
        The open deals, scored by it.
    language : str
        Language of the report.
    names : mapping
        The name behind each code of a pseudonymised export; empty without the key.
    seller_words : bool
        Whether words and names of sellers may be shown.
    past : pandas.DataFrame or None
        Scores shown before, with what came of the deals; from `look_back`.
    hours : mapping
        What is assumed in `hours_scenario`; empty for its own assumptions.
    """

    export: Export
    tagged: pd.DataFrame | None
    hits: pd.DataFrame | None
    features: pd.DataFrame | None
    notes: pd.DataFrame | None
    data: Dataset | None
    open_: Dataset | None
    run: Run | None
    scores: pd.DataFrame | None
    language: str = "nl"
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    seller_words: bool = False
    past: pd.DataFrame | None = None
    hours: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def mode(self) -> str:
        """How much may be said: the model's mode, and beschrijvend without one."""
        return self.run.mode if self.run is not None else "beschrijvend"

    @property
    def words(self) -> Words:
        """The display words."""
        return words(self.language)

    @property
    def about(self) -> dict[str, Any]:
        """The facts that every caption shows."""
        facts = facts_of(*(source for source in (self.open_, self.data, self.export) if source is not None))
        version = self.words("report.frame.model", name=self.model) if self.model else None
        return {**facts, "mode": self.mode, "version": version}

    @property
    def model(self) -> str | None:
        """Name of the model; None where there are rules only."""
        return self.run.folder.name if self.run is not None and self.mode != "beschrijvend" else None

    @property
    def as_of(self) -> pd.Timestamp | None:
        """Moment up to which the export knows the world, in the time zone of its users."""
        moment = self.about.get("as_of")
        return None if moment is None else pd.Timestamp(moment).tz_convert(self.export.time_zone)

    @property
    def expected(self) -> dict[str, Any] | None:
        """How many open deals, and how much money, are heading for misschien; None without chances."""
        if (
            self.run is None
            or self.scores is None
            or self.open_ is None
            or self.scores["p_stalled"].isna().all()
        ):
            return None
        found = self.run.expected_stalled(self.open_)
        return found if found["n"] else None

    @functools.cached_property
    def review(self) -> pd.DataFrame | None:
        """What came of the lists shown before; None when none were. Made once: it resamples."""
        return None if self.past is None else review_table(self.past, about=self.about)

    @functools.cached_property
    def hidden_names(self) -> list[str]:
        """Names that must not be shown: the sellers', unless asked for."""
        return [] if self.seller_words else seller_names(self.export, self.names)

    @property
    def shown_names(self) -> dict[str, str]:
        """The name to show for each code: the customers' own, and for a seller only that it is one."""
        hidden = set(self.hidden_names)
        return {code: self.a_seller if name in hidden else name for code, name in self.names.items()}

    @property
    def a_seller(self) -> str:
        """What stands where a seller is named."""
        return f"[{self.words('common.role.seller')}]"

    def may_quote(self, roles: pd.Series) -> pd.Series:
        """Whether the words of these speakers may be shown; who nobody knows may be a seller."""
        return roles.isin(["customer", "other"]) | self.seller_words

    def discreet(self, text: str) -> str:
        """A text without the names that must not be shown."""
        return without_sellers(text, self.hidden_names, self.a_seller)

    def named(self, deals: pd.DataFrame) -> pd.DataFrame:
        """Deals with their names, and those of the customers, as they may be shown."""
        return named(deals, self.names, self.hidden_names, self.a_seller)

    @functools.cached_property
    def called(self) -> dict[str, str]:
        """What people call each deal; only those that have a name."""
        deals = self.named(self.export.deals)
        return called(deals).set_axis(deals["deal_id"]).dropna().to_dict()

    @property
    def open_info(self) -> pd.DataFrame:
        """One row per open deal with what people want to see beside it; no rows when there are none."""
        if self.open_ is not None:
            return self.open_.info.reset_index()
        return pd.DataFrame(columns=["deal_id", "stage", "amount", "currency", "days_since_customer_step"])

    def day(self, moment: Any) -> str:
        """The date of a moment where the users live, in words."""
        stamp = pd.Timestamp(moment)
        if pd.isna(stamp):
            return self.words("common.value.missing")
        return self.words.date(stamp if stamp.tz is None else stamp.tz_convert(self.export.time_zone))

    def moment_in_talk(self, start_s: float | None) -> str | None:
        """How far into a conversation, in words; None when the source has no clock."""
        if start_s is None or pd.isna(start_s):
            return None
        return self.words("report.frame.minute", minute=int(start_s // 60) + 1)


def shorten(text: str, around: tuple[int, int] | None = None, longest: int = LONGEST) -> str:
    """A text of at most `longest` characters, cut at spaces, with the given span in it.

    Examples
    --------
    >>> shorten("Ik moet het nog even met mijn baas bespreken", (29, 33), longest=24)
    '… met mijn baas …'
    """
    text = " ".join(text.split()) if around is None else text
    if len(text) <= longest:
        return text
    start, end = around or (0, SHORTEST)
    left = max(0, min(start - (longest - (end - start)) // 2, len(text) - longest))
    piece = text[left : left + longest]
    if left and " " in piece:
        piece = "… " + piece.split(" ", 1)[1]
    if left + longest < len(text) and " " in piece:
        piece = piece.rsplit(" ", 1)[0] + " …"
    return piece
