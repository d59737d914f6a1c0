"""The door of this sub-room: a folder or a file → a profile that could read it, and what must be asked."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import pandas as pd

from salesinsight.errors import FolderMissing, UnknownName
from salesinsight.exports.profile import EMPTY, Profile, load_profile, profile_names
from salesinsight.exports.proposal.asking import Asking
from salesinsight.exports.proposal.builtin import Fit, best_fits, fit
from salesinsight.exports.proposal.firm import (
    Order,
    closing_stages,
    loss_reasons,
    newest_day,
    own_domains,
    sellers,
    stage_orders,
)
from salesinsight.exports.proposal.looking import Looked, look_at, sheets_of
from salesinsight.exports.proposal.sections import Sheet
from salesinsight.exports.proposal.seen import FileSeen, seen_files
from salesinsight.exports.proposal.writing import Firm, write_profile
from salesinsight.exports.read import Reading, read
from salesinsight.language import words

SOME_DAY = pd.Timestamp("2199-12-31", tz="UTC")
NONE, TRANSCRIPTS = "none", "transcripts"
# beside a CRM's own files, a list of deals of one's own would count every deal twice
BESIDE = ("calls", "turns", "history")


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A profile that could read some files.

    Attributes
    ----------
    place : str
        Name of the folder or file.
    base : str
        The built-in profile that fits; "" when none does.
    also : tuple of str
        Other built-in profiles that fit, less well.
    files : tuple of FileSeen
        Every file: what it is and what its columns mean.
    orders : tuple of Order
        Stages per pipeline, and what their order follows from.
    questions : tuple of str
        What must be answered, in the language asked in.
    used : dict
        How many rows of every table the proposal reads as it stands.
    toml : str
        The profile.
    """

    place: str
    base: str
    also: tuple[str, ...]
    files: tuple[FileSeen, ...]
    orders: tuple[Order, ...]
    questions: tuple[str, ...]
    used: dict[str, int]
    toml: str

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values that JSON can hold."""
        return dataclasses.asdict(self)


def propose_profile(
    path: str | pathlib.Path, base: str | None = None, language: str = "nl", with_sellers: bool = False
) -> Proposal:
    """Look at files and propose a profile for them.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder, or one file.
    base : str, optional
        The built-in profile to build on; "none" for none. Else the one that fits best.
    language : str
        Language of comments and questions, and of the conversations until answered otherwise.
    with_sellers : bool
        Whether names of sellers go into the proposal; otherwise no names of people do.

    Raises
    ------
    FolderMissing
        When there is no such folder or file.
    UnknownName
        When there is no such base or language.

    Notes
    -----
    A built-in profile fits when a file has all columns by which one of its sources knows its own. Else a
    column means what its header says as far as its cells agree. What is not certain is used with a
    question, or only asked.

    Examples
    --------
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> text = "Kans;Fase;Bedrag\\nDak;Contact;1.500\\nMuur;Offerte;800\\n"
    >>> _ = (folder / "kansen.csv").write_text(text, encoding="utf-8")
    >>> found = propose_profile(folder)
    >>> found.base, found.files[0].what, [column.meaning for column in found.files[0].columns]
    ('', 'deals', ['deal_name', 'stage', 'amount'])
    """
    asking = Asking(words(language))
    if base not in (None, NONE, *profile_names()):
        raise UnknownName(kind="profile", name=str(base), known=[*profile_names(), NONE])
    with _standing(pathlib.Path(path)) as folder:
        return _propose(folder, pathlib.Path(path).name, base, asking, with_sellers)


def _propose(
    folder: pathlib.Path, place: str, base: str | None, asking: Asking, with_sellers: bool
) -> Proposal:
    looked = look_at(folder, EMPTY.time_zone)
    fitted, also = _base(base, looked)
    name = fitted.name if fitted else ""
    taken = set(fitted.tables) if fitted else set()
    sheets = sheets_of(looked, [file.name for file, _ in looked.rows if file.name not in taken])
    own = [one for one in sheets if not fitted or not fitted.good or one.layout.file in BESIDE]
    if not name and looked.transcripts and not any(one.layout.file for one in own):
        name = TRANSCRIPTS
    plan = load_profile(name) if name else EMPTY
    spoken = bool(looked.transcripts) and not any(source.link for source in plan.sources)
    head = (name, "" if plan.time_zone == "UTC" else plan.time_zone, own, spoken)
    rough = write_profile(*head, Firm(), Asking(asking.words))
    first = _reading(rough, folder)
    # how deals stand says nothing without a day; for the names of stages any day will do
    draft = first if first.export.as_of is not None else _reading(rough, folder, SOME_DAY)
    mapped = [*own, *(sheets_of(looked, taken) if taken else [])]
    firm = _firm(first, draft, plan, mapped, looked, with_sellers)
    toml = write_profile(*head, firm, asking)
    final = _reading(toml, folder)
    if also and base is None:
        asking.ask("also", names=", ".join(also), name=name)
    return Proposal(
        place=place,
        base=name,
        also=tuple(also),
        files=tuple(seen_files(looked, fitted, own, set(final.unused), asking.words)),
        orders=firm.orders,
        questions=tuple(asking.questions),
        used=_used(final),
        toml=toml,
    )


@contextlib.contextmanager
def _standing(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """The folder itself, or a folder with nothing but the one file."""
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise FolderMissing(folder=str(path))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy2(path, folder)
        yield pathlib.Path(folder)


def _base(base: str | None, looked: Looked) -> tuple[Fit | None, list[str]]:
    if base == NONE:
        return None, []
    if base is not None:
        return fit(base, looked.rows, strict=False), []
    fits = best_fits(looked.rows)
    if not fits:
        return None, []
    # once it is known whose files these are, its smaller ones count too
    return fit(fits[0].name, looked.rows, strict=False), [one.name for one in fits[1:]]


def _reading(toml: str, folder: pathlib.Path, as_of: pd.Timestamp | None = None) -> Reading:
    """Read the files as a check would, without the transcripts, which no one needs for this."""
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place) / "proposal.toml"
        path.write_text(toml, encoding="utf-8")
        profile = load_profile(path)
    silent = tuple(source for source in profile.sources if not source.link)
    profile = dataclasses.replace(profile, sources=silent, as_of=as_of or profile.as_of)
    return read(folder, profile, None, None, keep_going=True)


def _firm(
    first: Reading,
    draft: Reading,
    plan: Profile,
    sheets: list[Sheet],
    looked: Looked,
    with_sellers: bool,
) -> Firm:
    export = draft.export
    closing = closing_stages(sheets)
    known = [*plan.history.won, *plan.history.lost] if plan.history else []
    closed = {name.strip().lower() for name in [*closing["won"], *closing["lost"], *known]}
    undecided, decided = loss_reasons(export)
    stated = any(source.table == "snapshot" for _, source, opened in draft.opened if opened)
    asked = stated and not looked.dated
    return Firm(
        orders=tuple(stage_orders(export, sheets, closed)),
        won=tuple(closing["won"]),
        lost=tuple(closing["lost"]),
        undecided=tuple(undecided),
        decided=tuple(decided),
        domains=tuple(own_domains(sheets)),
        sellers=tuple(sellers(export)) if with_sellers else (),
        newest=newest_day(first.export, sheets, plan.time_zone) if asked else None,
        undated=first.export.as_of is None,
    )


def _used(reading: Reading) -> dict[str, int]:
    export = reading.export
    tables = {"deals": export.deals, "events": export.events, "conversations": export.conversations,
              "people": export.people, "turns": export.turns}  # fmt: skip
    return {name: len(table) for name, table in tables.items() if len(table)}
