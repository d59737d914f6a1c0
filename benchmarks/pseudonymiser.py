"""The pseudonymiser on invented Dutch and Flemish sentences, written by people who had not seen it.

Run from the project's root: ``python benchmarks/pseudonymiser.py``. Lines of
``benchmarks/pseudonymiser/{nl,be}.txt`` with an odd number were read while building it; those with an even
number were not, and theirs are the figures that count. Of those, no sentence is ever shown.
"""

import pathlib
import re

import pandas as pd
from sections import table, write_section

from salesinsight.privacy import Known, find_personal

FOLDER = pathlib.Path(__file__).parent / "pseudonymiser"
FILES = ("nl", "be")
MARK = re.compile(r"\{(\w+)\|([^{}]*)\}")
STRUCTURED = ("email", "phone", "iban", "bsn", "rrn", "address")
LEVELS = {"structured": 0.98, "names": 0.95}


def main() -> None:
    lines = pd.concat([read(FOLDER / f"{name}.txt", name) for name in FILES], ignore_index=True)
    gold, found = measure(lines)
    text = page(lines, gold, found)
    print(text)
    write_section("pseudonymiser", text)


def read(path: pathlib.Path, name: str) -> pd.DataFrame:
    """The sentences of a file: file, line, half, text without marks, entities, known names."""
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            rows.append(
                {"file": name, "line": number, "half": "odd" if number % 2 else "even", **parse(line)}
            )
    return pd.DataFrame(rows)


def parse(line: str) -> dict:
    """One line: its text without marks, its entities as (kind, start, end) and the names before ``>``."""
    crm: list[str] = []
    if line.startswith("crm:"):
        names, _, line = line.removeprefix("crm:").partition(">")
        crm, line = [name.strip() for name in names.split(";") if name.strip()], line.strip()
    text, entities, last = "", [], 0
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        entities.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return {"text": text + line[last:], "entities": entities, "crm": crm}


def measure(lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every entity with whether all its letters and digits are covered; every find with whether it is one."""
    # a CRM knows who is a person and who a firm from the table they are in; here the marks tell it
    kinds = {text[start:end].lower(): kind for text, marks in zip(lines.text, lines.entities, strict=True)
             for kind, start, end in marks}  # fmt: skip
    gold, found = [], []
    for names, group in lines.groupby(lines["crm"].map(tuple), sort=False):
        firms = tuple(name for place, name in enumerate(names) if is_firm(name, place, kinds))
        known = Known(tuple(name for name in names if name not in firms), firms)
        spans = find_personal(group["text"], "nl", known).to_pandas()
        for place, row in enumerate(group.itertuples(index=False)):
            mine = spans[spans["row"] == place]
            covered = {
                spot for a, b in zip(mine.start_char, mine.end_char, strict=True) for spot in range(a, b)
            }
            marked = {spot for _, a, b in row.entities for spot in range(a, b)}
            base = {"file": row.file, "line": row.line, "half": row.half, "sentence": row.text}
            for kind, start, end in row.entities:
                missed = [
                    spot for spot in range(start, end) if row.text[spot].isalnum() and spot not in covered
                ]
                gold.append(base | {"kind": kind, "surface": row.text[start:end], "right": not missed})
            for start, end, kind in zip(mine.start_char, mine.end_char, mine.kind, strict=True):
                right = any(spot in marked for spot in range(start, end))
                found.append(base | {"kind": kind, "surface": row.text[start:end], "right": right})
    return pd.DataFrame(gold), pd.DataFrame(found)


def is_firm(name: str, place: int, kinds: dict[str, str]) -> bool:
    """Whether a name that the CRM knows is a firm's: people come first, a legal form or a mark tells."""
    if kinds.get(name.lower()) == "person":
        return False
    marked = any(
        kind == "organisation" and f"{name} ".lower().startswith(f"{surface} ")
        for surface, kind in kinds.items()
    )
    return place > 0 or marked or bool(re.search(r"\b(BV|NV|BVBA|VOF|Groep|Group|Holding|&)(?!\w)", name))


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not n:
        return 0.0, 1.0
    share, spread = right / n, z * z / n
    middle = share + spread / 2
    reach = z * (share * (1 - share) / n + spread / (4 * n)) ** 0.5
    return (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)


def share(rows: pd.DataFrame) -> str:
    """A share with its interval and its count."""
    right, n = int(rows["right"].sum()) if len(rows) else 0, len(rows)
    if not n:
        return "–"
    low, high = wilson(right, n)
    return f"{right / n:.3f} ({low:.3f} to {high:.3f}), {right} of {n}"


def figures(gold: pd.DataFrame, found: pd.DataFrame, half: str) -> pd.DataFrame:
    """Recall and precision per kind and of the two groups, for one half."""
    gold, found = gold[gold["half"] == half], found[found["half"] == half]
    groups = {"structured": list(STRUCTURED), "names": ["person", "organisation"]}
    groups["all"] = [*STRUCTURED, *groups["names"]]
    rows = []
    for name, kinds in {**{kind: [kind] for kind in groups["all"]}, **groups}.items():
        in_gold, in_found = gold[gold["kind"].isin(kinds)], found[found["kind"].isin(kinds)]
        rows.append({"kind": name, "recall": share(in_gold), "precision": share(in_found)})
    return pd.DataFrame(rows)


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """What went wrong, of the odd half only."""
    wrong = rows[(rows["half"] == "odd") & ~rows["right"].astype(bool)]
    return wrong[["file", "line", "kind", "surface"]]


def page(lines: pd.DataFrame, gold: pd.DataFrame, found: pd.DataFrame) -> str:
    counts = lines["half"].value_counts()
    return f"""## The pseudonymiser on invented sentences

`python benchmarks/pseudonymiser.py`. {len(lines)} invented sentences (Dutch: {(lines.file == "nl").sum()}, Flemish: \
{(lines.file == "be").sum()}), written blind by others than the builder. The even lines ({counts["even"]}) were \
never looked at while building: their figures count. The odd lines ({counts["odd"]}) served development. An entity is found \
when every letter and digit of it is covered, by a find of any kind; a find is right when it touches an entity. \
Wilson 95 % intervals. Asked: recall ≥ {LEVELS["structured"]} for structured kinds, ≥ {LEVELS["names"]} for names, \
precision ≥ 0.95.

Even lines, the figures that count:

{table(figures(gold, found, "even"))}

Odd lines, seen during development:

{table(figures(gold, found, "odd"))}

Missed in the odd lines:

{table(listed(gold))}

Found in the odd lines where nothing was marked:

{table(listed(found))}
"""


if __name__ == "__main__":
    main()
