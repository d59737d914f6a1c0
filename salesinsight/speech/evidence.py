"""Evidence: the words behind every tag."""

from __future__ import annotations

import pandas as pd

from salesinsight.language import load_pack, match_cues
from salesinsight.schema import takes
from salesinsight.speech.learned import load_taggers
from salesinsight.speech.notes import hits_in_notes
from salesinsight.speech.reading import FAMILIES
from salesinsight.speech.spoken import spoken_words
from salesinsight.speech.tracking import kept_words

FACTS = {"conversation_id": "string", "turn": "Int64", "role": "string", "start_s": "float64"}
HIT = {
    "words": "string",
    "label": "string",
    "cue": "string",
    "start_char": "Int64",
    "end_char": "Int64",
    "weight": "float64",
}


@takes(tagged=pd.DataFrame)
def evidence(tagged: pd.DataFrame, language: str | None = None) -> pd.DataFrame:
    """List the words that led to the tags, one row per hit.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Turns as `tag_turns` returns them, or notes as `tag_notes` does.
    language : str, optional
        The language they were tagged in; both leave it in ``tagged.attrs``, else it is "nl". What trackers
        look for is left there too.

    Returns
    -------
    pandas.DataFrame
        conversation_id, turn, role, start_s (missing where the turns don't have them, and for notes),
        words (as spoken or written), label (of notes: ``note_…``; of trackers: ``tracker_…``), cue (the
        pattern in the language pack, or the words that a tagger weighed), start_char and end_char (span in
        the text of the turn or the note), weight (0 to 1). In order of the turns and of the words in them.
        Without text or note there are no hits.

    Examples
    --------
    >>> from salesinsight.speech import tag_turns
    >>> hits = evidence(tag_turns(pd.DataFrame({"text": ["Dat is ons te duur."]})))
    >>> hits[hits["label"] == "objection"].nlargest(1, "weight")[["words", "start_char"]].values.tolist()
    [['te duur', 11]]
    """
    language = language or tagged.attrs.get("language", "nl")
    pack, learned = load_pack(language), list[str]()
    if "trackers" in tagged.attrs:
        pack, learned = kept_words(language, tagged.attrs["trackers"])
    if "text" not in tagged and "note" in tagged:
        hits, tagged = hits_in_notes(tagged["note"], pack).to_pandas(), tagged.reset_index()
    else:
        hits = match_cues(tagged["text"], pack, roles=tagged.get("role"), families=FAMILIES).to_pandas()
        for label in set(learned) & set(tagged.columns):  # their words say something together only
            told = tagged[label].fillna(False).to_numpy(dtype=bool)
            hits = hits[hits["label"].ne(label) | told[hits["row"]]]
        if "is_question" in tagged:
            spoken = spoken_words(tagged, pack, load_taggers(load_pack(language))).to_pandas()
            hits = pd.concat([hits, spoken]).sort_values(["row", "start_char", "end_char"], kind="stable")
    of_turn = tagged.reindex(columns=list(FACTS)).iloc[hits["row"]].astype(FACTS).reset_index(drop=True)
    hits = hits[list(HIT)].astype(HIT).reset_index(drop=True)
    return pd.concat([of_turn, hits], axis=1)
