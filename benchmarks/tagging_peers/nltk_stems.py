"""NLTK: tokenise and stem every word, nothing else: TEXTS PHRASES LANGUAGE N."""

import json
import pathlib
import sys
import time

import nltk
from nltk.stem import SnowballStemmer
from nltk.tokenize import word_tokenize

texts, _, language, n = sys.argv[1:]
lines = pathlib.Path(texts).read_text("utf-8").split("\n")[: int(n)]
stem = SnowballStemmer({"nl": "dutch", "en": "english"}[language]).stem


def stems(some: list[str]) -> int:
    # preserve_line: each turn as one line, which needs no downloaded model of sentences
    return sum(len([stem(word) for word in word_tokenize(line, preserve_line=True)]) for line in some)


stems(lines[:500])
wall, cpu = time.perf_counter(), time.process_time()
hits = stems(lines)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(
    json.dumps(
        {"turns": len(lines), "wall": wall, "cpu": cpu, "hits": hits, "version": f"NLTK {nltk.__version__}"}
    )
)
