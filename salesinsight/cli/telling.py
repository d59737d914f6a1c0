"""Results in words: what came of walking the path, and what a check found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from salesinsight.charts import called, cut
from salesinsight.charts.shares import tens
from salesinsight.cli.terminal import Terminal
from salesinsight.errors import SalesInsightError
from salesinsight.exports import Check
from salesinsight.features import feature_catalog
from salesinsight.modeling import TOO_LITTLE, worklist
from salesinsight.retrain import Forgotten, Imported, Outcome

LONGEST_NAME = 32
COUNTS = ["read", "used", "merged", "skipped", "rejected"]


def tell_outcome(screen: Terminal, outcome: Outcome, many: int) -> None:
    """Say how much was read and learned, and show the worklist."""
    number, ready = screen.words.number, outcome.prepared
    export, data = ready.export, ready.data
    screen.say(
        "outcome.read",
        deals=number(len(export.deals)),
        conversations=number(len(export.conversations)),
        turns=number(len(export.turns)),
        rejects=number(len(export.rejects)),
    )
    facts = learned_from(outcome)
    screen.say("outcome.learned", **{key: number(value) for key, value in facts.items()})
    if len(data.left_out):
        screen.say("outcome.left_out", rows=number(len(data.left_out)))
    mode = outcome.model.mode
    screen.say(f"outcome.mode_{mode}", mode=screen.words(f"common.mode.{mode}"))
    for said in (*outcome.notices, *([outcome.refused] if outcome.refused else [])):
        screen.line(said.text(screen.language))
    if outcome.refused and outcome.scored_with and outcome.refused.facts.get("new") == outcome.scored_with:
        screen.say("outcome.unused")
    screen.say("outcome.open", open=number(len(ready.open_.X)))
    if len(outcome.scores):
        screen.say("outcome.worklist" if outcome.scored_with else "outcome.worklist_silent")
        _tell_worklist(screen, worklist(outcome.scores, k=many), mode)


def learned_from(outcome: Outcome) -> dict[str, int]:
    """How many windows, deals and stalled deals there were to learn from."""
    data = outcome.prepared.data
    stalled = pd.Series(data.y == 1).groupby("deal_id").any()
    return {
        "rows": len(data.X),
        "deals": len(stalled),
        "stalled": int(stalled.sum()),
        "horizon": data.settings["horizon_days"],
    }


def outcome_facts(outcome: Outcome, many: int) -> dict:
    """The same for machines."""
    ready, refused = outcome.prepared, outcome.refused
    tables = ("deals", "conversations", "turns", "rejects")
    return {
        "report": outcome.report,
        "folder": outcome.folder,
        "mode": outcome.model.mode,
        "model": outcome.model.folder.name,
        "refused": None if refused is None else _refusal_facts(refused),
        "notices": [_refusal_facts(notice) for notice in outcome.notices],
        "read": {name: len(getattr(ready.export, name)) for name in tables},
        "learned_from": learned_from(outcome),
        "left_out": ready.data.left_out["reason"].value_counts().to_dict(),
        "open": len(ready.open_.X),
        "worklist": worklist(outcome.scores, k=many),
    }


def _refusal_facts(refused: SalesInsightError) -> dict[str, str]:
    return {"error": type(refused).__name__, "message": str(refused)}


def tell_check(screen: Terminal, found: Check) -> None:
    """Say what became of every row, what is missing, and what that costs."""
    number = screen.words.number
    read = {name: table for name, table in found.tables.items() if table.files}
    rows = [
        [name, _files(screen, table.files), *(number(getattr(table, count)) for count in COUNTS)]
        for name, table in read.items()
    ]
    screen.say("check.tables")
    screen.table(rows, ["table", "files", *COUNTS])
    absent = [
        name for name, table in found.tables.items() if not (table.files or table.found or table.refused)
    ]
    if absent:
        screen.say("check.absent", tables=", ".join(absent))
    _tell_links(screen, found.links)
    for name, table in read.items():
        if table.missing:
            lacking = [_lacking(screen, column, near) for column, near in table.missing.items()]
            screen.say("check.missing", table=name, columns=", ".join(lacking))
    for reason, count in found.reasons.items():
        first = found.rejects[found.rejects["reason"] == reason].iloc[0].dropna()
        # a whole file has no line, a whole row no column
        key = "rejected" if "value" in first and "column" in first else "rejected_row"
        key = key if "line" in first else "rejected_file"
        screen.say(f"check.{key}", n=number(count), reason=reason.rstrip("."), **first.drop("reason"))
    for notice in found.notices:
        screen.say("check.notice", text=notice)
    for cost in costs(found.available):
        need = screen.words(f"cli.need.{cost['need']}")
        key = "check.cost_one" if cost["features"] == 1 else "check.cost"
        screen.say(key, n=cost["features"], total=cost["of"], need=need)
    if not costs(found.available):
        screen.say("check.all_available", total=len(feature_catalog()))
    for error in found.refused:
        screen.line(error.text(screen.language))
    screen.say("check.usable" if found.usable else "check.refused")


def costs(available: set[str]) -> list[dict]:
    """How many features need something that an export does not have, the costliest first."""
    needs = feature_catalog()["needs"].str.split().explode()
    # a position is known by words where there is no clock
    absent = needs[~needs.isin([*available, "position"])].value_counts()
    return [{"need": need, "features": int(n), "of": len(feature_catalog())} for need, n in absent.items()]


def _files(screen: Terminal, files: list[str]) -> str:
    """The name of a file, as far as it fits; of several, how many."""
    name = files[0] if len(files[0]) <= LONGEST_NAME else f"{files[0][:LONGEST_NAME]}…"
    more = len(files) - 1
    return screen.words("cli.check.more_files", file=name, n=screen.words.number(more)) if more else name


def _tell_links(screen: Terminal, links: pd.DataFrame | None) -> None:
    """How many transcripts found their conversation, and how many wait for an answer."""
    if links is None or links.empty:
        return
    number = screen.words.number
    transcripts = links[links["kind"] == "transcript"]
    known = transcripts["conversation_id"].notna()
    if len(transcripts):
        open_ = int(transcripts["question"].notna().sum())
        counts = {"n": number(len(transcripts)), "linked": number(known.sum()), "open": number(open_)}
        screen.say("check.transcripts", **counts)
    if len(links) > len(transcripts):
        screen.say("check.duplicates", n=number(len(links) - len(transcripts)))


def _lacking(screen: Terminal, column: str, near: str) -> str:
    return screen.words("cli.check.nearest", column=column, near=near) if near else column


def _tell_worklist(screen: Terminal, rows: pd.DataFrame, mode: str) -> None:
    """One line per deal: chances only in *volledig*, bands only with a model."""
    say = screen.words
    columns = {
        "deal_id": _deals(rows),
        "stage": rows["stage"].fillna(say("common.value.missing")),
        "amount": [say.money(*row) for row in zip(rows["amount"], rows["currency"], strict=True)],
        "waiting": [
            say("charts.worklist.no_step") if pd.isna(days) else say.number(days)
            for days in rows["days_since_customer_step"]
        ],
        "band": [say(f"charts.band.{band}") for band in rows["band"]],
        "p_stalled": _tens(screen, rows),
        "next_move": [say(f"moves.{move}.title") for move in rows["next_move"]],
    }
    hidden = {"beschrijvend": {"band", "p_stalled"}, "voorlopig": {"p_stalled"}, "volledig": set()}[mode]
    shown = {name: values for name, values in columns.items() if name not in hidden}
    screen.table(zip(*shown.values(), strict=True), shown)


def _tens(screen: Terminal, rows: pd.DataFrame) -> list[str]:
    """Of ten deals like it, how many stall, with the range; more than that nobody can tell.

    Nothing of a deal about which too little is known: its chance would be a guess.
    """
    known = zip(rows["p_stalled"].where(rows["band"] != TOO_LITTLE), rows["low"], rows["high"], strict=True)
    missing = screen.words("common.value.missing")
    return [
        missing if pd.isna(found[0]) else screen.words("cli.outcome.tens", **tens(*found)) for found in known
    ]


def _deals(rows: pd.DataFrame) -> list[str]:
    """What people call each deal, with its number behind it; the number alone where it has no name."""
    names = zip(called(rows), rows["deal_id"], strict=True)
    return [deal if pd.isna(name) else f"{cut(name)} ({deal})" for name, deal in names]


def tell_imported(screen: Terminal, done: Imported) -> None:
    """Say where the tables are, what was replaced, and what to do with the key."""
    number, export = screen.words.number, done.export
    counts = {
        name: number(len(getattr(export, name))) for name in ("deals", "conversations", "turns", "rejects")
    }
    screen.say("outcome.read", **counts)
    kinds = [f"{number(n)} {screen.words(f'cli.personal.{kind}')}" for kind, n in done.names.items()]
    screen.say("import.names", kinds=", ".join(kinds) or "0")
    screen.say("import.key_made" if done.made_key else "import.key_used", path=done.key)
    screen.say("wrote", path=done.folder)


def tell_forgotten(screen: Terminal, done: Forgotten, absent: list[Path]) -> None:
    """Say what is gone, and what the command can't reach."""
    number = screen.words.number
    rows = [f"{number(n)} {table}" for table, n in done.rows.items() if n]
    facts = {"names": number(done.names), "ledger": number(done.ledger), "files": number(len(done.files))}
    screen.say("forget.done", rows=", ".join(rows) or "0", **facts)
    for path in done.files:
        screen.line(path)
    if done.unread:
        screen.say("forget.unread", files=", ".join(done.unread))
    if absent:
        screen.say("forget.absent", folders=", ".join(map(str, absent)))
    if done.beside:
        kinds = [f"{number(n)} {screen.words(f'cli.personal.{kind}')}" for kind, n in done.beside.items()]
        screen.say("forget.beside", kinds=", ".join(kinds))
    if done.stages:
        screen.say("forget.stages", stages=", ".join(done.stages))
    screen.say("forget.source")
