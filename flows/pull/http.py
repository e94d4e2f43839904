"""One client for every API: what it answers is whole, in time and of bounded size, or it is an error in our own words.

urllib3's Retry is the policy; the loop is ours, because a body that breaks after its headers, or is not JSON, is retried too.
The token stands in a header only, and goes to its own host only. No error quotes an address, a header or a body.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import requests
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

CHUNK = 1 << 16
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_AGAIN = (408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529)
Fits = Callable[[Any], bool]
_LIMITED = "the server asks to wait longer than a pull may; the next one goes on from here"


class PullFailed(Exception):  # noqa: N818  it reads as what it says
    """A pull came to an end: what was found, and what to do. Holds no address, token or content."""


class TokenRefused(PullFailed):
    """The token is not, or no longer, good for this."""


class Refused(PullFailed):
    """The server refused this one request; others may still be answered. `code` is the status."""

    def __init__(self, line: str, code: int) -> None:
        super().__init__(line)
        self.code = code


class _Broken(Exception):  # noqa: N818
    """One try went wrong in a way that the next may not."""


@dataclass(frozen=True)
class Answer:
    """A whole answer: its unchanged body, and what the body says."""

    body: bytes
    headers: Any
    value: Any = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def link(self, relation: str) -> str:
        """The address that the Link header gives for `next` or `prev`; empty where there is none."""
        found = requests.utils.parse_header_links(self.headers.get("Link", ""))
        return next((x["url"] for x in found if x.get("rel") == relation), "")


class Client:
    """Asks one server, never faster or longer than it may.

    `seconds` are for the whole pull with its waits and retries, `try_seconds` for one answer from the first byte sent to the
    last received; `largest` is the bytes of one body, `budget` of all; `wait` the longest wait for a Retry-After; `mend` how a
    refused token is mended.
    """

    def __init__(
        self, base: str, token: str = "", *, mend: str = "make a new one", headers: dict[str, str] | None = None,
        seconds: float = 3600, try_seconds: float = 120, stall: float = 20, tries: int = 5, backoff: float = 1,
        wait: float = 900, largest: int = 64 << 20, budget: int = 16 << 30,
    ) -> None:  # fmt: skip
        self.base, self.token, self.mend = base.rstrip("/"), token, mend
        self.origin = _origin(self.base)
        self.headers = {"User-Agent": "givetake", "Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        self.until, self.try_seconds, self.stall = monotonic() + seconds, try_seconds, stall
        self.largest, self.budget = largest, budget
        self.requests = self.received = 0
        self._retry = Retry(
            tries, status_forcelist=_AGAIN, backoff_factor=backoff, backoff_jitter=backoff, backoff_max=60,
            retry_after_max=int(wait), raise_on_status=False,
        )  # fmt: skip
        self._session = requests.Session()

    def get(self, where: str, kind: type = dict, fits: Fits | None = None, **params: Any) -> Answer:
        """An answer of JSON whose outermost is `kind`; one that does not fit is asked for again, like one that is cut.

        `where` is a path, or an address of the same server.
        """
        return self._ask("GET", where, kind, params=params, fits=fits)

    def post(self, where: str, body: dict[str, str], kind: type = dict) -> Answer:
        """The same, for what is asked by POST."""
        return self._ask("POST", where, kind, json=body)

    def submit(self, where: str, form: dict[str, str], kind: type = dict) -> Answer:
        """The same, of a form."""
        return self._ask("POST", where, kind, data=form)

    def fetch(self, where: str, target: Path, *, largest: int = 4 << 30, **params: Any) -> None:
        """Write a body that is no JSON to a file, unchanged. One whose end cannot be told from a cut is refused."""
        self._ask("GET", where, None, target=target, largest=largest, params=params)

    def elsewhere(self, base: str) -> Client:
        """A client for another server within the same limits, without the token."""
        other = copy(self)
        other.base, other.token = base.rstrip("/"), ""
        other.origin = _origin(other.base)
        return other

    def _ask(self, method: str, where: str, kind: type | None, **options: Any) -> Answer:
        url = where if _other(where) else self.base + where
        if _origin(url) != self.origin:
            raise PullFailed("the server names a page on another host — nothing was sent there — look at `server`")
        retry = self._retry
        while True:
            response, why = None, ""
            try:
                response, answer = self._try(method, url, kind, options)
                if response.status_code < 300:
                    self._pace(response)
                    return answer
                why = self._refusal(response, answer.body)
            except _Broken as broken:
                why = str(broken)
            except requests.exceptions.SSLError:
                raise PullFailed("no safe connection (its certificate) — look at `server` in the settings") from None
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                why = f"no whole answer ({type(error).__name__})"
            retry = retry.increment(method, "/", response=response.raw if response is not None else None)
            if not retry.total:
                raise PullFailed(f"{why}, {len(retry.history)} times — try again later; nothing is lost by it")
            self._sleep(self._pause(retry, response), why)

    def _try(self, method: str, url: str, kind: type | None, options: dict[str, Any]) -> tuple[requests.Response, Answer]:
        """One try, in a thread: a server that sends its headers byte by byte is left behind in time."""
        left = min(self.try_seconds, self.until - monotonic())
        if left <= 0:
            raise PullFailed("took longer than a pull may; the next one goes on from here")
        told: dict[str, Any] = {}
        late = threading.Event()

        def run() -> None:
            try:
                told["done"] = self._once(method, url, kind, monotonic() + left, late, **options)
            except BaseException as error:  # raised below, in the thread that asked
                told["failed"] = error

        worker = threading.Thread(target=run, daemon=True)
        worker.start()
        worker.join(left + 0.5)
        if worker.is_alive():
            late.set()
            self._session = requests.Session()  # the other is still in use
            raise _Broken("the answer came too slowly")
        if "failed" in told:
            raise told["failed"]
        return told["done"]

    def _once(
        self, method: str, url: str, kind: type | None, until: float, late: threading.Event, *, target: Path | None = None,
        largest: int = 0, fits: Fits | None = None, **sent: Any,
    ) -> tuple[requests.Response, Answer]:  # fmt: skip
        self.requests += 1
        with ExitStack() as stack:
            response = stack.enter_context(self._session.request(
                method, url, **sent, headers=self.headers, auth=self._sign, stream=True,
                allow_redirects=False, timeout=(self.stall, self.stall),
            ))  # fmt: skip
            if response.status_code >= 300:
                return response, Answer(_start(response) if response.status_code == 403 else b"", response.headers)
            if response.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
                raise _Broken("compressed, though asked for plain")
            framed = "Content-Length" in response.headers or "chunked" in response.headers.get("Transfer-Encoding", "").lower()
            if kind is None and not framed:
                raise _Broken("a body that does not say where it ends")
            size, whole = 0, io.BytesIO()
            if target:
                target.unlink(missing_ok=True)  # a try left behind may still hold the old one
            body = stack.enter_context(target.open("wb")) if target else whole
            while piece := response.raw.read1(CHUNK, decode_content=False):
                size += len(piece)
                self.received += len(piece)
                if size > (largest or self.largest) or self.received > self.budget:
                    raise PullFailed("larger than an answer may be — nothing of it was kept — please report it")
                if monotonic() > until or late.is_set():
                    raise _Broken("the answer came too slowly")
                body.write(piece)
            if size != int(response.headers.get("Content-Length", size)):
                raise _Broken("cut short")
        told = whole.getvalue()
        return response, Answer(told, response.headers, _value(told, kind, fits) if kind else None)

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Called even without a token: else requests would look for one in ~/.netrc."""
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def _refusal(self, response: requests.Response, body: bytes) -> str:
        """What to tell of a status that may pass; raises for one that stays. Google tells by the body what a 403 means."""
        code, limited = response.status_code, _remaining(response) == 0 or "Retry-After" in response.headers
        if re.search(rb'"reason":\s*"(quota|dailyLimit)Exceeded"', body):
            raise PullFailed("the requests of this day are used up — nothing is lost by it; the next pull goes on")
        limited = limited or re.search(rb'"reason":\s*"(userR|r)ateLimitExceeded', body) is not None
        if code in _AGAIN or (code == 403 and limited):
            return "the server asks for patience (429)" if code in (403, 429) else f"the server is unwell ({code})"
        if code in (401, 403):
            raise TokenRefused(f"the token was refused ({code}) — {self.mend}")
        if code < 400:
            raise PullFailed(f"the server sends elsewhere ({code}) — not followed — set `server` to where it is now")
        raise Refused(f"the server refused what was asked ({code}) — look at the settings of this pull", code)

    def _pause(self, retry: Retry, response: requests.Response | None) -> float:
        """Seconds to wait: what the server asks for, capped, else twice the last; and some jitter, so that few meet."""
        asked = None
        if response is not None:
            with suppress(InvalidHeader, OverflowError, ValueError):
                asked = retry.get_retry_after(response.raw)
            if asked is None and _remaining(response) == 0:
                asked = min(_until_reset(response), retry.retry_after_max)
        if asked is None:
            asked = min(retry.backoff_max, retry.backoff_factor * 2 ** (len(retry.history) - 1))
        return asked + random.uniform(0, retry.backoff_jitter)

    def _pace(self, response: requests.Response) -> None:
        """Where this was the last request the server allows for now, the next waits."""
        if _remaining(response) == 0 and (seconds := min(_until_reset(response), self._retry.retry_after_max)) > 0:
            self._sleep(seconds, "")

    def _sleep(self, seconds: float, why: str) -> None:
        if monotonic() + seconds > self.until:
            raise PullFailed(f"{why or 'no more requests for now'} — {_LIMITED}")
        sleep(seconds)


def pages(
    client: Client, where: str, kind: type, follow: Callable[[Answer], str], *, fits: Fits | None = None, cursor: str = "cursor",
    most: int = 10_000, **params: Any,
) -> Any:  # fmt: skip
    """Answers page by page; `follow` tells the next address or cursor from an answer, "" at the end.

    What is no address is sent as the parameter `cursor` names. Pages that go in a circle raise PullFailed.
    """
    seen: set[str] = set()
    address, bodies = where, set()
    for _ in range(most):
        answer = client.get(address, kind, fits, **params)
        further = follow(answer)
        if further in seen or (further and answer.sha256 in bodies):
            raise PullFailed("the pages go in a circle — nothing further is taken from them — please report it")
        yield answer
        if not further:
            return
        seen.add(further)
        bodies.add(answer.sha256)
        if _other(further):
            address, params = further, {}
        else:
            params[cursor] = further
    raise PullFailed("more pages than there can be — nothing further is taken from them — please report it")


def now() -> str:
    """This instant in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat()


def parameter(url: str, name: str) -> str:
    """The value of a parameter in an address; empty where there is none."""
    return dict(parse_qsl(urlsplit(url).query)).get(name, "")


def every(*keys: str) -> Fits:
    """Fits a list of objects that all have these keys."""
    return lambda value: all(key in item for item in value for key in keys)


def _value(body: bytes, kind: type, fits: Fits | None) -> Any:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise _Broken("not JSON, or cut short") from None
    try:
        documented = isinstance(value, kind) and (fits is None or fits(value))
    except (KeyError, TypeError, AttributeError):
        documented = False
    if not documented:
        raise _Broken("not the JSON that is documented")
    return value


def _start(response: requests.Response) -> bytes:
    """The beginning of a refusal, as far as it comes at once."""
    with suppress(HTTPError, OSError, ValueError):
        return response.raw.read1(4096, decode_content=False)
    return b""


def _other(where: str) -> bool:
    return re.match(r"[a-z]+://", where) is not None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port. Raises PullFailed where it would be sent in clear over a network."""
    try:
        parts = urlsplit(url)
        origin = parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        raise PullFailed("`server` is no address — write it as https://social.example.org") from None
    if not origin[1] or (origin[0] != "https" and not (origin[0] == "http" and origin[1] in LOOPBACK)):
        raise PullFailed("`server` is no https address — write it as https://social.example.org")
    return origin


def _remaining(response: requests.Response) -> int | None:
    told = response.headers.get("X-RateLimit-Remaining", response.headers.get("RateLimit-Remaining", ""))
    return int(told) if re.fullmatch(r"\d{1,9}", told) else None


def _until_reset(response: requests.Response) -> float:
    """Seconds until requests are allowed again: GitHub and Bluesky tell seconds since 1970, Mastodon an ISO instant."""
    told = response.headers.get("X-RateLimit-Reset", response.headers.get("RateLimit-Reset", ""))
    with suppress(ValueError, OverflowError):
        at = float(told) if re.fullmatch(r"\d+", told) else datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp()
        return max(0.0, at - datetime.now(UTC).timestamp()) + 1
    return 60.0
