"""Invents the folder of somebody who uses HubSpot in Dutch and Teams: downloads and transcripts, with the truth.

The conversations, notes and histories are those of `make_sample`; names of people and firms, the layout of the
files and everything that goes wrong between two systems are made here.
"""

import dataclasses
import pathlib
import re
import tomllib

import numpy as np
import pandas as pd

import salesinsight as si

HERE = pathlib.Path(__file__).parent
ZONE = "Europe/Amsterdam"
WORDS = tomllib.loads((HERE / "own_export" / "invented.toml").read_text("utf-8"))
CLOSING = {"won": "Gesloten gewonnen", "lost": "Gesloten verloren"}
OUTCOMES = {
    "held": ["Verbonden", "Verbonden", "Verbonden", ""],
    "no_answer": ["Geen gehoor", "Bezet", ""],
    "voicemail": ["Voicemail ingesproken", "Voicemail ingesproken", ""],
    "wrong_number": ["Verkeerd nummer", ""],
    "cancelled": ["", "Terugbelverzoek"],
}
# of 100 transcripts, how many are something else than the talk itself once
SPECIALS = {"no_call": 5, "own_talk": 2, "double": 2, "voicemail": 3, "wrong_number": 1}


@dataclasses.dataclass
class Truth:
    """What is known because it was invented.

    Attributes
    ----------
    links : pandas.DataFrame
        A row per transcript: file, call (Record-ID, missing when the CRM has none) and case.
    planted : pandas.DataFrame
        A row per name or number put into a text: call, place {note, talk}, kind, surface.
    sellers : list of str
        Names of those who sell.
    """

    links: pd.DataFrame
    planted: pd.DataFrame
    sellers: list[str]


def make_folder(
    folder: pathlib.Path, *, deals: int, calls: int, transcripts: int, seed: int, excel: bool = True
) -> Truth:
    """Write the downloads and the transcripts; the same arguments give the same files."""
    world = World(si.make_sample(n_deals=deals, language="nl", seed=seed), np.random.default_rng(seed))
    folder.mkdir(parents=True, exist_ok=True)
    planted = world.plant()
    links = world.write_transcripts(folder / "Transcripties Teams", transcripts)
    ends = "xlsx" if excel else "csv"
    tables = {
        f"hubspot-crm-exports-alle-deals-2026-06-29.{ends}": world.deal_rows(),
        "hubspot-crm-exports-alle-contactpersonen-2026-06-29.csv": world.contact_rows(),
        "hubspot-crm-exports-alle-bedrijven-2026-06-29.csv": world.firm_rows(),
        "hubspot-crm-exports-alle-gesprekken-2026-06-29.csv": world.call_rows(calls),
        f"hubspot-crm-exports-alle-vergaderingen-2026-06-29.{ends}": world.meeting_rows(),
        "hubspot-crm-exports-alle-e-mails-2026-06-29.csv": world.mail_rows(),
        "eigenschapsgeschiedenis-deals.csv": world.history_rows(),
    }
    for name, table in tables.items():
        if name.endswith("xlsx"):
            table.to_excel(folder / name, index=False)
        else:
            table.to_csv(folder / name, index=False, quoting=1, lineterminator="\n", encoding="utf-8")
    return Truth(links, planted, sorted(world.names[world.people["side"] == "seller"]))


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
            person: f"{part[0][0]}.{plain(part[1])}@{self.domain(person)}".lower() for person, part in self.parts.items()
        }
        # who took part for the customer, and who sold
        side = self.there.assign(side=self.there["person_id"].map(self.people["side"]))
        self.customers = side[side["side"] == "customer"].groupby("conversation_id")["person_id"].agg(list)
        self.deleted = set(gone)

    def pick(self, values):
        return values[int(self.chance.integers(len(values)))]

    def phone(self) -> str:
        digits = f"{self.chance.integers(10**7, 10**8):08d}"
        return self.pick([f"06-{digits}", f"06 {digits[:4]} {digits[4:]}", f"+31 6 {digits}"])

    def domain(self, person: str) -> str:
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
            around = [talk.seller_id, *self.customers.get(talk.conversation_id, []), *self.people.index[account]]
            swap: dict[str, tuple[str, str]] = {}
            for person in dict.fromkeys(around):
                first, last = old[person].split(" ", 1)
                swap.setdefault(first.lower(), (self.parts[person][0], "person"))
                swap.setdefault(last.lower(), (self.parts[person][1], "person"))
            swap["voorbeeldgroep"] = (WORDS["company"], "organisation")
            pattern = re.compile(r"\b(" + "|".join(map(re.escape, sorted(swap, key=len, reverse=True))) + r")\b", re.I)

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
        phone, other = self.phone(), " ".join((self.pick(WORDS["first_names"]), self.pick(WORDS["last_names"])))
        known = {
            "phone": phone, "mail": self.mails[person], "person": self.names[person], "other": other,
            "firm": self.firms[self.people.loc[person, "account_id"]],
        }  # fmt: skip
        kinds = {"phone": "phone", "mail": "email", "person": "person", "other": "person", "firm": "organisation"}
        sentence = self.pick(WORDS[f"{place}_ends"])
        for name in known:
            if f"{{{name}}}" in sentence:
                planted.append((self.ids[talk.conversation_id], place, kinds[name], known[name]))
        return sentence.format(**known)

    # the downloads

    def who(self, person) -> str:
        return "" if pd.isna(person) else self.names[person]

    def to_ids(self, people) -> str:
        return ";".join(self.ids[one] for one in people)

    def deal_rows(self) -> pd.DataFrame:
        stages = self.events[self.events["kind"].isin(["stage", "won", "lost", "reopened"])].sort_values("at", kind="stable")
        rows = []
        for deal in self.deals.itertuples():
            mine = stages[stages["deal_id"] == deal.deal_id]
            since, now, reason = {}, "", ""
            for event in mine.itertuples():
                if event.kind == "reopened":
                    reason = ""
                    continue
                now = CLOSING.get(event.kind) or WORDS["stages"][event.value]
                since[now] = stamp(event.at)
                reason = (event.value if isinstance(event.value, str) else "") if event.kind == "lost" else ""
            dates = self.events[(self.events["deal_id"] == deal.deal_id) & (self.events["kind"] == "close_date_set")]
            closed = since[now] if now in CLOSING.values() else (dates["value"].iloc[-1] if len(dates) else "")
            contacts = self.people[(self.people["account_id"] == deal.account_id)].index[:2]
            row = {
                "Record-ID": self.ids[deal.deal_id],
                "Dealnaam": f"{deal.product} {self.firms[deal.account_id]}",
                "Pijplijn": "Verkooppijplijn",
                "Dealfase": now,
                "Bedrag": deal.amount,
                "Valuta": "EUR",
                "Sluitingsdatum": closed,
                "Aanmaakdatum": stamp(deal.created_at),
                "Dealeigenaar": self.who(deal.owner_id),
                "Reden gesloten verloren": reason.capitalize(),
                "Is gesloten gewonnen": str(now == CLOSING["won"]).lower(),
                "Is gesloten verloren": str(now == CLOSING["lost"]).lower(),
                "Dealtype": deal.product,
                "Oorspronkelijke verkeersbron": deal.lead_source,
                "Volgende stap": "",
            }
            for stage in [*WORDS["stages"].values(), *CLOSING.values()]:
                row[f'Datum ingegaan "{stage} (Verkooppijplijn)"'] = since.get(stage, "")
            row |= {
                "Gekoppeld bedrijf": self.firms[deal.account_id],
                "Gekoppelde bedrijfs-ID's": self.ids[deal.account_id],
                "Gekoppelde contact-ID's": self.to_ids(contacts),
            }
            rows.append(row)
        return pd.DataFrame(rows)

    def contact_rows(self) -> pd.DataFrame:
        customers = self.people[self.people["side"] == "customer"]
        return pd.DataFrame(
            {
                "Record-ID": [self.ids[one] for one in customers.index],
                "Voornaam": [self.parts[one][0] for one in customers.index],
                "Achternaam": [self.parts[one][1] for one in customers.index],
                "E-mail": [self.mails[one] for one in customers.index],
                "Telefoonnummer": [self.phone() for _ in customers.index],
                "Functietitel": customers["title"].to_numpy(),
                "Gekoppelde bedrijfs-ID's": [self.ids[one] for one in customers["account_id"]],
            }
        )

    def firm_rows(self) -> pd.DataFrame:
        return pd.DataFrame(
            [
                {"Record-ID": self.ids[one], "Bedrijfsnaam": name, "Domeinnaam bedrijf": f"{plain(name)}.example"}
                for one, name in self.firms.items()
            ]
        )

    def call_rows(self, least: int) -> pd.DataFrame:
        talks = self.talks[self.talks["kind"] != "meeting"]
        talks = talks[~talks["conversation_id"].isin(self.unlogged)]
        rows = [self._call(talk) for talk in talks.itertuples()]
        # what a seller dials without a deal to hang it on
        days = talks["started_at"].sample(max(0, least - len(rows)), random_state=int(self.chance.integers(2**31)))
        sellers = list(self.people.index[self.people["side"] == "seller"])
        for number, at in enumerate(days):
            note, status = self.pick(WORDS["loose_notes"])
            at = at + pd.Timedelta(minutes=int(self.chance.integers(20, 200)))
            rows.append(
                {
                    "Record-ID": str(65900000011 + 37 * number), "Activiteitsdatum": stamp(at),
                    "Gesprekstitel": "Uitgaand gesprek", "Gespreksnotities": note,
                    "Gespreksresultaat": self.pick(OUTCOMES[status]) if status else "Verbonden",
                    "Gespreksrichting": "Uitgaand", "Gespreksduur": int(self.chance.integers(5, 60)) * 1000,
                    "Activiteit toegewezen aan": self.names[self.pick(sellers)], "Aanmaakdatum": stamp(at),
                }
            )  # fmt: skip
        return pd.DataFrame(rows).fillna("").sort_values("Activiteitsdatum", kind="stable")

    def _call(self, talk) -> dict:
        deal = talk.deal_id in self.deals.index and self.chance.random() > 0.08
        took = (talk.ended_at - talk.started_at).total_seconds()
        return {
            "Record-ID": self.ids[talk.conversation_id],
            "Activiteitsdatum": stamp(talk.started_at),
            "Gesprekstitel": f"Gesprek met {self.who(self.first_customer(talk.conversation_id))}",
            "Gespreksnotities": talk.note if isinstance(talk.note, str) else "",
            "Gespreksresultaat": self.pick(OUTCOMES[talk.status]),
            "Gespreksrichting": "Inkomend" if talk.direction == "in" else "Uitgaand",
            "Gespreksduur": int(took * 1000) if talk.status != "no_answer" and took > 0 else "",
            "Activiteit toegewezen aan": self.who(talk.seller_id),
            "Aanmaakdatum": stamp(talk.entered_at),
            "Gekoppelde contact-ID's": self.to_ids(self.customers.get(talk.conversation_id) or [self.first_customer(talk.conversation_id)]),
            "Gekoppelde bedrijfs-ID's": self.ids[talk.account_id],
            "Gekoppelde deal-ID's": self.ids[talk.deal_id] if deal else "",
        }

    def first_customer(self, talk: str):
        """Who was there for the customer; when nobody answered, who was called."""
        account = self.people["account_id"] == self.talks.loc[talk, "account_id"]
        return (self.customers.get(talk) or [*self.people.index[account], None])[0]

    def meeting_rows(self) -> pd.DataFrame:
        talks = self.talks[(self.talks["kind"] == "meeting") & ~self.talks["conversation_id"].isin(self.unlogged)]
        rows = []
        for talk in talks.itertuples():
            planned = talk.started_at.floor("15min")
            result = {"held": self.pick(["Voltooid", "Voltooid", "Gepland"]), "cancelled": "Geannuleerd"}
            rows.append(
                {
                    "Record-ID": self.ids[talk.conversation_id],
                    "Naam vergadering": f"Afspraak {self.firms[talk.account_id]}",
                    "Starttijd vergadering": stamp(planned),
                    "Eindtijd vergadering": stamp(planned + pd.Timedelta(minutes=60)),
                    "Vergaderresultaat": result.get(talk.status, "Niet verschenen"),
                    "Interne vergadernotities": talk.note if isinstance(talk.note, str) else "",
                    "Activiteit toegewezen aan": self.who(talk.seller_id),
                    "Aanmaakdatum": stamp(talk.started_at - pd.Timedelta(days=6)),
                    "Gekoppelde contact-ID's": self.to_ids(self.customers.get(talk.conversation_id, [])),
                    "Gekoppelde deal-ID's": self.ids.get(talk.deal_id, "") if talk.deal_id in self.deals.index else "",
                }
            )
        return pd.DataFrame(rows)

    def mail_rows(self) -> pd.DataFrame:
        mails = self.events[self.events["kind"].isin(["mail_in", "mail_out"])]
        contact = self.people[self.people["side"] == "customer"].groupby("account_id")["person_id"].first()
        account = mails["deal_id"].map(self.deals["account_id"])
        return pd.DataFrame(
            {
                "Record-ID": [str(71500000003 + 37 * number) for number in range(len(mails))],
                "Activiteitsdatum": [stamp(at) for at in mails["at"]],
                "Aanmaakdatum": [stamp(at) for at in mails["entered_at"]],
                "Richting e-mail": mails["kind"].map({"mail_in": "Inkomende e-mail", "mail_out": "Uitgaande e-mail"}).to_numpy(),
                "E-mailonderwerp": [f"Re: {self.firms[one]}" for one in account],
                "Gekoppelde contact-ID's": [self.ids[contact[one]] if one in contact else "" for one in account],
                "Gekoppelde deal-ID's": [self.ids[one] for one in mails["deal_id"]],
            }
        )

    def history_rows(self) -> pd.DataFrame:
        names = {"stage": "Dealfase", "won": "Dealfase", "lost": "Dealfase", "amount_set": "Bedrag", "close_date_set": "Sluitingsdatum"}
        events = self.events[self.events["kind"].isin(list(names))]
        value = [CLOSING.get(e.kind) or (WORDS["stages"][e.value] if e.kind == "stage" else e.value) for e in events.itertuples()]
        owner = events["deal_id"].map(self.deals["owner_id"])
        return pd.DataFrame(
            {
                "Object-ID": [self.ids[one] for one in events["deal_id"]],
                "Eigenschap": events["kind"].map(names).to_numpy(),
                "Waarde": value,
                "Tijdstempel": [stamp(at) for at in events["at"]],
                "Bijgewerkt door": [self.who(one) for one in owner],
            }
        )

    # the transcripts

    def write_transcripts(self, folder: pathlib.Path, n: int) -> pd.DataFrame:
        """Write `n` transcripts; also decides which talks never came into the CRM."""
        folder.mkdir(parents=True, exist_ok=True)
        n_of = {case: max(1, n * share // 100) for case, share in SPECIALS.items()}
        status = self.talks["status"]
        held = self.talks[(status == "held") & self.talks["conversation_id"].isin(self.turns["conversation_id"])]
        order = held.assign(last=held["kind"].map({"video": 0, "meeting": 1}).fillna(2)).sort_values("last", kind="stable")
        main = list(order.index[: n - sum(n_of.values()) + n_of["no_call"]])
        self.unlogged = set(self.chance.permutation(main)[: n_of["no_call"]])
        spoken = dict(iter(self.turns.groupby("conversation_id")))
        rows = []

        def write(talk, said, call, case, **more):
            name, text = self.transcript(talk, said, **more)
            stem, number = name, 1
            while (folder / name).exists():
                name, number = stem.replace(".vtt", f" ({number}).vtt"), number + 1
            (folder / name).write_text(text, "utf-8")
            rows.append((f"{folder.name}/{name}", call, case))
            return name, text

        for talk in main:
            lost = talk in self.unlogged
            name, text = write(talk, spoken[talk], None if lost else self.ids[talk], "no_call" if lost else "once")
            if not lost and n_of["double"] and self.chance.random() < 0.1:
                n_of["double"] -= 1
                again = name.replace(".vtt", " (1).vtt")
                (folder / again).write_text(text, "utf-8")
                rows.append((f"{folder.name}/{again}", self.ids[talk], "double"))
        for case in ("voicemail", "wrong_number"):
            for talk in self.talks.index[status == case][: n_of[case]]:
                write(talk, self.lines(WORDS[case], talk), self.ids[talk], case)
        sellers = list(self.people.index[self.people["side"] == "seller"])
        for talk in self.talks.index[:: max(1, len(self.talks) // n_of["own_talk"])][: n_of["own_talk"]]:
            write(talk, self.lines(WORDS["own_talk"], talk), None, "own_talk", between=self.chance.permutation(sellers)[:2])
        return pd.DataFrame(rows, columns=["file", "call", "case"])

    def lines(self, words: list[str], talk: str) -> pd.DataFrame:
        seller, person = self.talks.loc[talk, "seller_id"], self.first_customer(talk)
        text = [line.format(seller=self.parts[seller][0], person=self.names[person]) for line in words]
        roles = ["customer", "seller"] if len(words) == 2 else ["seller", "customer"] * 3
        start = np.arange(len(text)) * 7.0
        return pd.DataFrame({"role": roles[: len(text)], "text": text, "start_s": start, "end_s": start + 6.0})

    def transcript(self, talk: str, said: pd.DataFrame, between=None) -> tuple[str, str]:
        """The name of the file and its words, as Teams writes them."""
        row, chance = self.talks.loc[talk], self.chance
        seller, customer = between if between is not None else (row["seller_id"], self.first_customer(talk))
        late = int(chance.integers(180, 480)) if chance.random() < 0.1 else int(chance.integers(0, 75))
        at = (row["started_at"] + pd.Timedelta(seconds=late)).tz_convert(ZONE)
        if between is not None:
            title = self.pick(WORDS["titles_own"])
        else:
            title = self.pick(WORDS["titles_named"] if chance.random() < 0.7 else WORDS["titles_bare"])
            title = title.format(firm=self.firms[row["account_id"]], person=self.who(customer))
        kind = chance.random()
        if kind < 0.88:
            name = f"{title}-{at:%Y%m%d_%H%M%S}-Vergaderingstranscriptie.vtt"
        elif kind < 0.97:
            name = f"{title} {at:%d-%m-%Y}.vtt"
        else:
            name = f"{title}.vtt"
        voices = {"seller": self.voice(seller, ours=True), "customer": self.voice(customer, ours=between is not None)}
        cues, said = ["WEBVTT", ""], timed(said)
        for number, turn in enumerate(said.itertuples()):
            voice = voices.get(turn.role)
            text = f"<v {voice}>{turn.text}</v>" if voice else turn.text
            cues += [f"{row['started_at']:%H%M%S}-{number}", f"{clock(turn.start_s)} --> {clock(turn.end_s)}", text, ""]
        return re.sub(r'[\\/:*?"<>|]', "_", name), "\n".join(cues)

    def voice(self, person, ours: bool) -> str | None:
        """How Teams shows somebody: not always by the name that the CRM has."""
        if person is None:
            return "Gast"
        first, last = self.parts[person]
        if ours:
            return self.pick([f"{first} {last}"] * 8 + [f"{last}, {first}", f"{first} {last} | Helderwind"])
        forms = [f"{first} {last}"] * 6 + [f"{first} {last} (Gast)"] * 3
        forms += [f"{last}, {first}", first, f"{first[0]}. {last}", f"{first} {last}".lower(), "Gast", self.phone(), None]
        return forms[int(self.chance.integers(len(forms)))]


def plain(text: str) -> str:
    """Letters and digits only, for an address."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def stamp(moment) -> str:
    """As HubSpot writes a moment: local time, to the minute."""
    return "" if pd.isna(moment) else f"{moment.tz_convert(ZONE):%Y-%m-%d %H:%M}"


def timed(said: pd.DataFrame) -> pd.DataFrame:
    """Teams always has times: where the sample has none, they follow from the words."""
    if said["start_s"].notna().all() and said["end_s"].notna().all():
        return said
    took = said["text"].str.split().str.len() * 0.4 + 1.0
    return said.assign(start_s=took.cumsum() - took, end_s=took.cumsum() - 0.5)


def clock(seconds: float) -> str:
    """As WebVTT writes a moment."""
    whole, part = divmod(round(float(seconds) * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{part:03d}"
