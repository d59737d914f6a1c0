"""Weekly runs as cron does them, on an export that grows, breaks, drifts and is mended: the right code each week."""

import functools
import sys
from pathlib import Path

import pytest

from salesinsight.errors import NotBetter
from salesinsight.modeling import train, training
from salesinsight.retrain import path
from salesinsight.sample import make_sample

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def weekly(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import weekly

    yield weekly
    for name in ("weekly", "sections"):
        sys.modules.pop(name, None)


def test_every_week_ends_with_the_right_exit_code(weekly, monkeypatch, tmp_path):
    def kind(new, in_use, ready, judge=path.refusal):
        # how good a model of so few invented deals is, is another matter
        found = judge(new, in_use, ready)
        return None if isinstance(found, NotBetter) else found

    def report(folder, **tables):
        Path(folder).mkdir(parents=True, exist_ok=True)
        return Path(folder) / "report.html"

    monkeypatch.setattr(path, "refusal", kind)
    monkeypatch.setattr(path, "write_report", report)
    monkeypatch.setattr(path, "train", functools.partial(train, bootstrap=20))
    monkeypatch.setattr(training, "REPLICATES", {"logistic": 3, "boosting": 3})
    happens = {"empty": 2, "schema": 3, "renamed": 4, "accepted": 5, "cents": 6}
    world = weekly.World(make_sample(n_deals=220, seed=1), [12, *range(36, 42)], happens)
    weeks = weekly.live(world, tmp_path)
    assert weeks["wrong"].tolist() == [""] * 7
    assert weeks["train"].iloc[[0, 1, 2, 3, 4]].tolist() == [11, 0, 3, 13, 13]
    assert set(weeks["train"].iloc[5:]) <= {0, 10}
    assert weeks["monitor"].iloc[[0, 2, 3, 6]].tolist() == [3, 3, 13, 12]
    assert weeks["refused"].iloc[[0, 2, 3, 4]].tolist() == [
        "TooFewDeals",
        "EmptyFile",
        "ExportChanged",
        "StagesUnknown",
    ]
    assert "psi crm_amount_log10" in weeks["alarms"].iloc[6]
