"""How well accounts are tied to people: merged unseen, and the ranking of what is asked, on a network of known truth.

    python -m tests.bench.people [people, 3 800 unless said: about 10 000 accounts]

Precision and recall are of pairs of accounts of one person on two platforms.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.ledgers import core
from tests.population import population


def measure(people: int, folder: Path, seed: int = 7) -> dict[str, Any]:
    """Figures by name; `wrong` and `missed` show some of what went wrong."""
    archives, truth = population(people, seed)
    con = core(folder, archives)
    select = (Path(__file__).parents[2] / "sql" / "core" / "suggestion.sql").read_text()
    started, worked = time.perf_counter(), time.process_time()
    con.execute(f"create or replace table core.suggestion as {select}").fetchall()
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    held = con.execute("select platform || ':' || key, token from core.token").fetchall()
    tokens: dict[str, set[str]] = {}
    for name, token in held:
        tokens.setdefault(name, set()).add(token)
    same = pairs(truth)
    provable = {pair for pair in same if set.intersection(*(tokens.get(name, set()) for name in pair))}
    merged = pairs(dict(con.execute("select name, person from core.person").fetchall()))
    names = con.execute("select name, person from core.person").fetchall()
    members: dict[str, list[str]] = {}
    for name, person in names:
        members.setdefault(person, []).append(name)
    asked = con.execute("select person, other_person, score, reason, platform || ':' || key, other_platform || ':' || other_key"
                        " from core.suggestion order by score desc, suggestion_id").fetchall()  # fmt: skip

    def right(one: str, other: str) -> bool:
        """Two people who are one: every account of the one is that of the other's person."""
        return len({truth[a] for p in (one, other) for a in members[p] if a in truth}) == 1

    hits = [right(a, b) for a, b, *_ in asked]
    apart = {frozenset((dict(names)[a], dict(names)[b])) for a, b in map(tuple, same - merged)}
    found = {frozenset((a, b)) for (a, b, *_), hit in zip(asked, hits, strict=True) if hit}
    told: dict[str, Any] = {
        "accounts": len(truth), "people": len(set(truth.values())), "pairs": len(same),
        "merged_pairs": len(merged), "merged_precision": len(merged & same) / max(len(merged), 1),
        "merged_recall": len(merged & same) / len(same), "asked": len(asked), "asked_right": sum(hits),
        "asked_recall": len(found & apart) / max(len(apart), 1), "suggestion_seconds": seconds, "suggestion_cpu_seconds": cpu,
        "merged_recall_of_pairs_that_share_a_token": len(merged & provable) / max(len(provable), 1),
        "auc": auc([s for _, _, s, *_ in asked], hits),
    }  # fmt: skip
    for lower in (0.9, 0.7, 0.5, 0.3):
        above = [hit for (_, _, score, *_), hit in zip(asked, hits, strict=True) if score >= lower]
        told[f"asked_from_{lower}"] = len(above)
        told[f"asked_from_{lower}_precision"] = sum(above) / max(len(above), 1)
    told["wrong"] = sorted(tuple(sorted(p)) for p in merged - same)[:10]
    return told | {
        "wrong_asked": [(f"{s:.2f}", r, a, b) for (_, _, s, r, a, b), hit in zip(asked, hits, strict=True) if not hit][:15]
    }


def pairs(label: dict[str, Any]) -> set[frozenset[str]]:
    """Pairs of accounts with one label."""
    groups: dict[Any, list[str]] = {}
    for name, value in label.items():
        groups.setdefault(value, []).append(name)
    return {frozenset(pair) for group in groups.values() for pair in combinations(group, 2)}


def auc(scores: list[float], hits: list[bool]) -> float:
    """The chance that a right suggestion ranks above a wrong one; ties count half."""
    ranked = sorted(zip(scores, hits, strict=True))
    good, below, wins, at = sum(hits), 0, 0.0, 0
    while at < len(ranked):
        tied, end = [], at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            tied.append(ranked[end][1])
            end += 1
        bad = tied.count(False)
        wins += tied.count(True) * (below + bad / 2)
        below, at = below + bad, end
    return wins / max(good * below, 1)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as room:
        for figure, value in measure(int(sys.argv[1]) if sys.argv[1:] else 3800, Path(room)).items():
            print(*(value if isinstance(value, list) else [f"{figure:42} {value:12,.4f}"]), sep="\n")
