"""Which deals stall: models and what they must beat, honest tests, runs kept, and the week's list."""

from salesinsight.modeling.ablation import ablation
from salesinsight.modeling.cells import score_cells
from salesinsight.modeling.evaluate import evaluate
from salesinsight.modeling.evaluation import Evaluation
from salesinsight.modeling.hypotheses import hypotheses
from salesinsight.modeling.pipelines import make_pipeline
from salesinsight.modeling.probes import leak_checks, leak_probe
from salesinsight.modeling.review import hold_back, look_back
from salesinsight.modeling.rules import GoodTalkRule, LateRequestRule, OverdueRule, PopjeRule, SilenceRule
from salesinsight.modeling.run import Run
from salesinsight.modeling.scoring import BANDS, TOO_LITTLE, worklist
from salesinsight.modeling.store import load_run
from salesinsight.modeling.training import train

__all__ = [
    "BANDS",
    "TOO_LITTLE",
    "Evaluation",
    "GoodTalkRule",
    "LateRequestRule",
    "OverdueRule",
    "PopjeRule",
    "Run",
    "SilenceRule",
    "ablation",
    "evaluate",
    "hold_back",
    "hypotheses",
    "leak_checks",
    "leak_probe",
    "load_run",
    "look_back",
    "make_pipeline",
    "score_cells",
    "train",
    "worklist",
]
