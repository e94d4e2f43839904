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
from collections import defaultdict

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member
from transforms.formats.jsonrecords import uncollected
from transforms.sources.x import messages, rest, tweets
from transforms.sources.x.decode import Export
from transforms.sources.x.layouts import IGNORES, LAYOUTS, members_by_kind

__all__ = ["IGNORES", "LAYOUTS", "TITLE", "VERSION", "claims", "read"]
TITLE = "X (Twitter)"
VERSION = "4"
ASKS_OWNER = True


def claims(archive: Archive) -> list[Member]:
    """What it reads, and if that is anything, what it ignores."""
    read_here = [m for members in members_by_kind(archive).values() for m in members]
    return read_here and sorted({*read_here, *archive.find(*IGNORES)}, key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """Everything an X archive says; where a folder holds archives of several accounts, a reading of each."""
    exports = [(Export(archive, Reading("x"), owner), kinds) for kinds in _by_owner(archive)]
    with uncollected():
        for export, kinds in exports:
            _read(export, kinds)
    return [export.reading for export, _ in exports]


def _by_owner(archive: Archive) -> list[dict[str, list[Member]]]:
    """Members by kind for each account; a folder that does not say whose it is goes with the first one that does."""
    kinds = members_by_kind(archive)
    told = {_root(m): number for m in kinds["manifest"] + kinds["account"] if (number := rest.account_in(archive, m))}
    owners = list(dict.fromkeys(told.values()))
    if len(owners) < 2:
        return [kinds]
    split: dict[int, dict[str, list[Member]]] = {number: defaultdict(list) for number in owners}
    for kind, members in kinds.items():
        for member in members:
            split[told.get(_root(member), owners[0])][kind].append(member)
    return list(split.values())


def _root(member: Member) -> str:
    return re.sub(r"(?:data/)?(?:js/)?(?:tweets/)?[^/]*$", "", member.path)


def _read(export: Export, kinds: dict[str, list[Member]]) -> None:
    reading = export.reading
    manifest = rest.whose(export, kinds)
    for member in kinds["direct-messages"] + kinds["direct-messages-group"]:  # the former may tell who the owner is
        messages.read(export, member)
    people = tweets.read(export, kinds["tweets"] + kinds["community-tweet"] + kinds["deleted-tweets"], kinds["note-tweet"])
    for kind, reader in {
        "message-event": messages.read_chat,
        "like": rest.likes,
        "audio-video-calls-in-dm": rest.calls,
        "audio-video-calls-in-dm-recipient-sessions": rest.calls_received,
        "periscope-comments-made-by-user": rest.periscope,
    }.items():
        for member in kinds[kind]:
            reader(export, member)
    whole = not (manifest and manifest.archiveInfo and manifest.archiveInfo.isPartialArchive)
    rest.follows(export, kinds["follower"], "follower", "follow", "received", whole)
    rest.follows(export, kinds["following"], "following", "follow", "given", whole)
    rest.follows(export, kinds["block"], "blocking", "block", "given", whole)
    rest.lists(export, kinds["lists-member"], "membership", "received", people, whole)
    rest.lists(export, kinds["lists-subscribed"], "subscription", "given", people, whole)
    rest.accounts(export, people)
    rest.counted(export, kinds, manifest)
    reading.owner_key = str(export.me) if export.me else None
    reading.owner_aliases = sorted(f"@{handle}" for handle in export.handles)
    reading.exported_at = reading.exported_at or export.newest
    _sees(export, kinds)


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
