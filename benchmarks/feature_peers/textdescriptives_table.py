"""TextDescriptives: lengths and readability of each conversation, on spaCy's blank pipeline: PARQUET N - LANGUAGE."""

import sys
from importlib.metadata import version

import spacy
import textdescriptives as td
from timing import answer_warm, read_turns

path, n, _, language = sys.argv[1:]
nlp = spacy.blank(language)
for pipe in ("sentencizer", "textdescriptives/descriptive_stats", "textdescriptives/readability"):
    nlp.add_pipe(pipe)


def table(n):
    turns = read_turns(path, n).to_pandas()
    talks = turns.groupby("conversation_id", sort=False)["text"].agg(" ".join)
    return td.extract_df(nlp.pipe(talks), include_text=False).shape


answer_warm(table, int(n), f"TextDescriptives {version('textdescriptives')}")
