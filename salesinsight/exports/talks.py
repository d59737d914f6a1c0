"""A whole conversation in one cell → a row for every stretch of one speaker."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.readers.named_lines import split_named


def split_talks(turns: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    r"""Cut texts of several lines, with a name before what each says, into a row per speaker.

    Notes
    -----
    Only texts without a speaker of their own. Their times are of the whole, so the parts have none. A row
    that becomes several counts as several rows read.

    Examples
    --------
    >>> row = {"_source": 0, "_path": "a.csv", "_line": 2, "speaker_id": None, "role": None,
    ...        "text": "An: Dag.\nBo: Hallo.\nAn: Hoe is het?", "start_s": None, "end_s": None}
    >>> split_talks(pl.DataFrame(row), Findings()).select("speaker_id", "text").rows()
    [('An', 'Dag.'), ('Bo', 'Hallo.'), ('An', 'Hoe is het?')]
    """
    whole = turns["speaker_id"].is_null() & turns["text"].str.contains("\n", literal=True)
    numbers = whole.fill_null(False).arg_true().to_list()
    parts = [
        (number, speaker, words)
        for number in numbers
        for speaker, words in (split_named(turns["text"][number]))
        if words.strip()
    ]
    schema = {"_row": pl.UInt32, "_speaker": pl.String, "_words": pl.String}
    said = pl.DataFrame(parts, schema=schema, orient="row")
    # without a name it is one person's text over several lines
    said = said.filter(pl.col("_speaker").is_not_null().any().over("_row"))
    if not said.height:
        return turns
    rows = turns.with_row_index("_row").join(said, on="_row", how="left", maintain_order="left_right")
    findings.count("read", rows.filter(~pl.col("_row").is_first_distinct()))
    cut = pl.col("_words").is_not_null()
    nothing = [pl.when(~cut).then(name).alias(name) for name in ("role", "start_s", "end_s")]
    return rows.with_columns(
        *nothing,
        speaker_id=pl.coalesce("_speaker", "speaker_id"),
        text=pl.coalesce("_words", "text"),
    ).drop("_row", "_speaker", "_words")
