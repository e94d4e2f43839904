"""Erase a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from flows.cli.screen import Choice, Stop, complain, progress, say

app = typer.Typer()
BARE = r"regexp_replace(lower({}), '^https?://(www\.)?|/+$', '', 'g')"
FITS = f"""
select connection_id, arg_max(coalesce(name, handle, key), length(name)) as name,
    string_agg(distinct platform, ', ' order by platform) as platforms, any_value(company) as company,
    list(platform || ':' || key order by platform, key) as accounts
from kept.core.account
where not is_own and connection_id in (
    select connection_id from kept.core.account
    where connection_id = $words or lower(name) = lower($words) or lower(key) = lower($words)
        or lower(platform || ':' || key) = lower($words) or lower(handle) = lower(ltrim($words, '@'))
        or {BARE.format("url")} = {BARE.format("$words")}
)
group by connection_id
order by connection_id
"""
KNOWN = """
select distinct a.platform, a.key, coalesce(r.name, a.name) as name, coalesce(r.handle, a.handle) as handle,
    coalesce(r.url, a.url) as url, r.same_as
from kept.core.account a
left join kept.raw.account r using (platform, key)
where list_contains($ids, a.connection_id)
"""
NAMESAKES = """
select distinct r.name
from kept.raw.account r
join kept.core.account a using (platform, key)
where r.name is not null and not list_contains($ids, a.connection_id)
"""


@app.command()
def forget(
    context: typer.Context,
    people: Annotated[list[str], typer.Argument(metavar="PERSON…", help="A connection_id, name, handle, URL or platform:key.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As if it were that day (UTC).")] = None,
) -> None:
    """Erase a person from all but the inbox, and keep them out of whatever is read later."""
    from flows import stages
    from flows.cli.private import warehouse
    from flows.forget import bury, settle, unpublish
    from flows.inbox import parcels
    from transforms.forgotten import Account

    choice: Choice = context.obj
    home = choice.place()
    found = {row["connection_id"]: row for words in people for row in _one(choice, words)}
    for row in found.values():
        say(f"{row['name']}: {', '.join(row['accounts'])}")
    if not yes and not typer.confirm("Erase for ever? The exports in the inbox stay as they are.", err=True):
        raise Stop("nobody erased")
    known, others = warehouse(choice, KNOWN, NAMESAKES, ids=list(found))
    accounts = [Account(r["platform"], r["key"], r["name"], r["handle"], r["url"], tuple(r["same_as"] or ())) for r in known]
    with stages.alone(home):
        bury(home, accounts, [row["name"] for row in others])
        changed = settle(home)
    try:
        with progress() as move:
            stages.night(home, choice.settings().model_copy(update={"pull": {}}), as_of and as_of.date(), move)
    except Exception:
        with stages.alone(home):
            unpublish(home)  # rather no night than one that still holds them
        raise
    finally:
        settle(home)
    names = {p.sha256: ", ".join(path.name for path in p.paths) for p in parcels(home)}
    left = [{"archive": sha256, "name": names[sha256], "path": str(home.inbox)} for sha256 in changed if sha256 in names]
    choice.show(left, ("name", "archive"))
    complain(f"inbox — {len(left)} exports, untouched, still hold them — delete what you can spare; they are read without them")
    for settings in (home.root / "givetake.toml", home.folder / "givetake.toml"):
        if settings.exists():
            say(f"{settings} is yours to look through: names in [relevant] stay")


def _one(choice: Choice, words: str) -> list[dict[str, Any]]:
    """The person these words fit. Raises Stop, with a list where there are several."""
    from flows.cli.private import warehouse

    fits = warehouse(choice, FITS, words=words)[0]
    if len(fits) > 1:
        choice.show(fits, ("connection_id", "name", "platforms", "company"))
        raise Stop(f"{words} — fits {len(fits)} people — name one by its connection_id, or all of them by theirs", 2)
    if not fits:
        raise Stop(f"{words} — fits nobody — name an account, as in x:42, or a connection as `givetake connections` lists it", 2)
    return fits
