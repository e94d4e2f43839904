"""Instagram: "Export your information" as JSON, every layout from 2020 to now.

Shows both sides of messages and of follows, with dates; of public acts what the owner did, with the handle of whom it was
towards. Likes, comments and mentions received are in no export. https://help.instagram.com/181231772500920

Handles are the keys. Messages name people by display name alone: a name is joined to a handle where one list of the export
tells both, or where the folder of a conversation spells one known handle; any other is "name:<name>", and two people of one
name cannot be told apart. Accounts that are gone are nobody.

Traps: layouts that move with the year (flat files in 2020, folders from 2021, `your_instagram_activity/` from 2024,
label_values from late 2025), bytes written as characters, labels in the language of the account, a line "Reacted ❤ to your
message" beside the reaction itself, links to profiles with `_u/`, Threads in the same zip (a platform of its own).
"""

from __future__ import annotations

import re
from typing import Any

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, fold
from transforms.formats.jsonrecords import document, uncollected
from transforms.formats.messenger import Talks
from transforms.formats.meta import HTML, Book, Struct, folded, handle_in, mend_one
from transforms.formats.metalists import owner_of
from transforms.formats.metaroots import THREADS, loose, parts, threads
from transforms.sources.instagram import flat, lists

TITLE = "Instagram"
VERSION = "6"
ASKS_OWNER = True
SITE = "https://www.instagram.com/"
_FOLLOWS = "followers_and_following/"
_KINDS = {
    "profile": ("personal_information/personal_information.json", "account_information/personal_information.json"),
    "followers": (_FOLLOWS + "followers.json", _FOLLOWS + "followers_[0-9]*.json"),
    "following": (_FOLLOWS + "following.json", _FOLLOWS + "following_[0-9]*.json"),
    "blocked": (_FOLLOWS + "blocked_profiles.json", _FOLLOWS + "blocked_accounts.json"),
    "sent": (_FOLLOWS + "pending_follow_requests.json",),
    "received": (_FOLLOWS + "follow_requests_you_ve_received.json",),
    "comments": ("comments/post_comments*.json", "comments/reels_comments*.json", "comments/hype*.json"),
    "likes": ("likes/liked_posts*.json", "likes/liked_comments*.json"),
    "story likes": tuple(f"story*_interactions/{n}*.json" for n in (
        "story_likes", "polls", "quizzes", "emoji_sliders", "countdowns", "story_reaction_sticker_reactions",
        "emoji_story_reactions", "avatar_story_reactions")),
    "story answers": tuple(f"story*_interactions/{n}*.json" for n in ("questions", "question_music", "question_media")),
    "posts": tuple(f"{folder}/{n}*.json" for folder in ("media", "content") for n in ("posts", "reels", "stories", "igtv")),
    "reposts": ("personal_information/reposts.json", "media/reposts.json"),
}  # fmt: skip
_FLAT = tuple(f"{n}.json" for n in ("messages", "likes", "comments", "connections", "stories_activities", "profile", "media"))
LAYOUTS = {
    "2021": (*THREADS, *(p for patterns in _KINDS.values() for p in patterns)),  # the folders above have moved since
    "2020": _FLAT,
}
_HTML = tuple(p.replace(".json", ".html") for p in LAYOUTS["2021"])
IGNORES = {
    **dict.fromkeys(_HTML, "HTML, made for browsers; only JSON is read"),
    **dict.fromkeys((f"{_FOLLOWS}{n}*.json" for n in ("close_friends", "recent_follow_requests", "recently_unfollowed",
                     "restricted", "hide_story_from", "removed_suggestions", "profiles_you_ve_favorited", "following_hashtags",
                     "custom_lists")), "private: the other never knows, or it stands in another list too"),
    **dict.fromkeys(("contacts/*.json",), "an address book that was uploaded; add the address book itself"),
    **dict.fromkeys(("saved/*.json", "saved.json"), "bookmarks, towards nobody"),
    **dict.fromkeys(("searches.json", "recent_searches/*.json", "seen_content.json"), "looking is no act towards anybody"),
    **dict.fromkeys(("ads_and_topics/*.json", "instagram_ads_and_businesses/*.json", "your_topics/*.json"), "advertising"),
    **dict.fromkeys((f"{f}/*.json" for f in (
        "apps_and_websites", "login_and_profile_creation", "policy_updates_and_permissions", "settings", "media_settings",
        "device_information", "information_about_you", "autofill_information", "link_history", "monetization", "subscriptions",
        "other_activity", "shopping", "avatars_store", "past_instagram_insights")), "the owner's own account and settings"),
    **dict.fromkeys((f"personal_information/{n}.json" for n in (
        "instagram_profile_information", "note_interactions", "professional_information", "profile_changes",
        "linked_meta_accounts", "instagram_friend_map")), "the owner's own account and settings"),
    **dict.fromkeys((f"messages/{n}.json" for n in (
        "secret_conversations", "reported_conversations", "your_scheduled_chat_notifications")), "devices, reports and settings"),
    "messages/*/*/replies_[0-9]*.json": "answers in a channel, by whom is not told",
    **dict.fromkeys((f"{folder}/{n}.json" for folder in ("media", "content") for n in (
        "profile_photos", "archived_posts", "recently_deleted_content", "other_content")), "pictures nobody else sees as a post"),
    **dict.fromkeys((f"media/{n}/*/*" for n in ("posts", "stories", "reels", "other", "profile")), "pictures and films"),
    **dict.fromkeys((f"messages/*/*/{n}/*" for n in ("photos", "videos", "audio", "gifs")), "pictures, films and recordings"),
    **dict.fromkeys(("devices.json", "settings.json", "account_history.json", "autofill.json", "uploaded_contacts.json",
                     "information_about_you.json", "checkout.json"), "the owner's own account and settings"),
}  # fmt: skip
# Told by their first key where they were taken out of their folders; or, lists without one, by their name and shape
_LOOSE = ("followers", "following", "blocked", "sent", "received", "comments", "likes")
_BARE = {
    "followers": ("followers_*.json", rb'"string_list_data".*"https:\\?/\\?/www\.instagram\.com'),
    "comments": ("*_comments*.json", rb'"media_list_data".*"string_map_data"'),
    "posts": ("posts*.json", rb'\{\s*"media"\s*:\s*\[\s*\{\s*"uri".*"creation_timestamp"'),
}
_LIST = rb"(?s)[\xef\xbb\xbf\s]*\[.*"


class Profile(Struct):
    """The owner, in a map of labels in the language of the account."""

    profile_user: list[dict[str, Any]] | None = None


def claims(archive: Archive) -> list[Member]:
    """What it reads, and if that is anything, what it ignores beside it; HTML alone is claimed too, to say so."""
    mine = {m.number for members in _members(archive).values() for m in members}
    mine |= {m.number for m in archive.find(*_HTML) if _rooted(m)}
    if mine:
        generic = not any("facebook" in fold(m.path) for m in archive.members)
        mine |= {m.number for m in archive.find(*IGNORES) if _rooted(m) or (generic and "/threads/" not in fold(m.path))}
    return [m for m in archive.members if m.number in mine]


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything an Instagram export says."""
    book = Book(archive, Reading("instagram"), owner, site=SITE)
    kinds = _members(archive)
    if not any(kinds.values()):
        book.broken(next(m for m in archive.find(*_HTML) if _rooted(m)), HTML)
        return book.close()
    with uncollected():
        _read(book, kinds)
    return book.close()


def _read(book: Book, kinds: dict[str, list[Member]]) -> None:
    flats = {m.name: m for m in kinds.pop("flat")}
    for member in kinds.pop("profile"):
        _profile(book, member)
    flat.profile(book, flats.get("profile.json"))
    talks = Talks(book)
    for member in kinds.pop("messages"):
        talks.read(member)
    found = lists.decode(book, kinds)
    flat.read(book, flats, found)
    lists.names(book, found, talks)
    if book.me not in {folded(n) for talk in talks.talks.values() for n in talk.names} and (me := talks.owner()):
        book.me = me  # no profile, or one in which the name is missing or not found
        book.handles |= {me: book.reading.owner_key} if book.reading.owner_key else {}
    if book.me and not book.reading.owner_key:
        book.reading.owner_key = book.handles.get(book.me, f"name:{book.me}")
    talks.tell()
    lists.tell(book, found)
    _sees(book)


def _members(archive: Archive) -> dict[str, list[Member]]:
    found = {"messages": threads(archive)["instagram"]}
    for kind, patterns in _KINDS.items():
        found[kind] = [m for m in archive.find(*parts(patterns)) if _list(archive, m)]
    found["flat"] = [m for m in archive.find(*_FLAT) if flat.proves(m.name, archive.head(m))]
    if any(found.values()):
        return found
    bare = {w: [m for m in archive.find(n) if re.match(_LIST + shape, archive.head(m))] for w, (n, shape) in _BARE.items()}
    named = loose(archive, {lists.SCHEMA[what]: what for what in _LOOSE} | {"profile_user": "profile", "ig_[a-z_]+": "posts"})
    return found | {what: bare.get(what, []) + named.get(what, []) for what in {*bare, *named}}


def _rooted(member: Member) -> bool:
    path = fold(member.path)
    return ("your_instagram_activity/" in path or _FOLLOWS in path) and "/threads/" not in path


def _list(archive: Archive, member: Member) -> bool:
    """Not of Threads or Facebook, whose folders have the same names."""
    path = f"/{fold(member.path)}"
    if "/threads/" in path or "your_facebook_activity/" in path or "your_activity_across_facebook/" in path:
        return False
    return "/media/" not in path or "your_instagram_activity/" in path or archive.head(member).lstrip()[:1] in (b"[", b"{")


def _profile(book: Book, member: Member) -> None:
    """The owner's handle and name. The handle is the value without blanks that nothing else looks like."""
    try:
        found = document(book.archive.read(member), Profile)
    except Unreadable as why:
        book.broken(member, str(why))
        return
    book.reading.member(member.number, 1)
    book.reading.set_aside(member.number, "the owner's own profile", 1)
    for user in found.profile_user or ():
        labels = user.get("string_map_data")
        pairs = labels.items() if isinstance(labels, dict) else ()
        values = {mend_one(k).lower(): v.get("value") for k, v in pairs if isinstance(v, dict)}
        plain = {k: mend_one(v).strip() for k, v in values.items() if isinstance(v, str) and v.strip()}
        handle, name = owner_of(plain)
        if handle and not book.reading.owner_key:
            book.owner_is(handle_in(handle), name)
        book.reading.owner_aliases += [v for v in plain.values() if "@" in v and " " not in v]


def _sees(book: Book) -> None:
    for kinds, channels, directions, claim in (
        ({"messages"}, ("message", "group", "call"), ("given", "received"), "messages/: every conversation that was kept"),
        ({"comments"}, ("comment",), ("given",), "comments/: every comment that still stands, with the owner of the post"),
        ({"likes", "story likes"}, ("reaction",), ("given",), "likes/: every like that still stands, with the owner of the post"),
        ({"posts"}, ("post",), ("given",), "media/: every post that still stands"),
        ({"reposts"}, ("repost",), ("given",), "reposts.json: every repost that still stands"),
    ):
        if kinds & book.told:
            for channel in channels:
                for direction in directions:
                    book.reading.sees(channel, direction, until=book.newest, claim=claim)
