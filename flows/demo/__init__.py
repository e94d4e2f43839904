"""A synthetic owner: ten invented years on three platforms, written exactly as the platforms would export them.

`givetake demo` and the tests run whole nights on it. Nobody in it exists.
"""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, time, timedelta
from pathlib import Path

from flows.demo import exports
from flows.demo.life import OWNER, STORIES, Life

UNTIL = date(2026, 6, 30)
SEED = 7

__all__ = ["SEED", "STORIES", "UNTIL", "write"]


def write(folder: Path, seed: int = SEED, until: date = UNTIL) -> None:
    """Fill an owner's folder: `inbox/` with four exports, people.csv, ledger.csv and givetake.toml.

    The same seed and date give the same bytes. A night on it should be as of `until` (00:00 UTC), or every tie is old.
    """
    life = Life(seed, until)
    inbox, mark = folder / "inbox", f"{random.Random(seed).getrandbits(128):032x}"
    inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    made_at = datetime.combine(until - timedelta(days=1), time(5, 46, 38))
    earlier = made_at - timedelta(days=980)
    exports.x(life, inbox / f"twitter-{made_at:%Y-%m-%d}-{mark}.zip", made_at)
    exports.linkedin(life, inbox / f"Basic_LinkedInDataExport_{earlier:%m-%d-%Y}.zip", earlier, complete=False)
    exports.linkedin(life, inbox / f"Complete_LinkedInDataExport_{made_at:%m-%d-%Y}.zip", made_at, complete=True)
    exports.mastodon(life, inbox / f"archive-{made_at:%Y%m%d%H%M%S}-{mark}.zip", made_at)
    _people(life, folder / "people.csv")
    _ledger(life, folder / "ledger.csv")
    (folder / "givetake.toml").write_text('timezone = "Europe/Berlin"\n\n[relevant]\ncompanies = ["Open Shore Institute"]\n')
    for file in (*inbox.iterdir(), *folder.glob("*.csv"), folder / "givetake.toml"):
        file.chmod(0o600)


def _people(life: Life, target: Path) -> None:
    """Which accounts are one person, and what the owner has decided about some."""
    with target.open("w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(("account", "person", "me", "pin", "expect", "introduced_by", "relevant", "not_same_as"))
        for platform in sorted(OWNER.on):
            out.writerow((OWNER.account(platform), OWNER.name, "yes", "", "", "", "", ""))
        for who in (p for p in life.people if p.linked):
            for platform in sorted(who.on):
                told = [who.notes.get(c, "") for c in ("pin", "expect", "introduced_by")]
                out.writerow((who.account(platform), who.name, "", *told, "", ""))


def _ledger(life: Life, target: Path) -> None:
    """What no export holds: the job came by telephone, and a boat was lent."""
    job, balanced, radio = (life.person(story) for story in ("job", "balanced", "radio"))
    with target.open("w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(("happened_on", "direction", "person", "kind", "n_targets", "note"))
        out.writerow(((job.met + timedelta(days=41)).date(), "received", job.name, "offer", 1, "the job, by telephone"))
        out.writerow(((radio.met + timedelta(days=91)).date(), "received", radio.name, "offer", 1, "a slot on the radio"))
        out.writerow((life.ago(300).date(), "given", balanced.name, "gift", 1, "the boat for a fortnight"))
        out.writerow((life.ago(200).date(), "received", balanced.name, "gift", 1, "a week in the cabin"))
