"""How fast, and in how much memory, a file of turns becomes a table of features.

Run from the project's root:

    python benchmarks/features.py            10⁵, 10⁶ and 10⁷ turns, 1 % more of each, and the peers; about twelve minutes
    python benchmarks/features.py --quick    10⁵ turns only; prints, writes nothing
    python benchmarks/features.py --profile [--turns N]   where the processor's time goes

The first writes docs/performance.md and its picture. It needs 1 GB of disk in the folder for temporary files, and for
the environments of the peers 3 GB in the user's cache folder, at first use.
"""

import argparse
import pathlib
import tempfile

import pandas as pd
from features_files import POOL, pool_of
from features_page import growth_of, page, write_page
from features_profile import profile
from features_runs import PEERS, environment, limit_run, peer_run, ready, say, sizes

LANGUAGE = "nl"
ROUNDS = {100_000: 5, 1_000_000: 3, 10_000_000: 1}
PEER_ROUNDS = 3


def main() -> None:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--profile", action="store_true")
    reader.add_argument("--turns", type=int, default=300_000)
    chosen = reader.parse_args()
    if chosen.profile:
        print(profile(chosen.turns, LANGUAGE))
        return
    rounds = {min(ROUNDS): PEER_ROUNDS} if chosen.quick else ROUNDS
    runs = measure(rounds)
    text = page(runs, LANGUAGE)
    print(text)
    if not chosen.quick:
        write_page(text, growth_of(runs))


def measure(rounds: dict[int, int]) -> pd.DataFrame:
    """Run everything in turn, round after round: what, n, turns, wall and cpu seconds, peak memory."""
    runs = []
    pythons = {peer: environment(peer) for peer in PEERS}
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        pool = pool_of(LANGUAGE, min(POOL, max(rounds)))
        program = ready(folder, min(POOL, max(rounds)), pool, LANGUAGE)
        for number in range(max(rounds.values())):
            say(f"round {number + 1}")
            for n in (n for n, times in rounds.items() if times > number):
                runs += sizes(folder, n, pool, LANGUAGE, everywhere=n == max(rounds))
            if number < PEER_ROUNDS:
                runs += [limit_run(program, folder)] if program else []
                for peer in (peer for peer, python in pythons.items() if python):
                    runs += filter(None, [peer_run(peer, pythons[peer], folder, LANGUAGE)])
    return pd.DataFrame(runs)


if __name__ == "__main__":
    main()
