"""Every night on a laptop: the units of systemd and launchd, written from deployments/laptop, and whether there is a schedule.

Both catch up on nights that were missed with one run, not with one for each.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from flows.settings import Home

TEMPLATES = Path(__file__).parents[1] / "deployments" / "laptop"
MINUTE, HOUR = 15, 4  # from 4 to 20 h a clock shows every hour once a night, in every zone, also when it is changed
CRON = f"{MINUTE} {HOUR} * * *"


def files(home: Home, hour: int, zone: str, mac: bool = sys.platform == "darwin") -> dict[Path, str]:
    """The units that run the nights of one owner: path → content. launchd knows no zone but the machine's."""
    program = Path(sys.executable).with_name("givetake")
    told = {"program": program, "home": home.root, "owner": home.owner, "hour": hour, "minute": MINUTE, "zone": zone}
    if mac:
        return {
            Path.home() / "Library" / "LaunchAgents" / f"org.givetake.{home.owner}.plist": _fill(
                "org.givetake.plist", {k: escape(str(v)) for k, v in told.items()}
            )
        }
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    quoted = {k: str(v).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") for k, v in told.items()}
    return {folder / f"givetake-{home.owner}{end}": _fill(f"givetake{end}", quoted) for end in (".service", ".timer")}


def install(home: Home, hour: int, zone: str, mac: bool = sys.platform == "darwin") -> tuple[list[Path], list[str]]:
    """Write the units and start them: the files, and the commands still to be given where that could not be done."""
    written = files(home, hour, zone, mac)
    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    last = list(written)[-1]
    commands = (
        [["launchctl", "bootstrap", f"gui/{os.getuid()}", str(last)]] if mac
        else [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "--now", last.name]]
    )  # fmt: skip
    if mac:  # an older one of the same name would stay
        _done(["launchctl", "bootout", f"gui/{os.getuid()}", str(last)])
    return list(written), [] if all(map(_done, commands)) else [shlex.join(command) for command in commands]


def found(home: Home) -> str:
    """What runs the nights of this home, in a few words; "" where nothing does as far as can be seen."""
    from flows.prefect_home import at_work

    if at_work(home):
        return "a serve is at work"
    for path in files(home, HOUR, "UTC"):
        with suppress(OSError):
            if path.suffix == ".plist" and str(home.root) in path.read_text():
                return path.name
            if path.suffix == ".timer" and (path.parent / "timers.target.wants" / path.name).is_symlink():
                return path.name
    with suppress(OSError):
        table = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False).stdout
        if any("givetake" in line and not line.lstrip().startswith("#") for line in table.splitlines()):
            return "crontab"
    came = {night.name[:8] for night in home.nights.iterdir()} if home.nights.is_dir() else set()
    if {f"{datetime.now(UTC) - timedelta(days):%Y%m%d}" for days in (1, 2, 3)} <= came:
        return "a night came on each of the last 3 days"  # by a server, most likely
    return ""


def once_a_night(zone: str, hour: int, since: date, years: int = 2) -> bool:
    """Whether the clock of a zone shows this hour and our minute exactly once on every day of these years."""
    clock = ZoneInfo(zone)
    for day in (since + timedelta(n) for n in range(365 * years)):
        local = datetime.combine(day, time(hour, MINUTE))
        instants = {local.replace(tzinfo=clock, fold=fold).astimezone(UTC) for fold in (0, 1)}
        if sum(instant.astimezone(clock).replace(tzinfo=None) == local for instant in instants) != 1:
            return False
    return True


def machine_zone() -> str:
    """The zone of this machine's clock by its IANA name; UTC where it has none."""
    named = [os.environ.get("TZ", "").lstrip(":")]
    with suppress(OSError):
        named.append(str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2])
    with suppress(OSError):
        named.append(Path("/etc/timezone").read_text().strip())
    for name in filter(None, named):
        with suppress(KeyError, ValueError, OSError):
            return ZoneInfo(name).key
    return "UTC"


def _fill(name: str, told: dict[str, object] | dict[str, str]) -> str:
    return Template((TEMPLATES / name).read_text()).substitute(told)


def _done(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
