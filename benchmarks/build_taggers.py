"""Learn what is learned about speech from the packs' labelled utterances and conversations.

Run from the project's root: ``python benchmarks/build_taggers.py``. It writes ``packs/<language>/taggers.npz`` and then,
as ``build_dialogue.py`` alone does, the weights that tell how a conversation ends. With languages behind it
(``build_taggers.py nl``) it learns the taggers of those and nothing else. The same utterances give the same files.
"""

import sys

import build_dialogue

from salesinsight.language import languages, load_pack
from salesinsight.speech.learned import FILE, Taggers
from salesinsight.speech.training import learn_taggers
from salesinsight.speech.utterances import read_utterances


def main(names: list[str]) -> None:
    for language in names or languages():
        taggers = learned(language)
        path = load_pack(language).folder / FILE
        taggers.save(path)
        known = f"{len(taggers.outputs)} outputs over {len(taggers.weights):,} columns"
        print(f"{path.relative_to(path.parents[4])}: {known}, {path.stat().st_size // 1000:,} kB")
    if not names:
        build_dialogue.main()


def learned(language: str) -> Taggers:
    """The taggers that a pack's own utterances give."""
    pack = load_pack(language)
    return learn_taggers(read_utterances(pack), pack)


if __name__ == "__main__":
    main(sys.argv[1:])
