"""Digests: whether a conversation is the one measured before, and whether it would be measured the same."""

from __future__ import annotations

import hashlib
import importlib.metadata
import pathlib
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from salesinsight.features.known import Same
from salesinsight.features.turn_files import Talks
from salesinsight.language import load_pack
from salesinsight.speech import Trackers

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
ROOMS = ("schema", "language", "speech", "features")  # numbers hang on the code and the tables in these
OF_PACK = ("pack.toml", "*.npz", "cues/*.csv")
LIBRARIES = ("numpy", "pandas", "polars", "pyarrow", "scipy", "scikit-learn")
SIZE = 16  # bytes


def digests_of(talks: Talks) -> np.ndarray:
    """Digest each conversation: 128 bits that change when anything in its turns does.

    Parameters
    ----------
    talks : Talks
        The conversations.

    Returns
    -------
    numpy.ndarray
        Two ``uint64`` per conversation.

    Notes
    -----
    BLAKE2b over what Polars' ``hash_rows`` makes of each turn, all columns of the table *turns*. Polars keeps
    that the same within one of its versions; `stamp_of` counts the version in.
    """
    rows = pl.DataFrame(pl.from_arrow(talks.turns)).hash_rows().to_numpy().astype("<u8", copy=False)
    letters, width = rows.data.cast("B"), rows.itemsize
    bounds = zip((talks.begin * width).tolist(), (talks.end * width).tolist(), strict=True)
    each = [hashlib.blake2b(letters[begin:end], digest_size=SIZE).digest() for begin, end in bounds]
    return np.frombuffer(b"".join(each), dtype="<u8").reshape(-1, 2)


def with_digests(parts: Iterable[Talks | Same]) -> Iterator[tuple[Talks | Same, np.ndarray]]:
    """Conversations, each time with their digests."""
    return ((part, part.digests if isinstance(part, Same) else digests_of(part)) for part in parts)


def stamp_of(language: str, trackers: Trackers | None = None) -> str:
    """Digest everything but the turns that the numbers hang on.

    That is: this library's code and tables, the cues and taggers of the language pack, the trackers, and the
    versions of the libraries that compute. When it changes, all conversations are measured again.

    Raises
    ------
    UnknownName
        When there is no pack for the language.
    """
    digest = hashlib.blake2b(digest_size=SIZE)
    pack = pathlib.Path(load_pack(language).folder)
    code = [file for room in ROOMS for ending in ("*.py", "*.csv") for file in (PACKAGE / room).glob(ending)]
    files = [*sorted(code), *(file for ending in OF_PACK for file in sorted(pack.glob(ending)))]
    said = [f"{name} {importlib.metadata.version(name)}".encode() for name in LIBRARIES]
    said += [part for file in files for part in (file.name.encode(), file.read_bytes())]
    if trackers is not None:
        said += [repr((trackers.kind, trackers.names)).encode(), trackers.rows.to_csv().encode()]
    for part in said:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
