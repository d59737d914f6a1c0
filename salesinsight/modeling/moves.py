"""The seller's best next move, by rules that a sales trainer can read; the model says which deal is first.

Each rule names the article that it comes from, the family of features that it speaks about and the feature
whose turns show it. The words of a move, with the question to ask, are in
``packs/<language>/words/moves.toml``. A move is a question to ask or a *nee* to fetch, and never asks for
what the customer has just agreed to.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

#: A deal is silent when the customer took no step for so many days; an agreement holds as long.
SILENT_DAYS = 30
#: More than this share of push among the seller's questions is pushing, from so many questions on.
MOSTLY_PUSH, FEW_QUESTIONS = 0.5, 2
#: What to do when no rule holds and nothing was agreed either.
DEFAULT = "settle_step"
#: Any of these above 0 says that the next step stands: asked again, it is nagging.
AGREED = ("answer_accept_share", "next_c_owned", "next_dated", "authority_introduced")
#: What the rules know beside the features of X.
FACTS = ("days_since_customer_step", "has_conversation", "agreed_lately")


@dataclasses.dataclass(frozen=True)
class Rule:
    """When a move fits: all conditions hold for the deal's last conversation.

    Attributes
    ----------
    move : str
        Key of the words.
    family : str
        Family of features that the move speaks about.
    article : str
        Number of the article that the move comes from.
    more, not_more, at_most : tuple of (str, float)
        The feature is above this; is not known to be above this; is known to be at most this.
    shown_by : str or None
        The feature of conversations whose turns show that the rule holds; None where nothing was said.
    """

    move: str
    family: str
    article: str
    more: tuple[tuple[str, float], ...] = ()
    not_more: tuple[tuple[str, float], ...] = ()
    at_most: tuple[tuple[str, float], ...] = ()
    shown_by: str | None = None

    def holds(self, facts: Mapping[str, np.ndarray], size: int) -> np.ndarray:
        """Whether the rule holds, per row; a feature that isn't there is not known."""
        unknown = np.full(size, np.nan)
        found = np.ones(size, dtype=bool)
        for name, edge in self.more:
            found &= facts.get(name, unknown) > edge
        for name, edge in self.not_more:
            found &= ~(facts.get(name, unknown) > edge)
        for name, edge in self.at_most:
            found &= facts.get(name, unknown) <= edge
        return found


_OPEN = ("agreed_lately", 0.0)

# In order of priority. The numbers are those of the articles: 004 the popje, 002 asking for action,
# 001 the good talk and the long misschien, 000 the phases of buying.
RULES = (
    Rule("decision_maker", "authority", "004", more=(("authority_ref_count", 0),),
         not_more=(("authority_asked", 0), ("authority_present", 0), ("authority_introduced", 0),
                   ("authority_contact", 0)), shown_by="authority_ref_count"),
    Rule("stop_nagging", "request", "002", more=(("request_nagging_count", 0),), not_more=(_OPEN,),
         shown_by="request_nagging_count"),
    Rule("smaller_step", "request", "002", more=(("request_phase_gap", 0),), not_more=(_OPEN,),
         shown_by="request_level"),
    Rule("fetch_answer", "history", "001", more=(("days_since_customer_step", SILENT_DAYS),),
         not_more=(_OPEN,)),
    Rule("back_to_need", "good_talk", "001", more=(("quote_before_need", 0),)),
    Rule("back_to_need", "spin", "000", more=(("offer_before_need", 0),),
         not_more=(("need_explicit_count", 0),), shown_by="offer_before_need"),
    Rule("one_question_more", "good_talk", "001", more=(("continuations_run", 0),), not_more=(_OPEN,),
         shown_by="pleasant_rate"),
    Rule("one_question_more", "good_talk", "001", more=(("note_goed_gesprek", 0),), not_more=(_OPEN,),
         shown_by="pleasant_rate"),
    Rule("ask_step", "request", "002", not_more=(_OPEN,), at_most=(("request_any", 0),)),
    Rule("ask_in_writing", "request", "002", more=(("crm_mails_out_count", 0),), not_more=(_OPEN,),
         at_most=(("request_written_share", 0),)),
    Rule("make_concrete", "answer", "002", more=(("answer_vague_share", 0),), not_more=(_OPEN,),
         shown_by="answer_vague_share"),
    Rule("name_doubt", "hedge", "001", more=(("defer_count", 0),), not_more=(_OPEN,), shown_by="defer_count"),
    Rule("name_doubt", "hedge", "001", more=(("dontknow_count", 0),), not_more=(_OPEN,),
         shown_by="dontknow_count"),
    Rule("ask_openly", "push_pull", "000", shown_by="push_q_share",
         more=(("push_q_share", MOSTLY_PUSH), ("question_s_count", FEW_QUESTIONS))),
    Rule("pin_date", "answer", "002", more=(("answer_accept_share", 0),),
         not_more=(("crm_meeting_booked", 0),), at_most=(("next_dated", 0),), shown_by="answer_accept_share"),
    Rule("plan_talk", "history", "002", not_more=(("crm_meeting_booked", 0),),
         at_most=(("has_conversation", 0),)),
)  # fmt: skip
#: Only where none of the rules holds: it tells of no trouble, so it is never a reason.
CONFIRM = Rule("confirm_step", "answer", "002", more=(_OPEN,), shown_by="advance_score")


def fired_rules(X: pd.DataFrame, info: pd.DataFrame) -> list[list[Rule]]:
    """Which rules hold for each deal, in order of priority; a move is named once.

    Where none does, `CONFIRM`, as far as something was agreed.

    Parameters
    ----------
    X, info : pandas.DataFrame
        Of a data set; a feature of the last conversation is the column with its plain name.

    Returns
    -------
    list of list of Rule
        One list per row.
    """
    facts = _facts(X, info)
    held = [rule.holds(facts, len(X)) for rule in RULES]
    agreed = CONFIRM.holds(facts, len(X))
    fired: list[list[Rule]] = []
    for row in range(len(X)):
        by_move = {
            rule.move: rule for rule, found in reversed(list(zip(RULES, held, strict=True))) if found[row]
        }
        found = [rule for rule in RULES if by_move.get(rule.move) is rule]
        fired.append(found or [CONFIRM] * bool(agreed[row]))
    return fired


def chosen_rule(rules: list[Rule], families: Collection[str] = ()) -> Rule | None:
    """The rule to act on; None when none holds.

    Parameters
    ----------
    rules : list of Rule
        The ones that hold.
    families : collection of str
        Families of the model's reasons: a rule about one of them goes before the others.

    Examples
    --------
    >>> chosen_rule([RULES[1], RULES[0]], families=["authority"]).move
    'decision_maker'
    """
    first = [rule for rule in rules if rule.family in families] + rules
    return first[0] if first else None


def next_move(rules: list[Rule], families: Collection[str] = ()) -> str:
    """The key of the move to make, as `chosen_rule`; "settle_step" when no rule holds.

    Examples
    --------
    >>> next_move([])
    'settle_step'
    """
    rule = chosen_rule(rules, families)
    return DEFAULT if rule is None else rule.move


def article_of(move: str) -> str | None:
    """Number of the article that a move comes from; None where no rule speaks of trouble.

    Examples
    --------
    >>> article_of("decision_maker")
    '004'
    """
    return next((rule.article for rule in RULES if rule.move == move), None)


def _facts(X: pd.DataFrame, info: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns that the rules ask for, as numbers, and what only `info` or several columns can tell."""
    asked = {name for rule in RULES for name, _ in (*rule.more, *rule.not_more, *rule.at_most)}
    asked |= {*AGREED, "crm_days_since_conversation", "crm_meeting_booked"}
    facts = {name: X[name].to_numpy(dtype=float) for name in sorted(asked & set(X.columns))}
    unknown = np.full(len(X), np.nan)
    agreed = np.any([facts.get(name, unknown) > 0 for name in AGREED], axis=0)
    # what was agreed long ago and brought nothing since may be asked for again
    agreed &= ~(facts.get("crm_days_since_conversation", unknown) > SILENT_DAYS)
    booked = facts.get("crm_meeting_booked", unknown) > 0
    return facts | {
        "days_since_customer_step": info["days_since_customer_step"].to_numpy(dtype=float),
        "has_conversation": info["conversation_id"].notna().to_numpy(dtype=float),
        "agreed_lately": (agreed | booked).astype(float),
    }
