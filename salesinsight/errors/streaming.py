"""Refusals around large files: another run busy with the same output, and a cluster that can't do the work."""

from __future__ import annotations

from typing import ClassVar

from salesinsight.errors.base import InputRefused, SalesInsightError


class OutputLocked(SalesInsightError):
    """Another run is writing the same features; the command ends with 14."""

    exit_code = 14
    sentence: ClassVar[dict[str, str]] = {
        "en": "Another run is busy writing {file}. Wait until it is done, or give another file to write.",
        "nl": "Een andere run is bezig {file} te schrijven. Wacht tot die klaar is, of geef een ander bestand op.",
    }


class NoCluster(InputRefused):
    """No scheduler answers at the address that was given."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "No Dask scheduler answers at {address} ({cause}). Check the address and whether 'dask scheduler' runs there.",
        "nl": "Op {address} antwoordt geen Dask-scheduler ({cause}). Controleer het adres en of 'dask scheduler' daar draait.",
    }


class OtherWorkers(InputRefused):
    """Workers of a cluster that would measure otherwise than this machine."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The workers {workers} have another version of salesinsight or of the libraries it computes with than this "
        "machine. Install the same on all of them.",
        "nl": "De workers {workers} hebben een andere versie van salesinsight, of van de bibliotheken waarmee het rekent, "
        "dan deze machine. Installeer overal dezelfde.",
    }


class PartFailed(InputRefused):
    """A part of the work that no worker of the cluster could finish."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file} could not be measured: {cause}. What is done is kept: give the same command again to go on. A worker "
        "that runs out of memory needs more of it, or files with smaller row groups.",
        "nl": "{file} kon niet worden gemeten: {cause}. Wat klaar is, blijft bewaard: geef dezelfde opdracht opnieuw om "
        "verder te gaan. Een worker met te weinig geheugen vraagt er meer, of bestanden met kleinere row groups.",
    }
