"""How well, how consistently labelled and how fast: the taggers of what is said.

Run from the project's root:

    python benchmarks/tagging.py quality FOLDER     FOLDER holds gold_nl/, ifadv/ and p4g/; or SALESINSIGHT_REAL_DATA
    python benchmarks/tagging.py agreement          labels against those of a second, blind labeller
    python benchmarks/tagging.py speed [--turns N]  turns per second, beside other libraries and one pass in C

Each writes its section of docs/validation.md.
"""

import argparse
import sys

from sections import real_data, write_section
from tagging_agreement import agreement_page
from tagging_quality import quality
from tagging_speed import speed


def main() -> None:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = reader.add_subparsers(dest="what", required=True)
    commands.add_parser("quality").add_argument("folder", nargs="?", default="")
    commands.add_parser("agreement")
    commands.add_parser("speed").add_argument("--turns", type=int, default=1_000_000)
    chosen = reader.parse_args()
    if chosen.what == "quality":
        sys.argv[1:] = [chosen.folder] if chosen.folder else []
        name, text = "tagging", quality(real_data("gold_nl").parent)
    elif chosen.what == "agreement":
        name, text = "tagging-agreement", agreement_page()
    else:
        name, text = "tagging-speed", speed(chosen.turns)
    print(text)
    write_section(name, text)


if __name__ == "__main__":
    main()
