"""A Takeout of Hangouts with N messages in a hundred conversations."""

from __future__ import annotations

import json
import random
from pathlib import Path

from transforms.formats.jsonrecords import records
from transforms.sources.hangouts.decode import Entry

_SAID = "so when do we meet for the naïve plan über 🎉 send me notes please thanks"
ME, TALKS = "1" + "0" * 20, 100


def _id(key: str) -> dict:
    return {"gaia_id": key, "chat_id": key}


def write(folder: Path, n: int, seed: int = 7) -> Path:
    """Write one file, as the export does: every event with all its keys."""
    rng, words = random.Random(seed), _SAID.split()
    talks = []
    for c in range(TALKS):
        other, events = f"1{c + 1:020d}", []
        for i in range(n // TALKS):
            at, who = str(1_369_548_258_628_038 + (c * n + i) * 1_000_003), rng.choice([ME, other])
            text = [{"type": "TEXT", "text": " ".join(rng.choices(words, k=rng.randint(1, 25))), "formatting": {"bold": False}}]
            events.append({
                "conversation_id": {"id": f"Ug{c}"}, "sender_id": _id(who), "timestamp": at,
                "self_event_state": {"user_id": _id(ME), "notification_level": "RING"},
                "chat_message": {"message_content": {"segment": text}}, "event_id": f"7-{c}-{i}", "advances_sort_timestamp": True,
                "event_otr": "ON_THE_RECORD", "delivery_medium": {"medium_type": "BABEL_MEDIUM"},
                "event_type": "REGULAR_CHAT_MESSAGE", "event_version": at,
            })  # fmt: skip
        people = [{"id": _id(k), "fallback_name": f"Person {k[-3:]}", "participant_type": "GAIA"} for k in (ME, other)]
        talk = {"id": {"id": f"Ug{c}"}, "type": "STICKY_ONE_TO_ONE", "participant_data": people,
                "self_conversation_state": {"self_read_state": {"participant_id": _id(ME)}}}  # fmt: skip
        talks.append({"conversation": {"conversation_id": {"id": f"Ug{c}"}, "conversation": talk}, "events": events})
    target = folder / "Takeout/Hangouts/Hangouts.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"conversations": talks}, ensure_ascii=False))
    return folder


def floor(folder: Path) -> int:
    """The typed decode of the same bytes."""
    good, _ = records(next(folder.rglob("Hangouts.json")).read_bytes(), Entry, "conversations")
    return sum(len(e.events or ()) for e in good.values())
