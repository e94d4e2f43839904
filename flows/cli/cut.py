"""The cut plan: what goes with whom. A list to act on by hand, or not; no platform is ever touched."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.screen import Choice, Stop, say

app = typer.Typer()
ESSAYS = {0: "002: never delete, you cannot know", 80: "001: cut 80 %"}
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # a spreadsheet would compute what starts so
COLUMNS = ("platform", "name", "profile", "regret_rank", "reason", "received", "opportunity", "realness", "attention_minutes",
           "connection_id", "account")  # fmt: skip
PLAN = """
select a.platform, c.name, coalesce(a.url, a.handle) as profile, p.regret_rank, p.reason, c.received, c.opportunity, c.realness,
    c.attention_minutes, c.connection_id, a.platform || ':' || a.key as account, a.url
from cut_plan p
join connection c using (connection_id)
join account a using (connection_id)
where p.regret_rank <= $people and a.platform <> 'ledger'
order by a.platform, p.regret_rank, account
"""
CURVE = """
select percent, connections, received_share, opportunity_share, real_share, attention_share
from cut_curve
where percent % 10 = 0 or percent = $percent
order by percent
"""


@app.command()
def cut(
    context: typer.Context,
    share: Annotated[float, typer.Option(min=0, max=1, help="How many of your connections, from 0 to 1.")] = 0.8,
    to: Annotated[Path | None, typer.Option("--csv", help="Write the list into this file.")] = None,
) -> None:
    """The cut plan: what would be lost at any share, and whom to cut first, by platform. Nothing is done anywhere."""
    choice: Choice = context.obj
    percent = int(share * 100 + 1e-9)
    curve = [row | {"essay": ESSAYS.get(row["percent"])} for row in choice.rows(CURVE, percent=percent)]
    here = next(row for row in curve if row["percent"] == percent)
    plan = choice.rows(PLAN, people=here["connections"])
    if to:
        _write(to, plan)
    if choice.as_json:
        choice.show([{"share": percent / 100, **{k: v for k, v in here.items() if k != "essay"}, "curve": curve, "plan": plan}])
        return
    choice.show(
        [row | {"essay": row["essay"] or ("chosen" if row is here else None)} for row in curve], title="What goes with them"
    )
    print()
    for platform in dict.fromkeys(row["platform"] for row in plan) if sys.stdout.isatty() else [""]:
        choice.show(
            [row for row in plan if row["platform"] == platform or not platform], COLUMNS[bool(platform) :], title=platform
        )
    lost = ", ".join(
        f"{cell:.0%} of {what}" for what, cell in (
            ("received value", here["received_share"]), ("opportunity", here["opportunity_share"]),
            ("real ties", here["real_share"]), ("attention", here["attention_share"]),
        ) if cell is not None
    )  # fmt: skip
    say(f"{here['connections']} connections cut take with them {lost or 'nothing'}; this only tells, it changes nothing anywhere")
    if to:
        say(f"written: {to}")


def _write(path: Path, plan: list[dict[str, Any]]) -> None:
    """The plan as CSV, readable by this user only; no cell is a formula to a spreadsheet."""
    from flows.inbox import write

    if not path.parent.is_dir():
        raise Stop(f"--csv — no folder {path.parent} — name a file in one that is there", 2)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows([harmless(row[column]) for column in COLUMNS] for row in plan)
    write(path, out.getvalue().encode())


def harmless(value: Any) -> Any:
    """A cell that a spreadsheet shows and does not compute."""
    computes = isinstance(value, str) and (value.startswith(FORMULA) or value.lstrip().startswith(FORMULA))
    return f"'{value}" if computes else value
