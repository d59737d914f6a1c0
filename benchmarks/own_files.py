"""Invents the folder of somebody who uses HubSpot in Dutch and Teams: downloads and transcripts, with the truth.

The conversations, notes and histories are those of `make_sample`; names of people and firms, the layout of the
files and everything that goes wrong between two systems are made here, in `own_world` and `own_talks`.
"""

import dataclasses
import pathlib

import numpy as np
import pandas as pd
from own_talks import ZONE, write_transcripts
from own_world import WORDS, World, plain

import salesinsight as si

CLOSING = {"won": "Gesloten gewonnen", "lost": "Gesloten verloren"}
OUTCOMES = {
    "held": ["Verbonden", "Verbonden", "Verbonden", ""],
    "no_answer": ["Geen gehoor", "Bezet", ""],
    "voicemail": ["Voicemail ingesproken", "Voicemail ingesproken", ""],
    "wrong_number": ["Verkeerd nummer", ""],
    "cancelled": ["", "Terugbelverzoek"],
}


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
    links = write_transcripts(world, folder / "Transcripties Teams", transcripts)
    ends = "xlsx" if excel else "csv"
    tables = {
        f"hubspot-crm-exports-alle-deals-2026-06-29.{ends}": deal_rows(world),
        "hubspot-crm-exports-alle-contactpersonen-2026-06-29.csv": contact_rows(world),
        "hubspot-crm-exports-alle-bedrijven-2026-06-29.csv": firm_rows(world),
        "hubspot-crm-exports-alle-gesprekken-2026-06-29.csv": call_rows(world, calls),
        f"hubspot-crm-exports-alle-vergaderingen-2026-06-29.{ends}": meeting_rows(world),
        "hubspot-crm-exports-alle-e-mails-2026-06-29.csv": mail_rows(world),
        "eigenschapsgeschiedenis-deals.csv": history_rows(world),
    }
    for name, table in tables.items():
        if name.endswith("xlsx"):
            table.to_excel(folder / name, index=False)
        else:
            table.to_csv(folder / name, index=False, quoting=1, lineterminator="\n", encoding="utf-8")
    return Truth(links, planted, sorted(world.names[world.people["side"] == "seller"]))


def deal_rows(world: World) -> pd.DataFrame:
    """Deals, with the last moment that each came into a stage."""
    stages = world.events[world.events["kind"].isin(["stage", "won", "lost", "reopened"])].sort_values(
        "at", kind="stable"
    )
    rows = []
    for deal in world.deals.itertuples():
        mine = stages[stages["deal_id"] == deal.deal_id]
        since, now, reason = {}, "", ""
        for event in mine.itertuples():
            if event.kind == "reopened":
                reason = ""
                continue
            now = CLOSING.get(event.kind) or WORDS["stages"][event.value]
            since[now] = stamp(event.at)
            reason = (event.value if isinstance(event.value, str) else "") if event.kind == "lost" else ""
        dates = world.events[
            (world.events["deal_id"] == deal.deal_id) & (world.events["kind"] == "close_date_set")
        ]
        closed = since[now] if now in CLOSING.values() else (dates["value"].iloc[-1] if len(dates) else "")
        contacts = world.people[(world.people["account_id"] == deal.account_id)].index[:2]
        row = {
            "Record-ID": world.ids[deal.deal_id],
            "Dealnaam": f"{deal.product} {world.firms[deal.account_id]}",
            "Pijplijn": "Verkooppijplijn",
            "Dealfase": now,
            "Bedrag": deal.amount,
            "Valuta": "EUR",
            "Sluitingsdatum": closed,
            "Aanmaakdatum": stamp(deal.created_at),
            "Dealeigenaar": world.who(deal.owner_id),
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
            "Gekoppeld bedrijf": world.firms[deal.account_id],
            "Gekoppelde bedrijfs-ID's": world.ids[deal.account_id],
            "Gekoppelde contact-ID's": world.to_ids(contacts),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def contact_rows(world: World) -> pd.DataFrame:
    """People of customers."""
    customers = world.people[world.people["side"] == "customer"]
    return pd.DataFrame(
        {
            "Record-ID": [world.ids[one] for one in customers.index],
            "Voornaam": [world.parts[one][0] for one in customers.index],
            "Achternaam": [world.parts[one][1] for one in customers.index],
            "E-mail": [world.mails[one] for one in customers.index],
            "Telefoonnummer": [world.phone() for _ in customers.index],
            "Functietitel": customers["title"].to_numpy(),
            "Gekoppelde bedrijfs-ID's": [world.ids[one] for one in customers["account_id"]],
        }
    )


def firm_rows(world: World) -> pd.DataFrame:
    """Firms."""
    return pd.DataFrame(
        [
            {
                "Record-ID": world.ids[one],
                "Bedrijfsnaam": name,
                "Domeinnaam bedrijf": f"{plain(name)}.example",
            }
            for one, name in world.firms.items()
        ]
    )


def call_rows(world: World, least: int) -> pd.DataFrame:
    """Calls that came into the CRM, filled up to `least` with calls that hang on no deal."""
    talks = world.talks[world.talks["kind"] != "meeting"]
    talks = talks[~talks["conversation_id"].isin(world.unlogged)]
    rows = [call_row(world, talk) for talk in talks.itertuples()]
    # what a seller dials without a deal to hang it on
    days = talks["started_at"].sample(
        max(0, least - len(rows)), random_state=int(world.chance.integers(2**31))
    )
    sellers = list(world.people.index[world.people["side"] == "seller"])
    for number, at in enumerate(days):
        note, status = world.pick(WORDS["loose_notes"])
        at = at + pd.Timedelta(minutes=int(world.chance.integers(20, 200)))
        rows.append(
            {
                "Record-ID": str(65900000011 + 37 * number), "Activiteitsdatum": stamp(at),
                "Gesprekstitel": "Uitgaand gesprek", "Gespreksnotities": note,
                "Gespreksresultaat": world.pick(OUTCOMES[status]) if status else "Verbonden",
                "Gespreksrichting": "Uitgaand", "Gespreksduur": int(world.chance.integers(5, 60)) * 1000,
                "Activiteit toegewezen aan": world.names[world.pick(sellers)], "Aanmaakdatum": stamp(at),
            }
        )  # fmt: skip
    return pd.DataFrame(rows).fillna("").sort_values("Activiteitsdatum", kind="stable")


def call_row(world: World, talk) -> dict:
    """One call; what the seller left empty is empty."""
    deal = talk.deal_id in world.deals.index and world.chance.random() > 0.08
    took = (talk.ended_at - talk.started_at).total_seconds()
    return {
        "Record-ID": world.ids[talk.conversation_id],
        "Activiteitsdatum": stamp(talk.started_at),
        "Gesprekstitel": f"Gesprek met {world.who(world.first_customer(talk.conversation_id))}",
        "Gespreksnotities": talk.note if isinstance(talk.note, str) else "",
        "Gespreksresultaat": world.pick(OUTCOMES[talk.status]),
        "Gespreksrichting": "Inkomend" if talk.direction == "in" else "Uitgaand",
        "Gespreksduur": int(took * 1000) if talk.status != "no_answer" and took > 0 else "",
        "Activiteit toegewezen aan": world.who(talk.seller_id),
        "Aanmaakdatum": stamp(talk.entered_at),
        "Gekoppelde contact-ID's": world.to_ids(
            world.customers.get(talk.conversation_id) or [world.first_customer(talk.conversation_id)]
        ),
        "Gekoppelde bedrijfs-ID's": world.ids[talk.account_id],
        "Gekoppelde deal-ID's": world.ids[talk.deal_id] if deal else "",
    }


def meeting_rows(world: World) -> pd.DataFrame:
    """Meetings: their times are those of the agenda."""
    talks = world.talks[
        (world.talks["kind"] == "meeting") & ~world.talks["conversation_id"].isin(world.unlogged)
    ]
    rows = []
    for talk in talks.itertuples():
        planned = talk.started_at.floor("15min")
        result = {"held": world.pick(["Voltooid", "Voltooid", "Gepland"]), "cancelled": "Geannuleerd"}
        rows.append(
            {
                "Record-ID": world.ids[talk.conversation_id],
                "Naam vergadering": f"Afspraak {world.firms[talk.account_id]}",
                "Starttijd vergadering": stamp(planned),
                "Eindtijd vergadering": stamp(planned + pd.Timedelta(minutes=60)),
                "Vergaderresultaat": result.get(talk.status, "Niet verschenen"),
                "Interne vergadernotities": talk.note if isinstance(talk.note, str) else "",
                "Activiteit toegewezen aan": world.who(talk.seller_id),
                "Aanmaakdatum": stamp(talk.started_at - pd.Timedelta(days=6)),
                "Gekoppelde contact-ID's": world.to_ids(world.customers.get(talk.conversation_id, [])),
                "Gekoppelde deal-ID's": world.ids.get(talk.deal_id, "")
                if talk.deal_id in world.deals.index
                else "",
            }
        )
    return pd.DataFrame(rows)


def mail_rows(world: World) -> pd.DataFrame:
    """E-mails."""
    mails = world.events[world.events["kind"].isin(["mail_in", "mail_out"])]
    contact = world.people[world.people["side"] == "customer"].groupby("account_id")["person_id"].first()
    account = mails["deal_id"].map(world.deals["account_id"])
    return pd.DataFrame(
        {
            "Record-ID": [str(71500000003 + 37 * number) for number in range(len(mails))],
            "Activiteitsdatum": [stamp(at) for at in mails["at"]],
            "Aanmaakdatum": [stamp(at) for at in mails["entered_at"]],
            "Richting e-mail": mails["kind"]
            .map({"mail_in": "Inkomende e-mail", "mail_out": "Uitgaande e-mail"})
            .to_numpy(),
            "E-mailonderwerp": [f"Re: {world.firms[one]}" for one in account],
            "Gekoppelde contact-ID's": [world.ids[contact[one]] if one in contact else "" for one in account],
            "Gekoppelde deal-ID's": [world.ids[one] for one in mails["deal_id"]],
        }
    )


def history_rows(world: World) -> pd.DataFrame:
    """Every change of stage, amount and closing date."""
    names = {
        "stage": "Dealfase",
        "won": "Dealfase",
        "lost": "Dealfase",
        "amount_set": "Bedrag",
        "close_date_set": "Sluitingsdatum",
    }
    events = world.events[world.events["kind"].isin(list(names))]
    value = [
        CLOSING.get(e.kind) or (WORDS["stages"][e.value] if e.kind == "stage" else e.value)
        for e in events.itertuples()
    ]
    owner = events["deal_id"].map(world.deals["owner_id"])
    return pd.DataFrame(
        {
            "Object-ID": [world.ids[one] for one in events["deal_id"]],
            "Eigenschap": events["kind"].map(names).to_numpy(),
            "Waarde": value,
            "Tijdstempel": [stamp(at) for at in events["at"]],
            "Bijgewerkt door": [world.who(one) for one in owner],
        }
    )


def stamp(moment) -> str:
    """As HubSpot writes a moment: local time, to the minute."""
    return "" if pd.isna(moment) else f"{moment.tz_convert(ZONE):%Y-%m-%d %H:%M}"
