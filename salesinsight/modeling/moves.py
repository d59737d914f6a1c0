"""The seller's best next move, by rules that a sales trainer can read; the model says which deal is first.

Each rule names the family of features that it speaks about. The words of a move, with the question to ask,
are in ``packs/<language>/words/moves.toml``. A move is a question to ask or a *nee* to fetch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import numpy as np
import pandas as pd

#: A deal is silent when the customer took no step for so many days.
SILENT_DAYS = 30
DEFAULT = "confirm_step"


@dataclasses.dataclass(frozen=True)
class Rule:
    """When a move fits: all conditions hold for the deal's last conversation.

    Attributes
    ----------
    move : str
        Key of the words.
    family : str
        Family of features that the move speaks about.
    more, not_more, at_most : tuple of (str, float)
        The feature is above this; is not known to be above this; is known to be at most this.
    """

    move: str
    family: str
    more: tuple[tuple[str, float], ...] = ()
    not_more: tuple[tuple[str, float], ...] = ()
    at_most: tuple[tuple[str, float], ...] = ()

    def holds(self, facts: pd.DataFrame) -> np.ndarray:
        """Whether the rule holds, per row; a feature that isn't there is not known."""
        found = np.ones(len(facts), dtype=bool)
        for name, edge in self.more:
            found &= _values(facts, name) > edge
        for name, edge in self.not_more:
            found &= ~(_values(facts, name) > edge)
        for name, edge in self.at_most:
            found &= _values(facts, name) <= edge
        return found


# In order of priority. The numbers are those of the articles: 004 the popje, 002 asking for action,
# 001 the good talk and the long misschien, 000 the phases of buying.
RULES = (
    Rule("decision_maker", "authority", more=(("authority_ref_count", 0),),
         not_more=(("authority_asked", 0), ("authority_present", 0))),
    Rule("stop_nagging", "request", more=(("request_nagging_count", 0),)),
    Rule("fetch_answer", "history", more=(("days_since_customer_step", SILENT_DAYS),)),
    Rule("back_to_need", "good_talk", more=(("quote_before_need", 0),)),
    Rule("back_to_need", "spin", more=(("offer_before_need", 0),), not_more=(("need_explicit_count", 0),)),
    Rule("one_question_more", "good_talk", more=(("continuations_run", 0),), not_more=(("next_dated", 0),)),
    Rule("one_question_more", "good_talk", more=(("note_goed_gesprek", 0),)),
    Rule("ask_step", "request", at_most=(("request_any", 0),)),
    Rule("make_concrete", "answer", more=(("answer_vague_share", 0),)),
    Rule("name_doubt", "hedge", more=(("defer_count", 0),)),
    Rule("name_doubt", "hedge", more=(("dontknow_count", 0),)),
    Rule("pin_date", "answer", more=(("answer_accept_share", 0),), at_most=(("next_dated", 0),)),
    Rule("plan_talk", "history", at_most=(("has_conversation", 0),)),
)  # fmt: skip


def fired_rules(X: pd.DataFrame, info: pd.DataFrame) -> list[list[Rule]]:
    """Which rules hold for each deal, in order of priority; a move is named once.

    Parameters
    ----------
    X, info : pandas.DataFrame
        Of a data set; a feature of the last conversation is the column with its plain name.

    Returns
    -------
    list of list of Rule
        One list per row.
    """
    facts = X.assign(
        days_since_customer_step=info["days_since_customer_step"].to_numpy(dtype=float),
        has_conversation=info["conversation_id"].notna().to_numpy(dtype=float),
    )
    held = [rule.holds(facts) for rule in RULES]
    fired: list[list[Rule]] = []
    for row in range(len(X)):
        by_move = {
            rule.move: rule for rule, found in reversed(list(zip(RULES, held, strict=True))) if found[row]
        }
        fired.append([rule for rule in RULES if by_move.get(rule.move) is rule])
    return fired


def next_move(rules: list[Rule], families: Collection[str] = ()) -> str:
    """The key of the move to make.

    Parameters
    ----------
    rules : list of Rule
        The ones that hold.
    families : collection of str
        Families of the model's reasons: a rule about one of them goes before the others.

    Returns
    -------
    str
        "confirm_step" when no rule holds.

    Examples
    --------
    >>> next_move([RULES[1], RULES[0]], families=["authority"])
    'decision_maker'
    >>> next_move([])
    'confirm_step'
    """
    first = [rule.move for rule in rules if rule.family in families] + [rule.move for rule in rules]
    return first[0] if first else DEFAULT


def _values(facts: pd.DataFrame, name: str) -> np.ndarray:
    return facts[name].to_numpy(dtype=float) if name in facts else np.full(len(facts), np.nan)
