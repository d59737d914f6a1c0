"""The seller's own chance out of every CRM: as written, from the moment it was entered, and never before."""

import pytest

from salesinsight.deals import make_dataset
from salesinsight.exports import read_export
from salesinsight.modeling.baselines import baseline_columns

MADE = "2026-01-05 09:00"
# profile → the columns of its list of deals, two deals, and the estimates that they give
LISTS = {
    "pipedrive": (
        "Deal - ID,Deal - Stage,Deal - Status,Deal - Deal created,Deal - Owner,Deal - Probability",
        [f"1,Offerte,open,{MADE},Eva,60 %", f"2,Offerte,won,{MADE},Eva,100"],
        {"1": "60"},
    ),
    "dynamics": (
        "(Do Not Modify) Opportunity,Pipeline Phase,Status,Created On,Owner,Probability",
        [f"1,2-Develop,Open,{MADE},Eva,60", f"2,4-Close,Won,{MADE},Eva,100"],
        {"1": "60"},
    ),
    "teamleader": (
        "Dealnummer;Fase;Toegevoegd op;Verantwoordelijke;Slaagkans (%)",
        ["1;Offerte;05/01/2026;Eva;12,5", "2;Aanvaard;05/01/2026;Eva;100"],
        {"1": "12.5"},
    ),
    "salesforce": (
        "Opportunity ID,Stage,Created Date,Won,Closed,Probability (%)",
        [f"1,Qualification,{MADE},0,0,60%", f"2,Closed Won,{MADE},1,1,100%"],
        {"1": "60"},
    ),
    # what the seller chose goes before the chance of the stage
    "hubspot": (
        "Record ID,Deal Stage,Create Date,Deal probability,Forecast category",
        [f"1,Offerte,{MADE},0.4,Commit", f"2,Offerte,{MADE},0.4,", f"3,Closed won,{MADE},1,Closed won"],
        {"1": "Commit", "2": "0.4"},
    ),
}
HISTORIES = {
    "salesforce": {
        "report.csv": "Opportunity ID,To Stage,Last Modified,Probability (%)\n"
        "1,Qualification,2026-01-05 09:00,10%\n1,Qualification,2026-02-05 09:00,10%\n"
        "1,Qualification,2026-03-05 09:00,35%\n",
    },
    "salesforce fields": {
        "report.csv": "Opportunity ID,Field / Event,New Value,Edit Date\n"
        "1,Probability (%),10%,2026-01-05 09:00\n1,Probability (%),35%,2026-03-05 09:00\n",
    },
    "salesforce objects": {
        "OpportunityFieldHistory.csv": "OpportunityId,Field,NewValue,CreatedDate\n"
        "1,Probability,10.0,2026-01-05T08:00:00Z\n1,Probability,35.0,2026-03-05T08:00:00Z\n",
    },
    "hubspot": {
        "deals.csv": f"Record ID,Deal Stage,Create Date,Deal probability\n1,Offerte,{MADE},0.4\n",
        "history.csv": "Record ID,Property name,Value,Timestamp\n"
        "1,Forecast probability,10,2026-01-05 09:00\n1,Forecast probability,35,2026-03-05 09:00\n",
    },
    "hubspot beside": {
        "deals.csv": f"Record ID,Deal Stage,Create Date\n1,Offerte,{MADE}\n",
        "forecast.csv": "Record ID,Value (1),Timestamp (1),Value (2),Timestamp (2)\n"
        "1,10,2026-01-05 09:00,35,2026-03-05 09:00\n",
    },
    "hubspot_warehouse": {
        "deal.csv": "deal_id,deal_pipeline_stage_id,property_createdate\n1,s,2026-01-05 08:00:00\n",
        "stage.csv": "deal_id,date_entered,value\n1,2026-01-05 08:00:00,s\n",
        "history.csv": "deal_id,timestamp,name,value\n1,2026-01-05 08:00:00,hs_forecast_probability,10\n"
        "1,2026-03-05 08:00:00,hs_forecast_probability,35\n",
    },
}


def estimates(export):
    return export.events[export.events["kind"] == "seller_estimate"]


@pytest.mark.parametrize("profile", LISTS)
def test_a_list_of_deals_tells_the_estimate_of_its_day_and_of_open_deals_only(export_of, profile):
    header, rows, wanted = LISTS[profile]
    files = {"2026-03-01/deals.csv": "\n".join([header, *rows]) + "\n"}
    found = estimates(read_export(export_of(files), profile))
    assert dict(zip(found["deal_id"], found["value"], strict=True)) == wanted
    # nobody knows when it was filled in, so it is not known before the export
    assert found["at"].dt.strftime("%m-%d").isin(["03-01", "03-02"]).all()
    assert found["entered_at"].equals(found["at"])


@pytest.mark.parametrize("case", HISTORIES)
def test_a_history_tells_when_the_seller_changed_his_mind(export_of, case):
    found = estimates(read_export(export_of(HISTORIES[case]), case.split()[0]))
    assert found["value"].tolist() == ["10", "35"]
    assert found["entered_at"].dt.tz_convert("Europe/Amsterdam").dt.strftime("%m-%d %H:%M").tolist() == [
        "01-05 09:00",
        "03-05 09:00",
    ]


def test_an_estimate_that_stays_is_one_event_and_another_one_counts_from_its_export(export_of):
    header = LISTS["pipedrive"][0]
    days = {"2026-01-11": "20", "2026-01-18": "20", "2026-01-25": "", "2026-02-01": "70"}
    files = {
        f"{day}/deals.csv": f"{header}\n1,Offerte,open,{MADE},Eva,{chance}\n" for day, chance in days.items()
    }
    found = estimates(read_export(export_of(files), "pipedrive"))
    assert found["value"].tolist() == ["20", "70"]
    assert found["entered_at"].dt.tz_convert("Europe/Amsterdam").dt.strftime("%m-%d").tolist() == [
        "01-11",
        "02-01",
    ]


def test_landmarks_see_what_stood_there_then_and_b5_has_what_it_needs(export_of, tmp_path):
    files = {
        "Opportunity.csv": "Id,StageName,AccountId,CreatedDate,Probability\n"
        "006A,Proposal,001A,2026-01-05T08:00:00Z,80\n006B,Proposal,001B,2026-01-05T08:00:00Z,90\n",
        "OpportunityHistory.csv": "OpportunityId,StageName,CreatedDate,Probability\n"
        "006A,Proposal,2026-01-05T08:00:00Z,30\n006A,Proposal,2026-02-10T08:00:00Z,80\n"
        "006B,Proposal,2026-06-01T08:00:00Z,90\n",
    }
    profile = tmp_path / "own.toml"
    profile.write_text(
        'base = "salesforce"\n[stages.all]\norder = ["Proposal", "Signing"]\n', encoding="utf-8"
    )
    export = read_export(export_of(files), profile)
    data = make_dataset(export, as_of="2026-06-01", landmarks=["2026-02-02", "2026-02-16"])
    shown = data.info["seller_estimate"].loc["006A"].tolist()
    assert shown == ["30", "80"]
    assert "B5" in baseline_columns(data)
    assert "006B" not in data.info.index or data.info["seller_estimate"].loc["006B"].isna().all()
