"""Lines of TOML, and the questions that go between them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from salesinsight.language import Words

BARE = re.compile(r"[A-Za-z0-9_-]+")


class Asking:
    """Puts questions into words; every one stands in the TOML at its place, and in a list for the screen.

    Parameters
    ----------
    words : Words
        The words of the language that is asked in.

    Attributes
    ----------
    questions : list of str
        What was asked, in whole sentences.
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self.questions: list[str] = []

    def ask(self, code: str, **facts: Any) -> list[str]:
        """A question as a comment."""
        text = self.words(f"proposal.ask.{code}", **facts)
        if text not in self.questions:
            self.questions.append(text)
        return [f"# {self.words('proposal.toml.question')}: {text}"]

    def tell(self, code: str, **facts: Any) -> list[str]:
        """An explanation as a comment."""
        return [f"# {self.words(f'proposal.toml.{code}', **facts)}"]


def quoted(text: str) -> str:
    r"""A text as TOML.

    Examples
    --------
    >>> quoted('Fase "nu"'), quoted("C:\\map")
    ('"Fase \\"nu\\""', '"C:\\\\map"')
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def array(texts: Iterable[str]) -> str:
    """Texts as a list."""
    return f"[{', '.join(quoted(text) for text in texts)}]"


def key(text: str) -> str:
    """A key, with quotes where it needs them.

    Examples
    --------
    >>> key("stage"), key("Laatste contact")
    ('stage', '"Laatste contact"')
    """
    return text if BARE.fullmatch(text) else quoted(text)


def inline(pairs: Mapping[str, str]) -> str:
    """Texts by their key, on one line.

    Examples
    --------
    >>> inline({"deal_id": "Nr", "Fase nu": "Stage"})
    '{ deal_id = "Nr", "Fase nu" = "Stage" }'
    """
    return f"{{ {', '.join(f'{key(name)} = {quoted(text)}' for name, text in pairs.items())} }}"


def commented(lines: Iterable[str]) -> list[str]:
    """Lines that don't count until somebody takes the sign away."""
    return [line if line.startswith("#") else f"# {line}" if line else "#" for line in lines]
