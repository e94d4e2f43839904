"""Calendars: iCalendar files of Google Takeout, Outlook, Apple and others (RFC 5545).

A meeting is talk both ways, one act given and one received per occurrence, towards everybody else who is really invited;
who organises it invites, dated when the event was made. Shown are plans: who came is in no file.
Traps: addresses inside alarms are reminders; a calendar, a room or a list among the attendees is nobody; personal calendars
name hardly anyone, which does not mean that the owner was alone. Series are one event here: they are opened up to the day
of the export, at most 5,000 occurrences, changed ones in their place wherever they stand. Cancelled, declined, all-day and
later events are set aside; the same event in two calendars is one. A clock without a zone is the owner's.
https://support.google.com/calendar/answer/37111
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import cache

import polars as pl
from dateutil import rrule
from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import contentlines
from transforms.formats.rooms import large
from transforms.formats.told import TWICE, aside

TITLE = "Calendar"
VERSION = "2"
ASKS_OWNER = True
LAYOUTS = {"iCalendar": ("*.ics", "*.ical", "*.ifb")}
IGNORES: dict[str, str] = {}

LONGEST = 5000  # occurrences of one series
_CHATS = ("_chat.txt", "whatsapp chat*.txt", "result.json", "messages*.html", "messages.json", "group_info.json")
_NOBODY = (
    r"@(?:group|resource|import)\.(?:v\.)?calendar\.google\.com$|^unknownorganizer@calendar\.google\.com$|^invalid:"
    r"|^(?:no-?reply|do-?not-?reply|calendar-notification|notifications?)\b"
)
_ONE = (
    "UID", "DTSTART", "RRULE", "RECURRENCE-ID", "STATUS", "CREATED", "LAST-MODIFIED", "DTSTAMP", "SEQUENCE",
    "X-GOOGLE-CALENDAR-CONTENT-TYPE", "X-MICROSOFT-CDO-ALLDAYEVENT",
)  # fmt: skip
_ACT: dict[str, pl.DataType | type[pl.DataType]] = {
    "record": pl.String,
    "happened_at": times.INSTANT,
    "channel": pl.String,
    "direction": pl.String,
}
_STRANGE = "does not tell whose calendar it is; mark your own address `me` in people.csv"
_OFFSET = re.compile(r"\((?:UTC|GMT) ?(?:([+-])(\d\d):(\d\d))?\)")


def claims(archive: Archive) -> list[Member]:
    """Files with a calendar in them that are no attachment of a chat or a mail."""
    chats = {m.path[: -len(m.name)] for m in archive.find(*_CHATS)}
    likely = [m for m in archive.find(*LAYOUTS["iCalendar"]) if not any(m.path.startswith(c) for c in chats)]
    return [m for m in likely if not m.size or b"BEGIN:VCALENDAR" in archive.head(m).upper().replace(b"\x00", b"")]


def read(archive: Archive, owner: Owner) -> Reading:
    """All calendars as one: events once, whichever calendars they stand in."""
    reading = Reading("calendar")
    events, people = [pl.DataFrame()], [pl.DataFrame()]
    zones: dict[str, tzinfo] = {}
    for member in claims(archive):
        try:
            lines = contentlines.table(archive.read(member))
        except Unreadable as why:
            reading.member(member.number, 1)
            reading.problem(member.number, "-", str(why))
            continue
        zones |= _own_zones(lines)
        event, person = _events(lines, member, reading)
        events.append(event)
        people.append(person)
    frame = pl.concat(events, how="diagonal_relaxed")
    if frame.height:
        _tell(reading, frame, pl.concat(people, how="diagonal_relaxed"), zones, owner)
    return reading


def _events(lines: pl.DataFrame, member: Member, reading: Reading) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The events of a file, one row each, and one row per attendee and organizer; alarms inside are left out."""
    value = pl.col("value").str.strip_chars().str.to_uppercase()

    def marks(which: str, *components: str) -> pl.Expr:
        return ((pl.col("name") == which) & value.is_in(components)).fill_null(False).cast(pl.Int64)

    kinds = ("VEVENT", "VTODO", "VJOURNAL")
    lines = lines.filter(pl.col("name").is_in(["BEGIN", "END", "ATTENDEE", "ORGANIZER", "EXDATE", "RDATE", *_ONE]))
    lines = lines.with_columns(i=marks("BEGIN", *kinds).cum_sum() - 1).filter(pl.col("i") >= 0)
    reading.member(member.number, lines["i"].n_unique())
    ended = marks("END", *kinds).cum_sum().over("i")
    alarm = (marks("BEGIN", "VALARM") - marks("END", "VALARM")).cum_sum().over("i")
    lines = lines.with_columns(kind=value.filter(pl.col("name") == "BEGIN").first().over("i"), whole=ended.max().over("i") > 0)
    heads = lines.select("i", "kind", "whole", member=pl.lit(member.number, pl.Int32)).unique("i", maintain_order=True)
    for i in heads.filter(~pl.col("whole"))["i"]:
        reading.problem(member.number, i, "the event does not end; export the calendar again")
    heads = heads.filter("whole")
    every = heads.filter(pl.col("kind") == "VEVENT").select("i", "member")
    reading.set_aside(member.number, "a task or note, no meeting", heads.height - every.height)
    lines = lines.filter((ended == 0) & (alarm == 0), pl.col("name") != "BEGIN").join(every, on="i", maintain_order="left")
    zone = contentlines.parameter("TZID").alias("zone")
    first = lines.filter(pl.col("name").is_in(_ONE)).unique(["i", "name"], keep="first", maintain_order=True)
    table = (
        first.select("i", "name", "value").pivot("name", index="i", values="value") if first.height else pl.DataFrame({"i": []})
    )
    table = table.with_columns(pl.lit(None, pl.String).alias(c) for c in _ONE if c not in table.columns)
    clocks = first.filter(pl.col("name") == "DTSTART").select("i", zone)
    moved = first.filter(pl.col("name") == "RECURRENCE-ID").select("i", zone.alias("moved_zone"))
    dates = lines.filter(pl.col("name").is_in(["EXDATE", "RDATE"])).with_columns(zone)
    listed = dates.group_by("i", maintain_order=True).agg(
        *(pl.concat_str("zone", "value", separator="\x1f", ignore_nulls=False).fill_null("\x1f" + pl.col("value"))
          .filter(pl.col("name") == n).alias(n) for n in ("EXDATE", "RDATE"))
    )  # fmt: skip
    for more in (table.with_columns(pl.col("i").cast(pl.Int64)), clocks, moved, listed):
        every = every.join(more, on="i", how="left", maintain_order="left")
    address = pl.coalesce(_address(pl.col("value")), _address(contentlines.parameter("EMAIL")))
    name = contentlines.parameter("CN").str.replace(r"\s*[<(].*$", "").str.strip_chars("' \"")
    people = lines.filter(pl.col("name").is_in(["ATTENDEE", "ORGANIZER"])).select(
        "member", "i", role="name", email=address, cn=pl.when((name != "") & ~name.str.contains("@")).then(name),
        answer=contentlines.parameter("PARTSTAT").str.to_uppercase(), type=contentlines.parameter("CUTYPE").str.to_uppercase(),
    )  # fmt: skip
    return every, people.drop_nulls("email")


def _address(value: pl.Expr) -> pl.Expr:
    bare = value.str.strip_chars().str.replace("(?i)^mailto:", "").str.strip_chars("<> ").str.to_lowercase()
    return pl.when(bare.str.contains(r"^[^\s@]+@[^\s@]+$")).then(bare)


def _tell(reading: Reading, events: pl.DataFrame, people: pl.DataFrame, zones: dict[str, tzinfo], owner: Owner) -> None:
    stamps = [_utc(events[c]) for c in ("DTSTAMP", "CREATED", "LAST-MODIFIED")]
    reading.exported_at = max((t for s in stamps if (t := s.max())), default=None)  # type: ignore[type-var, assignment]
    events = events.with_columns(created=stamps[1], UID=pl.coalesce("UID", pl.concat_str("member", "i", separator=":")))
    events = events.with_columns(record=pl.concat_str("member", "i", separator=":"))
    mine = _mine(people, owner)
    reading.owner_key, reading.owner_aliases = (mine[0], mine[1:]) if mine else (None, [])
    there = people.filter(pl.col("email").is_in(mine)).group_by("member", "i").agg(
        declined=(pl.col("answer") == "DECLINED").any(), organises=(pl.col("role") == "ORGANIZER").any()
    )  # fmt: skip
    real = people.filter(
        ~pl.col("email").is_in(mine), ~pl.col("email").str.contains(_NOBODY), (pl.col("answer") != "DECLINED").fill_null(True),
        ~pl.col("type").is_in(["RESOURCE", "ROOM", "GROUP"]).fill_null(False),
    )  # fmt: skip
    with_whom = real.group_by("member", "i").agg(
        others=pl.col("email").unique().sort(), organizer=pl.col("email").filter(pl.col("role") == "ORGANIZER").first()
    )
    for more in (there, with_whom):
        events = events.join(more, on=["member", "i"], how="left", maintain_order="left")
    sequence = pl.col("SEQUENCE").cast(pl.Int64, strict=False).fill_null(0)
    order = events.with_columns(rank=sequence, n=pl.col("others").list.len().fill_null(0))
    order = order.sort("rank", "n", "member", "i", descending=[True, True, False, False])
    again = ~order.select(pl.struct("UID", "RECURRENCE-ID").is_first_distinct()).to_series()
    aside(reading, order.filter(again), TWICE)
    events = order.filter(~again).sort("member", "i")
    changed = events.drop_nulls("RECURRENCE-ID")  # whatever becomes of them, the series has no occurrence there
    day = pl.col("DTSTART").str.contains(r"^\d{8}$") | (pl.col("X-MICROSOFT-CDO-ALLDAYEVENT").str.to_uppercase() == "TRUE")
    for reason, which in (
        ("an event that names nobody else", pl.col("others").is_null()),
        ("cancelled", pl.col("STATUS").str.to_uppercase() == "CANCELLED"),
        ("declined by the owner", pl.col("declined")),
        ("lasts all day: no meeting", day),
        ("a meeting without the owner", pl.col("declined").is_null() if mine else pl.lit(False)),
    ):
        out = which.fill_null(False)
        aside(reading, events.filter(out), reason)
        events = events.filter(~out)
    if not mine:
        for member, n in events.group_by("member").len().sort("member").iter_rows():
            reading.problem(member, "-", _STRANGE, records=n)
        return
    _acts(reading, events, changed, zones, owner)
    _accounts(reading, real.join(events, on=["member", "i"], how="semi"))
    for channel, direction in (
        ("meeting", "given"),
        ("meeting", "received"),
        ("invitation", "given"),
        ("invitation", "received"),
    ):
        reading.sees(channel, direction, claim="iCalendar: events with attendees, as planned")


def _mine(people: pl.DataFrame, owner: Owner) -> list[str]:
    """The owner's addresses: told by the owner, else the one invited to most events."""
    told = {a.removeprefix("email:").lower() for a in owner.me if "@" in a}
    counts = people.unique(["member", "i", "email"]).filter(~pl.col("email").str.contains(_NOBODY))["email"].value_counts()
    counts = counts.sort("count", "email", descending=[True, False])
    if known := [a for a in counts["email"] if a in told]:
        return known
    events, top = people.select("member", "i").n_unique(), counts["count"].to_list()[:2]
    sure = len(top) > 0 and events >= 3 and top[0] * 10 >= events * 8 and (len(top) == 1 or top[0] * 2 >= top[1] * 3)
    return [counts["email"][0]] if sure else []


def _acts(reading: Reading, events: pl.DataFrame, changed: pl.DataFrame, zones: dict[str, tzinfo], owner: Owner) -> None:
    """Invitations, and meetings by their occurrences up to the export."""
    clock = _clock(zones, owner.zone)
    moved: dict[str, set[datetime]] = {}
    for uid, at, zone in changed.select("UID", "RECURRENCE-ID", "moved_zone").iter_rows():
        if instant := clock(at, zone):
            moved.setdefault(uid, set()).add(instant.astimezone(UTC))
    rows: list[tuple] = []
    kept: set[str] = set()
    later: list[dict] = []
    for e in events.iter_rows(named=True):
        start = clock(e["DTSTART"] or "", e["zone"])
        if start is None or not times.FIRST <= start < times.LAST:
            reading.problem(e["member"], e["i"], "no start in a zone that is known; look it up and add it to the ledger")
            continue
        record = e["record"]
        if e["created"] and e["RECURRENCE-ID"] is None and (e["organises"] or e["organizer"]):
            rows.append((record, e["created"], "invitation", "given" if e["organises"] else "received"))
            kept.add(record)
        try:
            when = _occurrences(e, start, moved.get(e["UID"], set()), reading.exported_at or start, clock)
        except ValueError as why:
            if record not in kept:
                reading.problem(e["member"], e["i"], f"{why}; please report it")
            continue
        rows += [(record, at, "meeting", direction) for at in when for direction in ("given", "received")]
        if when:
            kept.add(record)
        elif record not in kept:
            later.append({"member": e["member"]})
    if later:
        aside(reading, pl.DataFrame(later), "planned for later than the export, or moved")
    whom = events.select("record", "others", "organizer", thread="UID", n_targets=pl.col("others").list.len().cast(pl.Int32))
    meeting, small = pl.col("channel") == "meeting", ~large(pl.col("n_targets"))
    acts = pl.DataFrame(rows, schema=_ACT, orient="row").join(whom, on="record", how="left", maintain_order="left")
    acts = acts.with_columns(
        counterparts=pl.when(~meeting & (pl.col("direction") == "received"))
        .then(pl.concat_list("organizer")).when(small).then("others").otherwise(pl.lit([], dtype=pl.List(pl.String))),
        what=pl.when(meeting).then(pl.col("happened_at").cast(pl.String)).otherwise(pl.lit("invitation")),
        time_precision=pl.when(meeting).then(pl.lit("minute")).otherwise(pl.lit("second")), composed=meeting,
    )  # fmt: skip
    reading.acts(acts, identity=["thread", "what"])


_COMMON = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"}
_RULES = {  # the parts of a rule that are followed: some others never come true, which takes until the year 9999 to see
    **dict.fromkeys(("DAILY", "WEEKLY"), _COMMON),
    **dict.fromkeys(("MONTHLY", "YEARLY"), _COMMON | {"BYMONTHDAY", "BYSETPOS"}),
}  # fmt: skip
Clock = Callable[[str, str | None], datetime | None]


def _occurrences(event: dict, start: datetime, moved: set[datetime], until: datetime, clock: Clock) -> list[datetime]:
    """When an event took place, in UTC: once, or as often as its rule says up to `until`. Raises ValueError where no rule is."""
    found = {start.astimezone(UTC)}
    if rule := event["RRULE"]:
        parts = dict(p.partition("=")[::2] for p in rule.upper().replace(" ", "").split(";") if "=" in p)
        if not parts.keys() <= _RULES.get(parts.get("FREQ", ""), set()) or not parts.get("INTERVAL", "1").strip("0"):
            raise ValueError("a series with a rule that no meetings have")
        zone = start.tzinfo
        end = clock(parts.pop("UNTIL", ""), None if zone is None else str(zone))
        last = min(until, end + timedelta(days=1) if end and end.time() == time(0) else end or until).astimezone(zone)
        plain = ";".join(f"{k}={v}" for k, v in parts.items())
        try:
            series = rrule.rrulestr(plain, dtstart=start.replace(tzinfo=None))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            raise ValueError("a series with a rule that cannot be read") from None
        if isinstance(series, rrule.rrule) and not parts.keys() & {"COUNT"}:
            series = series.replace(until=last.replace(tzinfo=None))
        for local in series:
            if local > last.replace(tzinfo=None):
                break
            found.add(local.replace(tzinfo=zone).astimezone(UTC))
            if len(found) > LONGEST:
                raise ValueError(f"a series of more than {LONGEST:,} meetings")
    for name, change in (("RDATE", found.add), ("EXDATE", found.discard)):
        for listed in event[name] or []:
            zone, _, values = listed.partition("\x1f")
            for one in values.split(",")[:LONGEST]:
                if at := clock(one.partition("/")[0], zone or event["zone"]):
                    change(at.astimezone(UTC))
    if event["RECURRENCE-ID"] is None:
        found -= moved
    return sorted(at for at in found if at <= until)


def _clock(zones: dict[str, tzinfo], default: str) -> Clock:
    """From what a calendar writes to an instant: `…Z`, in a zone, or without one on the owner's clock; None where it is none."""

    def instant(written: str, zone: str | None) -> datetime | None:
        found = re.fullmatch(r"(\d{8})(?:T(\d{4})(\d\d)?(Z)?)?", written.strip())
        try:
            at = datetime.fromisoformat(f"{found[1]}T{found[2] or '0000'}{found[3] or '00'}") if found else None
        except ValueError:
            return None
        if at is None or found is None:
            return None
        where = UTC if found[4] else (zones.get(zone) or _zone(zone)) if zone else _zone(default)
        return at.replace(tzinfo=where) if where else None

    return instant


@cache
def _zone(name: str) -> tzinfo | None:
    """A time zone by the names programs give it: IANA, of Windows, or with its offset."""
    bare = name.strip('"')
    for likely in (bare, "/".join(bare.split("/")[-2:]), WINDOWS_TO_OLSON.get(bare, "")):
        try:
            return zoneinfo.ZoneInfo(likely)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
    if offset := _OFFSET.match(bare):
        hours, minutes = int(offset[2] or 0), int(offset[3] or 0)
        return timezone((-1 if offset[1] == "-" else 1) * timedelta(hours=hours % 24, minutes=minutes % 60))
    return None


def _own_zones(lines: pl.DataFrame) -> dict[str, tzinfo]:
    """Zones a file describes itself, where their name is nobody else's."""
    zones: dict[str, tzinfo] = {}
    is_zone = pl.col("value").str.strip_chars().str.to_uppercase() == "VTIMEZONE"
    part = ((pl.col("name") == "BEGIN") & is_zone).fill_null(False).cum_sum()
    open_ = part - ((pl.col("name") == "END") & is_zone).fill_null(False).cum_sum()
    inside = lines.with_columns(part=part).filter((open_ > 0) | ((pl.col("name") == "END") & is_zone))
    for block in inside.partition_by("part", maintain_order=True):
        name = next(iter(block.filter(pl.col("name") == "TZID")["value"]), "")
        if name and _zone(name) is None and block.height < 1000:
            text = "\r\n".join(f"{n}{p or ''}:{v}" for n, p, v in block.select("name", "params", "value").iter_rows() if n)
            try:
                zones[name] = Timezone.from_ical(text).to_tz()  # type: ignore[attr-defined]
            except Exception:  # whatever the library makes of a zone it cannot read; its events are told as problems
                continue
    return zones


def _utc(values: pl.Series) -> pl.Series:
    at = pl.col("v").str.strip_chars().str.to_datetime("%Y%m%dT%H%M%SZ", time_unit="us", strict=False).dt.replace_time_zone("UTC")
    return values.cast(pl.String).to_frame("v").select(times.sane(at)).to_series()


def _accounts(reading: Reading, people: pl.DataFrame) -> None:
    """Everybody invited, with the name most events give them."""
    named = people.group_by("email", "cn").len().sort("len", "cn", descending=[True, False], nulls_last=True)
    one = named.group_by("email", maintain_order=True).agg(pl.col("cn").drop_nulls().first()).sort("email")
    same = pl.concat_list("email:" + pl.col("email"))
    one = one.with_columns(account_kind=pl.lit("person"), identified=pl.lit("email"), same_as=same)
    reading.accounts(one.rename({"email": "key", "cn": "name"}))
