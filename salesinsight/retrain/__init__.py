"""The whole path, from an export folder to a run folder, and what is kept beside the runs."""

from salesinsight.retrain.forgetting import Forgotten, forget
from salesinsight.retrain.importing import Imported, import_path
from salesinsight.retrain.monitor import Monitored, monitor_path
from salesinsight.retrain.path import Outcome, run_path, score_path, try_path
from salesinsight.retrain.prepare import Prepared, prepare
from salesinsight.retrain.records import model_in_use, roll_back

__all__ = [
    "Forgotten",
    "Imported",
    "Monitored",
    "Outcome",
    "Prepared",
    "forget",
    "import_path",
    "model_in_use",
    "monitor_path",
    "prepare",
    "roll_back",
    "run_path",
    "score_path",
    "try_path",
]
