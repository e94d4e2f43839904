"""Whose a conversation in Meta's format is: Facebook and Instagram write the same files, at times under no root of their own.

By the root, else by the folders beside `messages/`, else by a wrapper's name, else by what stands in the conversations.
"""

from __future__ import annotations

import re

from transforms.archive import Archive, Member, fold

BOXES = ("inbox", "archived_threads", "filtered_threads", "message_requests", "e2ee_cutover")
THREADS = (  # from 2018 on without a number, at first without a box
    *(f"messages/{box}/*/message_*.json" for box in BOXES), *(f"messages/{box}/*/message.json" for box in BOXES),
    "messages/*/message.json",
)  # fmt: skip
_PEEKED = 20  # conversations of which the first part is looked at
_FACEBOOK = {"friends", "friends_and_followers", "comments_and_reactions", "likes_and_reactions", "about_you", "other_activity"}
_INSTAGRAM = {
    "followers_and_following", "likes", "media", "account_information", "content", "story_sticker_interactions", "saved",
}  # fmt: skip
_OF_FACEBOOK = re.compile(rb'"sticker"|stickers_used|"your_(?:facebook_activity|activity_across_facebook)\\?/|"Facebook [Uu]ser"')
_OF_INSTAGRAM = re.compile(
    rb'"(?:original_content_owner|profile_share_(?:user)?name)"|"your_instagram_activity\\?/|"Instagram [Uu]ser"|"Instagrammer"|'
    rb'"content"\s*:\s*"(?:Liked a message|Reacted [^"]{1,60} to your message ?)"'
)
_LINKS = re.compile(rb'"link"\s*:\s*"https?:\\?/\\?/(?:[\w-]+\.)*?([\w-]+)\.[a-z]+\\?[/"]')
_THREAD = re.compile(
    rb'(?s)^[\xef\xbb\xbf\s]*\{(?=.*"participants"\s*:\s*\[)(?=.*"messages"\s*:\s*\[)(?=.*"sender_name")(?=.*"timestamp_ms")'
)
_OBJECT = re.compile(rb"[\xef\xbb\xbf\s]*\{")
_KEY = re.compile(rb'"(\w+)"\s*:')


def threads(archive: Archive) -> dict[str, list[Member]]:
    """The files of conversations, by platform: in their folders, else loose ones known by their shape."""
    found = archive.find(*THREADS)
    loose = [m for m in archive.few("*.json") if _THREAD.match(archive.head(m, 65536))] if not found else []
    theirs = instagrams(archive)
    told: dict[str, list[Member]] = {"facebook": [], "instagram": []}
    for member in found:
        told["instagram" if above(member) in theirs else "facebook"].append(member)
    for member in loose:
        told["instagram" if _says_instagram(archive, [member]) else "facebook"].append(member)
    return told


def parts(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns of files, and of the numbered parts a long one comes in (`comments_1.json`)."""
    return (*patterns, *(p.replace(".json", "_[0-9]*.json") for p in patterns if not p.endswith("*.json")))


def loose(archive: Archive, keys: dict[str, str]) -> dict[str, list[Member]]:
    """Members taken out of their folders, by kind: what the pattern of one of their first keys stands for."""
    found: dict[str, list[Member]] = {}
    for member in archive.few("*.json"):
        head = archive.head(member)
        first = [key.decode() for key in _KEY.findall(head)[:3]] if _OBJECT.match(head) else []
        kind = next((kind for key in first for pattern, kind in keys.items() if re.fullmatch(pattern, key, re.ASCII)), None)
        if kind:
            found.setdefault(kind, []).append(member)
    return found


def above(member: Member) -> str:
    """The folded path above `messages/`."""
    return fold(member.path).rpartition("messages/")[0]


def instagrams(archive: Archive) -> set[str]:
    """The paths above `messages/` that are of Instagram."""
    paths = [fold(m.path) for m in archive.members]
    roots = {p.rpartition("messages/")[0] for p in paths if "messages/" in p}
    return {r for r in roots if _is_instagram(archive, r, {p[len(r) :].split("/")[0] for p in paths if p.startswith(r)})}


def _is_instagram(archive: Archive, root: str, beside: set[str]) -> bool:
    if "your_instagram_activity/" in root:
        return True
    if "your_facebook_activity/" in root or "your_activity_across_facebook/" in root or beside & _FACEBOOK:
        return False
    brands = [brand for brand in ("facebook", "instagram") if brand in root]
    if beside & _INSTAGRAM or len(brands) == 1:
        return bool(beside & _INSTAGRAM) or brands == ["instagram"]
    return _says_instagram(archive, [m for m in archive.find(*THREADS) if above(m) == root][:_PEEKED])


def _says_instagram(archive: Archive, members: list[Member]) -> bool:
    """By keys and names only one of them writes; else by where most links lead."""
    heads = b"\n".join(archive.head(m, 65536) for m in members)
    if _OF_FACEBOOK.search(heads):
        return False
    links = _LINKS.findall(heads)
    return bool(_OF_INSTAGRAM.search(heads)) or 2 * links.count(b"instagram") > len(links)
