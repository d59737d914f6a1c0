"""Who plays in the invented world: sellers, customers and the deals between them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from salesinsight.sample.phrases import Chance, Phrases
from salesinsight.sample.process import Latents

FLEMISH_SHARE, INFORMAL_SHARE = 0.15, 0.55
SAME_ACCOUNT_SHARE = 0.12


@dataclasses.dataclass
class Person:
    """Someone with an invented name."""

    person_id: str
    account_id: str | None
    side: str
    first: str
    last: str
    title: str
    decision_role: str | None = None
    address: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


@dataclasses.dataclass
class Deal:
    """A deal with everything that its conversations need to know."""

    deal_id: str
    account_id: str
    company: str
    contact: Person
    boss: Person
    seller: Person
    sector: dict[str, Any]
    register: str
    boss_words: dict[str, str]
    amount: float
    size: float
    authority: float
    indecision: float
    skill: float
    phase_shift: int


def amounts(log_size: np.ndarray) -> np.ndarray:
    """Amounts of deals, rounded to fifties; the middle one is about 12,000."""
    return np.round(np.exp(9.4 + 0.75 * log_size) / 50.0) * 50.0


def hire_sellers(n: int, phrases: Phrases, chance: Chance) -> list[Person]:
    """Make the sellers."""
    names = phrases.people["first_names"]
    return [
        Person(
            f"s{number + 1:02d}", None, "seller", names[(7 * number) % len(names)],
            chance.pick(phrases.people["last_names"]), phrases.people["seller_title"],
        )
        for number in range(n)
    ]  # fmt: skip


def cast_deals(latents: Latents, sellers: list[Person], phrases: Phrases, chance: Chance) -> list[Deal]:
    """Give each deal a customer, a contact, somebody above the contact, a seller and a subject."""
    deals: list[Deal] = []
    names = phrases.people
    registers = list(phrases.registers)
    money = amounts(latents.log_size)
    accounts: list[tuple[str, str, str]] = []
    for number, amount in enumerate(money.tolist()):
        if accounts and chance.happens(SAME_ACCOUNT_SHARE):
            account = chance.pick(accounts)
        else:
            account = (
                f"a{len(accounts) + 1:04d}",
                chance.pick(names["companies"]),
                _register(registers, chance),
            )
            accounts.append(account)
        account_id, company, register = account
        authority = float(latents.authority[number])
        contact = _contact(f"p{2 * number + 1:04d}", account_id, authority, register, phrases, chance)
        boss = _boss(f"p{2 * number + 2:04d}", account_id, register, phrases, chance)
        deals.append(
            Deal(
                deal_id=f"d{number + 1:04d}",
                account_id=account_id,
                company=company,
                contact=contact,
                boss=boss,
                seller=sellers[latents.seller[number]],
                sector=chance.pick(phrases.sectors),
                register=register,
                boss_words=chance.pick(names["bosses_high" if authority > 0.8 else "bosses"]),
                amount=amount,
                size=float(latents.log_size[number]),
                authority=authority,
                indecision=float(latents.indecision[number]),
                skill=float(latents.skill[number]),
                phase_shift=chance.pick((-1, 0, 0, 0, 0, 1)),
            )
        )
    return deals


def _register(registers: list[str], chance: Chance) -> str:
    """Formal, informal or (the third column, where there is one) regional."""
    if len(registers) > 2 and chance.happens(FLEMISH_SHARE):
        return registers[2]
    return registers[1] if chance.happens(INFORMAL_SHARE) else registers[0]


def _contact(
    person_id: str, account_id: str, authority: float, register: str, phrases: Phrases, chance: Chance
) -> Person:
    """The daily contact; the title tells something of the authority, the role only when it is known."""
    shown = chance.around(authority, 0.5)
    titles = "titles_high" if shown > 0.5 else "titles_low" if shown < -0.6 else "titles_mid"
    true_role = "decider" if authority > 0.5 else "gatekeeper" if authority < -0.9 else "influencer"
    known = chance.uniform()
    role = true_role if known < 0.5 else "unknown" if known < 0.7 else None
    return _person(
        person_id, account_id, chance.pick(phrases.people[titles]), role, register, phrases, chance
    )


def _boss(person_id: str, account_id: str, register: str, phrases: Phrases, chance: Chance) -> Person:
    title = chance.pick(phrases.people["titles_high"])
    role = "decider" if chance.happens(0.6) else None
    return _person(person_id, account_id, title, role, register, phrases, chance)


def _person(
    person_id: str,
    account_id: str,
    title: str,
    role: str | None,
    register: str,
    phrases: Phrases,
    chance: Chance,
) -> Person:
    first = chance.pick(phrases.people["first_names"])
    last = chance.pick(phrases.people["last_names"])
    gender = "woman" if first in phrases.people["women"] else "man"
    in_full = f"{last[:1].upper()}{last[1:]}"
    address = phrases.people["address"][register][gender].format(first=first, last=in_full)
    return Person(person_id, account_id, "customer", first, last, title, role, address)
