"""What the platforms' APIs answer, for `tests.servers`: shapes as documented, people invented."""

from __future__ import annotations

from typing import Any

from tests.servers import TOKEN
from tests.sources.bluesky.make import repository

DID = "did:plc:oliveoliveoliveoliveoliv"


class Platform:
    """A platform of which what ana does to the owner grows by `notify`; `options` are the settings of its pull."""

    def __init__(self, **options: Any) -> None:
        self.url, self.notices, self.options = "", [], options


class Mastodon(Platform):
    """A server of which `notices`, `posts` and `liked` grow; ids of favourite rows are not those of the posts."""

    def __init__(self) -> None:
        super().__init__()
        self.posts, self.liked, self.followers = [], [], ["ana"]

    def account(self, name: str) -> dict[str, Any]:
        home = "https://social.example.org"
        return {
            "id": str(sum(name.encode())), "username": name, "acct": name, "display_name": name.title(), "bot": False,
            "url": f"{home}/@{name}", "uri": f"{home}/users/{name}", "followers_count": len(self.followers), "following_count": 0,
        }  # fmt: skip

    def post(self, by: str, n: int) -> dict[str, Any]:
        uri = f"https://social.example.org/users/{by}/statuses/{n}"
        return {
            "id": str(n), "uri": uri, "created_at": f"2026-01-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000Z",
            "visibility": "public", "content": f"<p>pear {n}</p>", "account": self.account(by), "mentions": [],
        }  # fmt: skip

    def notify(self, n: int) -> None:
        self.notices.append({
            "id": str(n), "type": "favourite", "created_at": f"2026-02-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.500Z",
            "account": self.account("ana"), "status": self.post("olive", n),
        })  # fmt: skip

    def page(self, path: str, rows: list[Any], asked: dict[str, str], most: int = 3) -> Any:
        """Rows after min_id, oldest page first and newest row first, as Mastodon pages; `most` a page."""
        numbered = list(enumerate(rows, 7001))
        found = [(i, r) for i, r in numbered if i > int(asked["min_id"])][:most][::-1]
        if not found:
            return [], {}
        link = (
            f'<{self.url}{path}?max_id={found[-1][0]}>; rel="next", <{self.url}{path}?limit=3&min_id={found[0][0]}>; rel="prev"'
        )
        return [r for _, r in found], {"Link": link}

    def follow(self, asked: dict[str, str]) -> Any:
        at = int(asked.get("max_id", 0))
        more = at + 2 < len(self.followers)
        link = {"Link": f'<{self.url}/api/v1/accounts/{self.me}/followers?max_id={at + 2}>; rel="next"'} if more else {}
        return [self.account(f) for f in self.followers[at : at + 2]], link

    @property
    def me(self) -> str:
        return self.account("olive")["id"]

    def routes(self) -> dict[str, Any]:
        return {
            "/api/v1/accounts/verify_credentials": lambda asked: self.account("olive"),
            "/api/v1/notifications": lambda asked: self.page("/api/v1/notifications", self.notices, asked),
            f"/api/v1/accounts/{self.me}/statuses": lambda a: self.page(f"/api/v1/accounts/{self.me}/statuses", self.posts, a),
            "/api/v1/favourites": lambda asked: self.page("/api/v1/favourites", self.liked, asked),
            f"/api/v1/accounts/{self.me}/followers": self.follow,
            f"/api/v1/accounts/{self.me}/following": lambda asked: [],
        }


class Bluesky(Platform):
    """A server with a repository; notifications come newest first by cursor."""

    def __init__(self) -> None:
        super().__init__(handle="olive.example.org")
        self.revision, self.convos = 1, {}

    def notify(self, n: int) -> None:
        at = f"2026-02-{1 + n // 24:02}T{n % 24:02}:00:00.000Z"
        post = f"at://{DID}/app.bsky.feed.post/3p1"
        self.notices.append({
            "uri": f"at://did:plc:anaanaanaanaanaanaanaana/app.bsky.feed.post/3q{n}", "cid": "x", "reason": "reply",
            "reasonSubject": post,
            "author": {"did": "did:plc:anaanaanaanaanaanaanaana", "handle": "ana.example.org"}, "indexedAt": at, "isRead": False,
            "record": {"$type": "app.bsky.feed.post", "text": f"pear {n}", "createdAt": at,
                       "reply": {"parent": {"uri": post, "cid": "x"}, "root": {"uri": post, "cid": "x"}}},
        })  # fmt: skip

    def listed(self, asked: dict[str, str], rows: list[Any], key: str, most: int = 3) -> Any:
        at = int(asked.get("cursor", 0))
        newest = rows[::-1][at : at + most]
        return {key: newest, "subject": {"did": DID, "handle": "olive.example.org"}} | (
            {"cursor": str(at + most)} if at + most < len(rows) else {}
        )

    def session(self, asked: dict[str, str]) -> Any:
        if asked.get("password") != TOKEN:
            return None
        keeper = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.url}
        return {"did": DID, "handle": "olive.example.org", "accessJwt": "jwt-" + TOKEN, "didDoc": {"service": [keeper]}}

    def routes(self) -> dict[str, Any]:
        post = {"$type": "app.bsky.feed.post", "text": "How to prune", "createdAt": "2024-11-03T08:00:00.000Z"}
        return {
            "/xrpc/com.atproto.server.createSession": self.session,
            "/xrpc/app.bsky.notification.listNotifications": lambda a: self.listed(a, self.notices, "notifications"),
            "/xrpc/app.bsky.graph.getFollowers": lambda asked: self.listed(asked, [], "followers"),
            "/xrpc/com.atproto.sync.getLatestCommit": lambda asked: {"cid": "x", "rev": f"3lbqg2c3s2k2{self.revision}"},
            "/xrpc/com.atproto.sync.getRepo": lambda asked: repository(
                {"did": DID, "version": 3, "rev": "3lbqg2c3s2k2a", "records": {f"app.bsky.feed.post/3p{self.revision}": post}}
            ),
            "/xrpc/chat.bsky.convo.listConvos": lambda a: self.listed(a, [c["convo"] for c in self.convos.values()], "convos"),
            "/xrpc/chat.bsky.convo.getMessages": lambda a: self.listed(a, self.convos[a["convoId"]]["messages"], "messages"),
        }


class LinkedIn(Platform):
    """A changelog of messages, three events an answer, and tables of which two have rows; a page repeats a row."""

    def __init__(self) -> None:
        super().__init__()
        self.connections = [{"First Name": "Ana", "Last Name": "Ash", "URL": "", "Connected On": "03 Jan 2026"}]

    def notify(self, n: int) -> None:
        owner, ana, at = "urn:li:person:Olive", "urn:li:person:Ana", 1767600000000 + n * 60_000
        self.notices.append({
            "id": n, "capturedAt": at, "processedAt": at, "owner": owner, "actor": ana, "resourceName": "messages",
            "method": "CREATE", "activity": {"author": ana, "thread": "urn:li:messagingThread:2", "createdAt": at,
                                             "content": {"fallback": f"pear {n}"}},
        })  # fmt: skip

    def changes(self, asked: dict[str, str]) -> Any:
        found = [e for e in self.notices if e["processedAt"] >= int(asked.get("startTime", 0))]
        return {"elements": found[:3], "paging": {"start": 0, "count": 3, "links": [], "total": 99}}

    def rows(self, asked: dict[str, str]) -> Any:
        profile = [{"First Name": "Olive", "Last Name": "Owner", "Headline": ""}]
        rows = {"PROFILE": profile, "CONNECTIONS": self.connections}.get(asked["domain"], [])
        start = int(asked["start"])
        if start >= len(rows):
            return {"message": "No data found for this memberId", "status": 404}, {"Status": "404"}
        return {"elements": [{"snapshotDomain": asked["domain"], "snapshotData": rows[max(start - 1, 0) : start + 1]}]}

    def routes(self) -> dict[str, Any]:
        return {"/rest/memberSnapshotData": self.rows, "/rest/memberChangeLogs": self.changes}


class GitHub(Platform):
    """A repository in which ana comments; two comments a page."""

    def notify(self, n: int) -> None:
        self.notices.append(comment(n))

    def routes(self) -> dict[str, Any]:
        return routes(self.notices, [], self) | {"/repos/olive/oven/stargazers": lambda asked: []}


def user(login: str) -> dict[str, Any]:
    return {"login": login, "html_url": f"https://github.com/{login}", "type": "User", "followers": 1, "following": 0}


def comment(n: int) -> dict[str, Any]:
    at = f"2026-01-{1 + n // 24:02}T{n % 24:02}:00:00Z"
    return {
        "id": 30 + n, "html_url": f"https://github.com/olive/oven/issues/4#issuecomment-{30 + n}", "user": user("ana"),
        "created_at": at, "updated_at": at, "body": f"try pears, {n}", "reactions": {"total_count": n % 2},
    }  # fmt: skip


def routes(comments: list[dict[str, Any]], events: list[dict[str, Any]], at: Platform) -> dict[str, Any]:
    def changed(asked: dict[str, str]) -> Any:
        found = [c for c in comments if c["updated_at"] >= asked["since"]]
        page = int(asked.get("page", 1))
        more = {"Link": f'<{at.url}/repos/olive/oven/issues/comments?since={asked["since"]}&page={page + 1}>; rel="next"'}
        return found[2 * page - 2 : 2 * page], more if len(found) > 2 * page else {}

    mine = {"id": 9, "user": user("olive"), "content": "heart", "created_at": "2026-01-20T10:00:00Z"}
    return {
        "/user": lambda asked: user("olive"),
        "/user/repos": lambda asked: [{"full_name": "olive/oven"}, {"full_name": "olive/gone"}],
        "/users/olive/events": lambda asked: events, "/user/followers": lambda asked: [user("ana")],
        "/user/following": lambda asked: [], "/user/starred": lambda asked: [],
        "/repos/olive/oven/stargazers": lambda asked: [{"starred_at": "2026-01-01T00:00:00Z", "user": user("ben")}],
        "/repos/olive/oven/issues": lambda asked: [], "/repos/olive/oven/pulls/comments": lambda asked: [],
        "/repos/olive/oven/issues/comments": changed,
        **{f"/repos/olive/oven/issues/comments/{30 + n}/reactions": lambda asked: [mine] for n in range(1, 28, 2)},
    }  # fmt: skip


class YouTube(Platform):
    """A channel on whose one video ana comments; every third answers the owner's own, of which only its own list tells."""

    CHANNEL = "UC" + "o" * 22

    def __init__(self) -> None:
        super().__init__(channel=self.CHANNEL)
        self.notices.append(self.thread("Ug", 0, self.CHANNEL))

    def thread(self, key: str, n: int, by: str) -> dict[str, Any]:
        return {"id": key, "snippet": {"topLevelComment": self.said(key, n, by), "videoId": "dQw4w9WgXcQ"}, "all": []}

    def said(self, key: str, n: int, by: str) -> dict[str, Any]:
        at = f"2026-01-{1 + n // 24:02}T{n % 24:02}:00:00Z"
        told = {"textDisplay": f"pear {n}", "publishedAt": at, "authorDisplayName": "@ana", "authorChannelId": {"value": by}}
        return {"id": key, "snippet": told}

    def notify(self, n: int) -> None:
        ana = "UC" + "a" * 22
        if n % 3:
            self.notices.append(self.thread(f"Ug{n}", n, ana))
        else:
            self.notices[0]["all"].append(self.said(f"Ug.r{n}", n, ana))

    def listed(self, kind: str, rows: list[Any], asked: dict[str, str], most: int = 2) -> Any:
        at = int(asked.get("pageToken", 0))
        more = {"nextPageToken": str(at + most)} if at + most < len(rows) else {}
        return {"kind": f"youtube#{kind}ListResponse", "items": rows[at : at + most]} | more

    def threads(self, asked: dict[str, str]) -> Any:
        rows = [{"id": t["id"], "snippet": t["snippet"] | {"totalReplyCount": len(t["all"])}} for t in self.notices[::-1]]
        return self.listed("commentThread", rows, asked)

    def replies(self, asked: dict[str, str]) -> Any:
        return self.listed("comment", [c for t in self.notices if t["id"] == asked["parentId"] for c in t["all"]], asked)

    def routes(self) -> dict[str, Any]:
        return {
            "/youtube/v3/channels": lambda asked: self.listed("channel", [{"id": self.CHANNEL}], asked),
            "/youtube/v3/commentThreads": self.threads, "/youtube/v3/comments": self.replies,
        }


class Reddit(Platform):
    """An inbox of replies, newest first, three a page; one own comment that answers somebody."""

    def __init__(self) -> None:
        super().__init__()
        self.comments = [self.thing("t1", "c1", "Olive", 0, parent_id="t1_x5", link_id="t3_p9")]

    def thing(self, kind: str, key: str, by: str, n: int, **more: Any) -> dict[str, Any]:
        at = 1767600000.0 + n * 3600
        data = {"id": key, "name": f"{kind}_{key}", "author": by, "body": f"pear {n}", "created_utc": at}
        return {"kind": kind, "data": data | more}

    def notify(self, n: int) -> None:
        told = {"type": "comment_reply", "context": f"/r/trees/comments/p9/x/r{n}/", "parent_id": "t1_c1"}
        self.notices.append(self.thing("t1", f"r{n}", "Ana", n, **told))

    def listed(self, rows: list[Any], asked: dict[str, str], most: int = 3) -> Any:
        names = [r["data"]["name"] for r in rows[::-1]]
        at = names.index(asked["after"]) + 1 if "after" in asked else 0
        page = rows[::-1][at : at + most]
        return {"kind": "Listing", "data": {"children": page, "after": names[at + most - 1] if at + most < len(rows) else None}}

    def routes(self) -> dict[str, Any]:
        return {
            "/api/v1/me": lambda asked: {"name": "Olive"},
            "/user/Olive/comments": lambda asked: self.listed(self.comments, asked),
            "/user/Olive/submitted": lambda asked: self.listed([], asked),
            "/message/inbox": lambda asked: self.listed(self.notices, asked),
            "/message/sent": lambda asked: self.listed([], asked),
            "/api/info": lambda asked: self.listed([self.thing("t1", "x5", "Ben", 0)], {}),
        }
