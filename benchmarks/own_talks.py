"""The transcripts of an invented world, named and written as Teams does, with the speakers it shows."""

import pathlib
import re

import numpy as np
import pandas as pd
from own_world import WORDS, World

ZONE = "Europe/Amsterdam"
# of 100 transcripts, how many are something else than the talk itself once
SPECIALS = {"no_call": 5, "own_talk": 2, "double": 2, "voicemail": 3, "wrong_number": 1}


def write_transcripts(world: World, folder: pathlib.Path, n: int) -> pd.DataFrame:
    """Write `n` transcripts; also decides which talks never came into the CRM."""
    folder.mkdir(parents=True, exist_ok=True)
    n_of = {case: max(1, n * share // 100) for case, share in SPECIALS.items()}
    status = world.talks["status"]
    held = world.talks[
        (status == "held") & world.talks["conversation_id"].isin(world.turns["conversation_id"])
    ]
    order = held.assign(last=held["kind"].map({"video": 0, "meeting": 1}).fillna(2)).sort_values(
        "last", kind="stable"
    )
    main = list(order.index[: n - sum(n_of.values()) + n_of["no_call"]])
    world.unlogged = set(world.chance.permutation(main)[: n_of["no_call"]])
    spoken = dict(iter(world.turns.groupby("conversation_id")))
    rows = []

    def write(talk, said, call, case, **more):
        name, text = transcript(world, talk, said, **more)
        stem, number = name, 1
        while (folder / name).exists():
            name, number = stem.replace(".vtt", f" ({number}).vtt"), number + 1
        (folder / name).write_text(text, "utf-8", newline="\n")
        rows.append((f"{folder.name}/{name}", call, case))
        return name, text

    for talk in main:
        lost = talk in world.unlogged
        name, text = write(
            talk, spoken[talk], None if lost else world.ids[talk], "no_call" if lost else "once"
        )
        if not lost and n_of["double"] and world.chance.random() < 0.1:
            n_of["double"] -= 1
            again = name.replace(".vtt", " (1).vtt")
            (folder / again).write_text(text, "utf-8", newline="\n")
            rows.append((f"{folder.name}/{again}", world.ids[talk], "double"))
    for case in ("voicemail", "wrong_number"):
        for talk in world.talks.index[status == case][: n_of[case]]:
            write(talk, lines(world, WORDS[case], talk), world.ids[talk], case)
    sellers = list(world.people.index[world.people["side"] == "seller"])
    for talk in world.talks.index[:: max(1, len(world.talks) // n_of["own_talk"])][: n_of["own_talk"]]:
        write(
            talk,
            lines(world, WORDS["own_talk"], talk),
            None,
            "own_talk",
            between=world.chance.permutation(sellers)[:2],
        )
    return pd.DataFrame(rows, columns=["file", "call", "case"])


def lines(world: World, words: list[str], talk: str) -> pd.DataFrame:
    """A short talk of these words, by turns."""
    seller, person = world.talks.loc[talk, "seller_id"], world.first_customer(talk)
    text = [line.format(seller=world.parts[seller][0], person=world.names[person]) for line in words]
    roles = ["customer", "seller"] if len(words) == 2 else ["seller", "customer"] * 3
    start = np.arange(len(text)) * 7.0
    return pd.DataFrame({"role": roles[: len(text)], "text": text, "start_s": start, "end_s": start + 6.0})


def transcript(world: World, talk: str, said: pd.DataFrame, between=None) -> tuple[str, str]:
    """The name of the file and its words, as Teams writes them."""
    row, chance = world.talks.loc[talk], world.chance
    seller, customer = between if between is not None else (row["seller_id"], world.first_customer(talk))
    late = int(chance.integers(180, 480)) if chance.random() < 0.1 else int(chance.integers(0, 75))
    at = (row["started_at"] + pd.Timedelta(seconds=late)).tz_convert(ZONE)
    if between is not None:
        title = world.pick(WORDS["titles_own"])
    else:
        title = world.pick(WORDS["titles_named"] if chance.random() < 0.7 else WORDS["titles_bare"])
        title = title.format(firm=world.firms[row["account_id"]], person=world.who(customer))
    kind = chance.random()
    if kind < 0.88:
        name = f"{title}-{at:%Y%m%d_%H%M%S}-Vergaderingstranscriptie.vtt"
    elif kind < 0.97:
        name = f"{title} {at:%d-%m-%Y}.vtt"
    else:
        name = f"{title}.vtt"
    voices = {
        "seller": shown_as(world, seller, ours=True),
        "customer": shown_as(world, customer, ours=between is not None),
    }
    cues, said = ["WEBVTT", ""], timed(said)
    for number, turn in enumerate(said.itertuples()):
        voice = voices.get(turn.role)
        text = f"<v {voice}>{turn.text}</v>" if voice else turn.text
        cues += [
            f"{row['started_at']:%H%M%S}-{number}",
            f"{clock(turn.start_s)} --> {clock(turn.end_s)}",
            text,
            "",
        ]
    return re.sub(r'[\\/:*?"<>|]', "_", name), "\n".join(cues)


def shown_as(world: World, person, ours: bool) -> str | None:
    """How Teams shows somebody: not always by the name that the CRM has."""
    if person is None:
        return "Gast"
    first, last = world.parts[person]
    if ours:
        return world.pick([f"{first} {last}"] * 8 + [f"{last}, {first}", f"{first} {last} | Helderwind"])
    forms = [f"{first} {last}"] * 6 + [f"{first} {last} (Gast)"] * 3
    forms += [
        f"{last}, {first}",
        first,
        f"{first[0]}. {last}",
        f"{first} {last}".lower(),
        "Gast",
        world.phone(),
        None,
    ]
    return forms[int(world.chance.integers(len(forms)))]


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
