"""How an invented deal goes: what it is at heart, and what becomes of it.

The truth, in full:

*Latents.* A deal has an authority (can this contact decide) and an indecision, both about standard
normal; a seller has a skill. Authority is higher for referrals and lower for leads of an appointment
agency. Skilled sellers get more referrals and, as far as `effect` lets them, bigger deals.

*Process.* A deal rests `REST` working days in a stage that it has entered. After that four things
compete until one happens, each with a hazard per working day that is constant while the deal is in
that stage: won, lost with an explicit no, progress to the next stage, and lost without a decision ::

    log hazard = log BASE[stage, kind] + SIZE[kind] * z(log amount)
                 + effect * (authority, indecision, skill) · LATENT[:, kind]

So `effect` scales every path from the latents to the outcome; what stage and size do to it stays.

*Around it.* Conversations do not touch the hazards, and how often people speak depends on stage and
size alone; they reveal the latents in words (see `salesinsight.sample.manner`). Some take place at the
very moment at which a deal is won, lost or enters its next stage; only those are recorded as order or
advance. A few deals are deleted, reopened, parked by the customer or lost without a reason, whatever
their latents are.
"""

from __future__ import annotations

import dataclasses

import numpy as np

N_STAGES = 5
KINDS = ("won", "lost", "progress", "no_decision")
WON, LOST, PROGRESS, NO_DECISION = range(4)
REST = 3.0
START_SHARE = (0.40, 0.30, 0.20, 0.10)

# Rows are stages, columns are KINDS: hazards per working day of an average deal.
BASE = np.array(
    [
        [0.0040, 0.0110, 0.0200, 0.0020],
        [0.0070, 0.0115, 0.0150, 0.0025],
        [0.0110, 0.0125, 0.0115, 0.0030],
        [0.0170, 0.0135, 0.0095, 0.0035],
        [0.0230, 0.0145, 0.0000, 0.0040],
    ]
)
SIZE = np.array([-0.20, -0.05, -0.15, 0.15])
LATENT = np.array(
    [
        [0.75, 0.65, 0.70, -0.40],  # authority
        [-1.15, -1.05, -1.00, 0.55],  # indecision
        [0.55, 0.45, 0.50, -0.20],  # skill
    ]
)


@dataclasses.dataclass(frozen=True)
class Latents:
    """What the deals are at heart, one value per deal; `seller` is the number of the seller."""

    authority: np.ndarray
    indecision: np.ndarray
    skill: np.ndarray
    seller: np.ndarray
    source: np.ndarray
    log_size: np.ndarray


@dataclasses.dataclass(frozen=True)
class Paths:
    """What became of the deals, in working days.

    Attributes
    ----------
    entered : (n, stages) when each stage was entered; infinite when it never was.
    end : when the deal closed.
    ended_by : number in KINDS of how it closed.
    """

    entered: np.ndarray
    end: np.ndarray
    ended_by: np.ndarray

    def stage_at(self, moment: np.ndarray | float) -> np.ndarray:
        """Highest stage entered by a moment."""
        reached = self.entered <= np.asarray(moment, dtype=float).reshape(-1, 1)
        return np.where(reached, np.arange(N_STAGES), -1).max(axis=1)


def draw_latents(
    n: int, n_sellers: int, source_lift: np.ndarray, effect: float, rng: np.random.Generator
) -> Latents:
    """Draw sellers, lead sources, sizes, authority and indecision of `n` deals.

    Parameters
    ----------
    n, n_sellers : int
        Numbers of deals and of sellers; skills are evenly spread over a standard normal.
    source_lift : numpy.ndarray
        What each lead source adds to authority; skilled sellers get more of the higher ones.
    effect : float
        Scales how much bigger the deals of skilled sellers are.
    rng : numpy.random.Generator
        Source of chance.
    """
    skills = rng.permutation(np.linspace(-1.4, 1.4, n_sellers))
    seller = rng.integers(n_sellers, size=n)
    skill = skills[seller]
    liking = np.exp(0.8 * skill[:, None] * source_lift[None, :])
    turn = rng.random((n, 1)) * liking.sum(axis=1, keepdims=True)
    source = (liking.cumsum(axis=1) < turn).sum(axis=1)
    return Latents(
        authority=0.9 * rng.standard_normal(n) + source_lift[source],
        indecision=rng.standard_normal(n),
        skill=skill,
        seller=seller,
        source=source,
        log_size=rng.standard_normal(n) + 0.25 * effect * skill,
    )


def hazards(latents: Latents, effect: float) -> np.ndarray:
    """Hazards per working day: deals by stages by KINDS."""
    heart = np.stack([latents.authority, latents.indecision, latents.skill], axis=1)
    exponent = latents.log_size[:, None] * SIZE + effect * (heart @ LATENT)
    return BASE[None, :, :] * np.exp(exponent)[:, None, :]


def run(rates: np.ndarray, begin: np.ndarray, stage: np.ndarray, rng: np.random.Generator) -> Paths:
    """Let deals go from a stage just entered until they close.

    Parameters
    ----------
    rates : (n, stages, kinds)
        Hazards per working day.
    begin : (n,)
        Moment at which the deal enters its first stage, in working days.
    stage : (n,)
        That first stage.
    rng : numpy.random.Generator
        Source of chance.
    """
    n = len(begin)
    rows = np.arange(n)
    entered = np.full((n, N_STAGES), np.inf)
    entered[rows, stage] = begin
    now, at, going = np.array(begin, dtype=float), np.array(stage), np.ones(n, dtype=bool)
    end, ended_by = np.full(n, np.inf), np.full(n, -1)
    for _ in range(N_STAGES):
        here = rates[rows, at]
        total = here.sum(axis=1)
        now = now + REST + rng.exponential(size=n) / total
        kind = (here.cumsum(axis=1) < (rng.random(n) * total)[:, None]).sum(axis=1)
        moved = going & (kind == PROGRESS)
        closed = going & ~moved
        end[closed], ended_by[closed] = now[closed], kind[closed]
        at = np.where(moved, np.minimum(at + 1, N_STAGES - 1), at)
        entered[rows[moved], at[moved]] = now[moved]
        going = moved
    return Paths(entered, end, ended_by)
