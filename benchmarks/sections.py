"""Results go into docs/validation.md, each in a section of its own that its command rewrites."""

import os
import pathlib
import re
import sys

VALIDATION = pathlib.Path(__file__).resolve().parent.parent / "docs" / "validation.md"


def write_section(name: str, text: str, file: pathlib.Path = VALIDATION) -> None:
    """Replace the section between ``<!-- name:begin -->`` and ``<!-- name:end -->``."""
    page = file.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if begin not in page:
        page = f"{page.rstrip()}\n\n{begin}\n{end}\n"
    head, rest = page.split(begin, 1)
    tail = rest.split(end, 1)[1]
    file.write_text(f"{head}{begin}\n{text.strip()}\n{end}{tail}", encoding="utf-8")


def real_data(*names: str) -> pathlib.Path:
    """The folder of real data sets, or a clear end when it is not there."""
    place = os.environ.get("SALESINSIGHT_REAL_DATA", sys.argv[1] if len(sys.argv) > 1 else "")
    folder = pathlib.Path(place).joinpath(*names)
    if not place or not folder.exists():
        sys.exit(
            f"This benchmark reads real data that is not shipped: {'/'.join(names)}. "
            "Give the folder that holds it as the first argument or in SALESINSIGHT_REAL_DATA."
        )
    return folder


def table(frame) -> str:
    """A frame as a Markdown table, missing values as a dash."""
    text = frame.astype(object).where(frame.notna(), "–").astype(str)
    rows = [text.columns.tolist(), ["---"] * text.shape[1], *text.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(re.sub(r"\s+", " ", cell) for cell in row) + " |" for row in rows)
