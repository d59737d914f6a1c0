"""Does the stall model deserve trust: real data, leak probes and simulations, each in its section of the page.

Run from the project's root: ``python benchmarks/trust.py FOLDER [part ...]``, where FOLDER holds the real data sets
(``bank_marketing/``, ``xeducation/``, ``bpic2012/``, ``maven_crm/``, ``p4g/``). Without parts all of them are made.
"""

import importlib
import pathlib
import sys

from sections import write_section

HERE = pathlib.Path(__file__).parent
# each a module beside this one with a function `section`
PARTS = [
    name
    for name in ("leaks", "bpi", "fading", "maven", "promises", "simulations")
    if (HERE / f"{name}.py").exists()
]


def main() -> None:
    parts = sys.argv[2:] or PARTS
    unknown = [part for part in parts if part not in PARTS]
    if unknown or len(sys.argv) < 2:
        sys.exit(f"python benchmarks/trust.py FOLDER [part ...]; parts are {', '.join(PARTS)}.")
    for part in parts:
        text = importlib.import_module(part).section()
        print(text)
        write_section(part, text)


if __name__ == "__main__":
    main()
