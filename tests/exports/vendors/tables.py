"""An export as lines of text, and the lines that a person wrote down for a fixture."""

COLUMNS = {
    "deals": "deal_id name account_id account_name created_at amount currency pipeline product lead_source owner_id",
    "events": "deal_id at kind value entered_at person_id",
    "conversations": "conversation_id deal_id account_id started_at ended_at planned_min kind direction status "
    "seller_id note entered_at",
    "people": "person_id account_id side name title",
    "attendance": "conversation_id person_id",
}


def lines(export, check):
    """Every table, what was set aside and how the rows add up, section by section.

    Cells stand between bars and moments are month-day hour:minute in Amsterdam: the fixtures are of 2026.
    """
    found = {name: _rows(getattr(export, name), name) for name in COLUMNS}
    aside = check.rejects.astype(object).where(check.rejects.notna(), "-")
    found["rejects"] = [" | ".join(map(str, row)) for row in aside.itertuples(index=False)]
    found["read used merged skipped rejected"] = [
        f"{name} | {t.read} | {t.used} | {t.merged} | {t.skipped} | {t.rejected}"
        for name, t in check.tables.items()
        if t.read
    ]
    return found


def expected(path):
    """The sections of a file: ``[name]`` and the lines below it."""
    found, name = {}, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            found[name] = []
        elif line.strip() and not line.startswith("#"):
            found[name].append(line)
    return found


def _rows(table, name):
    if name == "events":
        table = table.sort_values(["deal_id", "at"], kind="stable")
    table = table[COLUMNS[name].split()].copy()
    for column in table.columns:
        if str(table[column].dtype).startswith("datetime"):
            table[column] = table[column].dt.tz_convert("Europe/Amsterdam").dt.strftime("%m-%d %H:%M")
    table = table.astype(object).where(table.notna(), "-")
    rows = table.itertuples(index=False)
    return [" | ".join(str(cell).replace("\n", " / ") for cell in row) for row in rows]
