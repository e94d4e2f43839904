"""When the night runs: units that systemd and launchd take, and hours that come once a night, also when clocks are changed."""

from __future__ import annotations

import inspect
import os
import plistlib
import re
import shutil
import subprocess
import sys
from asyncio import run
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
import yaml

from flows import schedule
from flows.cli import night
from flows.settings import Home

# Clocks are changed at 2:00, 1:00, 3:00, midnight, by half an hour, by two hours, in Ramadan, in the other half of the year.
ZONES = (
    "Europe/Berlin", "Europe/Lisbon", "Europe/Helsinki", "America/New_York", "America/Havana", "Africa/Cairo", "Asia/Beirut",
    "America/Santiago", "Pacific/Easter", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca", "America/Nuuk",
    "Australia/Sydney", "Asia/Kolkata", "UTC",
)  # fmt: skip
ODD = Home(Path('/tmp/my "network" 100% $HOME'), "olive")
systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd")


def test_the_hour_comes_once_every_night_in_every_zone() -> None:
    every = sorted(available_timezones())[::7]
    assert [z for z in {*ZONES, *every} if not schedule.once_a_night(z, schedule.HOUR, date(2026, 1, 1), years=1)] == []
    assert not schedule.once_a_night("Europe/Helsinki", 3, date(2026, 1, 1))
    assert not schedule.once_a_night("Europe/Berlin", 2, date(2026, 1, 1))
    assert schedule.once_a_night("Europe/Berlin", 3, date(2026, 1, 1))


@pytest.mark.parametrize("zone", ZONES)
def test_prefect_runs_every_night_once(zone: str) -> None:
    """The schedule `serve` and deployments/prefect.yaml hand to the server, by the server's own arithmetic."""
    from prefect.server.schemas.schedules import CronSchedule

    clock = ZoneInfo(zone)
    start = datetime(2026, 1, 1, tzinfo=clock)
    dates = run(CronSchedule(cron=schedule.CRON, timezone=zone).get_dates(n=366, start=start))
    local = [d.astimezone(clock) for d in dates]
    assert {(at.hour, at.minute) for at in local} == {(schedule.HOUR, schedule.MINUTE)}
    assert [at.date() for at in local] == [date(2026, 1, 1) + timedelta(n) for n in range(366)]


@systemd
@pytest.mark.parametrize("zone", ZONES)
def test_systemd_runs_every_night_once(zone: str, tmp_path: Path) -> None:
    timer = next(text for path, text in schedule.files(ODD, schedule.HOUR, zone, mac=False).items() if path.suffix == ".timer")
    calendar = re.search(r"OnCalendar=(.*)", timer)
    assert calendar
    for base in ("2026-03-01 12:00:00 UTC", "2026-10-01 12:00:00 UTC"):
        told = subprocess.run(
            ["systemd-analyze", "calendar", calendar[1], f"--base-time={base}", "--iterations=45"], capture_output=True,
            text=True, check=True, env={"TZ": "UTC", "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        ).stdout  # fmt: skip
        instants = [datetime.strptime(i, "%Y-%m-%d %H:%M:%S") for i in re.findall(r"\w{3} ([\d-]+ [\d:]+) UTC", told)]
        local = [i.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for i in dict.fromkeys(instants)]
        assert len(local) == 45
        assert {(at.hour, at.minute) for at in local} == {(schedule.HOUR, schedule.MINUTE)}
        assert {b.date() - a.date() for a, b in pairwise(local)} == {timedelta(1)}


@systemd
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    written = schedule.files(ODD, 4, "Europe/Berlin", mac=False)
    assert [path.name for path in written] == ["givetake-olive.service", "givetake-olive.timer"]
    program = str(Path(sys.executable).with_name("givetake"))
    for path, text in written.items():
        (tmp_path / path.name).write_text(text.replace(program, "/bin/true"))
    told = subprocess.run(
        ["systemd-analyze", "verify", "--user", *(str(tmp_path / path.name) for path in written)], capture_output=True, text=True,
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    ours = [line for line in told.stderr.splitlines() if "givetake" in line]
    assert (told.returncode, ours) == (0, []), told.stderr
    service, timer = written.values()
    assert 'run --home "/tmp/my \\"network\\" 100%% $$HOME" --owner "olive"' in service
    assert "Persistent=true" in timer  # nights that were missed: one run


@systemd
@pytest.mark.parametrize("unit", ["prefect-server", "prefect-worker"])
def test_systemd_takes_the_units_of_the_server(unit: str, tmp_path: Path) -> None:
    text = (schedule.TEMPLATES.parent / "server" / f"{unit}.service").read_text()
    (tmp_path / f"{unit}.service").write_text(text.replace("/opt/givetake/.venv/bin/prefect", "/bin/true"))
    told = subprocess.run(["systemd-analyze", "verify", str(tmp_path / f"{unit}.service")], capture_output=True, text=True)
    assert [line for line in told.stderr.splitlines() if unit in line and "not found" not in line] == []


def test_launchd_takes_the_agent_and_it_runs(tmp_path: Path) -> None:
    ((path, text),) = schedule.files(Home(Path("/tmp/a & <b>"), "olive"), 4, "Europe/Berlin", mac=True).items()
    agent = plistlib.loads(text.encode())
    assert (path.name, agent["Label"]) == ("org.givetake.olive.plist", "org.givetake.olive")
    assert agent["StartCalendarInterval"] == {"Hour": 4, "Minute": 15}
    assert agent["RunAtLoad"] is True  # what was missed while switched off
    assert agent["Umask"] == 0o077
    shell, program = agent["ProgramArguments"][:3], tmp_path / "givetake"
    for code in (0, 3):
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/told\nexit {code}\n')
        program.chmod(0o700)
        done = subprocess.run([*shell, str(program), *agent["ProgramArguments"][4:]], capture_output=True)
        assert (tmp_path / "told").read_text().splitlines() == ["run", "--home", "/tmp/a & <b>", "--owner", "olive"]
        assert (done.returncode == 0) == (code == 0)


def test_a_schedule_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PATH", str(tmp_path))
    home = Home(tmp_path / "home", "olive").make()
    assert schedule.found(home) == ""
    files, left = schedule.install(home, 4, "UTC", mac=False)
    assert left == ["systemctl --user daemon-reload", "systemctl --user enable --now givetake-olive.timer"]
    assert schedule.found(home) == "", "written, but nobody has started it"
    for days in (1, 2, 3):
        assert schedule.found(home) == ""
        (home.nights / f"{datetime.now(UTC) - timedelta(days):%Y%m%d}T041500Z").mkdir()
    assert schedule.found(home) == "a night came on each of the last 3 days"
    wants = files[-1].parent / "timers.target.wants"
    wants.mkdir()
    (wants / files[-1].name).symlink_to(files[-1])
    assert schedule.found(home) == ("givetake-olive.timer" if sys.platform != "darwin" else "")


def test_every_way_has_the_same_hour() -> None:
    assert inspect.signature(night.serve).parameters["cron"].default == schedule.CRON
    assert f'GIVETAKE_CRON="{schedule.CRON}"' in (schedule.TEMPLATES.parent / "server" / "server.env").read_text()


def test_the_containers_are_private_and_have_no_secret_of_their_own() -> None:
    folder = schedule.TEMPLATES.parent / "containers"
    compose = yaml.safe_load((folder / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"postgres", "server", "deploy", "worker", "dashboard"}
    assert [p for service in services.values() for p in service.get("ports", []) if not p.startswith("127.0.0.1:")] == []
    assert services["postgres"]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True
    example = dict(line.split("=", 1) for line in (folder / "env.example").read_text().splitlines() if line[:1].isupper())
    used = set(re.findall(r"\$\{(\w+)", (folder / "compose.yaml").read_text()))
    assert used == set(example), "every variable is in the example, and none is for nothing"
    server, client = services["server"]["environment"], services["worker"]["environment"]
    for name, value in (("API_AUTH_STRING", "givetake:${GIVETAKE_SECRET:?}"), ("API_CSRF_PROTECTION_ENABLED", "true")):
        assert server[f"PREFECT_SERVER_{name}"] == value
    assert client["PREFECT_API_AUTH_STRING"] == server["PREFECT_SERVER_API_AUTH_STRING"]
    assert client["GIVETAKE_CRON"] == f"${{GIVETAKE_CRON:-{schedule.CRON}}}"
    copied = re.findall(r"^COPY (.+) \S+$", (folder / "Dockerfile").read_text(), re.M)
    root = folder.parents[1]
    assert [name for line in copied for name in line.split() if not (root / name).exists()] == []
    assert (folder / "entry").stat().st_mode & 0o100
