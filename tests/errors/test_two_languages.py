"""What an error names is said in the reader's language: no English words in the Dutch sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import salesinsight
from salesinsight import errors
from salesinsight.errors import BadArgument, UnknownName
from salesinsight.errors.base import KINDS
from salesinsight.sample import make_sample, oracle

PACKAGE = Path(salesinsight.__file__).parent
# facts that the reader sees as they are: names, keys and places, which are the same in every language
NAMES = {
    "argument",
    "name",
    "file",
    "folder",
    "path",
    "place",
    "profile",
    "table",
    "column",
    "known",
    "extra",
    "start",
}
# facts of which an error itself keeps the words; test_kinds and the class see to these
KEPT = {"cause", "why", "link"}
# what may stand in one text for both: quoted words, names of files and functions, and the keys of a profile
PLAIN = re.compile(r"'[^']*'|\"[^\"]*\"|\{[^{}]*\}|\[[^][]*\]|\w+\(…?\)|\w+_\w+|\w+ = |[\w*…]+\.\w+")
WORD = re.compile(r"(?<![\w-])[a-z]{2,}\b")
SAME = {"X"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the library that makes an error."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(node, "func", None)
            name = getattr(name, "id", getattr(name, "attr", ""))
            if isinstance(node, ast.Call) and name in errors.__all__:
                yield f"{file.relative_to(PACKAGE)}:{node.lineno} {name}", node


def texts(value: ast.expr, names: dict[str, ast.expr]) -> Iterator[str]:
    """The texts that a fact may be; a dict of languages has none, for it says both."""
    if isinstance(value, ast.Name) and value.id in names:
        value = names[value.id]
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "0" for part in value.values)
    elif isinstance(value, ast.IfExp):
        yield from texts(value.body, names)
        yield from texts(value.orelse, names)


def assigned(file: Path) -> dict[str, ast.expr]:
    """Names that a module gives a text once, so that a fact may be such a name."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            found[name] = None if name in found else node.value
    return {name: value for name, value in found.items() if value is not None}


def one_text(text: str) -> list[str]:
    """The words in a text that belong to one language."""
    return [word for word in WORD.findall(PLAIN.sub(" ", text)) if word not in SAME]


def test_no_fact_of_an_error_is_one_english_text():
    wrong, seen = [], 0
    for where, call in calls():
        names = assigned(PACKAGE / where.split(":")[0])
        for fact in call.keywords:
            if fact.arg in NAMES | KEPT | {"kind"}:
                continue
            for text in texts(fact.value, names):
                seen += 1
                wrong += [f"{where} {fact.arg}={text!r}"] if one_text(text) else []
    assert seen > 20
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 or more", ["or", "more"]),
        ("none", ["none"]),
        ("0 to 90", ["to"]),
        ('["geen reactie", "uitgesteld"]', []),
        ("UTF-8 / Windows-1252", []),
        ('conversation_features(…) / [label] outcome_source = "recorded"', []),
    ],
)
def test_the_test_knows_words_from_code(text, words):
    assert one_text(text) == words


def test_every_kind_of_name_is_said_in_dutch():
    said = {
        fact.value.value if isinstance(fact.value, ast.Constant) else fact.value.values[0].value
        for _, call in calls()
        for fact in call.keywords
        if fact.arg == "kind" and isinstance(fact.value, (ast.Constant, ast.JoinedStr))
    }
    kinds = {kind.partition(" (")[0] for kind in said if not kind.startswith("[")}
    assert {"column", "sheet", "stage"} <= kinds
    # these two are words of the Dutch too
    assert kinds - {"model", "label"} <= set(KINDS)


def test_a_name_that_is_not_known_is_refused_in_the_language_of_the_reader():
    refusal = UnknownName(kind="sheet (deals.xlsx)", name="Blad3", known=["Blad1", "Deals"])
    assert refusal.text("nl").startswith("Onbekend: werkblad (deals.xlsx) 'Blad3'. Bekend zijn: 'Blad1'")
    assert refusal.text("en").startswith("Unknown sheet (deals.xlsx) 'Blad3'.")


def test_the_sample_refuses_in_the_language_of_the_reader():
    with pytest.raises(BadArgument) as few:
        make_sample(n_deals=0)
    assert few.value.text("nl") == "n_deals moet 1 of meer zijn; er stond 0."
    assert few.value.text("en") == "n_deals takes 1 or more; got 0."
    export = make_sample(n_deals=3)
    export.truth = None
    with pytest.raises(BadArgument) as bare:
        oracle(export, export.deals)
    assert bare.value.text("nl") == (
        "export moet een export van make_sample, met de waarheid erbij, zijn; er stond een export zonder."
    )
    with pytest.raises(BadArgument) as long:
        oracle(make_sample(n_deals=3), export.deals, grace_days=99)
    assert "moet 0 tot en met" in long.value.text("nl")
