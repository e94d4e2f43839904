"""The invented life as the platforms would hand it out: X, LinkedIn (twice) and Mastodon, byte for byte their layouts.

X: the layout since November 2022 with its manifest. LinkedIn: a Basic export of October 2023 and a Complete one of 2026
(preamble, quoted messages, Pacific times of invitations). Mastodon: the archive of the account. Texts, names and
addresses are invented; links lead to example.org.
"""

from __future__ import annotations

import csv
import html
import io
import zipfile
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from flows.demo.cast import Person
from flows.demo.life import OWNER, Given, Life, Said

PACIFIC = ZoneInfo("America/Los_Angeles")  # the clock of LinkedIn's invitations and recommendations
_PREAMBLE = (
    "Notes:\n"
    '"When exporting your connection data, you may notice that some of the email addresses are missing. You will only see '
    "email addresses for connections who have allowed their connections to see or download their email address using this "
    "setting https://www.linkedin.com/psettings/privacy/email. You can learn more here "
    'https://www.linkedin.com/help/linkedin/answer/261"\n\n'
)  # the platform's own words; a reader has to step over them
_MESSAGES = (
    "CONVERSATION ID", "CONVERSATION TITLE", "FROM", "SENDER PROFILE URL", "TO", "RECIPIENT PROFILE URLS", "DATE", "SUBJECT",
    "CONTENT", "FOLDER",
)  # fmt: skip
_LEADS = {"x reply": "@{0} ", "x repost": "RT @{0}: ", "x mention": "Dear @{0}: "}
_SPONSORED = '<p class="spinmail-quill-editor__spin-break">Visit the new campus of Example Academy, places are limited.</p>'


def pack(target: Path, files: dict[str, bytes], made_at: datetime) -> None:
    """A zip of these files, the same bytes every time."""
    with zipfile.ZipFile(target, "w") as z:
        for path, content in files.items():
            info = zipfile.ZipInfo(path, made_at.timetuple()[:6])
            z.writestr(info, content, zipfile.ZIP_DEFLATED, 1)


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]], quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=quoting)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def _ms(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp() * 1000)


def _salt(text: str, bits: int) -> int:
    return zlib.crc32(text.encode()) & ((1 << bits) - 1)


# -- LinkedIn ---------------------------------------------------------------------------------------------------------------


def linkedin(life: Life, target: Path, made_at: datetime, *, complete: bool) -> None:
    """A LinkedIn export: Basic as of 2023, or Complete as of 2026."""
    known = [p for p in life.people if "linkedin" in p.on and p.met < made_at and not (complete and p in life.left)]
    files = {
        "Profile.csv": _csv(
            ("First Name", "Last Name", "Maiden Name", "Address", "Birth Date", "Headline", "Summary", "Industry", "Zip Code",
             "Geo Location", "Twitter Handles", "Websites", "Instant Messengers"),
            [(OWNER.first, OWNER.last, "", "", "", "Data and radio", "", "Broadcast Media", "", "Bremen, Germany",
              f"[{OWNER.handle}]", "", "")],
        ),
        "Connections.csv": _PREAMBLE.encode() + _csv(
            ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"),
            [(p.first, p.last, p.url, p.email, p.company, p.position, f"{p.met:%d %b %Y}")
             for p in sorted(known, key=lambda p: p.met, reverse=True)]
            + [("", "", "", "", "", "", f"{made_at - timedelta(days=d):%d %b %Y}") for d in (400, 900)],  # hidden profiles
        ).rstrip(b"\n"),
        "Invitations.csv": _invitations(life, made_at),
        "messages.csv": _messages(life, made_at, complete),
    }  # fmt: skip
    if complete:
        files |= _more(life, made_at)
    pack(target, files, made_at)


def _messages(life: Life, made_at: datetime, complete: bool) -> bytes:
    rows = []
    for s in (s for s in life.said if s.place == "linkedin" and s.at < made_at):
        sender, others = s.sender or OWNER, [p for p in s.to if p is not s.sender]
        to = [OWNER, *others] if s.sender else others
        room = "|".join(sorted(p.url for p in s.to))
        rows.append((_thread(room), "" if len(s.to) == 1 else "Group", sender.name, sender.url, ", ".join(p.name for p in to),
                     ",".join(p.url for p in to), f"{s.at:%Y-%m-%d %H:%M:%S} UTC", "", s.text, "INBOX"))  # fmt: skip
    for g in (g for g in life.invitations if g.text and g.who.met < made_at):  # an accepted note opens the conversation
        sender, to = (OWNER, g.who) if g.mine else (g.who, OWNER)
        rows.append((_thread(g.who.url), "", sender.name, sender.url, to.name, to.url, f"{g.who.met:%Y-%m-%d %H:%M:%S} UTC", "",
                     g.text, "INBOX"))  # fmt: skip
    for days in (40, 130, 300):
        rows.append((_thread(f"sponsored {days}"), "", "LinkedIn Member", "", OWNER.name, OWNER.url,
                     f"{made_at - timedelta(days=days):%Y-%m-%d %H:%M:%S} UTC", "An offer", _SPONSORED, "INBOX"))  # fmt: skip
    rows.sort(key=lambda r: r[6], reverse=True)
    if not complete:
        return _csv(_MESSAGES, rows)
    return _csv((*_MESSAGES, "ATTACHMENTS"), ((*r, "") for r in rows), csv.QUOTE_ALL)


def _thread(room: str) -> str:
    return f"2-{b64encode(f'{_salt(room, 32):08x}{_salt(room[::-1], 32):08x}'.encode()).decode()}"


def _invitations(life: Life, made_at: datetime) -> bytes:
    """The last eight months, on a Pacific clock; of those received, only accepted ones are shown."""
    rows = []
    for g in life.invitations:
        if made_at - timedelta(days=240) < g.at < made_at and (g.mine or g.who.met < made_at):
            from_, to = (OWNER, g.who) if g.mine else (g.who, OWNER)
            at = g.at.replace(tzinfo=UTC).astimezone(PACIFIC)
            written = f"{at.month}/{at.day}/{at:%y}, {at.hour % 12 or 12}:{at:%M %p}"
            rows.append((from_.name, to.name, written, g.text, "OUTGOING" if g.mine else "INCOMING", from_.url, to.url))
    header = ("From", "To", "Sent At", "Message", "Direction", "inviterProfileUrl", "inviteeProfileUrl")
    return _csv(header, reversed(rows))


def _more(life: Life, made_at: datetime) -> dict[str, bytes]:
    """What only the Complete export has."""
    said = defaultdict(list)
    for s in (s for s in life.said if s.place.startswith("linkedin ") and s.at < made_at):
        said[s.place].append(s)
    date = lambda s: f"{s.at:%Y-%m-%d %H:%M:%S}"  # noqa: E731
    post = lambda s, kind: f"https://www.linkedin.com/feed/update/urn%3Ali%3A{kind}%3A{_ms(s.at) << 22 | _salt(s.text, 22)}"  # noqa: E731
    others = lambda s: post(Said(s.at - timedelta(hours=7), s.place, None, (), s.text), "activity")  # noqa: E731
    kinds = ("LIKE", "LIKE", "LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION")
    endorsed = {
        mine: _csv(
            ("Endorsement Date", "Skill Name",
             f"{who} First Name", f"{who} Last Name", f"{who} Public Url", "Endorsement Status"),
            [(f"{g.at:%Y/%m/%d %H:%M:%S} UTC", g.text, g.who.first, g.who.last, g.who.url.removeprefix("https://"), "ACCEPTED")
             for g in life.endorsements if g.mine is mine],
        )
        for mine, who in ((True, "Endorsee"), (False, "Endorser"))
    }  # fmt: skip
    recommended = {
        mine: _csv(
            ("First Name", "Last Name", "Company", "Job Title", "Text", "Creation Date", "Status"),
            [(g.who.first, g.who.last, g.who.company, g.who.position, g.text,
              f"{g.at.replace(tzinfo=UTC).astimezone(PACIFIC):%m/%d/%y, %I:%M %p}", "VISIBLE")
             for g in life.recommendations if g.mine is mine],
        )
        for mine in (True, False)
    }  # fmt: skip
    comments = "".join(  # quotes inside a comment are escaped by a backslash, in no other file
        f'{date(s)},{others(s)},"{s.text.replace(chr(34), chr(92) + chr(34))}"\n' for s in reversed(said["linkedin comment"])
    )
    return {
        "Endorsement_Given_Info.csv": endorsed[True], "Endorsement_Received_Info.csv": endorsed[False],
        "Recommendations_Given.csv": recommended[True], "Recommendations_Received.csv": recommended[False],
        "Comments_34875879.csv": f"Date,Link,Message\n{comments}".encode(),
        "Reactions.csv": _csv(("Date", "Type", "Link"), (
            (date(s), kinds[_salt(s.text, 12) % len(kinds)], others(s)) for s in reversed(said["linkedin reaction"])
        )),
        "Shares.csv": _csv(("Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"), (
            (date(s), post(s, "share"), s.text, "", "", "MEMBER_NETWORK") for s in reversed(said["linkedin share"])
        )),
        "Skills.csv": _csv(("Name",), [("Data analysis",), ("Radio production",)]),
        "LearningCoachMessages.csv": b"No conversations found",
    }  # fmt: skip


# -- X ----------------------------------------------------------------------------------------------------------------------


def x(life: Life, target: Path, made_at: datetime) -> None:
    """An X archive in the layout since November 2022."""
    me = {"accountId": OWNER.x_id, "username": OWNER.handle, "accountDisplayName": OWNER.name}
    said = defaultdict(list)
    for s in (s for s in life.said if s.place.split()[0] == "x" and s.at < made_at):
        said[s.place if " " in s.place else ("group" if len(s.to) > 1 else "message")].append(s)
    public = [s for kind in ("post", "reply", "mention", "repost") for s in said[f"x {kind}"]]
    tweets = [{"tweet": _tweet(s)} for s in sorted(public, key=lambda s: s.at, reverse=True)]
    people = [p for p in life.people if "x" in p.on and p.met < made_at]
    state = lambda kind, not_: [  # noqa: E731
        {kind: {"accountId": p.x_id, "userLink": f"https://twitter.com/intent/user?user_id={p.x_id}"}}
        for p in reversed(people) if p.follows != not_
    ]  # fmt: skip
    likes = [
        {"like": {"tweetId": _snowflake(s), "fullText": html.escape(s.text, quote=False),
                  "expandedUrl": f"https://twitter.com/i/web/status/{_snowflake(s)}"}}
        for s in reversed(said["x like"])
    ]  # fmt: skip
    data = {
        "account": [{"account": {"email": "robin@example.org", "createdVia": "web", **me, "createdAt": _iso(OWNER.met)}}],
        "profile": [{"profile": {"description": {"bio": "Data and radio.", "website": "", "location": ""}}}],
        "tweets": tweets, "like": likes, "follower": state("follower", "given"), "following": state("following", "received"),
        "direct-messages": _conversations(said["message"]), "direct-messages-group": _conversations(said["group"]),
    }  # fmt: skip
    files, types = {}, {}
    for name, records in data.items():
        snake, camel = name.replace("-", "_"), name.split("-")[0] + "".join(w.title() for w in name.split("-")[1:])
        files[f"data/{name}.js"] = f"window.YTD.{snake}.part0 = ".encode() + _json(records)
        part = {"fileName": f"data/{name}.js", "globalName": f"YTD.{snake}.part0", "count": str(len(records))}
        types[camel] = {"files": [part]}
    manifest = {
        "userInfo": {"accountId": OWNER.x_id, "userName": OWNER.handle, "displayName": OWNER.name},
        "archiveInfo": {"sizeBytes": str(sum(map(len, files.values()))), "generationDate": _iso(made_at),
                        "isPartialArchive": False, "maxPartSizeBytes": "53687091200"},
        "readmeInfo": {"fileName": "data/README.txt", "directory": "data/", "name": "README.txt"},
        "dataTypes": types,
    }  # fmt: skip
    files["data/manifest.js"] = b"window.__THAR_CONFIG = " + _json(manifest)
    files["data/README.txt"] = b"An invented archive: no person in it exists.\n"
    files["Your archive.html"] = b"<!doctype html><title>Your archive</title>"
    pack(target, files, made_at)


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _snowflake(s: Said | Given) -> str:
    return str((_ms(s.at) - 1288834974657) << 22 | _salt(s.text, 22))


def _tweet(s: Said) -> dict[str, Any]:
    """One tweet as the archive has it: every number a string, text HTML-escaped, a repost as `RT @handle: …`."""
    who = s.to[0] if s.to else None
    lead = _LEADS.get(s.place, "").format(who.handle if who else "")
    text = html.escape(lead + s.text, quote=False)
    at = lead.find("@")
    mentions = [
        {"name": who.name, "screen_name": who.handle, "indices": [str(at), str(at + 1 + len(who.handle))],
         "id_str": who.x_id, "id": who.x_id}
    ] if who else []  # fmt: skip
    urls = [
        {"url": w, "expanded_url": w, "display_url": w.removeprefix("https://"),
         "indices": [str(text.find(w)), str(text.find(w) + len(w))]}
        for w in text.split() if w.startswith("https://")
    ]  # fmt: skip
    hidden = len(lead) if s.place == "x reply" else 0
    tweet = {
        "edit_info": {"initial": {"editTweetIds": [_snowflake(s)], "editableUntil": _iso(s.at + timedelta(hours=1)),
                                  "editsRemaining": "5", "isEditEligible": False}},
        "retweeted": False, "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        "entities": {"hashtags": [], "symbols": [], "user_mentions": mentions, "urls": urls},
        "display_text_range": [str(hidden), str(len(text))], "favorite_count": str(_salt(s.text, 4)), "id_str": _snowflake(s),
        "truncated": False, "retweet_count": str(_salt(s.text, 2)), "id": _snowflake(s),
        "created_at": f"{s.at:%a %b %d %H:%M:%S} +0000 {s.at.year}", "favorited": False, "full_text": text,
        "lang": who.language if who else "en",
    }  # fmt: skip
    if s.place == "x reply" and who:
        parent = _snowflake(Said(s.at - timedelta(minutes=50), s.place, who, (), s.text))
        tweet |= {"in_reply_to_status_id": parent, "in_reply_to_status_id_str": parent, "in_reply_to_user_id": who.x_id,
                  "in_reply_to_user_id_str": who.x_id, "in_reply_to_screen_name": who.handle}  # fmt: skip
    return tweet


def _conversations(said: list[Said]) -> list[dict[str, Any]]:
    """Direct messages: conversations with their messages, newest first; a room opens with those who are in it."""
    rooms: dict[tuple[Person, ...], list[Said]] = defaultdict(list)
    for s in said:
        rooms[s.to].append(s)
    found = []
    for people, inside in rooms.items():
        group = len(people) > 1
        messages: list[dict[str, Any]] = []
        for s in reversed(inside):
            sender = s.sender or OWNER
            create = {"id": _snowflake(s), "senderId": sender.x_id, "text": s.text, "createdAt": _iso(s.at),
                      "mediaUrls": [], "urls": [], "reactions": []}  # fmt: skip
            if not group:
                create["recipientId"] = people[0].x_id if sender is OWNER else OWNER.x_id
            messages.append({"messageCreate": create})
        if group:
            opened = {"initiatingUserId": people[0].x_id, "participantsSnapshot": [OWNER.x_id, *(p.x_id for p in people)],
                      "createdAt": _iso(inside[0].at - timedelta(minutes=1))}  # fmt: skip
            messages.append({"joinConversation": opened})
        name = _snowflake(inside[0]) if group else "-".join(sorted((OWNER.x_id, people[0].x_id), key=int))
        found.append({"dmConversation": {"conversationId": name, "messages": messages}})
    return found


# -- Mastodon ---------------------------------------------------------------------------------------------------------------


def mastodon(life: Life, target: Path, made_at: datetime) -> None:
    """The archive of a Mastodon account: what the owner did, never what was received."""
    me = f"https://social.example.org/users/{OWNER.handle}"
    context = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
    said = [s for s in life.said if s.place.startswith("mastodon ") and s.at < made_at]
    likes = [_status(s, f"https://tide.example.net/users/somebody{_salt(s.text, 8)}") for s in said if s.place == "mastodon like"]
    outbox = [_activity(s, me) for s in said if s.place != "mastodon like"]
    actor = {
        "@context": context, "id": me, "type": "Person", "following": f"{me}/following", "followers": f"{me}/followers",
        "inbox": f"{me}/inbox", "outbox": "outbox.json", "preferredUsername": OWNER.handle, "name": OWNER.name,
        "summary": "<p>Data and radio.</p>", "url": f"https://social.example.org/@{OWNER.handle}", "likes": "likes.json",
        "bookmarks": "bookmarks.json", "published": "2018-04-11T00:00:00Z", "tag": [], "attachment": [],
    }  # fmt: skip
    head = {"@context": context[0], "type": "OrderedCollection"}
    files = {
        "outbox.json": head | {"id": "outbox.json", "totalItems": len(outbox), "orderedItems": outbox},
        "likes.json": head | {"id": "likes.json", "orderedItems": likes},
        "bookmarks.json": head | {"id": "bookmarks.json", "orderedItems": []}, "actor.json": actor,
    }  # fmt: skip
    pack(target, {name: msgspec.json.encode(content) for name, content in files.items()}, made_at)


def _status(s: Said, author: str) -> str:
    return f"{author}/statuses/{_ms(s.at) << 16 | _salt(s.text, 16)}"


def _activity(s: Said, me: str) -> dict[str, Any]:
    """One row of the outbox: a boost (Announce) or a post (Create), public, its reply target and mention named."""
    at, who, uri = f"{s.at:%Y-%m-%dT%H:%M:%SZ}", s.to[0] if s.to else None, _status(s, me)
    public, followers = ["https://www.w3.org/ns/activitystreams#Public"], f"{me}/followers"
    cc = [followers, who.actor] if who else [followers]
    activity = {"id": f"{uri}/activity", "type": "Create", "actor": me, "published": at, "to": public, "cc": cc}
    parent = _status(Said(s.at - timedelta(hours=3), s.place, who, (), s.text), who.actor) if who else None
    if s.place == "mastodon boost":
        return activity | {"type": "Announce", "object": parent}
    at_who = (
        f'<span class="h-card"><a href="{who.actor}" class="u-url mention">@<span>{who.handle}</span></a></span> ' if who else ""
    )
    content = f"<p>{at_who}{html.escape(s.text)}</p>"
    return activity | {"object": {
        "id": uri, "type": "Note", "summary": None, "inReplyTo": parent, "published": at, "url": uri, "attributedTo": me,
        "to": public, "cc": cc, "sensitive": False, "atomUri": uri, "inReplyToAtomUri": parent,
        "conversation": f"tag:social.example.org:{_salt(s.text, 24)}",
        "content": content, "contentMap": {who.language if who else "en": content}, "attachment": [],
        "tag": [{"type": "Mention", "href": who.actor, "name": f"@{who.handle}@{who.host}"}] if who else [],
        "replies": {"id": f"{uri}/replies", "type": "Collection",
                    "first": {"type": "CollectionPage", "partOf": f"{uri}/replies", "items": []}},
    }}  # fmt: skip
