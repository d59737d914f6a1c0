"""Exports written by others: what became of every file and row, and whether training on Maven is refused.

Run from the project's root with the folder of real data: ``python benchmarks/real_exports.py FOLDER``. The CRM
exports have hashed values, so their ids don't join: they show that columns and types are read, not that deals
come out right.
"""

import pathlib
import tempfile

import pandas as pd
from sections import real_data, table, write_section

import salesinsight as si
from salesinsight.exports import Check

HERE = pathlib.Path(__file__).parent
EXPORTS = {"hubspot": "hubspot_warehouse", "salesforce": "salesforce", "webvtt": "transcripts"}
COUNTS = ["read", "used", "merged", "skipped", "rejected"]


def main() -> None:
    folder = real_data("exports")
    checks = {
        name: si.check_export(folder / name, profile, told_in="en") for name, profile in EXPORTS.items()
    }
    maven = HERE / "profiles" / "maven.toml"
    checks["maven_crm"] = si.check_export(real_data("maven_crm"), maven, told_in="en")
    rows = pd.concat([per_table(name, found) for name, found in checks.items()], ignore_index=True)
    aside = pd.concat([set_aside(name, found) for name, found in checks.items()], ignore_index=True)
    parts = [
        "## Exports written by others",
        "`python benchmarks/real_exports.py FOLDER`. Every row of the files that a profile takes is used, merged, "
        "skipped or rejected. The values of the HubSpot and Salesforce files are hashed, so ids don't join: this "
        "shows that their columns and types are read, not that deals come out right.",
        table(rows),
        "Files and rows set aside, with the reason:",
        table(aside),
        "Files that no source took: "
        + "; ".join(f"{name}: {unused(found)}" for name, found in checks.items()),
        f"Training on Maven, which has no conversations and no history of stages: *{refusal(maven)}*",
    ]
    text = "\n\n".join(parts)
    print(text)
    write_section("real-exports", text)


def per_table(name: str, found: Check) -> pd.DataFrame:
    """Per table, what became of the rows of its files."""
    rows = [
        {
            "export": name,
            "table": kind,
            "files": len(one.files),
            **{count: getattr(one, count) for count in COUNTS},
        }
        for kind, one in found.tables.items()
        if one.files
    ]
    for row in rows:
        assert row["read"] == sum(row[count] for count in COUNTS[1:]), row
    return pd.DataFrame(rows)


def set_aside(name: str, found: Check) -> pd.DataFrame:
    """Per reason, how many rows or files, and the first of them."""
    if found.rejects.empty:
        return pd.DataFrame(columns=["export", "reason", "n", "first"])
    grouped = found.rejects.groupby("reason", sort=False)
    rows = grouped.agg(n=("file", "size"), first=("file", "first")).reset_index()
    return rows.assign(export=name)[["export", "reason", "n", "first"]]


def unused(found: Check) -> str:
    return ", ".join(found.unused) or "none"


def refusal(profile: pathlib.Path) -> str:
    """What training on Maven is answered with."""
    export = si.read_export(real_data("maven_crm"), profile)
    try:
        data = si.make_dataset(export)
        with tempfile.TemporaryDirectory() as place:
            si.train(data, folder=f"{place}/run")
    except si.SalesInsightError as error:
        return error.text("en")
    return "NOT REFUSED"


if __name__ == "__main__":
    main()
