"""Which files the export has had, era by era, and which of them say nothing about people."""

from __future__ import annotations

import re
from collections import defaultdict

from transforms.archive import Archive, Member, fold

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
_VIEWER = "the viewer that comes with the archive"
IGNORES = {
    "data/*_media/*": "pictures and films",
    "data/README.txt": "X's description of the fields",
    "Your archive.html": _VIEWER,
} | dict.fromkeys(("assets/*", "assets/*/*", "assets/*/*/*"), _VIEWER)
_IGNORED = {
    "advertising": "ad-* ads-* branch-links user-link-clicks",
    "the same records without their text": "tweet-headers* deleted-tweet-headers* direct-message-headers*"
    " direct-message-group-headers*",
    "silent: the other never knows": "mute* direct-message-mute* smartblock* twitter-circle*",
    "the owner's account, devices and settings": "account-* ageinfo app connected-application contact device-token"
    " email-address-change expanded-profile grok-chat-item* ip-audit key-registry ni-devices personalization phone-number"
    " professional-data profile protected-history reply-prompt saved-search sso tweetdeck twitter-shop verified"
    " verified-organization",
    "audio rooms: who spoke is told, to whom is not": "spaces-metadata",
    "names nobody": "birdwatch-* catalog-item commerce-catalog community-note* deleted-note-tweet lists-created moment"
    " periscope-[abefp]* product-drop product-set shop-module shopify-account",
}
IGNORES |= {f"{name}.js": why for why, names in _IGNORED.items() for name in names.split()}
_FILE = re.compile(r"(?:^|/)(data/)?(?:js/tweets/(\d{4}_\d\d)|(?:js/)?([a-z_-]+?)(?:-part\d+)?)\.js$")
_GRAILBIRD = ("user_details", "payload_details", "tweet_index")
_ASSIGNED = re.compile(rb"\s*window\.(?:YTD\.([a-z_]+)\.part\d+|__THAR_CONFIG)\s*=")


def kind_of_name(path: str) -> str | None:
    """What a folded path would hold: one of the kinds this source reads, or None."""
    match = _FILE.search(path)
    if not match:
        return None
    if match[2]:
        return "tweets"
    kind = _OLD.get(match[3], match[3])
    return kind if kind in _READ or (kind in _GRAILBIRD and "data/js/" in path) else None


def members_by_kind(archive: Archive) -> dict[str, list[Member]]:
    """Members this source reads, by kind: in the folder `data` by their names, elsewhere by what the file says it is."""
    kinds: dict[str, list[Member]] = defaultdict(list)
    for member in archive.members:
        path = fold(member.path)
        if not path.endswith(".js"):
            continue
        kind = kind_of_name(path)
        if not re.search(r"(?:^|/)data/", path):
            said = _ASSIGNED.match(archive.head(member))
            kind = kind_of_name((said[1] or b"manifest").decode().replace("_", "-") + ".js") if said else None
        if kind:
            kinds[kind].append(member)
    return kinds
