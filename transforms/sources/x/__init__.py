"""X (Twitter): the archive from "Download an archive of your data", every layout from 2013 to 2026.

Shows both sides of direct messages and follows; of public acts only what the owner did. Likes name neither author nor
time. Fields are documented by X in data/README.txt of each archive. Eras: Grailbird (to 2018, a file a month, tweets
only), from 2018 one file a kind `window.YTD.<kind>.part0 = […]`, at first at the root and unwrapped, since 2022 `tweets`.
Large kinds come in parts; manifest.js counts them.

Mutes are not blocks: they change what the owner sees and nothing between two people, so they are ignored. Reactions to
direct messages are read both ways, but `reaction received` is not declared: received likes of posts are not shown.
"""

from __future__ import annotations

import re

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, fold
from transforms.sources.x import messages, rest, tweets
from transforms.sources.x.decode import Export

TITLE = "X (Twitter)"
VERSION = "1"
_READ = (
    "tweets", "community-tweet", "deleted-tweets", "note-tweet", "like", "follower", "following", "block", "lists-member",
    "lists-subscribed", "direct-messages", "direct-messages-group", "message-event", "audio-video-calls-in-dm",
    "audio-video-calls-in-dm-recipient-sessions", "periscope-comments-made-by-user", "account", "screen-name-change", "manifest",
)  # fmt: skip
_OLD = {"tweet": "tweets", "direct-message": "direct-messages", "direct-message-group": "direct-messages-group"}
LAYOUTS = {
    "2022-11": tuple(f"data/{kind}{part}.js" for kind in _READ for part in ("", "-part*")),
    "2018-09": tuple(
        f"{kind}{part}.js" for kind in (*_OLD, "like", "account", "follower", "following") for part in ("", "-part*")
    ),
    "2013": tuple(f"data/js/{name}.js" for name in ("tweets/*_*", "user_details", "payload_details", "tweet_index")),
}
IGNORES = {
    "data/*_media/*": "pictures and films",
    "assets/*": "the viewer that comes with the archive",
    "assets/*/*": "the viewer that comes with the archive",
    "assets/*/*/*": "the viewer that comes with the archive",
    "Your archive.html": "the viewer that comes with the archive",
    "data/README.txt": "X's description of the fields",
} | {
    f"{names}.js": why
    for why, group in {
        "advertising": "ad-* ads-* branch-links user-link-clicks",
        "the same records without their text": "tweet-headers* deleted-tweet-headers* direct-message-headers* direct-message-group-headers*",
        "silent: the other never knows": "mute* direct-message-mute* smartblock* twitter-circle*",
        "the owner's account, devices and settings": "account-* ageinfo app connected-application contact device-token email-address-change"
        " expanded-profile grok-chat-item* ip-audit key-registry ni-devices personalization phone-number professional-data profile"
        " protected-history reply-prompt saved-search sso tweetdeck twitter-shop verified verified-organization",
        "names nobody": "article* birdwatch-* catalog-item commerce-catalog community-note* deleted-note-tweet lists-created moment"
        " periscope-[abefp]* product-drop product-set shop-module shopify-account spaces-metadata",
    }.items()
    for names in group.split()
}
_FILE = re.compile(r"(?:^|/)(data/)?(?:js/tweets/(\d{4}_\d\d)|(?:js/)?([a-z_-]+?)(?:-part\d+)?)\.js$")
_GRAILBIRD = ("user_details", "payload_details", "tweet_index")
_ASSIGNED = re.compile(rb"\s*window\.(?:YTD\.[a-z_]+\.part\d+|__THAR_CONFIG)\s*=")


def kind_of_name(path: str) -> str | None:
    """What a folded path would hold: one of the kinds this source reads, or None."""
    match = _FILE.search(path)
    if not match:
        return None
    if match[2]:
        return "tweets"
    kind = _OLD.get(match[3], match[3])
    return kind if kind in _READ or (kind in _GRAILBIRD and "data/js/" in path) else None


def _kinds(archive: Archive) -> dict[str, list[Member]]:
    """Members this source reads, by kind. At the root of the oldest exports the content must agree with the name."""
    kinds: dict[str, list[Member]] = {}
    for member in archive.members:
        if member.path.endswith(".js") and (kind := kind_of_name(path := fold(member.path))):
            if re.search(r"(?:^|/)data/", path) or _ASSIGNED.match(archive.head(member)):
                kinds.setdefault(kind, []).append(member)
    return kinds


def claims(archive: Archive) -> list[Member]:
    """What it reads, and if that is anything, what it ignores."""
    read_here = [m for members in _kinds(archive).values() for m in members]
    return read_here and sorted({*read_here, *archive.find(*IGNORES)}, key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything an X archive says."""
    reading = Reading("x")
    export = Export(archive, reading, owner)
    kinds = _kinds(archive)
    some = kinds.get
    manifest = rest.whose(export, kinds)
    for member in [*some("direct-messages", []), *some("direct-messages-group", [])]:  # the former may tell who the owner is
        messages.read(export, member)
    for member in some("message-event", []):
        messages.read_chat(export, member)
    own = [m for kind in ("tweets", "community-tweet", "deleted-tweets") for m in some(kind, [])]
    people = tweets.read(export, own, some("note-tweet", []))
    for kind, reader in (
        ("like", rest.likes), ("audio-video-calls-in-dm", rest.calls), ("audio-video-calls-in-dm-recipient-sessions", rest.calls_received),
        ("periscope-comments-made-by-user", rest.periscope),
    ):  # fmt: skip
        for member in some(kind, []):
            reader(export, member)
    whole = not (manifest and manifest.archiveInfo and manifest.archiveInfo.isPartialArchive)
    rest.follows(export, some("follower", []), "follower", "follow", "received", whole)
    rest.follows(export, some("following", []), "following", "follow", "given", whole)
    rest.follows(export, some("block", []), "blocking", "block", "given", whole)
    rest.lists(export, some("lists-member", []), "membership", "received", people, whole)
    rest.lists(export, some("lists-subscribed", []), "subscription", "given", people, whole)
    rest.accounts(export, people)
    rest.counted(export, kinds, manifest)
    reading.owner_key = str(export.me) if export.me else None
    reading.owner_aliases = sorted(f"@{handle}" for handle in export.handles)
    reading.exported_at = reading.exported_at or export.newest
    _sees(export, kinds)
    return reading


def _sees(export: Export, kinds: dict[str, list[Member]]) -> None:
    seen = {kind for kind, members in kinds.items() if any(export.read_well(m) for m in members)}
    section = "data/README.txt of the archive, section {}.js"
    for kinds_of_file, channels, directions, named in (
        (("tweets", "deleted-tweets"), ("post", "comment", "mention", "repost"), ("given",), True),
        (("direct-messages", "message-event"), ("message",), ("given", "received"), True),
        (("direct-messages-group",), ("group", "invitation"), ("given", "received"), True),
        (("like",), ("reaction",), ("given",), False),
        (("audio-video-calls-in-dm",), ("call",), ("given",), True),
        (("audio-video-calls-in-dm-recipient-sessions",), ("call",), ("received",), False),
    ):
        told_by = next((k for k in kinds_of_file if k in seen), None)
        for channel, direction in [(c, d) for c in channels for d in directions] if told_by else ():
            export.reading.sees(channel, direction, named=named, claim=section.format(told_by))
