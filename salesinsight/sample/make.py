"""Put the invented world together: one `Export` of conversations and deals, with its truth."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
import pandas as pd

from salesinsight.errors import BadArgument
from salesinsight.sample.cast import Deal, cast_deals, hire_sellers
from salesinsight.sample.oracle import rate_columns
from salesinsight.sample.phrases import Chance, Phrases, load_phrases
from salesinsight.sample.process import Latents, draw_latents, hazards
from salesinsight.sample.recording import Held, act_out
from salesinsight.sample.tables import export_tables
from salesinsight.sample.timeline import Event, live, plain_events, plan_talks
from salesinsight.sample.workdays import AS_OF, TIME_ZONE
from salesinsight.schema import Export, empty_table, takes

N_SELLERS = 9
SOURCE_LIFT = np.array([0.10, -0.35, 0.05, 0.55, 0.20, -0.55])


@takes(n_deals=Integral, effect=Real, seed=Integral)
def make_sample(n_deals: int = 260, language: str = "nl", effect: float = 1.0, seed: int = 0) -> Export:
    """Invent conversations and deals of which the truth is known.

    Parameters
    ----------
    n_deals : int
        Number of deals, opened in the fourteen months before a fixed moment of export.
    language : str
        "nl" or "en".
    effect : float
        Strength of every path from the latents to the outcome; 0 makes talk tell nothing about it.
    seed : int
        Same seed, same sample.

    Returns
    -------
    Export
        With `watermark`, `truth` (per deal its latents and hazards, for `oracle`) and `truth_turns`.

    Raises
    ------
    UnknownName
        For a language without a pack.
    BadArgument
        For fewer than one deal, or a negative effect.

    Notes
    -----
    The truth is stated in full in `salesinsight.sample.process`, and how it shows in words in
    `salesinsight.sample.manner`. In short: authority and indecision of a deal, skill of its seller,
    stage and size set the hazards of won, lost, progress and closing without a decision. Conversations
    don't touch the hazards; they reveal the latents. Confounded on purpose: bigger deals have longer
    conversations and other hazards, skilled sellers other lead sources and (times `effect`) bigger
    deals, and the stage changes both talk and hazards. It says nothing about real sales.

    Examples
    --------
    >>> export = make_sample(n_deals=10, seed=3)
    >>> len(export.deals), export.watermark, export.as_of.isoformat()
    (10, 'voorbeelddata', '2026-06-29T07:00:00+02:00')
    >>> export.turns.equals(make_sample(n_deals=10, seed=3).turns)
    True
    """
    _refuse_nonsense(n_deals, effect)
    phrases = load_phrases(language)
    rng = np.random.default_rng(seed)
    latents = draw_latents(n_deals, N_SELLERS, SOURCE_LIFT, effect, rng)
    rates = hazards(latents, effect)
    chance = Chance(np.random.default_rng([seed, 1]))
    deals, tables = _live_and_talk(latents, rates, phrases, rng, chance)
    return Export(
        **tables,
        rejects=empty_table("rejects"),
        language=language,
        time_zone=TIME_ZONE,
        as_of=AS_OF,
        stages={phrases.people["pipeline"]: list(phrases.people["stages"])},
        watermark=phrases.people["watermark"],
        truth=_truth(deals, latents, rates),
    )


def _live_and_talk(
    latents: Latents, rates: np.ndarray, phrases: Phrases, rng: np.random.Generator, chance: Chance
) -> tuple[list[Deal], dict[str, pd.DataFrame]]:
    """Let all deals live and their conversations take place; the deals and the tables of the export."""
    sellers = hire_sellers(N_SELLERS, phrases, chance)
    deals = cast_deals(latents, sellers, phrases, chance)
    lives = live(rates, rng, chance, phrases)
    held: list[Held] = []
    events: list[tuple[str, Event]] = []
    for deal, episodes in zip(deals, lives, strict=True):
        talks = [act_out(deal, talk, phrases, chance) for talk in plan_talks(deal, episodes, chance)]
        plain = plain_events(deal, episodes, phrases, chance)
        events += [(deal.deal_id, event) for event in [*plain, *(e for talk in talks for e in talk.events)]]
        held += talks
    return deals, export_tables(deals, lives, sellers, held, events, latents, phrases, chance)


def _refuse_nonsense(n_deals: int, effect: float) -> None:
    if n_deals < 1:
        raise BadArgument(argument="n_deals", expected={"en": "1 or more", "nl": "1 of meer"}, got=n_deals)
    if effect < 0:
        raise BadArgument(argument="effect", expected={"en": "0 or more", "nl": "0 of meer"}, got=effect)


def _truth(deals: list[Deal], latents: Latents, rates: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "deal_id": pd.Series([deal.deal_id for deal in deals], dtype="string"),
            "authority": latents.authority,
            "indecision": latents.indecision,
            "skill": latents.skill,
            "log_size": latents.log_size,
            "phase_shift": [deal.phase_shift for deal in deals],
        }
    )
    return table.join(pd.DataFrame(rates.reshape(len(deals), -1), columns=rate_columns()))
