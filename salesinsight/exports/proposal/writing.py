"""Everything that was found → the text of a profile."""

from __future__ import annotations

import dataclasses

from salesinsight.exports.proposal.asking import Asking, array, commented, key, quoted
from salesinsight.exports.proposal.blocks import blocks
from salesinsight.exports.proposal.firm import Order
from salesinsight.exports.proposal.sections import Sheet

LINKED = ["**/*.vtt", "**/*.srt", "**/*.txt", "**/*.json", "**/*.docx"]


@dataclasses.dataclass(frozen=True)
class Firm:
    """What is a firm's own, for the head of the profile.

    Attributes
    ----------
    orders : tuple of Order
        Stages per pipeline.
    won, lost : tuple of str
        Stages that close a deal.
    undecided, decided : tuple of str
        Reasons of loss that mean that nothing was decided, and the others.
    domains, sellers : tuple of str
        Domains of the sellers' own organisation; who sells, when that was asked for.
    newest : str or None
        The newest day in the export, as ISO, "" when nothing tells; None when a folder's name tells.
    undated : bool
        Whether reading finds no day by itself.
    """

    orders: tuple[Order, ...] = ()
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    newest: str | None = None
    undated: bool = False


def write_profile(base: str, zone: str, sheets: list[Sheet], spoken: bool, firm: Firm, asking: Asking) -> str:
    """Write the proposal as TOML; every question is a comment where its answer belongs.

    Parameters
    ----------
    base : str
        The profile that it builds on; "" for none.
    zone : str
        Time zone of times without one; "" when there is nothing to ask about it.
    sheets : list of Sheet
        Files that the base does not read.
    spoken : bool
        Whether there are transcripts that the base does not read.
    firm : Firm
        What is the firm's own.
    asking : Asking
        Puts questions into words, and remembers them.
    """
    lines = [*asking.tell("title"), *asking.tell("legend"), ""]
    if base:
        lines += [*asking.tell("base"), f"base = {quoted(base)}"]
    else:
        lines += [*asking.tell("language"), f"language = {quoted(asking.words.language)}"]
    if zone:
        lines += [*asking.ask("zone"), *asking.tell("zone"), f"time_zone = {quoted(zone)}"]
    if firm.newest is not None:
        lines += _as_of(firm, asking)
    lines += _own(spoken or base == "transcripts", firm, asking)
    lines += _label(firm, asking)
    histories = [sheet for sheet in sheets if sheet.layout.file == "history"]
    if histories and (firm.won or firm.lost):
        closing = {"won": firm.won, "lost": firm.lost}
        lines += ["", "[history]", *(f"{kind} = {array(names)}" for kind, names in closing.items() if names)]
    lines += _stages(firm, asking, any(sheet.layout.file in ("deals", "history") for sheet in sheets))
    deals = next((sheet for sheet in sheets if sheet.layout.file == "deals"), None)
    for sheet in sheets:
        if sheet.layout.file:
            lines += blocks(sheet, deals, asking)
            unused = [one.name for one in sheet.layout.columns if not one.meaning]
            lines += ["", *asking.tell("unused", columns=", ".join(unused))] if unused else []
        elif not base:
            names = ", ".join(one.name[:40] for one in sheet.layout.columns[:20])
            lines += ["", *asking.tell("unknown_file", columns=names)]
    if spoken:
        lines += ["", *asking.tell("transcripts"), "[[turns]]", f"file = {array(LINKED)}"]
        lines += ['having = ["speaker", "start_s", "text"]', "optional = true", "link = true"]
    return "\n".join(line.replace("\n", " ") for line in lines) + "\n"


def _as_of(firm: Firm, asking: Asking) -> list[str]:
    if not firm.newest:
        return [*asking.ask("as_of_open"), "# as_of = 2026-01-31"]
    if firm.undated:
        return [*asking.ask("as_of_set", date=firm.newest), f"as_of = {firm.newest}"]
    return [*asking.ask("as_of", date=firm.newest), f"# as_of = {firm.newest}"]


def _own(spoken: bool, firm: Firm, asking: Asking) -> list[str]:
    lines = []
    if firm.domains:
        lines += [*asking.ask("own_domains"), f"own_domains = {array(firm.domains)}"]
    elif spoken:
        lines += [*asking.ask("own_domains"), '# own_domains = ["bedrijf.example"]']
    if firm.sellers:
        lines += [*asking.ask("sellers"), f"sellers = {array(firm.sellers)}"]
    return lines


def _label(firm: Firm, asking: Asking) -> list[str]:
    if not firm.undecided and not firm.decided:
        return []
    others = ", ".join(f"'{reason}'" for reason in firm.decided) or asking.words("proposal.toml.none")
    line = f"no_decision_reasons = {array(firm.undecided)}"
    return ["", "[label]", *asking.ask("no_decision", others=others),
            *([line] if firm.undecided else commented([line]))]  # fmt: skip


def _stages(firm: Firm, asking: Asking, own: bool) -> list[str]:
    if not firm.orders and own:
        return ["", *asking.ask("no_stages"), *commented(["[stages.deals]", 'order = ["…", "…"]'])]
    lines = []
    for order in firm.orders:
        how = asking.words(f"proposal.how.{order.how}")
        told = [f"[stages.{key(order.pipeline or 'deals')}]", f"order = {array(order.stages)}"]
        # the order of a file is none to reckon with before somebody has looked at it
        lines += ["", *asking.ask("stages_open" if order.how == "file" else "stages", how=how)]
        lines += commented(told) if order.how == "file" else told
    return lines
