"""LinkedIn: what its Member Data Portability API holds, for members in the European Economic Area and Switzerland.

Settings: `[pull.linkedin]`. Token: developer portal → an app with Member Data Portability (Member) → OAuth token generator, scope
`r_dma_portability_self_serve`. https://learn.microsoft.com/linkedin/dma/member-data-portability/

A snapshot is the tables of the zip, domain by domain; pages are asked for until the server says that there are no more, since
`paging.total` is not to be relied on. The changelog holds what was done since the consent and is kept 28 days: pull at least
every four weeks. It is asked for from the newest event on, which comes again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from flows.pull.http import Answer, Client, Fits, PullFailed, Refused, now
from flows.pull.store import Draft, Store
from flows.settings import Home, Settings

MEND = "make one in the developer portal, scope r_dma_portability_self_serve, and hand it in as GIVETAKE_TOKEN_LINKEDIN"
DOMAINS = (
    "PROFILE", "CONNECTIONS", "INBOX", "INVITATIONS", "ENDORSEMENTS", "RECOMMENDATIONS", "ALL_COMMENTS", "ALL_LIKES", "ALL_VOTES",
    "MEMBER_SHARE_INFO", "INSTANT_REPOSTS", "MEMBER_FOLLOWING", "COMPANY_FOLLOWS", "CONTACTS",
)  # fmt: skip
_SNAPSHOT, _CHANGES = "/rest/memberSnapshotData", "/rest/memberChangeLogs"
_PAGES, _AT_ONCE = 10_000, 50


class Options(BaseModel, extra="forbid"):
    """[pull.linkedin]"""

    server: str = "https://api.linkedin.com"
    snapshots: int = Field(30, ge=1)


def client(options: Options, token: str) -> Client:
    """What asks this platform."""
    return Client(options.server, token, mend=MEND, headers={"LinkedIn-Version": "202312", "X-Restli-Protocol-Version": "2.0.0"})


def pull(home: Home, settings: Settings, client: Client) -> list[Path]:
    """Store the tables if they changed, and the events since the cursor: the archives written. Raises PullFailed."""
    options = Options(**settings.pull["linkedin"])
    store = Store(home, "linkedin")
    profile = _domain(client, "PROFILE")
    account = _account(profile)
    cursor = store.cursor(account)
    written = _news(store, client, cursor, profile, account)
    return written + _snapshot(store, client, profile, account, options.snapshots)


def _account(profile: list[Answer]) -> str:
    rows = [row for answer in profile for row in _rows(answer) if isinstance(row, dict)]
    name = " ".join(str(rows[0].get(k, "")) for k in ("First Name", "Last Name")).strip() if rows else ""
    if not name:
        raise PullFailed("no profile is there yet — after the consent LinkedIn takes some minutes, for posts up to a day")
    return name


def _domain(client: Client, domain: str) -> list[Answer]:
    """The pages of one domain; none where the member has no such data, or it is not ready yet."""
    found: list[Answer] = []
    for start in range(_PAGES):
        try:
            answer = client.get(_SNAPSHOT, dict, _of(domain), q="criteria", domain=domain, start=start)
        except Refused as refused:
            if refused.code != 404:  # "No data found for this memberId"
                raise
            return found
        if not _rows(answer):
            return found
        if found and _rows(answer) == _rows(found[-1]):
            raise PullFailed("the pages go in a circle — nothing further is taken from them — please report it")
        found.append(answer)
    raise PullFailed("more pages than there can be — nothing further is taken from them — please report it")


def _of(domain: str) -> Fits:
    return lambda value: all(e["snapshotDomain"] == domain and isinstance(e["snapshotData"], list) for e in value["elements"])


def _rows(answer: Answer) -> list[Any]:
    return [row for element in answer.value["elements"] for row in element["snapshotData"]]


def _events(value: dict[str, Any]) -> bool:
    return all(isinstance(e["processedAt"], int) and isinstance(e["id"], int) for e in value["elements"])


def _snapshot(store: Store, client: Client, profile: list[Answer], account: str, keep: int) -> list[Path]:
    draft, last, started = store.draft("snapshot"), store.snapshots()[-1:], now()
    try:
        asked: dict[str, str | None] = {}
        for domain in DOMAINS:
            answers = profile if domain == "PROFILE" else _domain(client, domain)
            _put(draft, f"snapshot/{domain}", answers)
            if answers:
                asked[domain] = None
        if last and draft.same(last[0]):
            return []
        draft.tell(account, asked, started)
        written = [draft.commit()]
        store.thin(keep)
        return written
    finally:
        draft.discard()


def _put(draft: Draft, name: str, answers: list[Answer]) -> None:
    for n, answer in enumerate(answers, 1):
        draft.put(f"api/{name}-{n}.json", answer.body)


def _news(store: Store, client: Client, cursor: dict[str, Any], profile: list[Answer], account: str) -> list[Path]:
    """Events since the newest that was stored, oldest first. What breaks off keeps the pages before."""
    draft, started, failed = store.draft("news"), now(), None
    newest, seen, n = int(cursor.get("processed", 0)), set(cursor.get("events", [])), 0
    try:
        try:
            for _ in range(_PAGES):
                since = {"startTime": newest} if newest else {}
                answer = client.get(_CHANGES, dict, _events, q="memberAndApplication", count=_AT_ONCE, **since)
                told = [(e["processedAt"], e["id"]) for e in answer.value["elements"]]
                if not {i for _, i in told} - seen:
                    if len(told) >= _AT_ONCE:
                        raise PullFailed("more events of one instant than an answer holds — please report it")
                    break
                n += 1
                draft.put(f"api/changelog-{n}.json", answer.body)
                before, newest = newest, max(newest, *(at for at, _ in told))
                seen = {i for at, i in told if at == newest} | (seen if newest == before else set())
                cursor |= {"processed": newest, "events": sorted(seen)}
        except PullFailed as why:
            failed = why
        if n:
            _put(draft, "snapshot/PROFILE", profile)
            draft.tell(account, {} if failed else {"changelog": cursor.get("until")}, started)
            written = [draft.commit()]
            store.remember(cursor if failed else cursor | {"until": started})
            if not failed:
                return written
        if failed:
            raise failed
        return []
    finally:
        draft.discard()

