"""Events in Telegram chats: calls, gifts, who brought whom into a group. The rest is counted and set aside."""

from __future__ import annotations

import msgspec
import polars as pl

from transforms.act import ACT
from transforms.formats.rooms import BROUGHT, brought
from transforms.sources.telegram.book import Book, key_of
from transforms.sources.telegram.decode import Message, Part

_GIFTS = frozenset({"send_star_gift", "send_stars_gift", "send_premium_gift", "send_payment", "gift_ton"})
_KNOWN = frozenset({
    "create_group", "edit_group_title", "edit_group_photo", "delete_group_photo", "remove_members", "join_group_by_link",
    "join_group_by_request", "create_channel", "migrate_to_supergroup", "migrate_from_group", "pin_message", "clear_history",
    "score_in_game", "take_screenshot", "attach_menu_bot_allowed", "web_app_bot_allowed", "allow_sending_messages",
    "send_passport_values", "joined_telegram", "proximity_reached", "requested_phone_number", "group_call",
    "invite_to_group_call", "set_messages_ttl", "group_call_scheduled",
    "edit_chat_theme", "send_webview_data", "topic_created", "topic_edit",
    "suggest_profile_photo", "requested_peer", "set_chat_wallpaper", "set_same_chat_wallpaper", "gift_code_prize",
    "giveaway_launch", "giveaway_results", "boost_apply", "refunded_payment", "stars_prize", "paid_messages_refund",
    "paid_messages_price_change", "conference_call", "todo_completions", "todo_append_tasks", "suggest_birthday",
})  # fmt: skip
_ROWS = {"number": pl.String, **BROUGHT}


def parts(raw: msgspec.Raw) -> list[Part]:
    """The pieces of a text that stands only in `text_entities`."""
    try:
        return msgspec.json.decode(raw, type=list[Part])
    except msgspec.DecodeError:
        return []


def tell(book: Book, told: pl.DataFrame, rows: list[Message], rooms: pl.DataFrame) -> None:
    """Add the acts that events are, and count those that are none."""
    events = told.filter(pl.col("type") == "service")
    seen = dict(rooms.select("room", "people").iter_rows())
    out, aside = [], {}
    for row, number, room, other, at in events.select("row", "number", "room", "other", "happened_at").iter_rows():
        event = rows[row]
        if event.action not in _KNOWN | _GIFTS | {"phone_call", "invite_members", None}:
            book.reading.problem(book.member, number, "an event of a kind that is not known; report it")
            continue
        if at is None and event.action is not None:
            book.reading.problem(book.member, number, "no date between 1990 and 2100; look it up and add it to the ledger")
            continue
        found, reason = _acts(book, event, other, seen.get(room) or [])
        out += [(number, *act) for act in found]
        if not found:
            aside[reason] = aside.get(reason, 0) + 1
    for reason, n in aside.items():
        book.reading.set_aside(book.member, reason, n)
    f = pl.DataFrame(out, schema=_ROWS, orient="row")
    f = f.join(events.select("number", "happened_at", "post", "room", "member"), on="number", how="left", maintain_order="left")
    back = (pl.col("channel") == "call") & ~pl.col("number").is_first_distinct()
    f = f.with_columns(
        pl.when(back).then(pl.col("happened_at") + pl.duration(seconds=1)).otherwise("happened_at"),  # who began it stays known
        thread="room", record=pl.concat_str("member", pl.lit(":"), "number"),
    )  # fmt: skip
    book.reading.acts(f.select(*(c for c in f.columns if c in ACT), "record"), ["post", "value_kind"])
    strangers = sorted({k for act in out for k in [*act[3], *act[8]] if k.startswith("name:")})
    named = pl.DataFrame({"key": strangers, "name": [k[5:] for k in strangers]}, schema=dict.fromkeys(("key", "name"), pl.String))
    book.reading.accounts(named.with_columns(identified=pl.lit("name"), account_kind=pl.lit("person")))


def _acts(book: Book, event: Message, other: str | None, seen: list[str]) -> tuple[list[tuple], str]:
    """The acts of one event (columns of _ROWS but the number), or why it is none."""
    actor = key_of(event.actor_id or event.from_id)
    mine = actor == book.me
    way = "given" if mine else "received"
    if event.action == "phone_call":
        if not event.duration_seconds:
            return [], "calls nobody answered"
        ways = ("given", "received") if mine else ("received", "given")  # by whoever began it, and back
        return [("call", each, [other] if other else [], 1, True, "talk", False, []) for each in ways], ""
    if event.action in _GIFTS:
        if other is None or actor is None or other in book.bots:
            return [], "payments to machines, or by nobody named"
        return [("gift", way, [other], 1, True, "gift", True, [])], ""
    if event.action in ("invite_members", "create_group") and actor:
        added = [k for k in book.named(event.members) if k != actor]
        return brought(book.me or "", actor, added, seen, founded=event.action == "create_group")
    return [], "comings and goings, titles, pins and other events that are nobody's act towards the owner"
