"""spaCy's blank tokenizer and its PhraseMatcher, counting cues per label: TEXTS PHRASES LANGUAGE N."""

import json
import pathlib
import sys
import time
from collections import defaultdict

import spacy
from spacy.matcher import PhraseMatcher

texts, phrases, language, n = sys.argv[1:]
lines = pathlib.Path(texts).read_text("utf-8").split("\n")[: int(n)]
nlp = spacy.blank(language)
of_label = defaultdict(list)
for row in pathlib.Path(phrases).read_text("utf-8").splitlines():
    label, phrase = row.split("\t")
    of_label[label].append(phrase)
matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
for label, own in of_label.items():
    matcher.add(label, list(nlp.tokenizer.pipe(own)))


def count(some: list[str]) -> int:
    hits = 0
    for doc in nlp.pipe(some, batch_size=1000):
        counts: dict[int, int] = {}
        for label, _, _ in matcher(doc):
            counts[label] = counts.get(label, 0) + 1
        hits += sum(counts.values())
    return hits


count(lines[:500])
wall, cpu = time.perf_counter(), time.process_time()
hits = count(lines)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(
    json.dumps(
        {"turns": len(lines), "wall": wall, "cpu": cpu, "hits": hits, "version": f"spaCy {spacy.__version__}"}
    )
)
