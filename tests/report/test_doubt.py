"""What the report says of a deal about which too little is known, and of what can't be excluded."""

import pandas as pd
import pytest

from salesinsight.report import write_report


@pytest.fixture
def doubtful(given, monkeypatch):
    """A report in which the first deal lies outside what the model saw; the page and its two lists."""
    monkeypatch.setattr("salesinsight.report.build.draw_charts", lambda *given: {})

    def write(folder, mode, language):
        parts = given(mode)
        scores = parts["scores"].copy()
        scores["conformal"] = pd.array(["progress|stalled"] * len(scores), dtype="string")
        scores[["too_little", "outside"]] = pd.NA
        scores = scores.astype({"too_little": "string", "outside": "string"})
        odd = scores.nlargest(1, "p_stalled").index[0]
        scores.loc[odd, ["too_little", "outside"]] = ["domain", "crm_deal_age_days"]
        scores.loc[odd, "band"] = "te weinig gegevens"
        # few enough for the doubtful deal to come on the list, last of all
        scores = pd.concat([scores.drop(odd).head(4), scores.loc[[odd]]])
        page = write_report(folder, **{**parts, "scores": scores, "language": language})
        lists = [
            pd.read_csv(folder / name, sep=";" if language == "nl" else ",")
            for name in ("worklist.csv", "open_deals.csv")
        ]
        return page.read_text("utf-8"), *lists

    return write


def test_why_too_little_is_known_stands_instead_of_a_chance(doubtful, tmp_path):
    page, listed, open_deals = doubtful(tmp_path, "volledig", "nl")
    why = "dit ligt ver buiten wat het model ooit zag: leeftijd van de deal"
    last = listed["Verwachting"].iloc[-1]
    assert last == f"te weinig gegevens: {why}"
    assert page.count(why) == 1
    assert open_deals["too_little"].dropna().tolist() == ["domain"]
    assert open_deals["outside"].dropna().tolist() == ["crm_deal_age_days"]


def test_outcomes_that_cannot_be_excluded_stand_beside_a_chance(doubtful, tmp_path):
    page, listed, open_deals = doubtful(tmp_path, "volledig", "nl")
    assert page.count("lijkt op deals die uitkwamen op vooruit of misschien") == 4
    assert (
        listed["Verwachting"].str.endswith("), lijkt op deals die uitkwamen op vooruit of misschien").sum()
        == 4
    )
    assert open_deals["conformal"].eq("progress|stalled").all()
    assert "looks like deals that came to forward or maybe" in doubtful(tmp_path, "volledig", "en")[0]


def test_a_provisional_model_says_why_and_excludes_nothing(doubtful, tmp_path):
    page, _, open_deals = doubtful(tmp_path, "voorlopig", "nl")
    assert "dit ligt ver buiten wat het model ooit zag" in page
    assert "lijkt op deals die" not in page
    assert "conformal" not in open_deals and open_deals["too_little"].eq("domain").sum() == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "; 3 met te weinig gegevens niet meegeteld"), ("en", "; 3 with too little data not counted")],
)
def test_the_sum_on_top_says_how_many_deals_it_leaves_out(given, monkeypatch, tmp_path, language, said):
    monkeypatch.setattr("salesinsight.report.build.draw_charts", lambda *given: {})
    parts = given("volledig") | {"language": language}
    whole = write_report(tmp_path / "whole", **parts).read_text("utf-8")
    told = parts["run"].expected_stalled

    def fewer(open_):
        return told(open_) | {"left_out": 3}

    monkeypatch.setattr(type(parts["run"]), "expected_stalled", lambda run, open_: fewer(open_))
    assert said in write_report(tmp_path / "fewer", **parts).read_text("utf-8")
    assert said not in whole


def test_when_every_deal_is_left_out_there_is_no_sum(given, monkeypatch, tmp_path):
    monkeypatch.setattr("salesinsight.report.build.draw_charts", lambda *given: {})
    parts = given("volledig")
    told = parts["run"].expected_stalled(parts["open_"])
    none = told | {"n": 0, "left_out": told["n"], "count": 0.0, "low": 0.0, "high": 0.0, "per_currency": {}}
    monkeypatch.setattr(type(parts["run"]), "expected_stalled", lambda run, open_: none)
    page = write_report(tmp_path, **parts).read_text("utf-8")
    assert "op weg naar misschien (marge" not in page
