"""A trained run: what `train` gives and `load_run` brings back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesinsight.deals import Dataset
from salesinsight.modeling.evaluation import look_up
from salesinsight.modeling.pipelines import predict_four
from salesinsight.modeling.scoring import expect_stalled, refuse_other_table, score_deals
from salesinsight.schema import Export, takes

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
    """A model with everything that is known about it.

    Attributes
    ----------
    folder : pathlib.Path
        Where it is kept.
    card : dict
        Data, settings, choices, bands, limits and versions: the content of ``card.json``.
    metrics, newest, oof, folds : pandas.DataFrame
        As in `Evaluation`; empty without a model.
    coefficients : pandas.DataFrame
        The logistic model's weights on standardised columns; see `coefficients.coefficient_table`.
    model : estimator or None
        The fitted pipeline, calibrated when the card says so; None in "beschrijvend".
    replicates : tuple
        The model's last step fitted on resamples of the accounts: what it might have been with other
        customers. They take what the model's first step gives.
    """

    folder: Path
    card: dict[str, Any]
    metrics: pd.DataFrame
    newest: pd.DataFrame
    oof: pd.DataFrame
    folds: pd.DataFrame
    coefficients: pd.DataFrame
    model: BaseEstimator | None = None
    replicates: tuple[BaseEstimator, ...] = ()

    @property
    def mode(self) -> str:
        """How much may be said: beschrijvend, voorlopig or volledig."""
        return self.card["mode"]

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the label and the landmarks."""
        return self.card["settings"]

    @property
    def language(self) -> str:
        """Language of the export that was learned from."""
        return self.card["language"]

    @property
    def pipeline(self) -> BaseEstimator | None:
        """The model under its more usual name."""
        return self.model

    @property
    def suspect(self) -> bool:
        """Whether something in the data foretells the outcome too well to be trusted; see `leak_probe`."""
        return bool(self.card["suspects"])

    @property
    def conversation_helps(self) -> bool:
        """Whether conversation features lower the Brier score below that of B3, with an interval above 0."""
        return self.value("gain_brier", what="low") > 0

    @property
    def cut_offs(self) -> tuple[float, float]:
        """p_stalled from which a deal is "midden", and from which it is "hoog"."""
        return tuple(band["from"] for band in self.card["bands"][1:])

    @property
    def bands(self) -> pd.DataFrame:
        """band, from, to, n, n_deals, stalled, share, low, high: what became of deals that got each band."""
        return pd.DataFrame(self.card["bands"])

    @property
    def dispersion(self) -> float:
        """How many times the errors of a weekly list vary more than independent deals would; 1 or more."""
        return self.card["dispersion"]

    def value(self, metric: str, model: str = "full", what: str = "value") -> float:
        """One figure of `metrics`, or its ``low`` or ``high``; NaN when it isn't there."""
        return look_up(self.metrics, metric, model, what)

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:
        """p_won, p_lost, p_progress and p_stalled of any landmarks, NaN without a model."""
        if self.model is None:
            return pd.DataFrame(
                float("nan"), index=X.index, columns=["p_won", "p_lost", "p_progress", "p_stalled"]
            )
        return predict_four(self.model, X)

    @takes(open_=Dataset, evidence=pd.DataFrame, export=Export, tagged=pd.DataFrame)
    def score(
        self,
        open_: Dataset,
        evidence: pd.DataFrame | None = None,
        language: str | None = None,
        *,
        export: Export | None = None,
        tagged: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Score open deals.

        Parameters
        ----------
        open_ : Dataset
            From `open_deals`.
        evidence : pandas.DataFrame, optional
            From `evidence`; without it, and without the next two, there are no quotes.
        language : str, optional
            Language of the reasons; that of the export by default.
        export, tagged : Export and pandas.DataFrame, optional
            The tables and the tagged turns: quotes are then the very turns that the features counted, instead
            of hits of labels that go with a reason.

        Returns
        -------
        pandas.DataFrame
            One row per deal, in the order of `open_`: deal_id, name, account_id, account_name, stage,
            amount, currency, days_since_customer_step; p_won, p_lost, p_progress, p_stalled (sum 1);
            low and high, its 95 % interval, as the share that stalls of deals like these (`likely_share`);
            band ("laag", "midden", "hoog", "te weinig gegevens");
            reasons (up to three dicts: family, feature, column, value, typical, direction, strength, text);
            quotes (up to three dicts: conversation_id, turn, role, start_s, words, label, feature, from the
            deal's last conversation); next_move (key of the words in ``moves``); comparable (dict: stage,
            n, stalled, low, high, enough; what became of comparable deals, see `comparable_deals`; or None);
            conformal (the outcomes that can't be excluded at 90 %, such as "progress|stalled", see
            `conformal_sets`); too_little (why the band is "te weinig gegevens": "stage", "known", "domain" or
            "interval"); outside (with "domain": the column that lies furthest outside what was seen).

        Raises
        ------
        SchemaChanged
            When the deals lack columns of the model, or mostly stand in stages that it never saw.

        Notes
        -----
        In "beschrijvend" the probabilities and the last three columns are missing, and rules give reasons and
        moves. A deal gets "te weinig gegevens" when it is unlike what the model learned from (see the module
        `domain`), and then no outcome is excluded; or when its interval is wider than 0.5.
        """
        return score_deals(self, open_, evidence, language, export, tagged)

    @takes(open_=Dataset)
    def expected_stalled(self, open_: Dataset) -> dict[str, Any]:
        """How many of these deals will stall, and for how much money.

        Parameters
        ----------
        open_ : Dataset
            From `open_deals`.

        Returns
        -------
        dict
            n (deals that are counted); left_out (deals with "te weinig gegevens", which are not); count, low,
            high (95 %); amount, amount_low, amount_high, currency when all known amounts are in one currency,
            else NaN and None; per_currency: by currency n (deals with an amount), amount, amount_low,
            amount_high, of (their amounts together). NaN in "beschrijvend", where n are all deals.

        Notes
        -----
        The interval holds the spread of `replicates` and the chance that is left when probabilities are
        right, widened by `dispersion`. Deals without an amount count in `count` only.
        """
        return expect_stalled(self, open_)

    def refuse(self, open_: Dataset) -> None:
        """Raise SchemaChanged when this model can't score these deals."""
        refuse_other_table(self, open_)
