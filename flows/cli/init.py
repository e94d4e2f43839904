"""Setting up: home, owner, clock, accounts and schedule by a few questions, each with an answer already there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.screen import Choice, Stop, say

if TYPE_CHECKING:
    from flows.settings import Home

app = typer.Typer()


@app.command()
def init(
    context: typer.Context,
    timezone: Annotated[str | None, typer.Option(help="Your clock, as Europe/Berlin; else this machine's.")] = None,
    me: Annotated[str | None, typer.Option(help="Your addresses and accounts: olive@example.org, x:12345, …")] = None,
    exports: Annotated[str | None, typer.Option(help="A folder to watch for exports; '' for none.")] = None,
    hour: Annotated[int | None, typer.Option(min=-1, max=23, help="The hour of the night; -1: no schedule.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take what is not given as it stands.")] = False,
) -> None:
    """Set up the home and the schedule by a few questions; asked again, it changes what you answer anew."""
    from flows import schedule
    from flows.settings import Home, Settings

    choice: Choice = context.obj
    ask = _asking(yes)
    home = choice.place()
    root = ask("Where everything is kept", None if not choice.home else choice.home, str(home.root), _path)
    name = ask("What you call yourself here", choice.owner or None, home.owner, lambda word: _owner(root, word))
    home = Home.find(root, name)
    known = Settings.load(home)
    there = known.timezone if "timezone" in known.model_fields_set else schedule.machine_zone()
    zone = ask("Your time zone", timezone, there, _zone)
    mine = ask("Your e-mail addresses and accounts, with commas between", me, ", ".join(_mine(home)), _accounts)
    watched = [str(p) for p in known.pull.get("folder", {}).get("paths", [])]
    folder = ask("Folder where exports arrive, - for none", exports, (watched or _downloads())[0], _folder)
    at = ask("Hour of the night, -1 for no schedule", hour, schedule.HOUR, lambda word: _hour(word, zone))
    home.make()
    _write(home, zone, folder)
    _put(home, mine)
    scheduled = _schedule(home, at, zone)
    told = {"home": str(home.root), "owner": home.owner, "timezone": zone, "me": mine, "exports": folder, "schedule": scheduled}
    choice.show([{"what": k, "is": v or None} for k, v in told.items()] if not choice.as_json else [told])
    say("next: order your exports (docs/get-your-exports.md), then: givetake add PATH, givetake run")


def _asking(yes: bool) -> Any:
    """ask(question, flag, default, check): the flag's value, else what the person types, else the default; checked."""
    talks = sys.stdin.isatty() and not yes

    def ask(question: str, given: Any, default: Any, check: Any) -> Any:
        if given is not None or not talks:
            return check(default if given is None else given)
        while True:
            try:
                return check(typer.prompt(question, default=default, err=True, type=str))
            except (Stop, ValueError) as why:
                say(str(why))

    return ask


def _path(word: str) -> str:
    from flows.settings import Home

    try:
        return str(Home.find(word, "me").root)
    except ValueError as why:
        raise Stop(str(why), 2) from None


def _owner(root: str, word: str) -> str:
    from flows.settings import Home

    try:
        return Home.find(root, word).owner
    except ValueError as why:
        raise Stop(str(why), 2) from None


def _zone(word: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(word.strip()).key
    except (KeyError, ValueError, OSError):
        raise Stop(f"{word} — no time zone — write it as Europe/Berlin", 2) from None


def _accounts(words: str) -> list[str]:
    """Accounts as people.csv has them: platform:key; a bare address is one of e-mail."""
    from transforms.sources import sources

    told = []
    for word in (w.strip() for w in words.split(",")):
        platform, colon, key = word.partition(":")
        if colon and platform in sources() and key:
            told.append(word)
        elif re.fullmatch(r"[^@\s:]+@[^@\s:]+\.[^@\s:]+", word):
            told.append(f"email:{word.lower()}")
        elif word:
            raise Stop(f"{word} — neither an e-mail address nor platform:account — write it as x:12345", 2)
    return told


def _folder(word: str) -> str:
    if word.strip() in ("", "-"):
        return ""
    if not Path(word).expanduser().is_dir():
        raise Stop(f"{word} — no such folder — name one that is there, or - for none", 2)
    return word.strip()


def _hour(word: Any, zone: str) -> int:
    from datetime import date

    from flows.schedule import MINUTE, once_a_night

    if not re.fullmatch(r"-1|[01]?\d|2[0-3]", str(word).strip()):
        raise Stop(f"{word} — no hour — a number from 0 to 23, or -1 for no schedule", 2)
    hour = int(word)
    if hour >= 0 and not once_a_night(zone, hour, date.today()):
        raise Stop(f"{hour}:{MINUTE} — does not come once every night in {zone}, where clocks are changed — choose 4 or later", 2)
    return hour


def _downloads() -> list[str]:
    return ["~/Downloads" if Path("~/Downloads").expanduser().is_dir() else "-"]


def _mine(home: Home) -> list[str]:
    from flows.read import people

    return [row["account"] for row in people(home) if row.get("me")]


def _write(home: Home, zone: str, folder: str) -> None:
    """Set what was answered in the owner's givetake.toml; what else stands there stays, comments too."""
    from flows.inbox import write
    from flows.settings import Settings

    path = home.folder / "givetake.toml"
    text = path.read_text() if path.exists() else ""
    line = f'timezone = "{zone}"\n'
    first = re.search(r"^\[", text, re.M)
    head, rest = (text[: first.start()], text[first.start() :]) if first else (text, "")
    head, there = re.subn(r"^timezone\s*=.*\n?", line, head, count=1, flags=re.M)
    text = (head if there else line + head) + rest
    table = re.search(r"^\[pull\.folder\].*?(?=^\[|\Z)", text, re.M | re.S)
    paths = f"paths = [{_quoted(folder)}]"
    if table and re.search(r"^paths\s*=", table[0], re.M):
        inner = re.sub(r"^paths\s*=\s*\[[^\]]*\]", lambda _: paths, table[0], count=1, flags=re.M)
        text = text[: table.start()] + (inner if folder else "") + text[table.end() :]
    elif folder:
        text = text.rstrip("\n") + f"\n\n[pull.folder]\n{paths}\n"
    write(path, text.encode())
    Settings.load(home)  # says where something else in it is wrong


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _put(home: Home, accounts: list[str]) -> None:
    """Mark the owner's own accounts in people.csv."""
    from flows.own_files import PEOPLE, Sheet

    sheet = Sheet(home.people, PEOPLE)
    for account in accounts:
        sheet.put(account, me="yes")
    if accounts or home.people.exists():
        sheet.save()


def _schedule(home: Home, hour: int, zone: str) -> str:
    from flows import schedule

    if hour < 0:
        return ""
    files, left = schedule.install(home, hour, zone)
    if left:
        say(f"written to {files[0].parent}; still to be done: {' && '.join(left)}")
    return f"{hour}:{schedule.MINUTE:02d} every night ({files[-1].name})"
