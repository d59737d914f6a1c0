"""salesinsight: what was said in a sales conversation, and which deals will stall.

The house, from left to right; a room imports only from rooms to its left:

========== ==================================================================
errors     every sentence in which something is refused
writing    files and folders that are there whole or not at all
schema     the tables: columns, units, what may be missing
language   packs of cues and words per language, as data
privacy    names and numbers of people out of the tables, and back with the key
exports    files of a CRM and of transcripts to tables
speech     turns and notes to speech acts, each with the words behind it
sample     invented conversations and deals with a planted, stated truth
features   conversations to numbers, and the catalog that explains them
deals      what was known of a deal and when; the label; the dataset
modeling   a calibrated model of ja, nee, vooruit and misschien
charts     pictures, each with its table of numbers
report     the manager's report
retrain    the whole path from a folder of files to a report
scale      the same features on a Dask cluster
cli        the commands
========== ==================================================================

The path in ten lines:

>>> import salesinsight as si
>>> export = si.make_sample(n_deals=40)
>>> tagged = si.tag_turns(export.turns, language="nl")
>>> features = si.conversation_features(export, tagged)
>>> data = si.make_dataset(export, features, horizon_days=60)
>>> data.X.index.names
FrozenList(['deal_id', 'landmark_at'])
"""

from salesinsight.deals import Dataset, make_dataset, open_deals
from salesinsight.errors import SalesInsightError
from salesinsight.exports import check_export, read_export
from salesinsight.features import conversation_features, feature_catalog, feature_evidence, featurize
from salesinsight.modeling import Run, leak_probe, load_run, train, worklist
from salesinsight.report import write_report
from salesinsight.sample import make_sample, write_sample
from salesinsight.schema import Export, check_table
from salesinsight.speech import (
    Trackers,
    agreement,
    evidence,
    learn_taggers,
    read_trackers,
    tag_notes,
    tag_turns,
    uncertain,
)

__all__ = [
    "Dataset",
    "Export",
    "Run",
    "SalesInsightError",
    "Trackers",
    "agreement",
    "check_export",
    "check_table",
    "conversation_features",
    "evidence",
    "feature_catalog",
    "feature_evidence",
    "featurize",
    "leak_probe",
    "learn_taggers",
    "load_run",
    "make_dataset",
    "make_sample",
    "open_deals",
    "read_export",
    "read_trackers",
    "tag_notes",
    "tag_turns",
    "train",
    "uncertain",
    "worklist",
    "write_report",
    "write_sample",
]

__version__ = "0.1.0"
