"""An invented sales office with known truth: who called whom, and which recording is of which call."""

import dataclasses
import datetime

import numpy as np
import polars as pl
import pytest

from salesinsight.schema import TABLES

MOMENT = pl.Datetime("us", "UTC")
DTYPES = {"string": pl.String, "Int64": pl.Int64, "float64": pl.Float64, "boolean": pl.Boolean}
TRACE = {"_source": pl.Int64, "_path": pl.String, "_line": pl.Int64}
FIRST = ["Jan", "Eva", "Piet", "Sanne", "Tom", "Lotte", "Bram", "Noor", "Kees", "Fleur", "Daan", "Mila"]
LAST = [
    "de Vries", "Jansen", "Bakker", "van den Berg", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "Peeters",
    "Maes", "De Smet", "Claes", "Wouters", "Hermans", "van Dijk", "Dekker", "Kok", "Vos", "Prins", "Blom",
    "Post", "Kuiper", "Veenstra", "Kramer", "van Leeuwen", "Hofman", "Scholten", "Willems", "Goossens",
]  # fmt: skip


def table(name, rows, source=0):
    """Rows of a table of the contract, with what stands beside them while reading."""
    schema = TRACE | {c.name: DTYPES.get(c.dtype, MOMENT) for c in TABLES[name].columns}
    rows = [{"_source": source, "_path": f"{name}.csv", "_line": n} | row for n, row in enumerate(rows, 2)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def moment(text):
    """UTC moment of an ISO text."""
    return pl.Series([text]).str.to_datetime(time_zone="UTC").cast(MOMENT)[0]


def tables_of(**rows):
    """All tables of an export; those not given are empty."""
    return {name: table(name, rows.get(name, [])) for name in TABLES if name != "rejects"}


def recordings_from(files):
    """Recordings as opened from transcripts: per file its lines of (speaker, text) and what it says."""
    frames = []
    for number, (path, about) in enumerate(files.items()):
        lines = about.get("lines", [("Spreker 1", "Hallo."), ("Spreker 2", "Dag.")])
        said = {key: value for key, value in about.items() if key not in ("lines", "emails", "sides")}
        emails, sides = about.get("emails", {}), about.get("sides", {})
        for line, (speaker, text) in enumerate(lines, 1):
            row = {"_source": 9, "_path": path, "_line": line, "speaker": speaker, "text": text}
            extra = {"speaker_email": emails.get(speaker), "speaker_side": sides.get(speaker)}
            frames.append(row | extra | {key: str(value) for key, value in said.items()} | {"n": number})
    return pl.DataFrame(frames, infer_schema_length=None).drop("n")


def turns_from(frame):
    """The turns that reading makes of these rows."""
    rows = frame.with_columns(conversation_id=pl.col("_path").str.replace(r"\.\w+$", ""))
    rows = rows.select("_source", "_path", "_line", "conversation_id", "text", speaker_id="speaker")
    return pl.concat([table("turns", []), rows], how="diagonal_relaxed")


@dataclasses.dataclass
class Office:
    """Tables, opened transcripts, and per file the conversation that it is of (None: the CRM has none)."""

    tables: dict
    frame: pl.DataFrame
    truth: dict


def written_as(rng, name, own_domain):
    """A name as programs write it."""
    first, last = name.split(" ", 1)
    core = last.split(" ")[-1]
    particles = " ".join(last.split(" ")[:-1])
    glued = last.replace(" ", "").lower()
    shapes = [
        name,
        f"{last}, {first}",
        f"{core}, {first[0]}. {particles}".strip(),
        f"{first.lower()}.{glued}@{own_domain}",
        f"{name} (Gast)",
        name.upper(),
        first,
    ]
    return shapes[rng.choice(len(shapes), p=[0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])]


def file_name(rng, start_utc, day_names, surname, number):
    """A file's name with its moment, with only a day, or renamed by hand."""
    local = start_utc.dt.convert_time_zone("Europe/Amsterdam")[0]
    utc = start_utc[0]
    kind = rng.choice(6, p=[0.25, 0.2, 0.2, 0.15, 0.1, 0.1])
    return [
        f"{local:%Y-%m-%d %H.%M} Kennismaking {surname} {number}.vtt",
        f"{local:%Y%m%d_%H%M%S}_{number}.vtt",
        f"Meeting with {surname}-{local:%Y%m%d_%H%M%S}-Meeting Recording {number}.vtt",
        f"GMT{utc:%Y%m%d-%H%M%S}_Recording {number}.vtt",
        f"opname {local.day}-{local.month}-{local.year} nr{number}.vtt",
        f"gesprek {surname} nr{number}.vtt",
    ][kind]


def make_office(seed, n_talks=3000, n_recordings=600, n_deals=900, n_sellers=8):
    """An office in which clocks run wrong, calls crowd together, names recur and files are renamed."""
    rng = np.random.default_rng(seed)

    def person():
        return f"{rng.choice(FIRST)} {rng.choice(LAST)}"

    sellers = {f"s{n}": person() for n in range(n_sellers)}
    accounts = {
        f"a{n}": [(f"p{n}-{k}", person()) for k in range(rng.integers(1, 4))] for n in range(n_deals // 2)
    }
    start = np.datetime64("2025-06-02T00:00", "m")
    deals = [
        {
            "deal_id": f"d{n}",
            "account_id": f"a{n % len(accounts)}",
            "created_at": start + rng.integers(0, 60) * 1440,
        }
        for n in range(n_deals)
    ]
    talks, attendance, who = [], [], {}
    for n in range(n_talks):
        day = start + int(rng.integers(0, 52) * 7 + rng.integers(0, 5)) * 1440
        minute = int(rng.integers(8 * 60, 17 * 60)) if rng.random() < 0.6 else int(rng.integers(8, 17)) * 60
        account, seller = f"a{rng.integers(len(accounts))}", f"s{rng.integers(n_sellers)}"
        if n and rng.random() < 0.04:  # the same seller calls the same customer again that morning
            before = talks[-1]
            day, minute = before["started_at"], int(rng.integers(20, 120))
            account, seller = before["account_id"], before["seller_id"]
        length = int(rng.integers(4, 60))
        row = {"conversation_id": f"c{n}", "account_id": account, "seller_id": seller, "kind": "call"}
        row |= {"deal_id": None, "started_at": day + minute, "ended_at": day + minute + length}
        who[row["conversation_id"]] = (accounts[account][rng.integers(len(accounts[account]))], length)
        row["ended_at"] = row["ended_at"] if rng.random() < 0.8 else None
        talks.append(row)
        if rng.random() < 0.5:
            attendance.append({"conversation_id": f"c{n}", "person_id": who[f"c{n}"][0][0]})
    files, truth = {}, {}
    for number, n in enumerate(rng.choice(n_talks, n_recordings, replace=False)):
        talk = talks[n]
        (_, customer), length = who[talk["conversation_id"]]
        wrong = int(rng.choice([0, 60, -60, 120], p=[0.93, 0.03, 0.03, 0.01]))
        moment_ = talk["started_at"] + int(rng.integers(-2, 5)) + wrong
        at = pl.Series([moment_.astype("datetime64[ms]").item()]).dt.replace_time_zone("UTC")
        path = file_name(rng, at, None, customer.split(" ")[-1], number)
        voices = [
            written_as(rng, sellers[talk["seller_id"]], "bureau.nl"),
            written_as(rng, customer, "klant.nl"),
        ]
        if rng.random() < 0.2:
            voices = ["Spreker 1", "Spreker 2"]
        rng.shuffle(voices)
        seconds = length * 60 * rng.uniform(0.95, 1.05)
        files[path] = {"lines": [(voices[0], f"Woord {number}."), (voices[1], "Ja.")], "duration_s": seconds}
        truth[path] = talk["conversation_id"]
    # some calls were never logged: their recording belongs to no conversation
    absent = {talk for talk in truth.values() if rng.random() < 0.06}
    truth = {path: None if talk in absent else talk for path, talk in truth.items()}
    tables = tables_of(
        conversations=[_utc(talk) for talk in talks if talk["conversation_id"] not in absent],
        attendance=[row for row in attendance if row["conversation_id"] not in absent],
        deals=[_utc(deal) for deal in deals],
        people=[
            *({"person_id": key, "name": name, "side": "seller"} for key, name in sellers.items()),
            *(
                {"person_id": key, "name": name, "account_id": account, "side": "customer"}
                for account, persons in accounts.items()
                for key, name in persons
            ),
        ],
    )
    return Office(tables, recordings_from(files), truth)


def _utc(row):
    return {
        key: value.astype("datetime64[us]").item().replace(tzinfo=datetime.UTC)
        if isinstance(value, np.datetime64)
        else value
        for key, value in row.items()
    }


@pytest.fixture(scope="session")
def offices():
    """Several offices, each of 3,000 conversations and 600 recordings."""
    return [make_office(seed) for seed in range(3)]
