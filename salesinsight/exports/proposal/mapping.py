"""The columns of one file → what each of them means, and how sure that is.

A header says what a column may mean, its cells whether that can be so. Sure is only what both say, and no
other column says too; everything else is asked.
"""

from __future__ import annotations

import dataclasses

import polars as pl

from salesinsight.exports.convert import date_patterns
from salesinsight.exports.proposal.cells import Cells, look
from salesinsight.exports.proposal.words import Hit, header_hits, value_of
from salesinsight.exports.readers.files import OWN

FILES = ("turns", "history", "deals", "calls", "people")
MOMENTS = ("created_at", "close_date", "closing", "closed_at", "changed_at", "last_contact", "next_step_at",
           "started_at", "ended_at", "entered_at")  # fmt: skip
# meanings whose cells are words of a small list
CHOICES = ("status", "call_status", "direction", "kind", "role", "side")
SHORT = ("stage", "new_stage", "old_stage", "reason", "pipeline", "product", "lead_source", "currency",
         "language", *CHOICES)  # fmt: skip
IDS = ("deal_id", "conversation_id", "person_id")
# what the cells of a meaning must be, one of these
CELLS: dict[str, set[str]] = (
    {name: {"moment"} for name in MOMENTS}
    | {name: {"text"} for name in (*SHORT, "person_name", "first_name", "last_name", "title")}
    | {name: {"text", "whole", "phone"} for name in IDS}
    | {name: {"text", "long"} for name in ("deal_name", "note", "text", "next_step", "reason")}
    | {name: {"clock", "number"} for name in ("duration", "start_s", "end_s")}
    | {name: {"text", "email", "whole"} for name in ("owner", "speaker")}
    | {"account": {"text", "whole"}, "amount": {"number"}, "probability": {"number", "percent"}}
    | {"started_time": {"clock"}, "turn": {"whole"}, "email": {"email"}, "phone": {"phone", "whole"}}
)
# columns of which one at least must be sure before a file is surely of its kind
MAKING = {
    "deals": {"deal_id", "stage", "status", "amount", "probability", "close_date", "reason"},
    "calls": {"conversation_id", "started_at", "direction", "duration", "call_status"},
    "people": {"person_id", "person_name", "last_name", "title"},
    "turns": {"text", "role"},
    "history": {"new_stage", "old_stage"},
}
# nearly every row has its own: a list of deals, not of what happened to them
UNIQUE = 0.98
KNOWN = 0.9
# longer than this is no name of a stage or a choice
SHOWN = 40
WEIGHT = {"exact": 0.6, "near": 0.5, "part": 0.3, "values": 0.3}


@dataclasses.dataclass(frozen=True)
class Mapped:
    """One column of a file.

    Attributes
    ----------
    name : str
        The header.
    meaning : str
        What it means; "" when that is not known.
    sure : bool
        Whether header and cells both say so, and nothing speaks against it.
    how : str
        What says so: "exact", "near" or "part" of a word for headers, "values", "" for nothing.
    word : str
        The word that the header is like.
    rival : str
        Another column that says the same.
    cells : Cells
        What stands in it.
    """

    name: str
    meaning: str
    sure: bool
    how: str
    word: str
    rival: str
    cells: Cells

    @property
    def listable(self) -> bool:
        """Whether its words may be shown: choices that come again, and no texts that somebody typed."""
        words = self.cells.values
        repeated = self.cells.distinct <= self.cells.filled / 2
        known = self.meaning in CHOICES and known_share(self.meaning, words) >= KNOWN / 2
        stage = self.sure and self.meaning in ("stage", "new_stage")
        return bool(words) and max(map(len, words)) <= SHOWN and (repeated or known or stage)


@dataclasses.dataclass(frozen=True)
class Layout:
    """One file: what its rows are, what its columns mean, and by which columns its rows are told apart.

    Attributes
    ----------
    file : str
        "deals", "calls", "people", "turns" or "history"; "" when it is none of these.
    columns : tuple of Mapped
        Every column, in the order of the file.
    key : tuple of str
        Headers that together tell rows apart; empty when none do.
    """

    file: str
    columns: tuple[Mapped, ...]
    key: tuple[str, ...]

    def column(self, meaning: str) -> Mapped | None:
        """The column of a meaning."""
        return next((one for one in self.columns if one.meaning == meaning), None)

    def header(self, meaning: str) -> str:
        """The header of a meaning; "" when the file has none."""
        one = self.column(meaning)
        return one.name if one else ""


def map_columns(frame: pl.DataFrame) -> Layout:
    """Find out what a file is and what its columns mean.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows of text under the headers of the file.

    Examples
    --------
    >>> frame = pl.DataFrame({"Kans": ["a", "b"], "Fase": ["Contact", "Offerte"], "Bedrag": ["1.500", "800"]})
    >>> layout = map_columns(frame)
    >>> layout.file, [(one.name, one.meaning, one.sure) for one in layout.columns], layout.key
    ('deals', [('Kans', 'deal_name', True), ('Fase', 'stage', True), ('Bedrag', 'amount', True)], ('Kans',))
    """
    names = [name for name in frame.columns if name not in OWN]
    usual = date_patterns(frame)
    cells = {name: look(frame[name], usual) for name in names}
    best, highest = Layout("", tuple(_unknown(name, cells[name]) for name in names), ()), 0.0
    for file in FILES:
        columns = _assign(file, cells)
        layout = Layout(file, columns, ())
        layout = dataclasses.replace(layout, key=_key(layout, frame))
        score = sum(1.0 if one.sure else WEIGHT.get(one.how, 0.0) for one in columns if one.meaning)
        if _is_one(layout) and score > highest:
            best, highest = layout, score
    return best


def _assign(file: str, cells: dict[str, Cells]) -> tuple[Mapped, ...]:
    """One meaning per column and one column per meaning, the surest first."""
    found: list[tuple[float, int, str, Hit]] = []
    for place, (name, seen) in enumerate(cells.items()):
        hits = [hit for hit in header_hits(name, file) if _fits(hit.meaning, seen, file)]
        hits = hits if _agree(hits, seen) else _by_cells(file, seen) or hits
        for hit in hits:
            found.append((-_weight(hit, seen), place, name, hit))
    done: dict[str, Mapped] = {}
    taken: set[str] = set()
    exact = [(name, hit.meaning) for _, _, name, hit in found if hit.how == "exact"]
    for _, _, name, hit in sorted(found, key=lambda one: one[:2]):
        if name in done or hit.meaning in taken:
            continue
        rivals = [other for other, meaning in exact if meaning == hit.meaning and other != name]
        rival = next((other for other in rivals if other not in done), "")
        sure = _weight(hit, cells[name]) == 1.0 and not rival and bool(cells[name].filled)
        done[name] = Mapped(name, hit.meaning, sure, hit.how, hit.word, rival, cells[name])
        taken.add(hit.meaning)
    columns = tuple(done.get(name) or _unknown(name, seen) for name, seen in cells.items())
    if not any(one.sure and one.meaning in MAKING[file] for one in columns):
        # where it is not sure what a file is, the same word may mean something else
        columns = tuple(dataclasses.replace(one, sure=False) for one in columns)
    return _stage_instead(columns)


def _stage_instead(columns: tuple[Mapped, ...]) -> tuple[Mapped, ...]:
    """A list of deals without a column of stages often has them under "Status"."""
    if any(one.meaning == "stage" for one in columns):
        return columns
    return tuple(
        dataclasses.replace(one, meaning="stage", sure=False)
        if one.meaning == "status" and _are_stages(one.cells)
        else one
        for one in columns
    )


def _are_stages(cells: Cells) -> bool:
    """Whether words are no outcomes of deals or calls, and come again."""
    known = known_share("status", cells.values) + known_share("call_status", cells.values)
    return known < KNOWN / 2 and cells.distinct < cells.filled


def _agree(hits: list[Hit], seen: Cells) -> bool:
    """Whether the words in the cells don't speak against what the header says, "Type" over in and out."""
    choices = [hit for hit in hits if hit.meaning in CHOICES and not hit.sure]
    wrong = choices and not any(known_share(hit.meaning, seen.values) for hit in choices)
    return bool(hits) and not wrong


def _weight(hit: Hit, seen: Cells) -> float:
    """1 is sure: the header says it by itself, or the words in the cells say it too."""
    told = hit.meaning in CHOICES and known_share(hit.meaning, seen.values) >= KNOWN
    # an address or a number to ring shows what it is
    told = told or (hit.meaning in ("email", "phone") and hit.meaning in seen.kinds)
    # a header that says it, over words that don't, may mean something else
    alone = hit.sure and (hit.meaning != "status" or told)
    if hit.how == "exact" and (alone or told):
        return 1.0
    return WEIGHT[hit.how] + 0.1 * hit.sure + 0.2 * told


def known_share(meaning: str, values: tuple[str, ...]) -> float:
    """The share of different words of which is known what they stand for."""
    return sum(bool(value_of(meaning, value)) for value in values) / len(values) if values else 0.0


def _fits(meaning: str, seen: Cells, file: str) -> bool:
    """Whether the cells can be what the header says; of an empty column nobody knows."""
    if not seen.filled:
        return True
    own = {"deals": "deal_id", "calls": "conversation_id", "people": "person_id"}.get(file)
    if meaning == own and seen.distinct < UNIQUE * seen.filled:
        return False
    if meaning in SHORT and meaning != "reason" and not seen.values:
        return meaning in ("product", "lead_source", "pipeline") and "text" in seen.kinds
    return bool(CELLS[meaning] & seen.kinds)


def _by_cells(file: str, seen: Cells) -> list[Hit]:
    """What the cells alone tell, where the header says nothing."""
    meanings = {"deals": ("status",), "calls": ("direction", "call_status", "kind"), "turns": ("role",)}
    told = [name for name in meanings.get(file, ()) if known_share(name, seen.values) >= KNOWN]
    if "email" in seen.kinds and file in ("deals", "calls", "people"):
        told = ["email"]
    if "long" in seen.kinds and file in ("deals", "calls", "turns"):
        told = ["text" if file == "turns" else "note"]
    if "phone" in seen.kinds and file == "calls":
        told = ["phone"]
    return [Hit(name, "values", False, "") for name in told if len(seen.values) != 1 or name == "email"]


def _key(layout: Layout, frame: pl.DataFrame) -> tuple[str, ...]:
    """The first columns in which nearly every row has its own value."""
    tries = {
        "deals": [["deal_id"], ["deal_name"], ["account", "deal_name"], ["account"], ["account", "product"],
                  ["account", "created_at"]],
        "calls": [["conversation_id"],
                  *(["started_at", *more] for more in (
                      ["account"], ["started_time", "account"], ["phone"], ["started_time", "phone"],
                      ["deal_name"], ["account", "deal_name"], ["account", "owner"],
                      ["started_time", "account", "owner"], ["started_time", "owner"], ["owner"],
                      ["deal_id"], []))],
        "people": [["person_id"], ["email"], ["person_name"], ["account", "person_name"],
                   ["first_name", "last_name"]],
    }  # fmt: skip
    for meanings in tries.get(layout.file, []):
        headers = [layout.header(meaning) for meaning in meanings]
        # what can't be told apart by its name can't be put together by it either
        if not all(headers) or any(sign in header for header in headers for sign in "{}:!"):
            continue
        rows = frame.select(headers).drop_nulls()
        if rows.height >= KNOWN * frame.height and rows.n_unique() >= UNIQUE * rows.height:
            return tuple(headers)
    return ()


def _is_one(layout: Layout) -> bool:
    """Whether the columns that make a file what it is are there."""
    # a header that only contains a word makes no file what it is
    told_by = [one for one in layout.columns if one.meaning and one.cells.filled and one.how != "part"]
    has = {one.meaning for one in told_by}
    deal = has & {"deal_id", "deal_name"}
    if layout.file == "deals":
        ahead = has & {"close_date", "closing", "probability"}
        stands = has & {"stage", "status"} or ("amount" in has and ahead)
        return bool(stands and (deal or "account" in has) and layout.key)
    if layout.file == "calls":
        told = {"duration", "direction", "call_status", "note", "kind", "phone"}
        numbered = any(one.meaning == "conversation_id" and one.sure for one in told_by)
        moments = [one for one in layout.columns if "moment" in one.cells.kinds]
        # the only date in a list of calls is that of the call
        started = "started_at" in has or (layout.column("started_at") is not None and len(moments) == 1)
        return started and bool(has & told or numbered) and len(has) >= 3
    if layout.file == "people":
        return bool(has & {"person_name", "last_name"} and has & {"title", "email", "phone"} and layout.key)
    if layout.file == "history":
        return bool(deal and {"changed_at", "new_stage"} <= has)
    return "text" in has and bool(has & {"speaker", "role"})


def _unknown(name: str, seen: Cells) -> Mapped:
    return Mapped(name, "", False, "", "", "", seen)
