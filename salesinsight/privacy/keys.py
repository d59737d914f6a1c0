"""The owner's key: it makes the codes that stand for names, and opens the vault that turns them back."""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import hmac
import os
import pathlib
import secrets
import unicodedata
from typing import TYPE_CHECKING

from salesinsight.errors import KeyBesideData, KeyExists, KeyMissing, KeyUnreadable

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

START = "salesinsight-key-1:"
BYTES, CODE_LENGTH = 32, 8


@dataclasses.dataclass(frozen=True)
class Key:
    """A key: 32 random bytes. Never shown: its text says nothing of what it holds.

    Attributes
    ----------
    secret : bytes
        The bytes themselves.
    """

    secret: bytes = dataclasses.field(repr=False)

    def code(self, kind: str, surface: str) -> str:
        """Eight letters and digits for one surface of a kind; the same for every way of writing capitals.

        Notes
        -----
        40 bits: among 10,000 different names, the chance that any two share a code is 1 in 20,000.
        """
        message = f"{kind}\0{normal_form(surface)}".encode()
        digest = hmac.new(self._part("codes"), message, hashlib.sha256).digest()
        return base64.b32encode(digest).decode()[:CODE_LENGTH]

    @functools.cached_property
    def cipher(self) -> Fernet:
        """What encrypts and opens the tokens of a vault."""
        from cryptography.fernet import Fernet  # loaded where it is used

        return Fernet(base64.urlsafe_b64encode(self._part("vault")))

    @property
    def mark(self) -> str:
        """What tells this key from another, and nothing of what it holds."""
        return self._part("mark").hex()[:16]

    def _part(self, purpose: str) -> bytes:
        """A key of its own for each purpose, so that neither tells anything of the other."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest()


def new_key(path: str | pathlib.Path, data_folder: str | pathlib.Path | None = None) -> Key:
    """Make a key and write it to a file that only its owner may read (mode 0600 where the system has modes).

    Parameters
    ----------
    path : str or pathlib.Path
        The file to write; it must not exist yet. Its folder must exist.
    data_folder : str or pathlib.Path, optional
        The folder with the data; a key in there, or in a folder below it, is refused.

    Returns
    -------
    Key

    Raises
    ------
    KeyExists
        When there is a file already.
    KeyBesideData
        When `path` lies in `data_folder`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "owner.key"
    >>> new_key(place) == load_key(place)
    True
    """
    path = pathlib.Path(path)
    if data_folder is not None and path.resolve().is_relative_to(pathlib.Path(data_folder).resolve()):
        raise KeyBesideData(path=str(path), folder=str(data_folder))
    key = Key(secrets.token_bytes(BYTES))
    text = f"{START}{base64.urlsafe_b64encode(key.secret).decode()}\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyExists(path=str(path)) from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
    except BaseException:  # a full disk: half a key is worse than none
        path.unlink(missing_ok=True)
        raise
    return key


def load_key(path: str | pathlib.Path) -> Key:
    """Read a key that `new_key` wrote.

    Raises
    ------
    KeyMissing
        When there is no such file.
    KeyUnreadable
        When the file holds something else.

    Examples
    --------
    >>> load_key("nowhere.key")
    Traceback (most recent call last):
    salesinsight.errors.privacy.KeyMissing: Expected a key in nowhere.key; ...
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise KeyMissing(path=str(path))
    try:
        text = path.read_bytes().decode("ascii").strip()
        secret = base64.b64decode(text.removeprefix(START), altchars=b"-_", validate=True)
    except ValueError:
        raise KeyUnreadable(path=str(path), start=START) from None
    if not text.startswith(START) or len(secret) != BYTES:
        raise KeyUnreadable(path=str(path), start=START)
    return Key(secret)


def normal_form(surface: str) -> str:
    """The form in which two surfaces are the same: one way of writing accents, capitals and spaces."""
    return " ".join(unicodedata.normalize("NFC", surface).casefold().split())
