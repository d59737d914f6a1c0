"""Evidence: the words behind every tag."""

from __future__ import annotations

import pandas as pd

from salesinsight.language import load_pack, match_cues
from salesinsight.speech.notes import hits_in_notes
from salesinsight.speech.tagging import FAMILIES

FACTS = {"conversation_id": "string", "turn": "Int64", "role": "string", "start_s": "float64"}
HIT = {
    "words": "string",
    "label": "string",
    "cue": "string",
    "start_char": "Int64",
    "end_char": "Int64",
    "weight": "float64",
}


def evidence(tagged: pd.DataFrame, language: str | None = None) -> pd.DataFrame:
    """List the words that led to the tags, one row per hit.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Turns as `tag_turns` returns them, or notes as `tag_notes` does.
    language : str, optional
        The language they were tagged in; both leave it in ``tagged.attrs``, else it is "nl".

    Returns
    -------
    pandas.DataFrame
        conversation_id, turn, role, start_s (missing where the turns don't have them, and for notes),
        words (as spoken or written), label (of notes: ``note_…``), cue (the pattern in the language
        pack), start_char and end_char (span in the text of the turn or the note), weight. In order of the
        turns and of the words in them. Without text or note there are no hits.

    Examples
    --------
    >>> from salesinsight.speech import tag_turns
    >>> hits = evidence(tag_turns(pd.DataFrame({"text": ["Dat is ons te duur."]})))
    >>> hits.loc[hits["label"] == "objection", ["words", "start_char"]].values.tolist()
    [['te duur', 11]]
    """
    pack = load_pack(language or tagged.attrs.get("language", "nl"))
    if "text" not in tagged and "note" in tagged:
        hits, tagged = hits_in_notes(tagged["note"], pack).to_pandas(), tagged.reset_index()
    else:
        hits = match_cues(tagged["text"], pack, roles=tagged.get("role"), families=FAMILIES).to_pandas()
    of_turn = tagged.reindex(columns=list(FACTS)).iloc[hits["row"]].astype(FACTS).reset_index(drop=True)
    return pd.concat([of_turn, hits[list(HIT)].astype(HIT)], axis=1)
