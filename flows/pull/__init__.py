"""What the platforms' APIs hold, into the inbox as it came: every `[pull.<platform>]` of the settings, each on its own.

A pull that fails stops no other and loses nothing: what it stored stays, and the next goes on from there. Tokens come from the
caller, the environment (GIVETAKE_TOKEN_<PLATFORM>) or the keyring of the desktop, and are never written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from time import monotonic
from types import ModuleType
from typing import Any

from flows.inbox import write
from flows.reader import place
from flows.settings import Home, Settings

KEYRING = "givetake"  # the service; the user is <owner>/<platform>
LAST = "last.json"
_LAST = ("platform", "outcome", "line")
_NO_PLATFORM = ("http", "store")


def platforms() -> list[str]:
    """The platforms that can be pulled: every module here."""
    return sorted(m.name for m in iter_modules(__path__) if m.name not in _NO_PLATFORM)


def pull_all(
    home: Home, settings: Settings, only: list[str] | None = None, tokens: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Pull every platform the settings name, or `only` those: a row for each, with `line` saying why one failed.

    The owner's lock must be held. Rows: platform, outcome (pulled, unchanged or failed), archives (their names), requests,
    bytes, seconds, line. Never raises for what a platform does.
    """
    told = [_pull(home, settings, name, (tokens or {}).get(name)) for name in (only or sorted(settings.pull))]
    asked = {row["platform"] for row in told}
    kept = [row for row in last(home) if row["platform"] not in asked] + [{k: row[k] for k in _LAST} for row in told]
    with suppress(OSError):  # what was pulled is safe without it
        (home.folder / "pull").mkdir(mode=0o700, parents=True, exist_ok=True)
        write(home.folder / "pull" / LAST, json.dumps(kept, indent=1).encode())
    return told


def last(home: Home) -> list[dict[str, Any]]:
    """What the last pull of each platform said: platform, outcome and line. For the doctor; no pull goes by it."""
    with suppress(OSError, ValueError, TypeError):
        return [row for row in json.loads((home.folder / "pull" / LAST).read_bytes()) if set(row) == set(_LAST)]
    return []


def lacking(home: Home, settings: Settings) -> list[tuple[str, str]]:
    """Pulls that the settings name and that cannot even begin: (platform, why). Nothing is asked of a server."""
    from flows.pull.http import PullFailed

    told = []
    for name in sorted(settings.pull):
        try:
            _begin(home, settings, name, None)
        except (PullFailed, ValueError) as why:
            told.append((name, str(why) if isinstance(why, PullFailed) else _wrong(why)))
    return told


def _pull(home: Home, settings: Settings, name: str, token: str | None) -> dict[str, Any]:
    from pydantic import ValidationError

    from flows.pull.http import PullFailed

    started, client = monotonic(), None
    row: dict[str, Any] = {"platform": name, "outcome": "failed", "archives": [], "line": ""}
    there = _stored(home, name)
    try:
        module, client = _begin(home, settings, name, token)
        row["outcome"] = "pulled" if module.pull(home, settings, client) else "unchanged"
    except PullFailed as why:
        row["line"] = f"{name} — {why}"
    except ValidationError as wrong:
        row["line"] = f"[pull.{name}] — {_wrong(wrong)}"
    except OSError as error:
        row["line"] = f"{name} — {(error.strerror or type(error).__name__).lower()} — nothing is lost; the next pull goes on"
    except Exception as bug:  # its message may quote what was answered
        row["line"] = f"{name} — {place(bug)} — nothing is lost; please report it"
    row["archives"] = sorted(_stored(home, name) - there)
    return row | {
        "requests": getattr(client, "requests", 0), "bytes": getattr(client, "received", 0),
        "seconds": round(monotonic() - started, 3),
    }  # fmt: skip


def _begin(home: Home, settings: Settings, name: str, token: str | None) -> tuple[ModuleType, Any]:
    """The module and the client of one pull. Raises PullFailed, or pydantic.ValidationError where its settings are wrong."""
    from flows.pull.http import PullFailed

    if name not in platforms():
        raise PullFailed(f"cannot be pulled — {', '.join(platforms())} can")
    if name not in settings.pull:
        raise PullFailed(f"nothing is set — write [pull.{name}] in givetake.toml; docs/pulls.md shows how")
    module = import_module(f"{__name__}.{name}")
    return module, module.client(module.Options(**settings.pull[name]), _token(home, name, token, module))


def _wrong(wrong: Any) -> str:
    told = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong.errors(include_input=False)]
    return f"{'; '.join(told)} — see docs/pulls.md"


def _stored(home: Home, name: str) -> set[str]:
    return {p.name for p in home.inbox.iterdir() if not p.name.startswith(".")} if home.inbox.is_dir() else set()


def _token(home: Home, name: str, token: str | None, module: ModuleType) -> str:
    """The token handed in, else of the environment, else of the keyring."""
    from flows.pull.http import PullFailed

    found = token or os.environ.get(f"GIVETAKE_TOKEN_{name.upper()}") or _keyring(f"{home.owner}/{name}")
    if not found and module.MEND:
        raise PullFailed(f"no token — {module.MEND}")
    return (found or "").strip()


def _keyring(user: str) -> str | None:
    """What the desktop's keyring holds; nothing where there is none, or it is locked."""
    try:
        import keyring

        return keyring.get_password(KEYRING, user)
    except Exception:  # every backend has its own
        return None
