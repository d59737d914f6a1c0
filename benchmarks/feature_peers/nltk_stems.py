"""NLTK: words and stems, counted per conversation and side: PARQUET N - LANGUAGE."""

import sys
from collections import defaultdict

import nltk
from nltk.stem import SnowballStemmer
from nltk.tokenize import word_tokenize
from timing import answer_warm, read_turns

path, n, _, language = sys.argv[1:]
stem = SnowballStemmer({"nl": "dutch", "en": "english"}[language]).stem


def table(n):
    turns = read_turns(path, n).to_pydict()
    said = defaultdict(list)
    for talk, role, text in zip(turns["conversation_id"], turns["role"], turns["text"], strict=True):
        # preserve_line: each turn as one line, which needs no downloaded model of sentences
        said[talk, role] += [stem(word) for word in word_tokenize(text, preserve_line=True)]
    counts = {side: (len(stems), len(set(stems))) for side, stems in said.items()}
    return len({talk for talk, _ in counts}), 2 * len({role for _, role in counts})


answer_warm(table, int(n), f"NLTK {nltk.__version__}")
