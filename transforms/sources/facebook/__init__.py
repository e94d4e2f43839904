"""Facebook: "Export your information" as JSON, every root from 2018 to now, and Messenger's encrypted download.

Shows both sides of messages, calls, pokes and friend requests; of public acts what the owner did. What was received is told
by notifications alone, for a recent time (evidence "notification"), and by what others wrote on the timeline.
https://www.facebook.com/help/212802592074644

Everybody is a display name: the key is "name:<name>", two people of one name cannot be told apart, a renamed person is two,
and accounts that are gone are nobody. Whose post was liked or commented on stands in a sentence in the language of the
account; a person is taken from it where exactly one name known from elsewhere in the export stands there as such.

Friend requests are there while they wait or were turned down, not once accepted; so invitations are not declared as seen.

Traps: bytes written as characters (see formats.meta), keys with a drifting `_v2`, the same reactions in an old and a new
file, doubled folders, a default date range that is not all time, encrypted chats that come in a second download
(messenger.com, flat, overlapping the box `e2ee_cutover`), absent files that mean no data or not ordered.
"""

from __future__ import annotations

import re
from collections import Counter

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, fold
from transforms.formats.jsonrecords import uncollected
from transforms.formats.messenger import Talks
from transforms.formats.meta import HTML, Book, folded, mend_one
from transforms.formats.metaroots import THREADS, above, instagrams, loose, parts, threads
from transforms.sources.facebook import people, public

TITLE = "Facebook"
VERSION = "6"
ASKS_OWNER = True
_SECRET = re.compile(rb'(?s)^\W*\{(?=.*"participants"\s*:\s*\[\s*["\]])(?=.*"(?:threadName|senderName)"\s*:)')
_KINDS = {  # what is read → where it has stood
    "profile": ("profile_information/profile_information.json",),
    "friends": ("friends/your_friends.json", "friends_and_followers/friends.json", "friends/friends.json"),
    "received": ("received_friend_requests.json", "friend_requests_received.json"),
    "sent": ("sent_friend_requests.json", "friend_requests_sent.json"),
    "rejected": ("rejected_friend_requests.json",),
    "removed": ("removed_friends.json",),
    "following": (
        "who_you_ve_followed.json", "friends_and_followers/who_you_follow.json", "following_and_followers/following.json",
    ),
    "followers": ("people_who_followed_you.json", "people_who_follow_you.json"),
    "seen": ("people_and_friends.json",),
    "pokes": ("other_activity/pokes.json",),
    "groups": ("your_group_membership_activity.json",),
    "comments": ("comments_and_reactions/comments.json", "comments/comments.json", "groups/your_comments_in_groups*.json"),
    "reactions": (
        "likes_and_reactions*.json", "comments_and_reactions/posts_and_comments.json",
        "likes_and_reactions/posts_and_comments.json", "stories/story_reactions.json",
    ),
    "posts": ("posts/your_posts*.json",),
    "group posts": (
        "groups/group_posts_and_comments.json", "groups/your_posts_in_groups*.json",
        "groups/your_posts_and_comments_in_groups.json",
    ),
    "elsewhere": ("posts/posts_on_other_pages_and_profiles*.json",),
    "timeline": ("posts/other_people_s_posts_to_your_timeline*.json",),
    "notifications": ("notifications/notifications.json", "about_you/notifications.json"),
}  # fmt: skip
LAYOUTS = {
    "2018": (*THREADS, *(p for patterns in _KINDS.values() for p in patterns)),  # under any root: only the last folders count
    "encrypted": ("*_[0-9]*.json",),
}
_HTML = (
    *(t.replace(".json", ".html") for t in THREADS),
    *(p.replace(".json", ".html") for patterns in _KINDS.values() for p in patterns),
)
IGNORES = {
    **dict.fromkeys(_HTML, "HTML, made for browsers; only JSON is read"),
    "events/*.json": "events name no inviter", "groups/group_invites*.json": "who invited stands in a sentence alone",
    "chat_invites_received*.json": "who invited stands in a sentence alone",
    "groups/your_groups.json": "groups the owner runs", "groups/your_badges.json": "names nobody",
    "messages/autofill_information.json": "the owner's own", "messages/secret_groups.json": "names nobody",
    "messages/secret_conversations.json": "devices", "messages/your_cross-app_messaging_settings.json": "settings",
    "messages/stickers_used/*": "pictures", "messages/*/*/photos/*": "pictures", "messages/*/*/videos/*": "films",
    "messages/*/*/audio/*": "recordings", "messages/*/*/gifs/*": "pictures", "messages/*/*/files/*": "files that were sent",
    "posts/media/*/*": "pictures and films", "posts/album/*.json": "own pictures",
    "posts/your_uncategorized_photos.json": "own pictures", "posts/your_videos.json": "own films",
    "calls_and_messages/*.json": "calls and texts of the telephone, not of Facebook",
    "emails_we_sent_you.json": "subjects in the language of the account; notifications tell the same",
    "recently_visited.json": "looking is no act towards anybody", "recently_viewed.json": "looking is no act towards anybody",
    "profiles_you_visited_in_the_past_7_days.json": "looking is no act towards anybody",
    "pages_you_follow.json": "pages, not people", "pages_you_ve_liked.json": "pages, not people",
}  # fmt: skip
_ROOTED = re.compile("(?:^|/)(?:your_facebook_activity|your_activity_across_facebook|connections|logged_information)/")
# What the files begin with whose paths others use too, where no root says whose they are
_KEYS = {
    "profile": rb'"profile(_v\d+)?"',
    "friends": rb'"friends(_v\d+)?"',
    "following": rb'"following(_v\d+)?"',
    "comments": rb'"(group_)?comments(_v\d+)?"',
    "notifications": rb'"notifications(_v\d+)?"',
    "pokes": rb'"pokes(_v\d+)?"',
    "posts": rb'"(status_updates|timestamp|label_values)"',
}
# The first key of what was taken out of its folder: only Facebook numbers its keys
_LOOSE = {rf"{key}_v\d+": kind for kind, keys in {
    "profile": ("profile",), "seen": ("people_interactions",), "pokes": ("pokes",),
    **{k: v for k, v in people.KEYS.items() if k != "seen"}, **{k: v for k, v in public.SHAPES.items() if k != "timeline"},
}.items() for key in keys}  # fmt: skip


def claims(archive: Archive) -> list[Member]:
    """What it reads, and if that is anything, what it ignores; HTML alone is claimed too, to say so."""
    mine = {m.number for members in _members(archive).values() for m in members}
    instagram = instagrams(archive)
    html = [m for m in archive.find(*_HTML) if _ours(m, instagram)]
    if mine or html:
        mine |= {m.number for m in [*html, *archive.find(*IGNORES)] if _ours(m, instagram)}
    return [m for m in archive.members if m.number in mine]


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything a Facebook export says."""
    book = Book(archive, Reading("facebook"), owner)
    kinds = _members(archive)
    if not any(kinds.values()):
        book.broken(archive.find(*_HTML)[0], HTML)
        return book.close()
    with uncollected():
        _read(book, kinds)
    return book.close()


def _read(book: Book, kinds: dict[str, list[Member]]) -> None:
    talks = Talks(book)
    for member in kinds.pop("messages"):
        talks.read(member)
    for member in kinds.pop("encrypted"):
        talks.read(member, secret=True)
    found = public.decode(book, {k: kinds[k] for k in public.SHAPES})
    _whose(book, kinds["profile"], talks, found)
    people.read(book, kinds)
    talks.tell()
    public.tell(book, found)
    _sees(book)


def _members(archive: Archive) -> dict[str, list[Member]]:
    """The members of each kind, each once."""
    instagram = instagrams(archive)
    found: dict[str, list[Member]] = {"messages": threads(archive)["facebook"]}
    for kind, patterns in _KINDS.items():
        likely = [m for m in archive.find(*parts(patterns)) if _ours(m, instagram)]
        keys = _KEYS.get(kind, b"")
        found[kind] = [m for m in likely if _ROOTED.search(fold(m.path)) or re.search(keys, archive.head(m))]
    taken = {m.number for members in found.values() for m in members}
    flat = {m.number: m for m in (*archive.find("*_[0-9]*.json"), *archive.few("*.json")) if m.number not in taken}
    found["encrypted"] = [m for _, m in sorted(flat.items()) if _ours(m, instagram) and _SECRET.match(archive.head(m))]
    return found if any(found.values()) else found | loose(archive, _LOOSE)


def _ours(member: Member, instagram: set[str]) -> bool:
    """Not of Threads, and not of Instagram, whose paths above `messages/` are given."""
    path = fold(member.path)
    if "your_instagram_activity/" in path or "/threads/" in f"/{path}":
        return False
    return "messages/" not in path or above(member) not in instagram


def _whose(book: Book, profiles: list[Member], talks: Talks, found: dict[str, public.Found]) -> None:
    """The owner: as the profile says, else who wrote the comments and reactions, else who is in the conversations."""
    for member in profiles:
        profile = people.profile(book, member)
        if profile and book.me is None:
            name, book.reading.owner_aliases = profile
            book.reading.owner_name, book.me = name, folded(name) or None
    if book.me is None:
        authors = Counter(a for what in ("comments", "reactions") for r in found[what].rows[:1000] for a in r.authors())
        book.me = folded(authors.most_common(1)[0][0]) if authors else None
    book.me = book.me or talks.owner()
    if book.me:
        names = [n for talk in talks.talks.values() for n in talk.names if folded(n) == book.me]
        book.reading.owner_name = book.reading.owner_name or (mend_one(names[0]) if names else None)
        book.reading.owner_key = f"name:{book.me}"


def _sees(book: Book) -> None:
    for kinds, channels, directions, named, claim in (
        ({"messages", "encrypted"}, ("message", "group"), ("given", "received"), True,
         "messages/: every conversation up to its end-to-end encryption; the others stand in the encrypted download"),
        ({"messages"}, ("call",), ("given", "received"), True, "messages/: calls with a duration"),
        ({"comments"}, ("comment",), ("given",), False, "comments.json: the author commented on stands in a sentence"),
        ({"reactions"}, ("reaction",), ("given",), False, "likes_and_reactions: newer ones name the author"),
        ({"posts"}, ("post", "mention"), ("given",), True, "your_posts: every post with the people tagged in it"),
    ):  # fmt: skip
        if kinds & book.told:
            for channel in channels:
                for direction in directions:
                    book.reading.sees(channel, direction, named=named, until=book.newest, claim=claim)
