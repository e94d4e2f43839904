"""The words of the app: text of others made harmless, figures as one would say them, and a name for every column shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

NAME = 48  # characters of a name
# Control and direction characters: a name must not turn the page around. Those XML does not know end the process that draws.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]+")
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_JOINER = "\u2060"  # nothing to see; it keeps www., a@b and :words: from becoming links, icons and colours

REALNESS = {
    "real": "you have both spoken, over time, and it was of use",
    "thin": "something has passed between you, not yet enough to call it a tie",
    "nominal": "a name: no word exchanged so far",
    "fake": "mostly pitches and ready-made greetings came",
}
TIES = {"real": "real", "thin": "thin", "nominal": "a name so far", "fake": "mostly pitches"}
CIRCLES = {"weekly": "weekly", "monthly": "monthly", "half-yearly": "half-yearly", "yearly": "yearly", "outer": "less often"}
VERDICTS = {
    "I give more": "you give more",
    "even": "even",
    "they give more": "they give more",
    "unclear": "unclear",
    "too early": "too early to tell",
}
ADVICE = {  # the fixed names stay in the table, the command line and SQL
    "keep": "keep",
    "keep: pinned": "keep, as you chose",
    "nurture: dormant": "get back in touch",
    "nurture: fading": "pick it up again",
    "nurture: cooling": "a small sign of life",
    "nurture: I owe": "give something back",
    "prune: pinned": "may go, as you chose",
    "prune: noise": "may rest: mostly pitches",
    "prune: one-way": "may rest: mostly one way",
    "prune: nominal": "may rest: a name so far",
}
KINDS = {
    "talk": "conversation",
    "help": "help",
    "resource": "something useful",
    "credit": "recognition",
    "introduction": "introduction",
    "offer": "offer",
    "recommendation": "recommendation",
    "gift": "gift",
    "amplification": "passed on",
    "endorsement": "endorsement",
    "thanks": "thanks",
    "applause": "applause",
    "ask": "a question or request",
    "link": "bare link",
    "status": "news of oneself",
    "spam": "pitch",
}
LABELS = {
    "name": "Who",
    "platforms": "Where",
    "company": "Company",
    "given": "Given",
    "received": "Received",
    "balance": "Balance",
    "verdict": "Verdict",
    "effective_acts": "Rests on",
    "strength": "Contact days a year",
    "circle": "Circle",
    "realness": "Tie",
    "last_contact_on": "Last in touch",
    "advice": "Advice",
    "reason": "Why",
    "gap_days": "Days since",
    "opportunity": "Doors opened",
    "attention_minutes": "Your minutes",
    "regret_rank": "Place",
    "profile": "Profile",
}


def readable(name: str | None) -> str:
    """A name on one line, without characters that hide or turn text, of bounded length."""
    plain = " ".join(_UNSEEN.sub(" ", (name or "")[: NAME * 8]).split())
    return plain if len(plain) <= NAME else plain[: NAME - 1].rstrip() + "…"


def plain(text: str | None) -> str:
    """Text of others as Markdown that shows exactly that text: no markup, link, icon, colour or formula comes of it."""
    safe = _MARKS.sub(r"\\\1", readable(text))
    safe = safe.replace("\\:", f"\\:{_JOINER}").replace("\\@", f"\\@{_JOINER}")
    return re.sub(r"(?i)\bwww(?=\\\.)", lambda www: www[0] + _JOINER, safe)


def told(text: str | None) -> str:
    """A sentence of our own SQL (a reason, an advice) as Markdown: long, and it may hold a name."""
    return " ".join(plain(word) for word in (text or "").split())


def count(many: float | None, one: str, more: str = "") -> str:
    """3 acts, 1 act."""
    return f"{number(many)} {one if many is not None and round(many) == 1 else more or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """a, b and c."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def signed(value: float | None) -> str:
    """+0.25, −0.25, 0."""
    return "–" if value is None else "0" if abs(value) < 0.005 else f"{value:+.2f}".replace("-", "−")


def minutes(many: float | None) -> str:
    """An hour and more in hours."""
    if many is None:
        return "–"
    return count(many, "minute") if many < 120 else count(many / 60, "hour")


def shown(value: Any) -> str:
    """A value of any column, for a reader."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        told = number(round(value, 2) + 0, 0 if abs(value) >= 100 else 2)  # + 0: no −0
        return told.removesuffix(".00").replace("-", "−")
    if isinstance(value, int):
        return number(value)
    return day(value) if hasattr(value, "year") else readable(str(value))


def number(value: float | None, digits: int = 0) -> str:
    """1 234 with a thin blank that does not break; an en dash where nothing is known."""
    return "–" if value is None else f"{value:,.{digits}f}".replace(",", "\u202f")


def percent(share: float | None) -> str:
    """A share of 1 as per cent."""
    return "–" if share is None else f"{100 * share:.0f}\u202f%"


def day(on: date | datetime | None) -> str:
    """30 June 2026."""
    return "–" if on is None else f"{on.day} {on:%B %Y}"


def ago(days: float | None) -> str:
    """Days in the words one would use."""
    if days is None:
        return "an unknown time"
    for size, unit in ((365.25, "year"), (30.44, "month"), (7, "week")):
        if days >= 2 * size or (unit == "year" and days >= 350):
            count = round(days / size)
            return f"{count} {unit}{'s' * (count != 1)}"
    count = round(days)
    return f"{count} day{'s' * (count != 1)}"
