"""Delimited text (CSV and its kin) → cells: encoding, separator and line numbers are found out here."""

from __future__ import annotations

import codecs
import csv
import io

import polars as pl
import pyarrow as pa
import pyarrow.csv

from salesinsight.errors import EmptyFile, UnreadableFile
from salesinsight.exports.readers.cells import BROKEN, Cells

SEPARATORS = ";,\t|"
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
HEAD = 20
# a row of its own after the last one tells whether a quote was left open; no text holds this control sign
LAST = "\x1e"


def decode(data: bytes, name: str) -> tuple[str, str]:
    r"""Decode a text file: byte-order mark, then UTF-8, then Windows-1252, which is how Excel saves.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        How messages call it.

    Returns
    -------
    tuple of str
        The text with ``\n`` at the end of its lines, and the encoding.

    Raises
    ------
    UnreadableFile
        When it is no text in one of these.

    Examples
    --------
    >>> decode("prijs: 5 €\r\n".encode("cp1252"), "a.csv")
    ('prijs: 5 €\n', 'cp1252')
    """
    marked = [encoding for mark, encoding in BYTE_ORDER_MARKS.items() if data.startswith(mark)]
    # without a mark, UTF-16 betrays itself by a zero in every other byte of Latin text
    zeros = [data[start:2000:2].count(0) for start in (0, 1)]
    if max(zeros) > 0.3 * len(data[:2000:2]):
        marked = marked or ["utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"]
    for encoding in marked or ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as wrong:
            cause: Exception | None = wrong
            continue
        if "\0" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    else:
        raise UnreadableFile(file=name, expected="UTF-8 / UTF-16 / Windows-1252", cause=str(cause)) from cause
    raise UnreadableFile(file=name, expected="UTF-8 / UTF-16 / Windows-1252", cause="0x00")


def read_delimited(text: str, name: str, header: int) -> Cells:
    """Cut delimited text into cells; rows of another width than the header are broken ones.

    Parameters
    ----------
    text : str
        The whole file, lines ending in a line feed.
    name : str
        How messages call it.
    header : int
        Line of the column names.

    Raises
    ------
    EmptyFile
        When there is no line `header`.
    UnreadableFile
        When it can't be cut at all.
    """
    head = text.split("\n", HEAD)[:HEAD]
    separator = None
    # Excel writes and reads a first line "sep=;"
    if head[0].lower().startswith("sep=") and len(head[0]) == 5:
        separator, header = head[0][4], max(header, 2)
    skipped = "\n".join(head[: header - 1]) if header <= HEAD else "\n".join(text.split("\n")[: header - 1])
    rest = text[len(skipped) + 1 :] if header > 1 else text
    if not rest.strip():
        raise EmptyFile(file=name)
    try:
        separator = separator or find_separator(rest)
        reader = csv.reader(io.StringIO(rest), delimiter=separator)
        names = next(reader) or [""]
    except csv.Error as cause:
        raise UnreadableFile(file=name, expected="CSV", cause=str(cause)) from cause
    body = rest.split("\n", reader.line_num)
    below = body[reader.line_num] if len(body) > reader.line_num else ""
    try:
        frame, broken = _cut(below, len(names), separator)
    except pa.ArrowInvalid as cause:
        raise UnreadableFile(file=name, expected="CSV", cause=str(cause)) from cause
    above = header + reader.line_num - 1
    frame, broken = (part.with_columns(pl.col("_line") + above) for part in (frame, broken))
    return Cells(names, frame, broken, head, "," if separator == ";" else ".")


def find_separator(text: str) -> str:
    """The separator that cuts the first line into most parts; a comma where none does.

    Examples
    --------
    >>> find_separator('deal_id;"naam, voornaam";bedrag')
    ';'
    """
    first = io.StringIO(text.lstrip("\n").split("\n", 1)[0])
    widths = {}
    for separator in SEPARATORS:
        first.seek(0)
        widths[separator] = len(next(csv.reader(first, delimiter=separator), []))
    best = max(widths, key=lambda separator: widths[separator])
    return best if widths[best] > 1 else ","


def _cut(text: str, width: int, separator: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut lines into rows of `width` texts; the second frame holds the lines that have another width."""
    wrong: list[pa.csv.InvalidRow] = []

    def put_aside(row: pa.csv.InvalidRow) -> str:
        wrong.append(row)
        return "skip"

    text = text.rstrip("\n")
    if not text:
        empty = dict.fromkeys(map(str, range(width)), pl.String) | {"_line": pl.Int64}
        return pl.DataFrame(schema=empty), pl.DataFrame(schema=BROKEN)
    data = f"{text}\n{separator.join([LAST] * width)}\n".encode()
    names = [str(number) for number in range(width)]
    table = pa.csv.read_csv(
        io.BytesIO(data),
        # one block and one thread: only then does Arrow number the rows it puts aside
        read_options=pa.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
        parse_options=pa.csv.ParseOptions(
            delimiter=separator,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=put_aside,
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
    frame = pl.DataFrame(table) if table.num_rows else pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    aside = pl.DataFrame(
        {"row": [row.number for row in wrong], "_text": [row.text for row in wrong]},
        schema={"row": pl.Int64, "_text": pl.String},
    )
    frame, aside = _number_lines(frame, aside)
    # the sentinel stands alone on the last row, unless a quote that is never closed swallowed it
    if frame.height and frame.row(-1)[:width] == (LAST,) * width:
        frame, lost = frame.head(-1), []
    else:
        start = pl.concat([frame["_line"], aside["_line"]]).sort()[-1]
        frame, aside = (part.filter(pl.col("_line") < start) for part in (frame, aside))
        lost = [(start + n, line, "open_quote") for n, line in enumerate(text.split("\n")[start - 1 :])]
    broken = [
        (start + n, line, "width")
        for start, row in aside.select("_line", "_text").iter_rows()
        for n, line in enumerate(row.split("\n"))
    ]
    spoken = [row for row in broken + lost if row[1].strip()]
    return frame, pl.DataFrame(spoken, schema=BROKEN, orient="row")


def _number_lines(frame: pl.DataFrame, aside: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give every row the line it starts on: Arrow numbers rows, and values may run over lines."""
    names = frame.columns
    order = pl.DataFrame(
        {"row": pl.int_range(1, frame.height + aside.height + 1, dtype=pl.Int64, eager=True)}
    )
    breaks = (pl.col(name).str.count_matches("\n", literal=True).fill_null(0) for name in names)
    good = order.join(aside, on="row", how="anti", maintain_order="left")
    good = good.with_columns(frame.select(over=pl.sum_horizontal(*breaks).cast(pl.Int64))["over"])
    bad = aside.select("row", over=pl.col("_text").str.count_matches("\n", literal=True).cast(pl.Int64))
    lines = pl.concat([good, bad]).sort("row")
    lines = lines.select("row", _line=pl.col("row") + pl.col("over").cum_sum().shift(1, fill_value=0))
    frame = frame.with_columns(good.join(lines, on="row", how="left", maintain_order="left")["_line"])
    return frame, aside.join(lines, on="row", how="left", maintain_order="left")
