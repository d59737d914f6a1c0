"""ConvoKit: a corpus, its words, the sentences that end in "?", per conversation and side: PARQUET N - LANGUAGE."""

import sys
import warnings
from importlib.metadata import version

import spacy
from convokit import Corpus, Speaker, Utterance
from convokit.phrasing_motifs import QuestionSentences
from convokit.text_processing import TextParser
from timing import answer_warm, read_turns

path, n, _, language = sys.argv[1:]
warnings.filterwarnings("ignore", message="Sentence tokenizer")
# the default of TextParser downloads an English model
words = TextParser(mode="tokenize", spacy_nlp=spacy.blank(language))
questions = QuestionSentences("questions", input_field="parsed", use_caps=False)


def table(n):
    turns = read_turns(path, n).to_pydict()
    speakers = {role: Speaker(id=str(role)) for role in set(turns["role"])}
    said = [
        Utterance(
            id=f"{talk}-{turn}",
            speaker=speakers[role],
            conversation_id=f"{talk}-0",
            reply_to=f"{talk}-{turn - 1}" if turn else None,
            timestamp=start,
            text=text,
        )
        for talk, turn, role, text, start in zip(
            *(turns[name] for name in ("conversation_id", "turn", "role", "text", "start_s")), strict=True
        )
    ]
    corpus = questions.transform(words.transform(Corpus(utterances=said)))
    frame = corpus.get_utterances_dataframe()
    frame["words"] = [sum(len(one["toks"]) for one in parsed) for parsed in frame["meta.parsed"]]
    frame["questions"] = frame["meta.questions"].str.len()
    counts = frame.groupby(["conversation_id", "speaker"])[["words", "questions"]].sum()
    return counts.unstack(fill_value=0).shape


answer_warm(table, int(n), f"ConvoKit {version('convokit')}")
