"""The walk of docs/tutorial-eigen-export.md: somebody's own HubSpot and Teams files, up to the report.

Run from the project's root: ``python benchmarks/own_export.py`` invents 900 deals, 3,000 calls and 600 transcripts,
walks every command as a user does, measures the machine's time, and holds links and codes against what was planted.
``--small`` instead writes ``data/sample/hubspot`` again, for notebook 01.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pandas as pd
from own_files import Truth, make_folder
from sections import table, write_section

import salesinsight as si

ROOT = pathlib.Path(__file__).resolve().parent.parent
SMALL = ROOT / "data" / "sample" / "hubspot"
WATERMARK = "voorbeelddata: alles in deze map is verzonnen"
FULL_SIZE = {"deals": 900, "calls": 3000, "transcripts": 600, "seed": 7}
SMALL_SIZE = {"deals": 40, "calls": 130, "transcripts": 24, "seed": 29}
CASES = {
    "once": "the call is in the CRM",
    "double": "downloaded twice",
    "voicemail": "voicemail",
    "wrong_number": "wrong number",
    "no_call": "the call is not in the CRM",
    "own_talk": "talk among sellers",
}


def main() -> None:
    if "--small" in sys.argv:
        write_small(SMALL)
        return
    with tempfile.TemporaryDirectory() as place:
        text = walk(pathlib.Path(place))
    print(text)
    write_section("own-export", text)


def write_small(folder: pathlib.Path) -> Truth:
    """The small folder that is shipped: CSV only, so that the same bytes come out every time."""
    shutil.rmtree(folder, ignore_errors=True)
    truth = make_folder(folder, **SMALL_SIZE, excel=False)
    (folder / "WATERMARK.txt").write_text(WATERMARK + "\n", "utf-8", newline="\n")
    return truth


def walk(place: pathlib.Path) -> str:
    """Every step of a new user; returns the section of docs/validation.md."""
    raw, steps = place / "hubspot", []
    truth = make_folder(raw, **FULL_SIZE)

    def run(name: str, *command: object) -> dict:
        start = time.monotonic()
        parts = [sys.executable, "-m", "salesinsight", *map(str, command), "--json"]
        done = subprocess.run(
            parts, cwd=place, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
        )
        steps.append(
            {"step": f"`{name}`", "seconds": round(time.monotonic() - start, 1), "exit code": done.returncode}
        )
        if done.returncode not in (0, 10, 11):
            sys.exit(f"{name}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return json.loads(done.stdout)

    run("profile", "profile", raw, "--out", "mijn.toml")
    run("check --links", "check", raw, "--profile", "mijn.toml", "--links", "links.csv")
    before = read_links(place / "links.csv")
    answered = answer(before, truth)
    answered.to_csv(raw / "links.csv", sep=";", index=False, encoding="utf-8-sig")
    run("check, corrected", "check", raw, "--profile", "mijn.toml", "--links", "links-2.csv")
    after = read_links(place / "links-2.csv")
    run("import", "import", raw, "--profile", "mijn.toml", "--key", "mijn.key", "--out", "data")
    run("train", "train", "data")
    run("report", "report", "data", "--out", "out/codes")
    run("report --key", "report", "data", "--out", "out/namen", "--key", "mijn.key")
    hidden = covered(si.read_export(place / "data"), truth)
    return page(pd.DataFrame(steps), scored(before, truth), scored(after, truth), asked(before), hidden)


def read_links(path: pathlib.Path) -> pd.DataFrame:
    """A links.csv, without the apostrophe that keeps a spreadsheet from rounding ids."""
    return pd.read_csv(path, sep=";", dtype=str).map(
        lambda cell: cell.lstrip("'") if isinstance(cell, str) else cell
    )


def answer(links: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """What somebody does who knows: fill in the conversation where one of the candidates is right."""
    call = links["file"].map(truth.links.set_index("file")["call"])
    listed = [
        isinstance(c, str) and isinstance(known, str) and known in c
        for c, known in zip(links["candidates"], call, strict=True)
    ]
    return links.assign(
        conversation_id=call.where(pd.Series(listed) & links["question"].notna(), links["conversation_id"])
    )


def asked(links: pd.DataFrame) -> int:
    """How many questions the user gets."""
    return int((links["question"].notna()).sum())


def scored(links: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Transcripts by case: linked right, linked wrong, left alone (a question, or a conversation of their own)."""
    found = truth.links.merge(links[links["kind"] == "transcript"], on="file", how="left")
    of_crm = found["conversation_id"].fillna("").str.fullmatch(r"\d{8,}")
    right = of_crm & (found["conversation_id"] == found["call"])
    kinds = {"right": right, "wrong": of_crm & ~right, "open": ~of_crm}
    counts = pd.DataFrame(kinds).groupby(found["case"]).sum()
    return counts.assign(n=counts.sum(axis=1)).reindex(CASES)


def covered(export: si.Export, truth: Truth) -> pd.DataFrame:
    """Of the names and numbers planted in texts: how many stand there no longer after the import."""
    texts = {
        "note": export.conversations.set_index("conversation_id")["note"].fillna(""),
        "talk": export.turns.groupby("conversation_id")["text"].agg("\n".join),
    }
    rows = []
    for one in truth.planted.drop_duplicates().itertuples():
        if one.call in texts[one.place].index:
            pattern = rf"(?<!\w){re.escape(one.surface)}(?!\w)"
            left = re.search(pattern, texts[one.place][one.call], re.I)
            rows.append(
                {"where": one.place, "what": one.kind, "hidden": left is None, "surface": one.surface}
            )
    return pd.DataFrame(rows)


def page(
    steps: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, questions: int, hidden: pd.DataFrame
) -> str:
    """The section of docs/validation.md."""
    linked = before["right"].sum() + before["wrong"].sum()
    possible = before.loc[["once", "double", "voicemail", "wrong_number"], "n"].sum()
    share = hidden.groupby(["where", "what"])["hidden"].agg(["sum", "size"])
    names = pd.DataFrame(
        {
            "where": share.index.get_level_values(0),
            "what": share.index.get_level_values(1),
            "planted": share["size"].to_numpy(),
            "behind a code": [f"{done} ({done / n:.1%})" for done, n in share.to_numpy()],
        }
    )
    cells = before.add_suffix(" before").join(after.add_suffix(" after"))
    links = pd.DataFrame(
        {
            "transcript": [CASES[case] for case in cells.index],
            "n": cells["n before"].to_numpy(),
            **{
                f"{what}, {when}": cells[f"{kind} {short}"].to_numpy()
                for short, when in (("before", "at once"), ("after", "after answering"))
                for kind, what in (("right", "right"), ("wrong", "wrong"), ("open", "open"))
            },
        }
    )
    total = steps["seconds"].sum()
    return "\n\n".join(
        [
            "## Own export: HubSpot and Teams, from a folder to a report",
            "`python benchmarks/own_export.py`. Invented: 900 deals, 3,000 calls and meetings with notes, contacts, "
            "e-mails, property history (CSV and XLSX, Dutch column names) and 600 Teams transcripts, with names in "
            "everything. The names are made from usual Dutch parts, the talk is the sample's; how real users speak and "
            "name their files is not measured here.",
            table(steps),
            f"In all {total:.0f} seconds of machine time on {os.cpu_count()} cores (limit: 300).",
            f"Of {linked} transcripts that were linked at once {before['right'].sum() / linked:.1%} are with the right "
            f"conversation; of {possible} that have one, {before['right'].sum() / possible:.1%} were linked. "
            f"{questions} questions were left to the user; *after answering* is with the right candidate filled in "
            "wherever it was listed. *Open* is right where the CRM has no such conversation.",
            table(links),
            "Names and numbers that were planted in notes and talk, after `import`:",
            table(names),
        ]
    )


if __name__ == "__main__":
    main()
