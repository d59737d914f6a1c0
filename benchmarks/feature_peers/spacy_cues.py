"""spaCy's blank tokenizer and its PhraseMatcher, cues counted per conversation and side: PARQUET N PHRASES LANGUAGE."""

import sys
from collections import Counter, defaultdict

import spacy
from spacy.matcher import PhraseMatcher
from timing import answer_warm, cues_of, read_turns

path, n, phrases, language = sys.argv[1:]
nlp = spacy.blank(language)
matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
for label, own in cues_of(phrases).items():
    matcher.add(label, list(nlp.tokenizer.pipe(own)))


def table(n):
    turns = read_turns(path, n).to_pydict()
    docs = nlp.pipe(turns["text"], batch_size=1000)
    counts = defaultdict(Counter)
    for talk, role, doc in zip(turns["conversation_id"], turns["role"], docs, strict=True):
        here = counts[talk]
        here[role, "words"] += len(doc)
        here.update((role, label) for label, _, _ in matcher(doc))
    return len(counts), len(set().union(*counts.values()))


answer_warm(table, int(n), f"spaCy {spacy.__version__}")
