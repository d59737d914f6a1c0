"""pandas: a regular expression per label over every turn, counted per conversation and side: PARQUET N REGEXES."""

import sys

import pandas as pd
from timing import answer_warm, cues_of, read_turns

path, n, regexes = sys.argv[1:4]
of_label = {label: cues[0] for label, cues in cues_of(regexes).items()}


def table(n):
    turns = read_turns(path, n).to_pandas()
    lower = turns["text"].str.lower()
    seen = {label: lower.str.contains(regex) for label, regex in of_label.items()}
    seen |= {
        "words": turns["text"].str.split().str.len(),
        "question": turns["text"].str.contains("?", regex=False),
    }
    counts = pd.DataFrame(seen).groupby([turns["conversation_id"], turns["role"]]).sum()
    return counts.unstack(fill_value=0).shape


answer_warm(table, int(n), f"pandas {pd.__version__}")
