"""Mails in which LinkedIn, Facebook, Instagram, X, GitHub, Mastodon and Reddit tell that somebody did something.

What is known of them: X-LinkedIn-Template, X-Facebook-Notify, X-Twitteremailtype (2009), X-GitHub-Reason, Mastodon's List-ID
(app/mailers/notification_mailer.rb) and Reddit's blocks name the kind in every language; without such a header only the
English subjects do. They prove presence alone: a mail that is missing proves nothing (opt-outs, digests, read in the app).
They are the most forged of all mails: where the mailbox's server says that the signature failed they are not believed;
where no server says anything (old mails, copies) they are, and Authentication-Results below the topmost count for nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from transforms.formats import mail

FORGED = "a notice whose signature the mailbox's server did not accept: forged or altered"
STATE = "a notice of a follow or an acceptance: the platform's own export lists who"
NOTHING = "a notice that is nobody's act towards the owner"

_SENDERS = {  # platform → who writes for it
    "linkedin": r"(?:.*[-.])?(?:no-?reply|invitations?|member|messages?|hit-reply|connections|updates|notifications)"
    r"@(?:\w+\.)?linkedin\.com$",
    "facebook": r".*@(?:\w+\.)?facebookmail\.com$",
    "instagram": r".*@mail\.instagram\.com$",
    "x": r"(?:notify|info|noreply)@(?:x|twitter)\.com$|.*@(?:postmaster\.)?twitter\.com$",
    "github": r"(?:notifications|noreply)@github\.com$",
    "reddit": r".*@(?:redditmail\.com|reddit\.com)$",
}  # fmt: skip
_SENDER = {platform: re.compile(pattern) for platform, pattern in _SENDERS.items()}
_MASTODON_LIST = re.compile(r"<(mention|favourite|reblog|quote|follow|follow_request|poll)\.[^.>]+\.([^>]+)>")
_MASTODON_SUBJECT = re.compile(
    r"(?:(You were mentioned by) (?P<a>\S+)|(?P<b>\S+) (boosted|favou?rited|quoted) your (?:post|status|toot)"
    r"|(?P<c>\S+) (is now following you)|(Pending follower): (?P<d>\S+))$"
)
_PASSED = re.compile(r"\b(dkim|dmarc|spf)\s*=\s*(\w+)([^;]*)", re.I)

Found = list[dict[str, Any]] | str


def service(address: str, get: Callable[..., str | None]) -> str:
    """The platform a mail speaks for by its sender and headers; empty where it is a person's."""
    if domain_end := address.rpartition("@")[2]:
        for platform, pattern in _SENDER.items():
            if domain_end.endswith(_ENDS[platform]) and pattern.match(address):
                return platform
    if (listed := get("list-id")) and _MASTODON_LIST.search(listed):
        return "mastodon"
    local = address.partition("@")[0]
    if "noti" in local or "mastodon" in address:
        return "mastodon" if _MASTODON_SUBJECT.match(mail.words(get("subject") or "")) else ""
    return ""


_ENDS: dict[str, str | tuple[str, ...]] = {
    "linkedin": "linkedin.com", "facebook": "facebookmail.com", "instagram": "instagram.com", "x": ("x.com", "twitter.com"),
    "github": "github.com", "reddit": ("redditmail.com", "reddit.com"),
}  # fmt: skip


def read(
    platform: str, address: str, name: str, fields: dict[str, str], plain: str | None, markup: str | None
) -> list[dict[str, Any]] | str:
    """The acts one mail tells, or why it is set aside."""
    domain = address.rpartition("@")[2]
    if forged(fields.get("authentication-results"), domain):
        return FORGED
    subject = mail.words(fields.get("subject", ""))
    text = plain if plain is not None else _plain(markup or "")
    found = _READERS[platform](fields, subject, name, text, (plain or "") + (markup or ""))
    if isinstance(found, str):
        return found
    blank = {"key": None, "name": None, "handle": None, "url": None, "text": None, "composed": True, "post": None, "thread": None,
             "identified": "name", "account_kind": "person", "value_kind": None}  # fmt: skip
    return [blank | {"platform": platform} | one for one in found]


def forged(results: str | None, domain: str) -> bool:
    """Whether the server that took the mail in says that it is not from `domain`; False where it says nothing of it."""
    if results is None:
        return False
    own = ".".join(domain.split(".")[-2:])
    judged = _PASSED.findall(results)
    passed = any(verdict.lower() == "pass" and re.search(rf"[@.=]{re.escape(own)}\b", rest) for _, verdict, rest in judged)
    return bool(judged) and not passed


def _plain(markup: str) -> str:
    """HTML as lines; only to look for what a template says."""
    lines = re.sub(
        r"(?i)<br\s*/?>|</(?:p|div|td|tr|h\d|li)\s*>", "\n", re.sub(r"(?is)<(?:style|head)\b.*?</(?:style|head)>", "", markup)
    )
    return html.unescape(re.sub(r"<[^<>]*>", "", lines))


def _first(rules: tuple[tuple[str, str], ...], told: str) -> str | None:
    return next((kind for pattern, kind in rules if re.search(pattern, told, re.I)), None)


_KINDS = (  # what the name of a template or type says, in this order
    (
        r"recommend\w*_(?:request|ask)|(?:request|ask)\w*_recommend|recommended_(?:for|jobs|people)|suggest|pymk|may_know|digest|event|job|weekly|birthday|anniversar|remind|security|login|recover|verify|camp|stale"
        r"|also_comment",
        "nothing",
    ),
    (r"accept|confirm|follow|network_conn", "state"),
    (r"invit|friend|connect", "invitation"),
    (r"messag|inmail|^msg|inbox|direct", "message"),
    (r"mention|tag", "mention"),
    (r"recommendation|recommended_you", "recommendation"),
    (r"endors", "endorsement"),
    (r"comment|repl", "comment"),
    (r"share|repost|reblog", "repost"),
    (r"like|react|feedback|favou?rite", "reaction"),
    (r"wall|timeline", "mention"),
)
_SUBJECTS = (  # what an English subject says of the one whose name it begins with
    (
        r"also (?:commented|replied)|commented on .+['’]s |people you may know|birthday|anniversary|shared a post"
        r"|new job|is looking for",
        "nothing",
    ),
    (r"accepted your|is now (?:following|connected)|(?:started following|followed) you|start a conversation with", "state"),
    (
        r"add me to your linkedin network|want(?:s)? to connect|sent you a friend request|wants to be friends"
        r"|invited you to connect",
        "invitation",
    ),
    (r"(?:sent you|messaged you)|new message from", "message"),
    (r"(?:mentioned|tagged) you|posted (?:something )?on your|wrote on your", "mention"),
    (r"(?:wrote|written) (?:you )?a recommendation|recommended you", "recommendation"),
    (r"endorsed you", "endorsement"),
    (r"(?:commented on|replied to) (?:your|a (?:post|photo|comment) (?:of yours|you))|commented:", "comment"),
    (r"(?:shared|reposted|retweeted|quoted) your", "repost"),
    (r"(?:likes?|liked|favou?rited|reacted to|loved) your", "reaction"),
)
_ACTOR = re.compile(
    r"^(?:\S+, )?(?P<name>.{2,80}?)(?: \(@(?P<handle>\w{1,20})\))? (?:just )?(?:sent you|messaged you|mentioned you"
    r"|tagged you|endorsed you|recommended you|(?:has )?(?:wrote|written) (?:you )?a recommendation"
    r"|commented|replied to|likes?|liked|favou?rited|loved|reacted to|shared your|reposted|retweeted|quoted|posted|wrote on"
    r"|wants? to|invited you)\b"
)
_ONE_CLICK = {"reaction": "applause", "endorsement": "endorsement", "repost": "amplification"}


def _act(kind: str, name: str | None, **more: Any) -> dict[str, Any]:
    key = f"name:{name}" if name else None
    told = {"channel": kind, "key": key, "name": name, "composed": kind not in _ONE_CLICK | {"invitation": ""}}
    return told | {"value_kind": _ONE_CLICK.get(kind)} | more


def _named(kind: str | None, subject: str) -> tuple[str | None, str | None]:
    """What happened, and who the subject says did it."""
    actor = _ACTOR.match(subject)
    name = re.sub(r"(?:, .+)? and \d+ (?:others?|other people|more)$", "", actor["name"]).strip('"“” ') if actor else None
    return kind or _first(_SUBJECTS, subject), name


def _linkedin(fields: dict[str, str], subject: str, sender: str, text: str, whole: str) -> Found:
    template = fields.get("x-linkedin-template", "")
    kind, name = _named(_first(_KINDS, template) if template else None, subject)
    if kind in (None, "nothing", "state"):
        return STATE if kind == "state" else NOTHING
    by = re.sub(r" (?:via|from) LinkedIn$", "", sender)
    name = name if not by or by.lower().startswith("linkedin") else by
    profile = re.search(r"linkedin\.com/(?:comm/)?in/([^/?&#\s\"'<>]+)", whole)
    stock = "like to join your LinkedIn network" in text or not text.strip()
    note = None if kind != "invitation" or stock else text.partition("View profile")[0].strip() or None
    one = _act(kind, name, text=note, composed=kind not in _ONE_CLICK and (kind != "invitation" or note is not None))
    one["key"] = name and "name:" + " ".join(unicodedata.normalize("NFKC", name).lower().split())
    if profile:
        slug = profile[1].lower()
        one |= {"key": f"in/{slug}", "handle": slug, "url": f"https://www.linkedin.com/in/{slug}", "identified": "url"}
    return [one]


def _facebook(fields: dict[str, str], subject: str, sender: str, text: str, whole: str) -> Found:
    told = fields.get("x-facebook-notify", "").partition(";")[0].strip()
    kind, name = _named(_first(_KINDS, told) if told else None, subject)
    if kind in (None, "nothing", "state"):
        return STATE if kind == "state" else NOTHING
    link = re.search(r"facebook\.com/profile\.php\?id=(\d+)", whole)
    return [_act(kind, name, url=f"https://www.facebook.com/profile.php?id={link[1]}" if link else None)]


def _instagram(fields: dict[str, str], subject: str, sender: str, text: str, whole: str) -> Found:
    told = fields.get("x-facebook-notify", "").partition(";")[0].strip().removeprefix("ig_")
    kind = (_first(_KINDS, told) if told else None) or _first(_SUBJECTS, subject)
    if kind in (None, "nothing", "state", "invitation"):
        return STATE if kind == "state" else NOTHING
    actor = re.match(
        r"@?([a-z0-9._]{1,30}) (?:\([^)]*\) )?(?:sent|mentioned|tagged|commented|replied|liked|reacted|shared)", subject
    )
    handle = actor[1] if actor else None
    return [
        _act(kind, None, key=handle, handle=handle, identified="handle", url=handle and f"https://www.instagram.com/{handle}/")
    ]


def _x(fields: dict[str, str], subject: str, sender: str, text: str, whole: str) -> Found:
    told = fields.get("x-twitteremailtype", "")
    kind, name = _named({"direct_message": "message", "is_following": "state"}.get(told), subject)
    if kind in (None, "nothing", "state", "invitation"):
        return STATE if kind == "state" else NOTHING
    actor = _ACTOR.match(subject)
    number, handle = fields.get("x-twittersenderid", ""), fields.get("x-twittersenderscreenname") or (actor and actor["handle"])
    one = _act(kind, fields.get("x-twittersendername") or name)
    if handle:
        one |= {"key": f"@{handle.lower()}", "handle": handle, "url": f"https://x.com/{handle}", "identified": "handle"}
    if number.isdigit():
        one |= {"key": number, "identified": "id"}
    return [one]


_GITHUB = {  # X-GitHub-Reason → channel; every other reason is a thread the owner watches
    "mention": "mention", "author": "comment", "comment": "comment", "review_requested": "mention", "assign": "mention",
}  # fmt: skip
_GITHUB_ID = re.compile(r"<([\w.-]+)/([\w.-]+)/(issues|pull|discussions?|commit)/(\w+)(?:/([\w/]+))?@")
_GITHUB_REVIEW = re.compile(r"\A\s*@[\w\[\]-]+ (approved|requested changes on|commented on) this pull request\.?\s*")


def _github(fields: dict[str, str], subject: str, sender: str, text: str, whole: str) -> Found:
    login, reason = fields.get("x-github-sender", "").strip(), fields.get("x-github-reason", "").strip()
    told = _GITHUB_ID.search(fields.get("message-id", ""))
    event = re.search(r"/(?:issue_event|push|review_request)", fields.get("message-id", ""))
    said = re.split(
        r"\n(?:—|-- ?|&mdash;) ?\r?\n|\nReply to this email directly|\nYou are receiving this because", text.replace("\r", "")
    )[0]
    said = re.sub(r"(?m)^>.*\n?", "", said).strip()
    review = _GITHUB_REVIEW.match(said)
    said = said[review.end() :] if review else said
    approval = review is not None and review[1] == "approved" and not said
    if not login or reason not in _GITHUB or login == fields.get("x-github-recipient") or event or not (said or approval):
        return NOTHING
    thread = f"https://github.com/{told[1]}/{told[2]}/{told[3]}/{told[4]}" if told else None
    number = told and re.search(r"\d+$", told[5] or "")
    return [{
        "channel": "reaction" if approval else _GITHUB[reason], "key": login, "composed": not approval,
        "value_kind": "applause" if approval else None, "handle": login, "name": sender or None, "identified": "handle",
        "thread": thread,
        "url": f"https://github.com/{login}", "post": f"{thread}#issuecomment-{number[0]}" if number else thread, "text": said,
        "account_kind": "bot" if login.endswith("[bot]") else "person",
    }]  # fmt: skip


def _mastodon(fields: dict[str, str], subject: str, sender: str, text: str, whole: str) -> Found:
    listed, told = _MASTODON_LIST.search(fields.get("list-id", "")), _MASTODON_SUBJECT.match(subject)
    said = next((g for g in told.group(1, 4, 6, 7) if g), "") if told else ""
    kind = (
        listed[1] if listed else {"You": "mention", "boo": "reblog", "fav": "favourite", "quo": "quote"}.get(said[:3], "follow")
    )
    channel = {"mention": "mention", "quote": "repost", "reblog": "repost", "favourite": "reaction"}.get(kind)
    if channel is None:
        return NOTHING if kind == "poll" else STATE
    here = listed[2] if listed else None
    acct = next((g for g in told.group("a", "b", "c", "d") if g), None) if told else None
    link = re.search(r"https://([^/\s\"<>]+)/@([\w.]+)(?:@([\w.-]+))?/\d+", whole)
    if acct is None and link and channel == "mention":
        acct = f"{link[2]}@{link[3] or link[1]}"
    acct = acct and (acct.lstrip("@") if "@" in acct.lstrip("@") else f"{acct}@{here or (link and link[1]) or ''}").lower()
    acct = acct or ""
    known = bool(acct) and not acct.endswith("@")
    name, _, host = acct.partition("@")
    return [_act(channel, None, key=acct if known else None, handle=acct if known else None, identified="handle",
                 url=f"https://{host}/@{name}" if known else None, composed=kind in ("mention", "quote"))]  # fmt: skip


_REDDIT = re.compile(
    r"^\s*(?:(?P<kind>Private message|Comment reply|Post reply|Chat message) from /?u/(?P<who>[\w-]+)"
    r"|/?u/(?P<namer>[\w-]+) (?P<does>mentioned you|replied to your (?:comment|post)|commented on your post"
    r"|sent you a message))[^\n]*$", re.M
)  # fmt: skip
_REDDIT_CHANNEL = {"private": "message", "chat": "message", "sent": "message", "mentioned": "mention"}


def _reddit(fields: dict[str, str], subject: str, sender: str, text: str, whole: str) -> Found:
    """Several acts in one mail; the name in the subject is only one of the actors."""
    text = html.unescape(html.unescape(text.replace("\r\n", "\n")))
    blocks = list(_REDDIT.finditer(text)) or list(_REDDIT.finditer(subject))
    found = []
    for block, after in zip(blocks, [*(b.start() for b in blocks), None][1:], strict=True):
        said = text[block.end() : after] if block.string is text else ""
        link = re.search(r"https?://(?:www\.)?reddit\.com(/[^\s?]+)", said)
        said = re.split(
            r"\n\s*(?:Go to Reddit Inbox|If you would not like|This email was)", said[link.end() :] if link else said
        )[0]
        said = re.sub(r"(?m)^\S*[?&]utm_\S*\n|^ {1,4}", "", re.sub(r"\n{3,}", "\n\n", said.partition("\n")[2])).strip()
        who = block["who"] or block["namer"]
        word = (block["kind"] or block["does"]).split()[0].lower()
        found.append({
            "channel": _REDDIT_CHANNEL.get(word, "comment"), "key": who, "handle": who, "name": None, "identified": "handle",
            "url": f"https://www.reddit.com/user/{who}/", "text": said,
            "post": link and f"https://www.reddit.com{link[1].rstrip('/')}/",
        })  # fmt: skip
    return found or NOTHING


_READERS: dict[str, Callable[[dict[str, str], str, str, str, str], Found]] = {
    "linkedin": _linkedin, "facebook": _facebook, "instagram": _instagram, "x": _x, "github": _github, "mastodon": _mastodon,
    "reddit": _reddit,
}  # fmt: skip
