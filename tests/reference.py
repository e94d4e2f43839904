"""The measures once more, in plain Python over the acts, written from metrics.md and not from the SQL.

Slow and simple on purpose. `measure(tables, settings)` takes core.act, core.connection, core.introduction and core.state
as lists of dicts and returns the numbers of connection, connection_month and network.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from typing import Any

Z = 1.6448536
CLASS = {
    "status": 0, "thanks": 0, "applause": 0, "link": 0, "ask": 0, "spam": 0, "talk": 1, "amplification": 1, "endorsement": 1,
    "help": 3, "resource": 3, "credit": 3, "introduction": 9, "offer": 9, "recommendation": 9, "gift": 9,
}  # fmt: skip
Row = dict[str, Any]


def wilson(x: float, n: float) -> tuple[float, float, float]:
    """Centre, lower and upper bound."""
    spread = x * (n - x) / n if n else 0.0
    centre = (x + Z * Z / 2) / (n + Z * Z)
    half = Z / (n + Z * Z) * math.sqrt(max(spread, 0.0) + Z * Z / 4)
    return centre, centre - half, centre + half


def signed(x: float, n: float) -> tuple[float, float, float]:
    centre, lo, hi = wilson(x, n)
    return 2 * centre - 1, 2 * lo - 1, 2 * hi - 1


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def acts_as_of(rows: list[Row], settings: Row) -> list[Row]:
    """The acts up to T with weight, w, and the weights of the other weightings."""
    acts: list[Row] = []
    for row in rows:
        if row["happened_at"] is not None and row["happened_at"] > settings["as_of"]:
            continue
        act = dict(row)
        act["kind"] = "talk" if act["verdict"] == "rejected" else act["value_kind"]
        act["class"] = CLASS[act["kind"]]
        sure = act["class"] < 9 or act["proven"] or act["verdict"] == "confirmed"
        act["weight"] = settings["weights"][act["kind"]] if sure else min(settings["weights"][act["kind"]], 3)
        act["level"] = act["class"] if sure else 3
        act["n"] = 5 if act["n_targets"] is None else act["n_targets"]
        act["day"] = act["happened_at"].date() if act["happened_at"] else None
        act["month"] = act["day"].replace(day=1) if act["day"] else None
        act["mine"] = act["direction"] == "given"
        act["contact"] = bool(
            act["day"] and act["composed"] and not act["templated"] and act["kind"] != "spam"
            and act["n_targets"] is not None and act["n_targets"] <= 4
        )  # fmt: skip
        acts.append(act)
    days: dict[tuple, list[Row]] = defaultdict(list)
    for act in acts:
        act["counts"] = True
        if act["kind"] == "talk" and act["connection_id"] is not None:
            days[act["connection_id"], act["mine"], act["day"]].append(act)
    for talks in days.values():
        talks.sort(key=lambda a: (not a["two_sided"], -1 / a["n"], a["act_id"]))
        for further in talks[1:]:
            further["counts"] = False
    for act in acts:
        share = act["counts"] / act["n"]
        act["w"] = act["weight"] * share
        act["flat"] = (act["weight"] != 0) * share
        for step in (1, 2, 5):
            act[f"step {step}"] = {0: 0, 1: 1, 3: step, 9: step**2}[act["level"]] * share
    return acts


def balance(acts: list[Row], w: str = "w") -> tuple[float, float, float, float]:
    """n, b, lo, hi over the two-sided acts."""
    weights = [(a[w], a["mine"]) for a in acts if a["two_sided"]]
    total, squares = math.fsum(x for x, _ in weights), math.fsum(x * x for x, _ in weights)
    if not squares:
        return (0.0, *signed(0, 0))
    n = min(total**2 / squares, total)
    return (n, *signed(math.fsum(x for x, mine in weights if mine) / total * n, n))


def verdict(acts: list[Row], w: str = "w") -> str:
    def more(n: float, b: float, lo: float, hi: float) -> str:
        if n < 5 - 1e-9:
            return "too early"
        if lo > 0 and b >= 1 / 3:
            return "I give more"
        return "they give more" if hi < 0 and b <= -1 / 3 else ""

    n, b, lo, hi = balance(acts, w)
    said = more(n, b, lo, hi)
    if said in ("I give more", "they give more"):
        return said if more(*balance(acts, "flat")) == said else "unclear"
    return said or ("even" if lo > -0.5 and hi < 0.5 else "unclear")


def minutes(act: Row) -> float:
    words = act["words"] or 0
    if not act["mine"]:
        return words / 240 / act["n"]
    return (words / 40 if act["composed"] else 5 / 60) / act["n"]


def conversations(acts: list[Row]) -> list[list[Row]]:
    """Two-sided contact in order, cut where more than 7 days lie between dates."""
    talks = sorted((a for a in acts if a["contact"] and a["two_sided"]), key=lambda a: (a["happened_at"], a["mine"]))
    found: list[list[Row]] = []
    for act in talks:
        if not found or (act["day"] - found[-1][-1]["day"]).days > 7:
            found.append([])
        found[-1].append(act)
    return found


def reach(start: str, introduced: dict[str, set[str]]) -> dict[str, int]:
    """Everybody within 4 introductions, with the shortest distance."""
    found, edge = {start: 0}, {start}
    for distance in range(1, 5):
        edge = {b for a in edge for b in introduced[a]} - found.keys()
        found |= dict.fromkeys(edge, distance)
    return found


def connection(person: Row, acts: list[Row], settings: Row) -> Row:
    """Every figure of one connection but opportunity and advice."""
    today, half = settings["as_of"].date(), settings["half_life_days"]
    window = settings["momentum_days"]
    given = math.fsum(a["w"] for a in acts if a["mine"])
    received = math.fsum(a["w"] for a in acts if not a["mine"])
    both = math.fsum(a["w"] for a in acts if a["two_sided"])
    days = sorted({a["day"] for a in acts if a["contact"]})
    ages = [(today - day).days for day in days]
    strength = math.fsum(2 ** (-age / half) for age in ages) * math.log(2) / half * 365.25
    lately, before = sum(age < window for age in ages), sum(window <= age < 2 * window for age in ages)
    momentum = signed(lately, lately + before)
    gap = ages[-1] if ages else None
    usual = (days[-1] - days[0]).days / (len(days) - 1) if len(days) >= 3 else None
    talks = conversations(acts)
    mine = [t for t in talks if t[0]["mine"]]
    answered = [t for t in mine if any(not a["mine"] for a in t)]
    settled = [t for t in mine if t in answered or (today - t[-1]["day"]).days > 7]
    reply = wilson(len(answered), len(settled))
    ways = {a["mine"] for a in acts if a["contact"]}
    mutual, sustained = len(ways) == 2, len(days) >= 3 and (days[-1] - days[0]).days >= 30
    valued = any(a["class"] >= 3 and a["n_targets"] is not None and a["n_targets"] <= 4 for a in acts)
    judged = [a for a in acts if not a["mine"]] or [a for a in acts if a["two_sided"]]
    hollow = [a for a in judged if a["templated"] or not a["composed"] or a["kind"] in ("ask", "spam")]
    if not acts:
        realness = "nominal"
    elif mutual and sustained and valued:
        realness = "real"
    else:
        realness = "fake" if not mutual and judged and len(hollow) >= len(judged) / 2 else "thin"
    attention = math.fsum(map(minutes, acts))
    n, b, lo, hi = balance(acts)
    return {
        "connection_id": person["connection_id"], "first_contact_on": days[0] if days else None,
        "last_contact_on": days[-1] if days else None, "contact_days": len(days),
        "acts_given": sum(a["mine"] for a in acts), "acts_received": sum(not a["mine"] for a in acts),
        "given": given, "received": received, "effective_acts": n, "balance": b, "balance_lo": lo, "balance_hi": hi,
        "verdict": verdict(acts), "coverage": both / (given + received) if given + received else None,
        "strength": strength,
        "circle": next((c for c, least in CIRCLES if strength >= least), "outer"),
        "momentum": momentum[0], "momentum_lo": momentum[1], "momentum_hi": momentum[2],
        "trend": "too few" if lately + before < 5 else "rising" if momentum[1] > 0
        else "cooling" if momentum[2] < 0 else "steady",
        "gap_days": gap, "overdue": gap / usual if usual else None,
        "reply": reply[0], "reply_lo": reply[1], "reply_hi": reply[2], "initiation": wilson(len(mine), len(talks))[0],
        "mutual": mutual, "sustained": sustained, "valued": valued, "realness": realness,
        "attention_minutes": attention, "received_per_hour": received / (attention / 60) if attention >= 60 else None,
        "asks_received": sum(a["kind"] == "ask" and not a["mine"] for a in acts), "settled_openings": len(settled),
    }  # fmt: skip


CIRCLES = (("weekly", 45), ("monthly", 9), ("half-yearly", 1.3), ("yearly", 0.4))


def advice(person: Row, row: Row, acts: list[Row], settings: Row) -> str:
    real, overdue, gap = row["realness"] == "real", row["overdue"] or 0, row["gap_days"] or 0
    noise = sum(a["kind"] in ("ask", "spam") and not a["mine"] for a in acts)
    since = (settings["as_of"].date() - person["connected_on"]).days if person["connected_on"] else 0
    rules = [
        (person["pin"] == "keep", "keep: pinned"),
        (person["pin"] == "prune", "prune: pinned"),
        (real and overdue > 8 and gap > settings["half_life_days"], "nurture: dormant"),
        (real and overdue > 2 and gap > 30, "nurture: fading"),
        (real and row["trend"] == "cooling", "nurture: cooling"),
        (real and row["verdict"] == "they give more", "nurture: I owe"),
        (real or person["relevant"] or row["opportunity"] > 0, "keep"),
        (row["realness"] == "fake" and noise >= 3 and row["received"] == 0, "prune: noise"),
        (row["verdict"] == "I give more" and row["settled_openings"] >= 5 and row["reply_hi"] < 0.5
         and person["expect"] != "one-way", "prune: one-way"),
        (not acts and since >= 730 and settings["policy"] == "selective", "prune: nominal"),
    ]  # fmt: skip
    return next((said for holds, said in rules if holds), "keep")


def months(acts: list[Row]) -> dict[dt.date | None, Row]:
    found = {}
    for month in {a["month"] for a in acts}:
        own = [a for a in acts if a["month"] == month]
        n, b, lo, hi = balance([a for a in acts if a["month"] is None or month is None or a["month"] <= month])
        found[month] = {
            "given": math.fsum(a["w"] for a in own if a["mine"]), "received": math.fsum(a["w"] for a in own if not a["mine"]),
            "acts_given": sum(a["mine"] for a in own), "acts_received": sum(not a["mine"] for a in own),
            "contact_days": len({a["day"] for a in own if a["contact"]}),
            "attention_minutes": math.fsum(map(minutes, own)),
            "asks_received": sum(a["kind"] == "ask" and not a["mine"] for a in own),
        } | dict(zip(("effective_acts", "balance", "balance_lo", "balance_hi"), (n, b, lo, hi) if month else [None] * 4,
                     strict=True))  # fmt: skip
    return found


def weeks(acts: list[Row], settings: Row) -> list[Row]:
    """From the week of the first act to the last whole one before T."""
    days = [a["day"] for a in acts if a["day"]]
    found: list[Row] = []
    week = monday(min(days)) if days else dt.date.max
    while week < dt.date.max - dt.timedelta(7) and dt.datetime.combine(week, dt.time()) + dt.timedelta(7) <= settings["as_of"]:
        own = [a for a in acts if a["day"] and monday(a["day"]) == week]
        active = any(a["mine"] and a["composed"] for a in own)
        found.append({
            "active": active, "silent": bool(found) and not active and not found[-1]["active"],
            "words": any(a["mine"] and a["composed"] and not a["templated"] for a in own),
            "received": sum(not a["mine"] and a["contact"] and a["two_sided"] for a in own),
        })  # fmt: skip
        week += dt.timedelta(7)
    return found


def settlement(by_person: dict[str, list[Row]]) -> tuple[float | None, float | None, float | None]:
    sums = [[math.fsum(a["w"] for a in acts if a["two_sided"] and a["mine"] is way) for way in (True, False)]
            for acts in by_person.values()]  # fmt: skip
    total = math.fsum(g + r for g, r in sums)
    if not total:
        return None, None, None
    direct = 2 * math.fsum(min(g, r) for g, r in sums) / total
    unsettled = abs(math.fsum(g - r for g, r in sums)) / total
    return direct, 1 - direct - unsettled, unsettled


def outward(acts: list[Row]) -> tuple[float, float, float]:
    posts: dict[tuple, bool] = {}
    for a in acts:
        if a["mine"] and (a["broadcast"] or a["n"] > 4):
            key = (a["platform"], a["post"] or a["act_id"])
            posts[key] = posts.get(key, False) or a["class"] >= 3 or a["kind"] == "amplification"
    return wilson(sum(posts.values()), len(posts))


def acceptance(acts: list[Row], states: list[Row], settings: Row) -> Row:
    """W(accepted, sent) of the invitations old enough, with and without a personal note."""
    since: dict[tuple, list[dt.date]] = defaultdict(list)
    for s in states:
        if s["state"] == "connection" and s["since_at"] and s["since_at"] <= settings["as_of"]:
            since[s["platform"], s["connection_id"]].append(s["since_at"].date())
    told: dict[bool, dict[str, bool]] = {True: {}, False: {}}
    for a in acts:
        if a["channel"] == "invitation" and a["mine"] and a["day"]:
            last = min(a["exported_at"], settings["as_of"]) - dt.timedelta(30)
            if a["happened_at"] <= last:
                accepted = any(day >= a["day"] for day in since[a["platform"], a["connection_id"]])
                told[a["composed"] and not a["templated"]][a["act_id"]] = accepted
    return {
        f"acceptance_{name}{bound}": value
        for noted, name in ((True, "with_note"), (False, "without_note"))
        for bound, value in zip(("", "_lo", "_hi"), wilson(sum(told[noted].values()), len(told[noted])), strict=True)
    }


def network(people: dict[str, Row], by_person: dict[str, list[Row]], acts: list[Row], settings: Row) -> Row:
    told = weeks(acts, settings)
    silent, active = [w for w in told if w["silent"]], [w for w in told if w["active"]]
    longest = run = 0
    for week in told:
        run = run + 1 if week["words"] else 0
        longest = max(longest, run)
    ratio = None
    if len(silent) >= 8 and len(active) >= 8:
        ratio = (sum(w["received"] for w in silent) + 0.5) / (len(silent) + 0.5)
        ratio /= (sum(w["received"] for w in active) + 0.5) / (len(active) + 0.5)
    direct, others, unsettled = settlement(by_person)
    share = outward(acts)
    sorts = Counter(p["realness"] for p in people.values())
    mine = [a for own in by_person.values() for a in own]
    weight = math.fsum(a["w"] for a in mine)
    return {
        "connections": len(people), **{sort: sorts[sort] for sort in ("real", "thin", "fake", "nominal")},
        "given": math.fsum(p["given"] for p in people.values()), "received": math.fsum(p["received"] for p in people.values()),
        "settled_directly": direct, "settled_through_others": others, "unsettled": unsettled, "silence_ratio": ratio,
        "outward_share": share[0], "outward_share_lo": share[1], "outward_share_hi": share[2],
        "cadence": sum(w["words"] for w in told) / len(told) if told else None, "cadence_longest": longest,
        "coverage": math.fsum(a["w"] for a in mine if a["two_sided"]) / weight if weight else None,
        "unattributed_acts": sum(a["connection_id"] is None for a in acts),
        "introductions_given": len({a["act_id"] for a in acts if a["mine"] and a["kind"] == "introduction"}),
        "asks_received": sum(p["asks_received"] for p in people.values()),
    } | {
        f"attention_minutes_{sort}": math.fsum(p["attention_minutes"] for p in people.values() if p["realness"] == sort)
        for sort in ("real", "thin", "fake")
    } | {
        f"verdicts_changed_{step}": sum(verdict(own) != verdict(own, f"step {step}") for own in by_person.values())
        for step in (1, 2, 5)
    }  # fmt: skip


def measure(tables: dict[str, list[Row]], settings: Row) -> Row:
    """The numbers of connection (by id), connection_month (by id and month), network, and the order of the cut."""
    acts = acts_as_of(tables["act"], settings)
    by_person: dict[str, list[Row]] = {p["connection_id"]: [] for p in tables["connection"]}
    for act in acts:
        if act["connection_id"] is not None:
            by_person[act["connection_id"]].append(act)
    people = {p["connection_id"]: connection(p, by_person[p["connection_id"]], settings) for p in tables["connection"]}
    introduced: dict[str, set[str]] = defaultdict(set)
    for row in tables["introduction"]:
        if row["happened_at"] is None or row["happened_at"] <= settings["as_of"]:
            introduced[row["connection_id"]].add(row["introduced_id"])
    heavy = {c: math.fsum(a["w"] for a in own if not a["mine"] and a["class"] == 9) for c, own in by_person.items()}
    for person in tables["connection"]:
        row = people[person["connection_id"]]
        found = reach(row["connection_id"], introduced)
        row["opportunity"] = math.fsum(heavy[c] / 2**k for c, k in found.items())
        row["opened"] = sum(k == 1 for k in found.values())
        row["advice"] = advice(person, row, by_person[row["connection_id"]], settings)
    for row in people.values():
        del row["settled_openings"]
    return {
        "connection": people,
        "connection_month": {(c, m): row for c, own in by_person.items() for m, row in months(own).items()},
        "network": network(people, by_person, acts, settings) | acceptance(acts, tables["state"], settings),
    }  # fmt: skip
