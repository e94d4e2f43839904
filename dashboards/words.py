"""The words of the app: text of others made harmless, figures as one would say them, and a name for every column shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dashboards.report import ago, day, number, percent, readable

__all__ = ["ago", "day", "number", "percent", "readable"]

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_JOINER = "\u2060"  # nothing to see; it keeps www., a@b and :words: from becoming links, icons and colours

REALNESS = {
    "real": "you have both spoken, over time, and it was of use",
    "thin": "something has passed between you, not yet enough to call it a tie",
    "nominal": "a name: no word exchanged so far",
    "fake": "mostly pitches and ready-made greetings came",
}
TIES = {"real": "real", "thin": "thin", "nominal": "a name so far", "fake": "mostly pitches"}
VERDICTS = {
    "I give more": "you give more",
    "even": "even",
    "they give more": "they give more",
    "unclear": "unclear",
    "too early": "too early to tell",
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


def plain(text: str | None) -> str:
    """Text of others as Markdown that shows exactly that text: no markup, link, icon, colour or formula comes of it."""
    safe = _MARKS.sub(r"\\\1", readable(text))
    safe = safe.replace("\\:", f"\\:{_JOINER}").replace("\\@", f"\\@{_JOINER}")
    return re.sub(r"(?i)\bwww(?=\\\.)", lambda www: www[0] + _JOINER, safe)


def told(text: str | None) -> str:
    """A sentence of our own SQL (a reason, an advice) as Markdown: long, and it may hold a name."""
    return " ".join(plain(word) for word in (text or "").split())


def warm(column: str) -> str:
    """SQL: a reason or a kind of tie without its hard word."""
    return f"regexp_replace({column}, '^fake\\b', 'mostly pitches')"


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
        return number(round(value, 2) + 0, 0 if abs(value) >= 100 else 2).removesuffix(".00")  # + 0: no −0
    if isinstance(value, int):
        return number(value)
    return day(value) if hasattr(value, "year") else readable(str(value))
