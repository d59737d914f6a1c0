"""The vault: what each code stood for, encrypted row by row, so that a row can be removed without the key."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import pandas as pd

from salesinsight.errors import VaultUnreadable, WrongKey
from salesinsight.privacy.keys import Key
from salesinsight.schema import Export
from salesinsight.writing import write_whole

COLUMNS = ["code", "kind", "token"]
# "[PERSOON-7KQ2MX4A]" in a text, "PERSOON-7KQ2MX4A" in a column of ids
CODE = re.compile(r"\[?\b([A-Z]{3,}-[A-Z2-7]{8})\b\]?")

Restorable = TypeVar("Restorable", Export, pd.DataFrame, pd.Series, str)


@dataclasses.dataclass(frozen=True)
class Vault:
    """What the codes of an import stood for.

    Attributes
    ----------
    frame : pandas.DataFrame
        code ("PERSOON-7KQ2MX4A"), kind (person, organisation, email, phone, iban, bsn, rrn, address) and
        token (the first-seen way of writing it, encrypted with the key). One row per code.
    """

    frame: pd.DataFrame

    @classmethod
    def lock(cls, surfaces: Mapping[str, tuple[str, str]], key: Key) -> Vault:
        """Encrypt what codes stand for: code → (kind, surface)."""
        # the moment that a token carries is always 0: when it was made is nobody's business
        rows = [
            (code, kind, key.cipher.encrypt_at_time(surface.encode(), 0).decode())
            for code, (kind, surface) in surfaces.items()
        ]
        return cls(pd.DataFrame(rows, columns=COLUMNS, dtype="string"))

    @classmethod
    def read(cls, path: str | pathlib.Path) -> Vault:
        """Read a vault that `write` wrote.

        Raises
        ------
        VaultUnreadable
            When the file is absent or is not a vault.
        """
        try:
            frame = pd.read_csv(path, dtype="string", encoding="utf-8", keep_default_na=False)
        except (OSError, ValueError):
            raise VaultUnreadable(path=str(path), expected=COLUMNS, got="-") from None
        if list(frame.columns) != COLUMNS or frame["code"].duplicated().any():
            raise VaultUnreadable(path=str(path), expected=COLUMNS, got=list(frame.columns))
        return cls(frame)

    def write(self, path: str | pathlib.Path) -> pathlib.Path:
        """Write the vault as CSV, beside its place first and then moved, readable by its owner only.

        Raises
        ------
        FileBusy
            When the place can't be written, for example because Excel has it open.
        """
        text = self.frame.to_csv(index=False, lineterminator="\n")
        return write_whole(pathlib.Path(path), text.encode(), private=True)

    def merged(self, other: Vault) -> Vault:
        """Add what another vault has more, as after a second import with the same key."""
        both = pd.concat([self.frame, other.frame], ignore_index=True)
        return Vault(both.drop_duplicates("code", ignore_index=True))

    def without(self, codes: Iterable[str]) -> Vault:
        """Remove codes, with or without brackets: what they stood for is gone for good. Needs no key."""
        gone = {code.strip("[]") for code in codes}
        return Vault(self.frame[~self.frame["code"].isin(gone)].reset_index(drop=True))

    def open(self, key: Key) -> dict[str, str]:
        """What every code stood for.

        Raises
        ------
        WrongKey
            When a row does not open with this key, or holds what another code stands for.
        """
        from cryptography.fernet import InvalidToken  # loaded where it is used

        found, bad = {}, 0
        for code, kind, token in self.frame.itertuples(index=False):
            try:
                surface = key.cipher.decrypt(token.encode()).decode()
            except InvalidToken:
                bad += 1
                continue
            found[code] = surface
            bad += code.rpartition("-")[2] != key.code(kind, surface)
        if bad:
            raise WrongKey(bad=bad, total=len(self.frame))
        return found


def restore(what: Restorable, vault: Vault, key: Key) -> Restorable:
    """Put names back where codes stand, in a new object; what was given stays as it is.

    Parameters
    ----------
    what : Export, pandas.DataFrame, pandas.Series or str
        Anything with codes in it, with or without brackets, also in the middle of a sentence.
    vault : Vault
        From the import.
    key : Key
        With which it was made.

    Returns
    -------
    Export, pandas.DataFrame, pandas.Series or str
        As was given. A code that the vault does not have (forgotten, or of another import) stays a code.

    Raises
    ------
    WrongKey
        When the vault was made with another key.

    Notes
    -----
    A name comes back as it was written when it was first seen: where a text had "jan" and an earlier one
    "Jan", both come back as "Jan". Everything else is what it was, character by character.

    Examples
    --------
    >>> import pandas as pd
    >>> from salesinsight.privacy import Key, Vault, restore
    >>> key = Key(bytes(32))
    >>> code = f"PERSOON-{key.code('person', 'Kees')}"
    >>> vault = Vault.lock({code: ("person", "Kees")}, key)
    >>> restore(pd.DataFrame({"text": [f"Met [{code}] spreekt u."]}), vault, key).text[0]
    'Met Kees spreekt u.'
    """
    known = vault.open(key)
    if isinstance(what, Export):
        fields = {field.name: getattr(what, field.name) for field in dataclasses.fields(Export)}
        back = {name: _frame_back(value, known) for name, value in fields.items() if _is_frame(value)}
        return dataclasses.replace(what, **back, notices=[put_names(said, known) for said in what.notices])
    if isinstance(what, pd.DataFrame):
        return _frame_back(what, known)
    return _series_back(what, known) if isinstance(what, pd.Series) else put_names(what, known)


def _is_frame(value: object) -> bool:
    return isinstance(value, pd.DataFrame)


def _frame_back(frame: pd.DataFrame, known: Mapping[str, str]) -> pd.DataFrame:
    texts = frame.select_dtypes(include=["string", "object"]).columns
    return frame.assign(**{name: _series_back(frame[name], known) for name in texts})


def _series_back(values: pd.Series, known: Mapping[str, str]) -> pd.Series:
    """Only distinct values that hold a code are looked into."""
    texts = values.dropna().drop_duplicates()
    texts = texts[texts.map(lambda value: isinstance(value, str) and "-" in value).astype(bool)]
    changed = {text: back for text in texts if (back := put_names(text, known)) != text}
    if not changed:
        return values
    back = values.map(changed, na_action="ignore")
    return values.where(back.isna(), back)


def put_names(text: str, names: Mapping[str, str]) -> str:
    """Put the name in the place of every code that has one, brackets and all.

    Examples
    --------
    >>> put_names("[PERSOON-ABCDEFGH] belt", {"PERSOON-ABCDEFGH": "Jan"})
    'Jan belt'
    """
    return CODE.sub(lambda code: names.get(code[1], code[0]), text)
