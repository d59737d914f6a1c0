"""The invented world behind `own_files`: conversations and deals of `make_sample`, with names and ids of its own."""

import pathlib
import re
import tomllib

import numpy as np
import pandas as pd

import salesinsight as si

WORDS = tomllib.loads((pathlib.Path(__file__).parent / "own_names.toml").read_text("utf-8"))


class World:
    """The sample with names of its own and ids as HubSpot gives them."""

    def __init__(self, export: si.Export, chance: np.random.Generator) -> None:
        self.chance = chance
        gone = export.events.loc[export.events["kind"] == "deleted", "deal_id"]
        keep = ~export.deals["deal_id"].isin(gone)
        self.deals = export.deals[keep].set_index("deal_id", drop=False)
        self.events = export.events[export.events["deal_id"].isin(self.deals.index)]
        self.people = export.people.set_index("person_id", drop=False)
        self.talks = export.conversations.set_index("conversation_id", drop=False)
        self.turns = export.turns.copy()
        self.there = export.attendance
        self.ids = {
            value: str(start + 37 * number)
            for start, values in (
                (18000000103, self.deals.index),
                (51200000017, self.people.index),
                (20900000041, sorted(self.people["account_id"].dropna().unique())),
                (63400000029, self.talks.index),
            )
            for number, value in enumerate(values)
        }
        self.parts, self.names = self._named()
        self.firms = self._firms()
        self.mails = {
            person: f"{part[0][0]}.{plain(part[1])}@{self.domain(person)}".lower()
            for person, part in self.parts.items()
        }
        # who took part for the customer, and who sold
        side = self.there.assign(side=self.there["person_id"].map(self.people["side"]))
        self.customers = side[side["side"] == "customer"].groupby("conversation_id")["person_id"].agg(list)
        # talks that nobody entered in the CRM: `write_transcripts` decides which
        self.unlogged: set[str] = set()

    def pick(self, values):
        """One of these, by chance."""
        return values[int(self.chance.integers(len(values)))]

    def phone(self) -> str:
        """A mobile number in one of the ways in which people write it."""
        digits = f"{self.chance.integers(10**7, 10**8):08d}"
        return self.pick([f"06-{digits}", f"06 {digits[:4]} {digits[4:]}", f"+31 6 {digits}"])

    def domain(self, person: str) -> str:
        """What stands behind the @ in somebody's address."""
        account = self.people.loc[person, "account_id"]
        return WORDS["domain"] if pd.isna(account) else f"{plain(self.firms[account])}.example"

    def _named(self):
        """A first and last name for everyone; nobody shares both."""
        pairs = [(one, two) for one in WORDS["first_names"] for two in WORDS["last_names"]]
        order = self.chance.permutation(len(pairs))[: len(self.people)]
        parts = {person: pairs[spot] for person, spot in zip(self.people.index, order, strict=True)}
        return parts, pd.Series({person: f"{one} {two}" for person, (one, two) in parts.items()})

    def _firms(self) -> dict[str, str]:
        accounts = sorted(self.people["account_id"].dropna().unique())
        pairs = [(one, two) for one in WORDS["sectors"] for two in WORDS["places"]]
        order = self.chance.permutation(len(pairs))
        firms = {}
        for number, account in enumerate(accounts):
            sector, place = pairs[order[number % len(pairs)]]
            # a second firm of that name sits somewhere else
            again = "" if number < len(pairs) else f" {self.pick(WORDS['last_names']).split()[-1]}"
            firms[account] = f"{sector} {place}{again} {self.pick(WORDS['legal'])}".strip()
        return firms

    # names in texts

    def plant(self) -> pd.DataFrame:
        """Put the names of this world into notes and talk, and some addresses and numbers; tells which."""
        planted: list[tuple] = []
        notes, old = {}, self.people["name"].to_dict()
        self.turns["text"] = self.turns["text"].astype(str)
        rows = self.turns.groupby("conversation_id").indices
        texts = self.turns["text"].to_numpy(object)
        for talk in self.talks.itertuples():
            account = self.people["account_id"] == talk.account_id
            around = [
                talk.seller_id,
                *self.customers.get(talk.conversation_id, []),
                *self.people.index[account],
            ]
            swap: dict[str, tuple[str, str]] = {}
            for person in dict.fromkeys(around):
                first, last = old[person].split(" ", 1)
                swap.setdefault(first.lower(), (self.parts[person][0], "person"))
                swap.setdefault(last.lower(), (self.parts[person][1], "person"))
            swap["voorbeeldgroep"] = (WORDS["company"], "organisation")
            pattern = re.compile(
                r"\b(" + "|".join(map(re.escape, sorted(swap, key=len, reverse=True))) + r")\b", re.I
            )

            def said(text, place, talk=talk, swap=swap, pattern=pattern):
                def new(match):
                    surface, kind = swap[match[0].lower()]
                    surface = surface.lower() if match[0].islower() else surface
                    planted.append((self.ids[talk.conversation_id], place, kind, surface))
                    return surface

                return pattern.sub(new, text)

            for spot in rows.get(talk.conversation_id, []):
                texts[spot] = said(texts[spot], "talk")
            if len(rows.get(talk.conversation_id, [])) > 4 and self.chance.random() < 0.15:
                spot = rows[talk.conversation_id][3]
                texts[spot] += self.ending(talk, "talk", planted)
            if isinstance(talk.note, str):
                note = said(talk.note, "note")
                if self.chance.random() < 0.12:
                    note += self.ending(talk, "note", planted)
                notes[talk.conversation_id] = note
        self.turns["text"] = texts
        self.talks["note"] = pd.Series(notes).reindex(self.talks.index)
        return pd.DataFrame(planted, columns=["call", "place", "kind", "surface"])

    def ending(self, talk, place: str, planted: list) -> str:
        """A last sentence with something personal in it."""
        person = self.first_customer(talk.conversation_id)
        phone, other = (
            self.phone(),
            " ".join((self.pick(WORDS["first_names"]), self.pick(WORDS["last_names"]))),
        )
        known = {
            "phone": phone, "mail": self.mails[person], "person": self.names[person], "other": other,
            "firm": self.firms[self.people.loc[person, "account_id"]],
        }  # fmt: skip
        kinds = {
            "phone": "phone",
            "mail": "email",
            "person": "person",
            "other": "person",
            "firm": "organisation",
        }
        sentence = self.pick(WORDS[f"{place}_ends"])
        for name in known:
            if f"{{{name}}}" in sentence:
                planted.append((self.ids[talk.conversation_id], place, kinds[name], known[name]))
        return sentence.format(**known)

    def who(self, person) -> str:
        """The full name; empty where nobody is."""
        return "" if pd.isna(person) else self.names[person]

    def to_ids(self, people) -> str:
        """HubSpot's numbers of people, in one cell."""
        return ";".join(self.ids[one] for one in people)

    def first_customer(self, talk: str):
        """Who was there for the customer; when nobody answered, who was called."""
        account = self.people["account_id"] == self.talks.loc[talk, "account_id"]
        return (self.customers.get(talk) or [*self.people.index[account], None])[0]


def plain(text: str) -> str:
    """Letters and digits only, for an address."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
