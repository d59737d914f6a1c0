"""The label on real and on invented deals: who falls where, and how much each choice moves the stalled share.

Run from the project's root with the folder of real data: ``python benchmarks/label.py FOLDER``. Labels need no
model, so nothing here says how well anything is predicted.
"""

import dataclasses
import pathlib

import pandas as pd
from sections import real_data, table, write_section

import salesinsight as si
from salesinsight.charts import incidence_table
from salesinsight.deals import LabelReport, label_report
from salesinsight.language import words
from salesinsight.report import choices_in_words, counts_in_words

PROFILE = pathlib.Path(__file__).parent / "profiles" / "bpic2012.toml"
SAMPLE_DEALS, QUOTE_DAYS = 2000, (0, 7, 14)
# who cancelled, and so what a cancellation counts as
READINGS = {
    "cancelled by the system after silence": ["geen reactie"],
    "every cancellation": ["geen reactie", "met de hand geannuleerd"],
}


def main() -> None:
    # the page is in English, and nothing was said in this log
    bank = dataclasses.replace(si.read_export(real_data("bpic2012"), PROFILE), language="en")
    landmarks = {"quote_sent": list(QUOTE_DAYS)}
    parts = [
        "## The label on real and on invented deals",
        "`python benchmarks/label.py FOLDER`. Each choice is varied alone; the interval (95 %, Wilson) takes the "
        "number of deals as n. No model is involved. docs/label.md explains the choices.",
        "### A bank's loan offers (BPI Challenge 2012)",
        f"{words('en').number(len(bank.deals))} applications, looked at when an offer is sent and 7 and 14 days later. "
        "A step forward is the offer that the customer sends back signed. Declined by the bank is a no. The log does "
        "not say who wanted a cancellation, so it is counted two ways:",
        table(readings(bank)),
        "What becomes of offers from the day they are sent (cumulative incidence, cancellations by the system "
        "as no decision):",
        table(incidence(bank)),
        "The label report of the first reading:",
        *pages(label_report(bank, landmarks=landmarks)),
        f"### Invented deals ({SAMPLE_DEALS} of `make_sample`, looked at every Monday)",
        "Invented data: this shows what the choices do, and says nothing about real sales.",
    ]
    export = si.make_sample(n_deals=SAMPLE_DEALS, seed=0)
    notes = si.tag_notes(export.conversations, language=export.language)
    features = si.conversation_features(export, si.tag_turns(export.turns, language=export.language), notes)
    parts += pages(label_report(export, features))
    text = "\n\n".join(parts)
    print(text)
    write_section("label", text)


def readings(bank: si.Export) -> pd.DataFrame:
    """The stalled share by what a cancellation counts as, days after the offer and horizon."""
    rows = []
    for name, reasons in READINGS.items():
        export = dataclasses.replace(bank, label=bank.label | {"no_decision_reasons": reasons})
        for day in QUOTE_DAYS:
            choices = label_report(export, landmarks={"quote_sent": [day]}).choices
            own = choices[choices["choice"] == "horizon_days"].set_index("value")
            shares = {
                f"stalled in {days} days": f"{own.loc[days, 'share']:.1%} ({own.loc[days, 'low']:.1%}–{own.loc[days, 'high']:.1%})"
                for days in ("30", "60")
            }
            weighed = choices[choices["value"] == "ipcw"].iloc[0]
            row = {"stalled is": name, "days after the offer": day, "deals (30 days)": own.loc["30", "deals"]}
            rows.append(row | shares | {"30 days, weighed": f"{weighed['share']:.1%} of {weighed['deals']}"})
    return pd.DataFrame(rows)


def incidence(bank: si.Export) -> pd.DataFrame:
    """Shares won, moved on and lost by some days after the first offer."""
    data = si.make_dataset(bank, landmarks={"quote_sent": [0]}, horizon_days=60)
    curves = incidence_table(data)
    rows = curves[(curves["stage"] == "all") & curves["day"].isin([7, 14, 30, 60])]
    said = [f"{row.share:.1%} ({row.low:.1%}–{row.high:.1%})" for row in rows.itertuples()]
    wide = rows.assign(said=said).pivot(index="day", columns="outcome", values="said").reset_index()
    return wide.assign(deals=rows["deals"].iloc[0])[["day", "deals", "won", "progress", "lost"]]


def pages(report: LabelReport) -> list[str]:
    """The tables of a label report, in words."""
    w = words("en")
    heads = w.section("label.column")
    shown = [counts_in_words(report, w), choices_in_words(report, w), report.stages.round(1)]
    parts = [table(one.rename(columns=heads)) for one in shown]
    refused = report.choices.dropna(subset=["refused"])
    parts += [
        f"Not possible here: {row.choice} = {row.value}: *{row.refused}*" for row in refused.itertuples()
    ]
    return parts


if __name__ == "__main__":
    main()
