"""A copy of the published night to show to others: nobody in it can be named.

Who is who becomes an HMAC-SHA-256 under a key that is made for this copy and never written: two copies cannot be laid side by
side. Words are kept only where their vocabulary is ours (`WORDS`); every other text is dropped, whatever a table adds one day.
Instants and dates become months, and what is said of fewer than five people is held back.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from typing import Any

from flows import warehouse

FEW = 5  # people; of fewer nothing is told
PERSONS = (
    "connection_id", "reached_id", "act_id", "key", "account", "archive", "from_archive", "to_archive", "post",
)  # fmt: skip
WORDS = (
    "platform", "platforms", "channel", "direction", "value_kind", "value_rule", "time_precision", "kind", "list", "activity",
    "change", "visibility", "verdict", "verdict_step_1", "verdict_step_2", "verdict_step_5", "circle", "trend", "realness",
    "advice", "what",
)  # fmt: skip
PEOPLE = (
    "connections", "real", "thin", "fake", "nominal", "real_weekly", "real_monthly", "real_half_yearly", "real_yearly",
    "real_outer", "follow_backs_without_act", "people_left",
)  # fmt: skip
EMPTY = ("run", "check_result")  # when and on what machine is nobody's business
RARE = ("platforms", "connected_on", "first_contact_on", "last_contact_on", "happened_at")  # tell a person by being rare
_TOLD_OF = f"count(distinct connection_id) over (partition by {{}}) >= {FEW}"
HELD_BACK = {  # rows that stay
    "account": _TOLD_OF.format("platform"),
    "act": f"connection_id is null or {_TOLD_OF.format('platform, channel, direction')}",
    "attrition": f"people_at_start >= {FEW} and coalesce(people_left, 0) not between 1 and {FEW - 1}",
    "change": f"count(distinct account) over (partition by platform, change, to_archive) >= {FEW}",
    "channel": f"acts >= {FEW} or visibility = 'not observable'",
    "connection_month": _TOLD_OF.format("month_on"),
    "cut_curve": f"connections >= {FEW} or connections = 0",
    "invitation": f"sent >= {FEW}",
    "response": f"total >= {FEW}",
}


def share(published: Path, target: Path) -> dict[str, tuple[int, int]]:
    """Write the copy, whole or not at all: rows of every table, and how many were held back. `target` must not exist."""
    key = secrets.token_bytes(32)

    def pseudonym(name: str) -> str:
        return hmac.digest(key, name.encode("utf-8", "replace"), "sha256").hex()[:12]

    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    rows: dict[str, tuple[int, int]] = {}
    try:
        with warehouse.connect(Path(":memory:")) as con:
            con.create_function("pseudonym", pseudonym, ["VARCHAR"], "VARCHAR")
            con.execute(f"attach {_text(published)} as night (read_only)").fetchall()
            con.execute(f"attach {_text(draft)} as shared (storage_version 'v1.0.0')").fetchall()
            for table, columns in _columns(con).items():
                kept = "false" if table in EMPTY else HELD_BACK.get(table, "true")
                told = ", ".join(f'{_told(table, name, kind)} as "{name}"' for name, (kind, _) in columns.items())
                there = f'select *, {kept} as "_kept" from night."{table}"'
                made = f'create table shared."{table}" as select {told} from ({there}) where "_kept" order by all'
                con.execute(made).fetchall()
                for name, (_, about) in columns.items():
                    if about:
                        con.execute(f'comment on column shared."{table}"."{name}" is {_text(about)}').fetchall()
                counts = [con.execute(f'select count(*) from {d}."{table}"').fetchall()[0][0] for d in ("night", "shared")]
                rows[table] = counts[1], counts[0] - counts[1]
            con.execute("detach shared").fetchall()
        draft.chmod(0o600)
        os.link(draft, target)  # as a rename, but never over what is there
    finally:
        draft.unlink(missing_ok=True)
    return rows


def _told(table: str, column: str, kind: str) -> str:
    """What is told of a column, as SQL."""
    name = f'"{column}"'
    told = "null"
    if column == "name":
        told = "'Person ' || pseudonym(connection_id)[:6]"
    elif column == "owner":
        told = "'owner'"
    elif column in PERSONS:
        told = f"pseudonym({name})"
    elif kind in ("DATE", "TIMESTAMP"):
        told = f"date_trunc('month', {name})"
    elif column in ("gap_days", "age_days"):
        told = f"({name} // 30) * 30"
    elif column in PEOPLE:
        told = f"if({name} between 1 and {FEW - 1}, null, {name})"
    elif kind != "VARCHAR" or column in WORDS:
        told = name
    if table in ("connection", "act") and column in RARE:
        told = f"if(count(distinct connection_id) over (partition by {told}) >= {FEW}, {told}, null)"
    return f"({told})::{kind}"


def _columns(con: Any) -> dict[str, dict[str, tuple[str, str]]]:
    """Of every published table its columns in order, with type and comment."""
    tables: dict[str, dict[str, tuple[str, str]]] = {}
    for table, column, kind, about in con.execute(
        "select table_name, column_name, data_type, comment from duckdb_columns() where database_name = 'night'"
        " order by table_name, column_index"
    ).fetchall():
        tables.setdefault(table, {})[column] = kind, about
    return tables


def _text(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
