"""No feature of a deal knows what was entered later: each column of X and each one shown, bit for bit."""

import dataclasses

import numpy as np
import pandas as pd
import polars as pl
import pytest

import salesinsight as si
from salesinsight.deals.context import CONTEXT
from salesinsight.deals.known import known_at_landmarks
from salesinsight.deals.timeline import read_timeline
from salesinsight.modeling.fitted import FittedFeatures

CATALOG = si.feature_catalog().set_index("name")
DEAL = CATALOG.index[CATALOG["stage"] == "deal"].to_list()
SHOWN = [*CONTEXT, "seller_estimate"]
FITTED = CATALOG.index[CATALOG["stage"] == "fitted"].to_list()
SAID = CATALOG.index[(CATALOG["stage"] == "conversation") & ~CATALOG["needs"].str.contains("people")]
AT = pd.Timestamp("2026-02-02 07:00", tz="Europe/Amsterdam")
MOMENTS = ("started_at", "ended_at", "next_step_at", "entered_at", "created_at", "at")
MAILS = (
    "Ik heb alles op een rij gezet, kunnen we dinsdag om tien uur afspreken?",
    "Bijgaand vindt u onze nieuwe folder over alle mogelijkheden van het systeem.",
)


def features_of(export, seed=0):
    """Numbers that differ per conversation; half of the conversations without a transcript."""
    ids = pd.Index(export.conversations["conversation_id"].sort_values(), name="conversation_id")
    rng = np.random.default_rng(seed)
    numbers = pd.DataFrame(rng.poisson(0.8, (len(ids), len(SAID))), index=ids, columns=SAID, dtype="float64")
    numbers = numbers.clip(upper=CATALOG.loc[SAID, "high"], axis=1)
    numbers = numbers.assign(phase_c=rng.integers(1, 4, len(ids)).astype("float64"))
    numbers[rng.random(len(ids)) < 0.3] = np.nan
    kinds = rng.choice(["advance", "continuation", "no_sale"], len(ids))
    return numbers.assign(outcome_tagged=pd.array(kinds, dtype="string"))


@pytest.fixture(scope="module")
def export():
    made = si.make_sample(n_deals=100, seed=5)
    rng = np.random.default_rng(0)
    count = 8 * len(made.deals)
    at = made.deals["created_at"].repeat(8) + pd.to_timedelta(rng.integers(1, 2400, count), unit="h")
    # a few of these were entered days later
    lag = pd.to_timedelta(rng.integers(0, 240, count) * (rng.random(count) < 0.2), unit="h")
    mails = (
        made.events.head(0)
        .reindex(range(count))
        .assign(
            deal_id=made.deals["deal_id"].repeat(8).to_numpy(),
            at=at.to_numpy(),
            entered_at=(at + lag).to_numpy(),
            kind=rng.choice(["mail_out", "mail_in", "mail_out", "quote_sent"], count),
            value=rng.choice(MAILS, count),
        )
    )
    events = pd.concat([made.events, mails.astype(made.events.dtypes)], ignore_index=True)
    talks = made.conversations
    due = talks["next_step_at"].fillna(talks["started_at"] + pd.Timedelta(days=6))
    talks = talks.assign(next_step_at=due, next_step_owner="customer")
    return dataclasses.replace(made, events=events, conversations=talks.astype(made.conversations.dtypes))


@pytest.fixture(scope="module")
def features(export):
    return features_of(export)


def table(export, features, deals, until=AT):
    """What was known of the same deals on every third Monday until then, and the fitted features of that.

    Made from everything the export holds, with no step before it that takes later rows away.
    """
    mondays = pd.date_range(end=until.tz_localize(None), periods=9, freq="3W-MON", normalize=False)
    mondays = mondays.tz_localize(export.time_zone).tz_convert("UTC").as_unit("us")
    marks = pd.MultiIndex.from_product([deals, mondays], names=["deal_id", "t"]).to_frame(index=False)
    marks = (
        pl.from_pandas(marks)
        .with_row_index("row")
        .with_columns(
            pl.col("deal_id").cast(pl.String), episode_at=pl.lit(mondays[0]).cast(pl.Datetime("us", "UTC"))
        )
    )
    known, inputs = known_at_landmarks(marks, read_timeline(export), export, features)
    told = known.rename({"stage": "crm_stage"}).to_pandas().set_index(["deal_id", "t"])
    fitted = FittedFeatures(least=5).fit_transform(told[["crm_stage", *inputs]])
    return pd.concat([told[["crm_stage", *inputs, *SHOWN]], fitted], axis=1)


@pytest.fixture(scope="module")
def deals(export):
    return export.deals["deal_id"].sort_values().to_list()


@pytest.fixture(scope="module")
def before(export, features, deals):
    return table(export, features, deals)


def bits(told, name):
    """Every bit of a column: not even a rounding may differ."""
    if pd.api.types.is_numeric_dtype(told[name]):
        return told[name].to_numpy(dtype="float64").tobytes()
    return told[name].astype("string").fillna("").to_list()


def later(export):
    talks = export.conversations["entered_at"] > AT
    return talks, export.events["entered_at"] > AT


@pytest.fixture(scope="module")
def altered(export, features, deals):
    """Everything entered after AT says something else."""
    talks, events = later(export)
    assert talks.sum() > 20
    assert events.sum() > 100
    rng = np.random.default_rng(1)
    gone = export.conversations.loc[talks, "conversation_id"]
    changed = dataclasses.replace(
        export,
        conversations=export.conversations.copy(),
        events=export.events.copy(),
        attendance=export.attendance.copy(),
    )
    elsewhere = rng.choice(export.deals["deal_id"], talks.sum())
    for name, value in {
        "outcome": "no_sale", "next_step_owner": "customer", "seller_id": "s01", "status": "held", "deal_id": elsewhere,
        "next_step_at": AT - pd.Timedelta(days=3), "started_at": AT - pd.Timedelta(days=20), "in_person": True,
    }.items():  # fmt: skip
        changed.conversations.loc[talks, name] = value
    kinds = [
        "stage",
        "mail_in",
        "mail_out",
        "contact_added",
        "amount_set",
        "seller_estimate",
        "close_date_set",
    ]
    changed.events.loc[events, "kind"] = rng.choice(kinds, events.sum())
    changed.events.loc[events, "value"] = MAILS[0]
    changed.events.loc[events, "person_id"] = "p-new"
    changed.events.loc[events, "at"] = AT - pd.Timedelta(days=9)
    changed.events.loc[events, "deal_id"] = rng.choice(export.deals["deal_id"], events.sum())
    changed.attendance.loc[changed.attendance["conversation_id"].isin(gone), "person_id"] = "p-new"
    other = features.copy()
    other.loc[gone] = features_of(export, seed=9).loc[gone]
    return table(changed, other, deals)


@pytest.fixture(scope="module")
def deleted(export, features, deals):
    """Nothing was entered after AT."""
    talks, events = later(export)
    cut = dataclasses.replace(
        export, conversations=export.conversations[~talks], events=export.events[~events]
    )
    return table(cut, features, deals)


@pytest.fixture(scope="module")
def shuffled(export, features, deals):
    """The rows of every table, and of the features, in another order."""
    names = ("conversations", "events", "deals", "people", "attendance")
    mixed = {name: getattr(export, name).sample(frac=1, random_state=3) for name in names}
    mixed_features = features.sample(frac=1, random_state=4)
    return table(dataclasses.replace(export, **mixed), mixed_features, deals)


@pytest.fixture(scope="module")
def shifted(export, features, deals):
    """Everything thirteen weeks later, so also over a change of the clock."""
    move, tables = pd.Timedelta(weeks=13), {}
    for name in ("conversations", "deals", "events"):
        tables[name] = getattr(export, name).copy()
        zone = export.time_zone
        for column in tables[name].columns.intersection(list(MOMENTS)):
            local = tables[name][column].dt.tz_convert(zone).dt.tz_localize(None) + move
            local = local.dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
            tables[name][column] = local.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    dated = tables["events"]["kind"].isin(["close_date_set", "meeting_booked"])
    dates = pd.to_datetime(tables["events"].loc[dated, "value"].str.slice(0, 10)) + move
    tables["events"].loc[dated, "value"] = dates.dt.strftime("%Y-%m-%d")
    moved = dataclasses.replace(export, as_of=export.as_of + move, **tables)
    at = (AT.tz_localize(None) + move).tz_localize(export.time_zone)
    return table(moved, features, deals, until=at)


@pytest.mark.parametrize("name", [*DEAL, *FITTED])
def test_what_is_entered_later_changes_no_bit(name, before, altered, deleted):
    assert before[name].notna().sum() > 5, "a column of nothing proves nothing"
    assert altered.index.equals(before.index)
    assert bits(altered, name) == bits(before, name)
    assert bits(deleted, name) == bits(before, name)


@pytest.mark.parametrize("name", [*DEAL, *FITTED])
def test_order_of_rows_and_shifted_dates_change_no_bit(name, before, shuffled, shifted):
    assert bits(shuffled, name) == bits(before, name)
    if (
        name == "crm_reply_hours"
    ):  # hours between two moments gain or lose one with the clock, before and after
        there, here = shifted[name].to_numpy(), before[name].to_numpy()
        assert np.allclose(there, here, rtol=0, atol=2.0, equal_nan=True)
    else:
        assert bits(shifted, name) == bits(before, name)


def test_no_column_is_without_a_row_in_the_catalog(before):
    forms = {f"{name}{form}" for name in CATALOG.index for form in ("", "_mean", "_change")}
    assert set(before.columns) <= forms


@pytest.fixture(scope="module")
def weekly(export, features):
    return si.make_dataset(export, features)


@pytest.mark.parametrize("name", DEAL)
def test_a_landmark_of_the_past_shows_what_was_open_then(name, export, features, weekly, open_then):
    at = weekly.X.index.get_level_values("landmark_at")
    for moment, scored in open_then.items():
        trained = pd.concat([weekly.X, weekly.info], axis=1)[at == moment]
        assert bits(trained, name) == bits(scored.loc[trained.index], name)


@pytest.fixture(scope="module")
def open_then(export, features, weekly):
    moments = weekly.X.index.get_level_values("landmark_at").unique()[[3, 12, 20]]
    told = {moment: si.open_deals(export, features, at=moment) for moment in moments}
    return {moment: pd.concat([data.X, data.info], axis=1) for moment, data in told.items()}


@pytest.mark.parametrize("name", FITTED)
def test_a_fitted_feature_learns_nothing_from_the_rows_it_is_tested_on(name, weekly):
    X = weekly.X
    test = np.arange(len(X)) >= len(X) * 2 // 3
    made = FittedFeatures().fit(X[~test])
    rng = np.random.default_rng(2)
    wild = X[test].apply(lambda column: rng.permutation(column.to_numpy()))
    again = FittedFeatures().fit(X[~test])
    again.transform(wild)
    for attribute in ("talk_medians_", "stage_norms_", "pleasant_norm_"):
        assert getattr(again, attribute) == getattr(made, attribute)
    told = made.transform(X)[name]
    assert told.notna().sum() > 20
    assert bits(again.transform(X[~test]), name) == bits(told[~test].to_frame(), name)
    one_by_one = pd.concat([made.transform(X.iloc[[row]]) for row in range(0, len(X), 97)])
    assert bits(one_by_one, name) == bits(told.iloc[::97].to_frame(), name)


@pytest.mark.parametrize("name", [n for n in [*DEAL, *FITTED] if n not in ("crm_stage", "seller_estimate")])
def test_a_value_is_in_its_range_or_missing(name, before):
    low, high = CATALOG.loc[name, ["low", "high"]].fillna({"low": -np.inf, "high": np.inf})
    values = before[name].dropna()
    assert values.between(low, high).all()
    assert np.isfinite(values).all()
    if CATALOG.loc[name, "unit"] in ("count", "0/1"):
        assert (values % 1 == 0).all()
