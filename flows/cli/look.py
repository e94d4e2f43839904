"""What came out: the table of connections, one explained, the page, and SQL on all of it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flows.cli.screen import Choice, Stop, say

app = typer.Typer()
SHOWN = (
    "name", "advice", "balance", "verdict", "given", "received", "strength", "trend", "last_contact_on", "connection_id",
    "platforms", "reason",
)  # fmt: skip


@app.command()
def connections(
    context: typer.Context,
    advice: Annotated[str, typer.Option(help="Only this advice or its beginning: keep, nurture, prune …")] = "",
    sort: Annotated[str, typer.Option(help="A published column; numbers and dates from the largest.")] = "strength",
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many; 0: all. On a terminal 40 unless said.")] = None,
    thanks: Annotated[bool, typer.Option("--thanks", help="Only those whom you owe thanks.")] = False,
) -> None:
    """The table of connections."""
    choice: Choice = context.obj
    columns = {row["name"]: row["type"] for row in choice.rows("select name, type from pragma_table_info('connection')")}
    if sort not in columns:
        raise Stop(f"--sort — no column {sort} — one of {', '.join(columns)}", 2)
    falling = "" if columns[sort] == "VARCHAR" else "desc"
    found = choice.rows(
        "select * from connection where starts_with(advice, $advice)"
        f"{' and connection_id in (select connection_id from owed_thanks)' if thanks else ''}"
        f' order by "{sort}" {falling} nulls last, connection_id',
        advice=advice,
    )
    if limit is None:
        limit = 40 if sys.stdout.isatty() and not choice.as_json else 0
    shown = found[:limit] if limit else found
    if not choice.as_json:
        shown = _remarked(choice, shown)
    choice.show(shown, list(dict.fromkeys((SHOWN[0], *([sort] if sort not in SHOWN[:8] else []), *SHOWN[1:]))))
    if len(shown) < len(found):
        say(f"{len(shown)} of {len(found)}; --limit 0 shows all")


@app.command()
def explain(
    context: typer.Context,
    connection: Annotated[str, typer.Argument(help="A connection_id, or a name, handle or URL that fits one.")],
    limit: Annotated[int, typer.Option(min=0, help="At most so many acts, newest first; 0: all.")] = 0,
) -> None:
    """Every number of one connection, with the arithmetic and the acts behind it."""
    from flows.cli.arithmetic import WILSON, explained

    choice: Choice = context.obj
    found = resolve(choice, connection)
    told = explained(choice, found)
    owed = choice.rows("from owed_thanks where connection_id = $id", id=found["connection_id"])
    acts = told["acts"][:limit] if limit else told["acts"]
    if choice.as_json:
        how = {h["number"]: h["how"] for h in told.pop("how") if h["how"]}
        choice.show([found | told | {"how": how, "owed_thanks": owed, "acts": acts}])
        return
    numbers = [*told["how"], {"number": "wilson, wilson_lo, wilson_hi", "value": None, "how": WILSON}]
    choice.show(numbers, ("number", "value", "how"), title=found["name"])
    where = ("archive_name", "member", "record_number")
    for title, rows, columns in (
        ("Thanks owed", owed, ("since_on", "what", "acts", "value")),
        ("People reached", told["reached"], ("name", "distance", "received", "opportunity", "reached_id")),
        ("States", told["states"], ("platform", "state", "direction", "since_at", "exported_at", *where, "key")),
        ("Contact days", told["days"], ("happened_on", "age_days", "strength")),
        ("Acts", acts, ("happened_at", "platform", "channel", "direction", "value_kind", "value", "weight", "n_targets", *where,
                        "two_sided", "contact", "attention_minutes", "value_rule", "act_id", "text")),
    ):  # fmt: skip
        if rows:
            print()
            choice.show(rows, columns, title=title)
    if len(acts) < len(told["acts"]):
        say(f"{len(acts)} of {len(told['acts'])} acts; --limit 0 shows all")


@app.command()
def sql(
    context: typer.Context,
    select: Annotated[str, typer.Argument(help="One SELECT; `show tables` and `describe TABLE` tell what there is.")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 1000,
) -> None:
    """Read-only SQL on the published file."""
    from dashboards.published import published, query

    choice: Choice = context.obj
    columns, rows = query(published(choice.place().folder), select, limit=limit + 1)
    choice.show([dict(zip(columns, row, strict=True)) for row in rows[:limit]], columns)
    if len(rows) > limit:
        say(f"the first {limit} rows; --limit shows more")


@app.command()
def report(context: typer.Context) -> None:
    """Where the page of the last good night is: one file, to be opened in any browser."""
    choice: Choice = context.obj
    page = choice.place().published / "report.html"
    if not page.exists():
        raise Stop(f"{page.parent} — no page there — `givetake run` makes it")
    choice.show([{"report": str(page)}]) if choice.as_json else print(page)


def _remarked(choice: Choice, rows: list[dict]) -> list[dict]:
    """A verdict that rests on the weights gets a mark, an advice the thanks that are owed."""
    rests = {row["connection_id"] for row in choice.rows("from sensitivity")}
    owed = {row["connection_id"]: row for row in choice.rows("from owed_thanks")}
    told = []
    for row in rows:
        mark = " *" if row["connection_id"] in rests else ""
        thanks = owed.get(row["connection_id"])
        more = f"; thanks owed for {thanks['what']} since {thanks['since_on']}" if thanks else ""
        told.append(row | {"verdict": row["verdict"] + mark, "reason": row["reason"] + more})
    if any(row["verdict"].endswith(" *") for row in told):
        say("* another step between the weights gives another verdict; givetake explain shows which")
    return told


def resolve(choice: Choice, words: str) -> dict:
    """The connection that a connection_id, name, handle or URL fits. Several: their list on stdout and exit 2."""
    for fits in (
        "connection_id = $words",
        "lower(name) = lower($words) or connection_id in (select connection_id from account where lower(key) = lower($words)"
        " or lower(platform || ':' || key) = lower($words) or lower(handle) = lower(ltrim($words, '@'))"
        r" or regexp_replace(lower(url), '^https?://(www\.)?|/$', '', 'g')"
        r" = regexp_replace(lower($words), '^https?://(www\.)?|/$', '', 'g'))",
        "contains(lower(name), lower($words))",
    ):
        found = choice.rows(f"select * from connection where {fits} order by strength desc, connection_id", words=words)
        if len(found) == 1:
            return found[0]
        if found:
            choice.show(found, ("connection_id", "name", "platforms", "company", "last_contact_on"))
            raise Stop(f"{words} — fits {len(found)} connections — name one by its connection_id", 2)
    raise Stop(f"{words} — fits no connection — `givetake connections` lists them")
