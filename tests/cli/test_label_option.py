"""``salesinsight check --label``: the tables on screen, the files in the folder, the facts for a script."""

import json

from typer.testing import CliRunner

import salesinsight as si
from salesinsight.cli import app


def run(*args):
    return CliRunner().invoke(app, ["check", *map(str, args)])


def test_the_label_report_is_told_and_written(tmp_path):
    si.write_sample(si.make_sample(n_deals=40, seed=1), tmp_path / "export")
    out = tmp_path / "label"
    told = run(tmp_path / "export", "--label", out)
    assert told.exit_code == 0
    for words in ("Waar de momenten vallen", "alleen wat de klant deed", "label_check.csv"):
        assert words in told.stdout
    assert {file.name for file in out.glob("*.csv")} == {
        "label_check.csv",
        "label_counts.csv",
        "label_stages.csv",
    }
    assert {file.stem for file in (out / "charts").iterdir()} == {"label_choices", "incidence"}
    facts = json.loads(run(tmp_path / "export", "--label", out, "--json").stdout)
    assert {row["choice"] for row in facts["label"]["choices"]} >= {
        "horizon_days",
        "progress_rule",
        "censoring",
    }


def test_a_label_that_cannot_be_given_is_refused_in_words(tmp_path):
    folder = tmp_path / "export"
    si.write_sample(si.make_sample(n_deals=20, seed=1), folder)
    events = (folder / "events.csv").read_text("utf-8").splitlines()
    (folder / "events.csv").write_text("\n".join(line for line in events if ";stage;" not in line), "utf-8")
    talks = (folder / "conversations.csv").read_text("utf-8").replace(";outcome;", ";afloop;")
    (folder / "conversations.csv").write_text(talks, "utf-8")
    told = run(folder, "--label", tmp_path / "label")
    assert told.exit_code == 3
    assert "progress_rule" in told.stderr
    assert "Traceback" not in told.stderr
