import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline as chain
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from salesinsight.modeling.attenuation import AGE, MOST_DEVIATIONS, STAGE, AttenuatedColumns
from salesinsight.modeling.pipelines import ALL_KINDS, LINEAR, make_pipeline

N = 400


@pytest.fixture
def deals():
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "crm_calls_count": rng.poisson(2, N).astype(float),
            "hedge_c_rate": rng.exponential(1, N),
            AGE: rng.integers(0, 200, N).astype(float),
            "crm_stage": rng.choice(["offerte", "kennismaking"], N),
        }
    )


def columns(like=AttenuatedColumns):
    stage = OneHotEncoder(sparse_output=False)
    filled = chain(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    parts = [
        ("crm", filled, ["crm_calls_count", AGE]),
        ("talk", StandardScaler(), ["hedge_c_rate"]),
        (STAGE, stage, ["crm_stage"]),
    ]
    return like(parts, transformer_weights={"talk": 0.5}, verbose_feature_names_out=False)


def test_values_fade_with_age_but_not_the_age_and_the_stage(deals):
    plain, seen = (columns(like).fit_transform(deals) for like in (ColumnTransformer, AttenuatedColumns))
    age = deals[AGE].to_numpy()
    factor = 1 / np.sqrt(1 + age / np.median(age))
    factor /= np.sqrt(np.mean(factor**2))
    limits = MOST_DEVIATIONS * np.array([1.0, 0.5])
    assert np.allclose(seen[:, [0, 2]], plain[:, [0, 2]].clip(-limits, limits) * factor[:, None])
    assert (np.abs(plain[:, 2]) > limits[1]).any()
    assert np.array_equal(seen[:, [1, 3, 4]], plain[:, [1, 3, 4]])


def test_rows_are_told_by_what_was_learned_and_alone_as_together(deals):
    fitted = columns().fit(deals.iloc[:300])
    rest = deals.iloc[300:].reset_index(drop=True)
    together = fitted.transform(rest)
    assert np.array_equal(
        np.vstack([fitted.transform(rest.iloc[[row]]) for row in range(len(rest))]), together
    )
    assert fitted.middle_age_ == deals[AGE].iloc[:300].median()


def test_a_deal_of_unknown_age_is_of_middle_age(deals):
    fitted = columns().fit(deals)
    unknown = deals.head(5).assign(**{AGE: np.nan})
    middle = deals.head(5).assign(**{AGE: fitted.middle_age_})
    assert np.array_equal(fitted.transform(unknown)[:, 0], fitted.transform(middle)[:, 0])


@pytest.mark.parametrize("ages", [np.nan, 0.0])
def test_where_all_ages_are_unknown_or_none_nothing_fades(deals, ages):
    seen = columns().fit_transform(deals.assign(**{AGE: ages}))
    plain = columns(ColumnTransformer).fit_transform(deals.assign(**{AGE: ages}))
    assert np.allclose(seen[:, 0], plain[:, 0].clip(-MOST_DEVIATIONS, MOST_DEVIATIONS))


def test_without_a_column_of_ages_nothing_fades(deals):
    fitted = AttenuatedColumns([("talk", StandardScaler(), ["hedge_c_rate"])])
    seen = fitted.fit_transform(deals.drop(columns=AGE))
    assert seen.max() == pytest.approx(MOST_DEVIATIONS)
    assert clone(fitted).fit(deals).factor_ != 1.0


def test_effects_that_fade_are_told_better_at_every_age():
    rng = np.random.default_rng(0)
    age, told = rng.exponential(80, 40_000), rng.normal(size=40_000)
    chance = 1 / (1 + np.exp(-1.5 * told / np.sqrt(1 + age / 50)))
    y = (rng.random(40_000) < chance).astype(int)
    X, half = pd.DataFrame({"told": told, AGE: age}), 20_000
    slopes = {}
    for like in (ColumnTransformer, AttenuatedColumns):
        table = like([("crm", StandardScaler(), ["told", AGE])], verbose_feature_names_out=False)
        model = LogisticRegression().fit(table.fit_transform(X[:half]), y[:half])
        odds = model.decision_function(table.transform(X[half:]))
        old = age[half:] > np.median(age)
        slopes[like] = [
            LogisticRegression(C=1e6).fit(odds[part, None], y[half:][part]).coef_[0, 0]
            for part in (~old, old)
        ]
    young, old = slopes[ColumnTransformer]
    assert young > 1.1 and old < 0.9
    assert slopes[AttenuatedColumns] == pytest.approx([1, 1], abs=0.12)


def test_linear_kinds_see_values_fade_and_trees_do_not():
    for kind in ALL_KINDS:
        step = make_pipeline(kind, "volledig", ["crm_stage", AGE, "hedge_c_rate"]).named_steps["columns"]
        assert isinstance(step, AttenuatedColumns) == (kind in LINEAR)
