"""Invented offices with other habits than those the weights of linking were set on; who called whom is known.

Not shared with ``tests/exports/linking/conftest.py``: shapes of file names, clocks, how much is logged, mailboxes
that several sellers share, rooms and telephones instead of names, days with several calls, titles in other words.
"""

import dataclasses
import datetime
import zoneinfo

import numpy as np
import polars as pl

from salesinsight.schema import TABLES

ZONE = zoneinfo.ZoneInfo("Europe/Brussels")
DTYPES = {"string": pl.String, "Int64": pl.Int64, "float64": pl.Float64, "boolean": pl.Boolean}
MOMENT = pl.Datetime("us", "UTC")
FIRST = [
    "Els",
    "Wim",
    "An",
    "Joris",
    "Fatima",
    "Dirk",
    "Lieve",
    "Omar",
    "Griet",
    "Stijn",
    "Sofie",
    "Ruben",
    "Hilde",
    "Karim",
]
LAST = [
    "Peeters", "Van den Bossche", "De Wolf", "Aerts", "El Idrissi", "Vermeulen", "Lambrechts", "D'hooge", "Thijs",
    "Van Acker", "Coppens", "De Clercq", "Mertens", "Lenaerts", "Bogaert", "Van Hoof", "Yilmaz", "Segers", "Dupont",
    "Stevens", "Ter Horst", "Nijs", "Baert", "Verhaegen", "Op de Beeck", "Claeys", "Rombouts", "Saelens",
]  # fmt: skip
TRADES = ["Drukkerij", "Garage", "Zorghuis", "Transport", "Bouwbedrijf", "Slagerij", "Tuincentrum", "Optiek"]
PLACES = [
    "Aalst",
    "Boom",
    "Diest",
    "Geel",
    "Halle",
    "Lier",
    "Mol",
    "Ninove",
    "Peer",
    "Tielt",
    "Venlo",
    "Weert",
]
TITLES = [
    "Vergadering met {}",
    "Réunion avec {}",
    "Meeting with {}",
    "{} demo",
    "Follow-up {}",
    "Weekly",
    "Offerte {}",
]
MONTHS = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
SYLLABLES = ["ka", "lo", "mi", "ra", "ste", "vo", "den", "pri", "ul", "ter", "zo", "ban"]
# of 100 recordings: talks that were never logged, talks among sellers, and files that were downloaded twice
UNLOGGED, INTERNAL, TWICE = 18, 4, 2


@dataclasses.dataclass
class Office:
    """The tables of an export, its opened transcripts, and per file the conversation (None: there is none)."""

    tables: dict
    frame: pl.DataFrame
    truth: dict
    internal: set


def make_office(
    seed: int, talks: int = 3000, recordings: int = 600, deals: int = 900, turns: int = 60
) -> Office:
    """Invent one office; the same seed gives the same."""
    return _World(np.random.default_rng(seed), talks, deals).office(recordings, turns)


class _World:
    def __init__(self, chance: np.random.Generator, talks: int, deals: int) -> None:
        self.chance = chance
        self.sellers = [self.name() for _ in range(7)]
        self.phones = {}
        # one clock runs minutes off, one recorder writes UTC as if it were local, the others are right
        self.clock = {seller: int(self.pick([0, 0, 0, 7, -4])) for seller in self.sellers}
        self.in_utc = self.sellers[0]
        # how a seller logs: as it starts, on the quarter, or when it is over
        self.logs = {seller: self.pick(["start", "start", "quarter", "after"]) for seller in self.sellers}
        named = bool(chance.random() < 0.5)
        self.firms = {}
        for n in range(max(deals * 2 // 3, 1)):
            name = f"{self.pick(TRADES)} {self.pick(PLACES)} {self.pick(['BV', 'NV', ''])}".strip()
            people = [(f"k{n}.{k}", self.name()) for k in range(int(chance.integers(1, 5)))]
            self.firms[f"{name} {n}" if named else str(7000000 + 13 * n)] = (name, people)
        keys = list(self.firms)
        self.deals = [(f"D{n:05d}", keys[int(chance.integers(len(keys)))]) for n in range(deals)]
        self.talks = [self.talk(n) for n in range(talks)]
        for n in range(1, talks):
            # a day on which somebody is called again and again
            if chance.random() < 0.12:
                before = self.talks[n - 1]
                again = before["start"] + datetime.timedelta(minutes=int(chance.integers(25, 240)))
                self.talks[n] |= {key: before[key] for key in ("firm", "person", "seller")} | {"start": again}

    def pick(self, values):
        return values[int(self.chance.integers(len(values)))]

    def name(self) -> str:
        return f"{self.pick(FIRST)} {self.pick(LAST)}"

    def talk(self, n: int) -> dict:
        minute = int(self.chance.integers(8 * 12, 18 * 12)) * 5 + int(self.chance.integers(0, 5))
        day = datetime.datetime(2025, 1, 6, tzinfo=ZONE) + datetime.timedelta(
            days=int(self.chance.integers(0, 360))
        )
        firm = self.pick(list(self.firms))
        return {
            "id": f"E-{30000 + 7 * n}",
            "firm": firm,
            "person": self.pick(self.firms[firm][1]),
            "seller": self.pick(self.sellers),
            "start": day + datetime.timedelta(minutes=minute),
            "minutes": float(self.chance.gamma(2.0, 9.0) + 1.0),
        }

    # the export

    def office(self, recordings: int, turns: int) -> Office:
        order = self.chance.permutation(len(self.talks))[:recordings]
        unlogged, rows, truth, internal = set(), [], {}, set()
        for number, spot in enumerate(order):
            talk, fate = self.talks[spot], self.chance.random() * 100
            own = fate < INTERNAL
            if INTERNAL <= fate < INTERNAL + UNLOGGED:
                unlogged.add(talk["id"])
            file, about = self.recording(talk, own, number)
            words = self.said(turns)
            names = [file]
            if self.chance.random() * 100 < TWICE:
                names.append(file.replace(".", " (1).", 1) if file.count(".") == 1 else f"kopie/{file}")
            for name in names:
                rows += self.lines(name, about, words, talk["minutes"] * 60)
                truth[name] = None if own or talk["id"] in unlogged else talk["id"]
                internal |= {name} if own else set()
        logged = [talk for talk in self.talks if talk["id"] not in unlogged]
        return Office(self.tables(logged), pl.DataFrame(rows, infer_schema_length=None), truth, internal)

    def tables(self, logged: list[dict]) -> dict:
        start = datetime.datetime(2024, 11, 4, 9, tzinfo=datetime.UTC)
        talks, there = [], []
        for talk in logged:
            at, took = talk["start"], datetime.timedelta(minutes=talk["minutes"])
            how, ends = self.logs[talk["seller"]], self.chance.random() < 0.5
            if how == "quarter":
                at, took = at - datetime.timedelta(minutes=at.minute % 15), datetime.timedelta(minutes=30)
            if how == "after":
                at, ends = at + took + datetime.timedelta(minutes=float(self.chance.integers(0, 4))), False
            seller = "verkoop@voltera.example" if self.chance.random() < 0.15 else self.mail(talk["seller"])
            talks.append(
                {
                    "conversation_id": talk["id"],
                    "account_id": talk["firm"] if self.chance.random() < 0.9 else None,
                    "seller_id": seller if self.chance.random() < 0.9 else None,
                    "started_at": at.astimezone(datetime.UTC),
                    "ended_at": (at + took).astimezone(datetime.UTC) if ends else None,
                    "kind": "call",
                }
            )
            if self.chance.random() < 0.35:
                there.append({"conversation_id": talk["id"], "person_id": talk["person"][0]})
        people = [{"person_id": self.mail(name), "name": name, "side": "seller"} for name in self.sellers]
        for firm, (_, persons) in self.firms.items():
            people += [{"person_id": key, "name": name, "account_id": firm} for key, name in persons]
        deals = [
            {"deal_id": key, "account_id": firm, "account_name": self.firms[firm][0], "created_at": start}
            for key, firm in self.deals
        ]
        rows = {"conversations": talks, "attendance": there, "people": people, "deals": deals}
        return {name: table(name, rows.get(name, [])) for name in TABLES if name != "rejects"}

    # the transcripts

    def recording(self, talk: dict, own: bool, number: int) -> tuple[str, dict]:
        """The file's name, and what it says about itself."""
        late = datetime.timedelta(minutes=self.clock[talk["seller"]] + int(self.chance.integers(0, 3)))
        at = talk["start"] + late
        if talk["seller"] == self.in_utc:
            at = at.astimezone(datetime.UTC)
        last, phone = talk["person"][1].split(" ", 1)[1], self.phone(talk["person"][0])
        who = self.pick([last, talk["person"][1], self.firms[talk["firm"]][0]])
        title = "Weekstart" if own else self.pick(TITLES).format(who)
        names = [
            f"{at:%Y-%m-%dT%H_%M_%S} {title} {number}.srt",
            f"call-{at:%Y%m%dT%H%M%S}-{number}.vtt",
            f"{at:%Y-%m-%d}/{title} {number}.vtt",
            f"{title} {at.day} {MONTHS[at.month - 1]} {at.year} {number}.txt",
            f"Audio {number:04d}.txt",
            f"{at:%d.%m.%Y} - {title} {number}.vtt",
            f"rec_{int(at.timestamp())}_{number}.json",
            f"uit_{phone}_{at:%Y%m%d-%H%M%S}_{number}.srt",
        ]
        odds = [0.2, 0.15, 0.12, 0.08, 0.05, 0.12, 0.1, 0.18]
        kind = int(self.chance.choice(len(names), p=odds))
        about = {"duration_s": str(round(talk["minutes"] * 60 * float(self.chance.uniform(0.9, 1.02)), 1))}
        if kind == 6:
            about |= {"title": title, "recorded_at": talk["start"].astimezone(datetime.UTC).isoformat()}
        if own and kind == 7:
            kind = 0
        return names[kind], about | {"voices": self.voices(talk, own, phone if kind == 7 else None)}

    def voices(self, talk: dict, own: bool, phone: str | None) -> list[tuple[str | None, str | None]]:
        """How the program shows who spoke, with what stood behind the name."""
        seller, customer = talk["seller"], talk["person"][1]
        ours = self.pick(
            [seller, seller, seller, self.mail(seller), f"{seller.split(' ', 1)[1]}, {seller.split(' ')[0]}"]
        )
        if own:
            others = [name for name in self.sellers if name != seller]
            return [
                (seller, None),
                *((self.pick(others), None) for _ in range(int(self.chance.integers(1, 3)))),
            ]
        if phone is not None:
            return [(self.pick([ours, "Kanaal 1"]), None), (self.pick([phone, "Kanaal 2"]), None)]
        first, last = customer.split(" ", 1)
        theirs = self.pick(
            [customer] * 5
            + [
                f"{last} {first}",
                f"{first} {last[0]}.",
                first,
                f"iPhone van {first}",
                "Vergaderzaal 2",
                "Deelnemer 2",
            ]
        )
        side = self.pick(["Gast", "Extern", "Unverified", None, None])
        found = [(ours if self.chance.random() < 0.9 else "Vergaderzaal 2", None), (theirs, side)]
        if self.chance.random() < 0.15:
            found.append((self.pick(self.sellers), None))
        if self.chance.random() < 0.08:
            found.append((self.name(), "Gast"))
        return found

    def lines(self, file: str, about: dict, words: list[str], seconds: float) -> list[dict]:
        voices, each = about["voices"], seconds / len(words)
        row = {"_source": 9, "_path": file, "title": None, "recorded_at": None}
        row |= {key: value for key, value in about.items() if key != "voices"}
        return [
            row
            | {"_line": n + 1, "text": text, "start_s": f"{n * each:.1f}", "end_s": f"{(n + 1) * each:.1f}"}
            | dict(zip(("speaker", "speaker_side"), voices[n % len(voices)], strict=True))
            for n, text in enumerate(words)
        ]

    def said(self, turns: int) -> list[str]:
        """Words without meaning, as many as a turn has; what is said must not give the answer away."""
        sizes = self.chance.integers(4, 40, turns)
        spots = self.chance.integers(0, len(SYLLABLES), (int(sizes.sum()), 3))
        words = ["".join(SYLLABLES[one] for one in spot) for spot in spots]
        ends = np.cumsum(sizes)
        return [" ".join(words[end - size : end]) for end, size in zip(ends, sizes, strict=True)]

    def mail(self, name: str) -> str:
        return name.lower().replace(" ", ".").replace("'", "") + "@voltera.example"

    def phone(self, person: str) -> str:
        return self.phones.setdefault(person, f"+324{self.chance.integers(10**7, 10**8)}")


def table(name: str, rows: list[dict]) -> pl.DataFrame:
    """Rows of a table of the contract, with what stands beside them while reading."""
    trace = {"_source": pl.Int64, "_path": pl.String, "_line": pl.Int64}
    schema = trace | {column.name: DTYPES.get(column.dtype, MOMENT) for column in TABLES[name].columns}
    placed = [{"_source": 0, "_path": f"{name}.csv", "_line": n} | row for n, row in enumerate(rows, 2)]
    return pl.DataFrame(placed, schema=schema, orient="row")
