"""A file whose columns are known → the sections of a profile that read it, with what must be asked."""

from __future__ import annotations

from collections.abc import Callable

from salesinsight.exports.proposal.asking import Asking, array, commented, inline, key
from salesinsight.exports.proposal.mapping import Layout
from salesinsight.exports.proposal.sections import MADE_KEY, Sheet, Writer, usable
from salesinsight.exports.proposal.words import unit_in, value_of

# which meaning fills which column of which table; the first that the file has
DEALS = {"deal_id": "", "name": "deal_name", "account_id": "account", "account_name": "",
         "created_at": "created_at", "amount": "amount", "currency": "currency", "pipeline": "pipeline",
         "product": "product", "lead_source": "lead_source", "owner_id": "owner"}  # fmt: skip
SNAPSHOT = {"deal_id": "", "stage": "stage", "status": "status", "reason": "reason", "amount": "amount",
            "estimate": "probability", "close_date": "close_date", "closed_at": "closed_at",
            "changed_at": "changed_at"}  # fmt: skip
CALLS = {"conversation_id": "", "deal_id": "", "account_id": "account", "started_at": "",
         "ended_at": "ended_at", "kind": "kind", "direction": "direction", "status": "call_status",
         "seller_id": "owner", "note": "note", "next_step": "next_step", "next_step_at": "next_step_at",
         "entered_at": "entered_at"}  # fmt: skip
PEOPLE = {"person_id": "", "account_id": "account", "side": "side", "name": "person_name", "title": "title"}
TURNS = {"conversation_id": "conversation_id", "turn": "turn", "role": "role", "speaker_id": "speaker",
         "start_s": "start_s", "end_s": "end_s", "text": "text", "language": "language"}  # fmt: skip
HISTORY = {"deal_id": "", "at": "changed_at", "value": "new_stage", "person_id": "owner"}
# no column of a table: asked elsewhere, or of no use
SILENT = ("email", "phone", "closing", "last_contact", "old_stage")


def blocks(sheet: Sheet, deals: Sheet | None, asking: Asking) -> list[str]:
    """The sections for one file.

    Parameters
    ----------
    sheet : Sheet
        The file.
    deals : Sheet or None
        The file with the deals, to find the deal of a conversation.
    asking : Asking
        Puts questions into words.
    """
    writer = Writer(sheet, asking)
    lines = ["", *asking.tell(sheet.layout.file)]
    lines += _doubts(sheet.layout, asking)
    parts: dict[str, Callable[[], list[str]]] = {
        "deals": lambda: _deals(writer),
        "calls": lambda: _calls(writer, deals),
        "people": lambda: _people(writer),
        "turns": lambda: _turns(writer),
        "history": lambda: _history(writer, deals),
    }
    return lines + parts[sheet.layout.file]()


def _deals(writer: Writer) -> list[str]:
    asking, layout = writer.asking, writer.layout
    name, made = writer.key()
    lines = []
    if layout.column("deal_id") is None or len(layout.key) > 1:
        lines += asking.ask("deal_key", columns=" + ".join(layout.key))
    columns = {target: writer.header(meaning) for target, meaning in DEALS.items()} | {"deal_id": name}
    account = layout.column("account")
    if account and "whole" not in account.cells.kinds:
        columns["account_name"] = columns["account_id"]
    lines += writer.section("deals", columns, made)
    columns = {target: writer.header(meaning) for target, meaning in SNAPSHOT.items()} | {"deal_id": name}
    closing = writer.header("closing")
    columns["close_date"] = columns["close_date"] or closing
    columns["closed_at"] = columns["closed_at"] or closing
    stage = layout.column("stage")
    if not columns["status"] and stage and any(_closes(value) for value in stage.cells.values):
        columns["status"] = columns["stage"]
    lines += writer.section("snapshot", columns, made)
    if not columns["status"]:
        lines += asking.ask("no_status")
    if closing and columns["close_date"] == columns["closed_at"]:
        lines += asking.ask("closing", column=closing)
    owner = writer.header("owner")
    if owner:
        where = f'where = {{ {key(owner)} = {{ not = "" }} }}'
        columns = {"person_id": owner, "name": owner}
        extra = (where, "distinct = true", 'constants = { side = "seller" }')
        lines += ["", *asking.tell("sellers_of_deals"), *writer.section("people", columns, extra=extra)[1:]]
    return lines + _last_contact(writer, name, made)


def _last_contact(writer: Writer, name: str, made: dict[str, str]) -> list[str]:
    """A list of deals may hold the last conversation of each: that is asked, and waits behind a sign."""
    last = writer.header("last_contact")
    if not last:
        return []
    key_of = " ".join([made.get(MADE_KEY, f"{{{name}}}"), f"{{{last}}}"])
    columns = {"conversation_id": "own_talk", "deal_id": name, "account_id": writer.header("account"),
               "started_at": last, "seller_id": writer.header("owner"), "note": writer.header("note"),
               "next_step": writer.header("next_step"),
               "next_step_at": writer.header("next_step_at")}  # fmt: skip
    extra = (f'where = {{ {key(last)} = {{ not = "" }} }}', 'constants = { kind = "call" }')
    lines = writer.section("conversations", columns, made | {"own_talk": key_of}, extra)
    asked = writer.asking.ask("last_contact", column=last, note=writer.header("note") or "-")
    return ["", *asked, *commented(lines[1:])]


def _calls(writer: Writer, deals: Sheet | None) -> list[str]:
    asking, layout = writer.asking, writer.layout
    started, moment = writer.started()
    name, made = writer.key() if layout.key else ("own_key", {})
    lines = []
    if not layout.key:
        made = {"own_key": "{_file} " + " ".join(f"{{{h}}}" for h in _told_apart(writer))}
        lines += asking.ask("call_key")
    deal, made_deal, extra = _deal_of(writer, deals)
    if not deal:
        lines += asking.ask("no_deal")
    columns = {target: writer.header(meaning) for target, meaning in CALLS.items()}
    columns |= {"conversation_id": name, "started_at": started, "deal_id": deal}
    if not columns["kind"]:
        extra += ('constants = { kind = "call" }',)
    duration = layout.column("duration")
    if duration and usable(duration, layout) and not columns["ended_at"]:
        unit = unit_in(duration.name)
        clock = "clock" in duration.cells.kinds
        ends = f"started_at + {{{duration.name}}} {unit or 's'}"
        line = f"offsets = {inline({'ended_at': ends})}"
        if clock:
            extra += (*asking.ask("clock", column=duration.name), line)
        elif unit:
            extra += (line,)
        else:
            extra += (*asking.ask("unit", column=duration.name), *commented([line]))
    return lines + writer.section("conversations", columns, made | moment | made_deal, extra)


def _deal_of(writer: Writer, deals: Sheet | None) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """Where the deal of a row stands: its column, how that is put together, and a join when needed."""
    if deals is None:
        return writer.header("deal_id") or writer.header("deal_name"), {}, ()
    meanings = [
        one.meaning for header in deals.layout.key for one in deals.layout.columns if one.name == header
    ]
    headers = [writer.header(meaning) for meaning in meanings]
    if all(headers):
        if len(headers) == 1:
            return headers[0], {}, ()
        return "own_deal", {"own_deal": " ".join(f"{{{header}}}" for header in headers)}, ()
    ours, theirs = writer.header("deal_name"), deals.layout.header("deal_name")
    if ours and theirs and len(deals.layout.key) == 1:
        on, take = inline({ours: theirs}), inline({"own_deal": deals.layout.key[0]})
        having = f", having = {array(deals.taken_by)}" if deals.taken_by else ""
        header = f", header = {deals.header}" if deals.header > 1 else ""
        join = f"join = {{ file = {array(deals.patterns)}{having}{header}, on = {on}, take = {take} }}"
        return "own_deal", {}, (join,)
    return writer.header("deal_id"), {}, ()


def _people(writer: Writer) -> list[str]:
    name, made = writer.key()
    columns = {target: writer.header(meaning) for target, meaning in PEOPLE.items()} | {"person_id": name}
    if not columns["name"]:
        parts = [header for header in (writer.header("first_name"), writer.header("last_name")) if header]
        made = made | {"own_name": " ".join(f"{{{part}}}" for part in parts)}
        columns["name"] = "own_name"
    if columns["side"]:
        return writer.section("people", columns, made)
    lines = writer.asking.ask("people")
    return lines + writer.section("people", columns, made, ('constants = { side = "customer" }',))


def _turns(writer: Writer) -> list[str]:
    columns = {target: writer.header(meaning) for target, meaning in TURNS.items()}
    lines = []
    if not columns["conversation_id"]:
        columns["conversation_id"] = "_file"
        lines = writer.asking.ask("turns_file")
    return lines + writer.section("turns", columns)


def _history(writer: Writer, deals: Sheet | None) -> list[str]:
    deal, made, extra = _deal_of(writer, deals)
    deal = deal or writer.header("deal_id") or writer.header("deal_name")
    columns = {target: writer.header(meaning) for target, meaning in HISTORY.items()} | {"deal_id": deal}
    return writer.section("events", columns, made, (*extra, 'constants = { kind = "stage" }'))


def _doubts(layout: Layout, asking: Asking) -> list[str]:
    """What is used without being sure in one question, and a question for what could be used."""
    lines: list[str] = []
    used = []
    for one in layout.columns:
        if not one.meaning or one.sure or one.meaning in SILENT:
            continue
        meaning = asking.words(f"proposal.meaning.{one.meaning}")
        if one.rival:
            lines += asking.ask("rival", column=one.name, meaning=meaning, rival=one.rival)
        elif usable(one, layout):
            used.append(f"'{one.name}' = {meaning}")
        else:
            lines += asking.ask("maybe", column=one.name, meaning=meaning)
    return (asking.ask("columns", columns="; ".join(used)) if used else []) + lines


def _told_apart(writer: Writer) -> list[str]:
    meanings = ("started_at", "started_time", "account", "phone", "owner", "deal_name", "person_name")
    return [header for meaning in meanings if (header := writer.layout.header(meaning))]


def _closes(value: str) -> bool:
    return value_of("status", value) in ("won", "lost")
