"""A file whose columns are known → the sections of a profile that read it, with what must be asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import polars as pl

from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.proposal.asking import Asking, array, commented, inline, key, quoted
from salesinsight.exports.proposal.mapping import CHOICES, Layout, Mapped
from salesinsight.exports.proposal.words import unit_in, value_of

MADE_KEY, MADE_MOMENT = "own_key", "own_moment"
# which meaning fills which column of which table; the first that the file has
DEALS = {"deal_id": "", "account_id": "account", "created_at": "created_at", "amount": "amount",
         "currency": "currency", "pipeline": "pipeline", "product": "product", "lead_source": "lead_source",
         "owner_id": "owner"}  # fmt: skip
SNAPSHOT = {"deal_id": "", "stage": "stage", "status": "status", "reason": "reason", "amount": "amount",
            "close_date": "close_date", "closed_at": "closed_at", "changed_at": "changed_at"}  # fmt: skip
CALLS = {"conversation_id": "", "deal_id": "", "account_id": "account", "started_at": "", "ended_at": "ended_at",
         "kind": "kind", "direction": "direction", "status": "call_status", "seller_id": "owner", "note": "note",
         "next_step": "next_step", "next_step_at": "next_step_at", "entered_at": "entered_at"}  # fmt: skip
PEOPLE = {"person_id": "", "account_id": "account", "side": "side", "name": "person_name", "title": "title"}
TURNS = {"conversation_id": "conversation_id", "turn": "turn", "role": "role", "speaker_id": "speaker",
         "start_s": "start_s", "end_s": "end_s", "text": "text", "language": "language"}  # fmt: skip
HISTORY = {"deal_id": "", "at": "changed_at", "value": "new_stage", "person_id": "owner"}
# no column of a table: asked elsewhere, or of no use
SILENT = ("email", "phone", "closing", "last_contact", "old_stage", "probability")


@dataclasses.dataclass(frozen=True)
class Sheet:
    """One file, or several with the same columns, and where its table stands in it.

    Attributes
    ----------
    name : str
        The first file.
    files : tuple of str
        All of them.
    frame : polars.DataFrame
        Rows of the first.
    header : int
        Line of its column names.
    layout : Layout
        What its columns mean.
    taken_by : tuple of str
        Headers by which a source knows it.
    patterns : tuple of str
        Which files a source looks into.
    """

    name: str
    files: tuple[str, ...]
    frame: pl.DataFrame
    header: int
    layout: Layout
    taken_by: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


def usable(one: Mapped | None, layout: Layout) -> bool:
    """Whether a column goes into the profile; a header that only contains a word is asked about first."""
    if one is None or not one.meaning:
        return False
    needed = one.name in layout.key or one.meaning in ("started_at", "text", "changed_at", "new_stage")
    told = one.how in ("exact", "near") or (one.how == "values" and one.meaning in CHOICES)
    return one.sure or needed or told


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


class Writer:
    """Writes the sections of one file, and what its columns need besides a name."""

    def __init__(self, sheet: Sheet, asking: Asking) -> None:
        self.sheet, self.layout, self.asking = sheet, sheet.layout, asking

    def header(self, meaning: str) -> str:
        """The header of a meaning that is sure enough to be used."""
        one = self.layout.column(meaning)
        return one.name if one and usable(one, self.layout) else ""

    def key(self) -> tuple[str, dict[str, str]]:
        """The column that tells rows apart, and how it is put together when it is none of the file's."""
        headers = self.layout.key
        if len(headers) == 1:
            return headers[0], {}
        return MADE_KEY, {MADE_KEY: " ".join(f"{{{header}}}" for header in headers)}

    def section(
        self, table: str, columns: dict[str, str], compose: dict[str, str] | None = None, extra: tuple[str, ...] = ()
    ) -> list[str]:
        """One section: the file, its columns, and how its dates are written."""
        columns = {target: header for target, header in columns.items() if header}
        lines = ["", f"[[{table}]]", f"file = {array(self.sheet.patterns)}"]
        if self.sheet.taken_by:
            lines.append(f"having = {array(self.sheet.taken_by)}")
        if self.sheet.header > 1:
            lines.append(f"header = {self.sheet.header}")
        if compose:
            lines.append(f"compose = {inline(compose)}")
        lines += [*extra, f"columns = {inline(columns)}"]
        return lines + self.dates(columns) + self.values(table, columns)

    def dates(self, columns: dict[str, str]) -> list[str]:
        """Patterns of dates that are not read anyway; where the file does not show which, it is asked."""
        lines = []
        for target, header in columns.items():
            one = self._moment(target, header)
            if one is None or not one.cells.patterns:
                continue
            time = self._time_behind() if header == MADE_MOMENT else ""
            patterns = [pattern + time for pattern in one.cells.patterns]
            if len(patterns) == 1:
                lines.append(f"dates.{target} = {array(patterns)}")
            else:
                lines += self.asking.ask("date", column=one.name)
                lines += commented(f"dates.{target} = {array([pattern])}" for pattern in patterns)
        return lines

    def values(self, table: str, columns: dict[str, str]) -> list[str]:
        """What the words in a column stand for, as far as known; the other words are asked."""
        lines = []
        for target in ("status", "direction", "kind", "role", "side"):
            one = next((one for one in self.layout.columns if one.name == columns.get(target)), None)
            if one is None:
                continue
            meaning = "call_status" if table == "conversations" and target == "status" else target
            known = {value: value_of(meaning, value) for value in one.cells.values}
            told = {value: ours for value, ours in known.items() if ours and value != ours}
            if one.meaning == "stage":
                # a stage that does not close is open, whatever it is called
                told = {value: ours for value, ours in told.items() if ours != "open"} | {"*": "open"}
            unknown = [value for value, ours in known.items() if not ours and "*" not in told]
            if unknown:
                choices = ", ".join(_choices(table, target))
                lines += self.asking.ask("values", column=one.name, words=_some(one, unknown), choices=choices)
            if told:
                lines.append(f"values.{target} = {inline(told)}")
        return lines

    def started(self) -> tuple[str, dict[str, str]]:
        """The column with the start, and how it is put together of a day and a time."""
        day, time = self.header("started_at"), self.layout.column("started_time")
        if time is None or time.how == "part" or _has_time(self.sheet.frame, day):
            return day, {}
        return MADE_MOMENT, {MADE_MOMENT: f"{{{day}}} {{{time.name}}}"}

    def _moment(self, target: str, header: str) -> Mapped | None:
        name = self.header("started_at") if header == MADE_MOMENT else header
        one = next((one for one in self.layout.columns if one.name == name), None)
        dated = target.endswith("_at") or target in ("at", "close_date")
        return one if dated and one and one.cells.patterns is not None else None

    def _time_behind(self) -> str:
        time = self.layout.header("started_time")
        seconds = self.sheet.frame[time].drop_nulls().str.count_matches(":").max() == 2
        return " %H:%M:%S" if seconds else " %H:%M"


def _deals(writer: Writer) -> list[str]:
    asking, layout = writer.asking, writer.layout
    name, made = writer.key()
    lines = []
    if layout.column("deal_id") is None or len(layout.key) > 1:
        lines += asking.ask("deal_key", columns=" + ".join(layout.key))
    columns = {target: writer.header(meaning) for target, meaning in DEALS.items()} | {"deal_id": name}
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
        where = f"where = {{ {key(owner)} = {{ not = \"\" }} }}"
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
    extra = (f"where = {{ {key(last)} = {{ not = \"\" }} }}", 'constants = { kind = "call" }')
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
            lines += asking.ask("clock", column=duration.name)
        elif unit:
            extra += (line,)
        else:
            extra += (*asking.ask("unit", column=duration.name), *commented([line]))
    return lines + writer.section("conversations", columns, made | moment | made_deal, extra)


def _deal_of(writer: Writer, deals: Sheet | None) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """Where the deal of a row stands: its column, how that is put together, and a join when that is needed."""
    if deals is None:
        return writer.header("deal_id") or writer.header("deal_name"), {}, ()
    meanings = [one.meaning for header in deals.layout.key for one in deals.layout.columns if one.name == header]
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


def _has_time(frame: pl.DataFrame, header: str) -> bool:
    times = frame[header].drop_nulls().head(50).str.contains(r"\d:\d{2}") if header else pl.Series([False])
    return bool(times.any())


def _choices(table: str, target: str) -> tuple[str, ...]:
    return next(column.values for column in LAYOUTS[table].columns if column.name == target)


def _some(one: Mapped, words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words[:12]) if one.listable else "…"
