import numpy as np
import pandas as pd
import pytest

from salesinsight.sample import make_sample

LANGUAGES = ["nl", "en"]


@pytest.fixture(scope="session", params=LANGUAGES)
def export(request):
    return make_sample(n_deals=260, language=request.param)


@pytest.fixture(scope="session")
def many():
    return make_sample(n_deals=700, seed=11)


@pytest.fixture(scope="session")
def mondays(many):
    """Every fourth Monday of every deal, labelled by hand: deal_id, landmark_at, seen."""
    return label_mondays(many)


def label_mondays(export, horizon=60, grace=3):
    """The definition of the outcome once more, in the plainest pandas."""
    days = pd.date_range("2025-06-02 07:00", "2026-04-20 07:00", freq="28D", tz="Europe/Amsterdam")
    horizon, grace, youngest = (pd.Timedelta(days=n) for n in (horizon, grace, 2))
    ranks = {name: rank for rank, name in enumerate(next(iter(export.stages.values())))}
    no_decision = {"geen reactie", "uitgesteld", "geen beslissing"}
    rows = []
    for deal_id, mine in export.events.sort_values("at", kind="stable").groupby("deal_id"):
        happened = list(zip(mine["at"], mine["kind"], mine["value"], strict=True))
        kinds = {kind for _, kind, _ in happened}
        if kinds & {"reopened", "deleted"}:
            continue
        stages = [(at, ranks[value]) for at, kind, value in happened if kind == "stage"]
        closing = [(at, kind, value) for at, kind, value in happened if kind in ("won", "lost")]
        end, kind, reason = closing[0] if closing else (days[-1] + 2 * horizon, "stalled", None)
        if kind == "lost":
            kind = "unknown" if pd.isna(reason) else "stalled" if reason in no_decision else "lost"
        for day in days[(days >= stages[0][0] + youngest) & (days < end)]:
            top = max(rank for at, rank in stages if at <= day + grace)
            moved = any(rank > top and at <= day + horizon for at, rank in stages)
            seen = "progress" if moved else kind if end <= day + horizon else "stalled"
            if seen != "unknown":
                rows.append((deal_id, day, seen))
    table = pd.DataFrame(rows, columns=["deal_id", "landmark_at", "seen"])
    assert np.isin(table["seen"], ["won", "lost", "progress", "stalled"]).all()
    return table
