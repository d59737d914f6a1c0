"""When a new model is put to use, and when it is not."""

import json
from types import SimpleNamespace

import pytest

from salesinsight.errors import ForStudy, ModelStays, ModelSuspect, SchemaChanged
from salesinsight.retrain import path, run_path, try_path
from salesinsight.sample import make_sample, write_sample


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    write_sample(make_sample(n_deals=14, language="nl", seed=4), folder)
    return folder


class Judged:
    """Stands in for a run of which only the judgement matters."""

    def __init__(
        self, folder, skill, high, suspects=(), landmarks="weekly", changed=False, watermark="voorbeelddata"
    ):
        self.folder, self.skill, self.high, self.changed = folder, skill, high, changed
        self.model, self.mode = object(), "voorlopig"
        self.settings = {"landmarks": landmarks}
        self.card = {"suspects": [{"column": name} for name in suspects], "watermark": watermark}
        self.suspect = bool(suspects)

    def value(self, metric, what="value"):
        assert metric == "brier_skill_b2"
        return {"value": self.skill, "high": self.high}[what]

    def refuse(self, open_):
        if self.changed:
            raise SchemaChanged(folder="models", what="crm_stage", changed=["new"])

    def score(self, open_, evidence, language):
        frame = open_.info.reset_index()[["deal_id"]]
        return frame.assign(
            p_won=0.1, p_lost=0.2, p_progress=0.3, p_stalled=0.4, low=0.3, high=0.5, band="midden"
        )


@pytest.fixture
def walk(export, tmp_path, monkeypatch):
    """Walk the path with a new model and a model in use that are judged as given."""

    def run(new, in_use=None, **options):
        out = tmp_path / "models"
        current = None if in_use is None else Judged(out / "old", **in_use)
        monkeypatch.setattr(path, "train", lambda data, folder, **rest: Judged(folder, **new))
        monkeypatch.setattr(path, "model_in_use", lambda out: current)
        monkeypatch.setattr(path, "write_report", lambda folder, **tables: folder / "report.html")
        outcome = run_path(export, out=out, **options)
        return outcome, SimpleNamespace(
            status=json.loads((out / "status.json").read_text("utf-8")),
            promoted=(out / "current.json").exists(),
            ledger=(out / "ledger.csv").read_text("utf-8") if (out / "ledger.csv").exists() else "",
        )

    return run


GOOD, FAIR, POOR = {"skill": 0.3, "high": 0.4}, {"skill": 0.2, "high": 0.35}, {"skill": 0.0, "high": 0.1}


def test_the_first_model_is_promoted(walk):
    outcome, kept = walk(new=FAIR)
    assert (outcome.exit_code, outcome.refused, kept.promoted) == (0, None, True)
    assert kept.status["last_good_run"] == outcome.folder.name


def test_a_model_that_may_well_be_as_good_is_promoted(walk):
    outcome, kept = walk(new=FAIR, in_use=GOOD)
    assert (outcome.exit_code, kept.promoted) == (0, True)


@pytest.mark.parametrize(
    ("new", "in_use", "error"),
    [
        (POOR, GOOD, ModelStays),
        (GOOD | {"suspects": ["crm_closed_at"]}, POOR, ModelSuspect),
        (GOOD | {"landmarks": "conversation"}, POOR, ForStudy),
    ],
)
def test_a_model_that_may_not_be_used_leaves_the_one_in_use(walk, new, in_use, error):
    outcome, kept = walk(new=new, in_use=in_use)
    assert type(outcome.refused) is error
    assert (outcome.exit_code, kept.promoted) == (10, False)
    assert outcome.model.folder.name == "old"
    assert (kept.status["last_good_run"], kept.status["exit_code"]) == (None, 10)
    assert kept.status["refused"]["error"] == error.__name__
    assert "\nold," in kept.ledger


def test_a_suspect_column_is_named_in_both_languages(walk):
    outcome, _ = walk(new=GOOD | {"suspects": ["crm_closed_at"]})
    assert all("crm_closed_at" in outcome.refused.text(language) for language in ("nl", "en"))


def test_a_refused_model_fills_no_ledger(walk):
    assert walk(new=GOOD | {"landmarks": "conversation"})[1].ledger == ""


def test_a_model_of_invented_deals_is_none_of_real_ones(walk):
    outcome, kept = walk(new=POOR, in_use=GOOD | {"watermark": None})
    assert (outcome.exit_code, kept.promoted) == (0, True)


def test_other_stages_than_the_model_in_use_stop_it_unless_accepted(walk, tmp_path):
    changed = GOOD | {"changed": True}
    with pytest.raises(SchemaChanged, match="--accept-changes"):
        walk(new=GOOD, in_use=changed)
    status = json.loads((tmp_path / "models" / "status.json").read_text("utf-8"))
    assert (status["exit_code"], status["refused"]["error"]) == (13, "SchemaChanged")
    outcome, kept = walk(new=GOOD, in_use=changed, accept_changes=True)
    assert (outcome.exit_code, kept.promoted) == (0, True)


def test_each_step_is_announced_once_and_in_order(walk):
    steps = []
    walk(new=GOOD, progress=steps.append)
    assert steps == ["read", "tag", "featurize", "dataset", "train", "score", "report"]


def test_trying_puts_nothing_to_use(export, tmp_path):
    (tmp_path / "keep.txt").write_text("mine")
    outcome = try_path(export, out=tmp_path)
    assert outcome.report == tmp_path / "report.html" and outcome.report.exists()
    assert (tmp_path / "keep.txt").read_text() == "mine"
    assert not (tmp_path / "current.json").exists()
    assert not (tmp_path / "status.json").exists()
    assert outcome.refused is not None and outcome.model.model is None


def test_a_shorter_horizon_is_offered_when_it_gives_more(export, tmp_path):
    refused = try_path(export, out=tmp_path, horizon_days=150).refused
    assert refused.facts["shorter_deals"] > refused.facts["deals"]
    assert "30 dagen" in refused.text("nl") and "30 days" in refused.text("en")
