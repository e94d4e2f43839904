"""Mails as platforms store them: headers, addresses, dates and the text somebody wrote, from bytes nobody vouches for.

Python's own parser goes through a mail line by line and takes seconds for a header of 20,000 addresses; here each step is
one search over bytes, bounded by the limits below. RFC 5322 (mails), 2045 to 2047 (parts, encodings, encoded words).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from transforms import times

MAX_HEADER = 64 << 10  # bytes
MAX_ADDRESSES = 200
MAX_DEPTH = 20
MAX_PARTS = 1000
MAX_TEXT = 64 << 10  # bytes of a part that may become text

_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.M)
_WORD = re.compile(r"=\?([\w.:+-]+?)(?:\*[\w-]+)?\?([bq])\?([^?\s]*)\?=", re.I)
_GAP = re.compile(r"(\?=)\s+(=\?)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|\((?:[^()\\]|\\.)*+(?:\)|\\?\Z)|<[^<>]*>|[,;]|[^",;(<]+|.', re.S)
_ADDRESS = re.compile(r"[^\s<>\"(),:;@\[\]]{1,100}+@[^\s<>\"(),:;@]{0,255}[^\s<>\"(),:;@.]")
_PARAMETER = re.compile(r';\s*(boundary|charset|method)\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.I)
_COMBINED = frozenset({"to", "cc"})  # may wrongly stand in several lines


def head(raw: bytes) -> tuple[dict[str, str], int]:
    """The header fields by lower-case name, the topmost of each, unfolded but not decoded; and where the body begins."""
    ends = [at + len(gap) for gap in (b"\n\n", b"\n\r\n") if (at := raw.find(gap, 0, MAX_HEADER)) >= 0]
    end = min(ends, default=len(raw))
    top = raw[: min(end, MAX_HEADER)].replace(b"\r\n", b"\n").replace(b"\n\t", b" ").replace(b"\n ", b" ")
    try:
        text = top.decode()
    except UnicodeDecodeError:
        text = top.decode("cp1252", "replace")
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(text):
        name = name.lower()
        if name not in fields:
            fields[name] = value
        elif name in _COMBINED:
            fields[name] += "," + value
    return fields, end


@lru_cache(maxsize=4096)
def words(value: str) -> str:
    """A header value with its encoded words decoded (RFC 2047)."""
    if "=?" not in value:
        return value.strip()
    return _WORD.sub(_word, _GAP.sub(r"\1\2", value)).strip()


def _word(found: re.Match[str]) -> str:
    raw = found[3].encode("utf-8", "replace")
    raw = _base64(raw) if found[2] in "bB" else binascii.a2b_qp(raw, header=True)
    return _decoded(raw, found[1])


@lru_cache(maxsize=16384)
def addresses(value: str) -> tuple[tuple[str, str], ...]:
    """The (name, address) pairs of a header value, addresses in lower case, at most MAX_ADDRESSES; groups are opened."""
    found: list[tuple[str, str]] = []
    name, address = "", ""
    for token in (*_TOKEN.findall(value[:MAX_HEADER]), ","):
        if token in (",", ";"):
            if not address and (bare := _ADDRESS.search(name)):
                name, address = "", bare[0]
            if address:
                found.append((_name(name, address), address.casefold()))
                if len(found) == MAX_ADDRESSES:
                    break
            name, address = "", ""
        elif token[0] == "<":
            inside = _ADDRESS.search(token)
            address = inside[0] if inside else address
        elif token[0] != "(" or len(token) == 1:
            name += token
    if not found and '"' in value:  # one that never closes hides what follows
        return tuple(("", a.casefold()) for a in _ADDRESS.findall(value[:MAX_HEADER])[:MAX_ADDRESSES])
    return tuple(found)


def _name(name: str, address: str) -> str:
    told = words(name.rpartition(":")[2] if name.count('"') == 0 else name)
    told = re.sub(r"\\(.)", r"\1", told).strip("\"' \t")
    return "" if "@" in told or told.casefold() == address.casefold() else told


def ids(value: str) -> list[str]:
    """Message ids, without their brackets."""
    return re.findall(r"<([^<>\s]+)>", value[:MAX_HEADER])


def parameters(value: str) -> dict[str, str]:
    """boundary, charset and method of a Content-Type."""
    return {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(value)}


@dataclass(frozen=True)
class Part:
    """A leaf of a mail: its type in lower case, its headers, its bytes as they were sent."""

    kind: str
    fields: dict[str, str]
    raw: bytes

    def text(self) -> str:
        """Decoded, cut at MAX_TEXT bytes."""
        raw = self.raw[: MAX_TEXT * 4 // 3]
        encoding = self.fields.get("content-transfer-encoding", "").strip().lower()
        if encoding == "base64":
            raw = _base64(raw)
        elif encoding == "quoted-printable":
            raw = binascii.a2b_qp(raw)
        return _decoded(raw[:MAX_TEXT], parameters(self.fields.get("content-type", "")).get("charset", ""))


def parts(fields: dict[str, str], body: bytes, depth: int = 0) -> Iterator[Part]:
    """The leaves of a mail in order, as deep and as many as the limits allow; attached mails and files stay closed."""
    told = fields.get("content-type", "") or "text/plain"
    kind = told.partition(";")[0].strip().lower()
    boundary = parameters(told).get("boundary", "").rstrip()
    if not kind.startswith("multipart/") or not boundary:
        yield Part("text/plain" if kind.startswith("multipart/") else kind, fields, body)
        return
    if depth >= MAX_DEPTH:
        return
    sections = (b"\n" + body).split(b"\n--" + boundary.encode("utf-8", "replace"), MAX_PARTS + 1)
    if len(sections) == 1 and depth == 0:  # the boundary is nowhere
        yield Part("text/plain", {}, body)
        return
    for section in sections[1 : MAX_PARTS + 1]:
        if section.startswith(b"--"):
            break
        section = section.lstrip(b" \t\r").removeprefix(b"\n")
        if section[:1] in (b"\n", b"\r"):  # no headers: plain text
            yield Part("text/plain", {}, section)
            continue
        inner, start = head(section)
        yield from parts(inner, section[start:], depth + 1)


def _base64(raw: bytes) -> bytes:
    """As much as is whole."""
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw.partition(b"=")[0])
    whole = clean[: len(clean) - (len(clean) % 4 == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _decoded(raw: bytes, charset: str) -> str:
    """In the charset that is told; where that is none, UTF-8 or else what Windows writes."""
    for codec in (charset, "utf-8"):
        try:
            return raw.decode(codec) if codec else raw.decode()
        except (LookupError, UnicodeError, ValueError):
            pass
    return raw.decode("cp1252", "replace")


_ZONES = {
    "UT": "+0000", "GMT": "+0000", "UTC": "+0000", "Z": "+0000", "EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
    "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700", "CET": "+0100", "CEST": "+0200", "BST": "+0100",
}  # fmt: skip
_MONTHS = {m: f"{i:02}" for i, m in enumerate(("jan feb mar apr may jun jul aug sep oct nov dec".split()), 1)}  # noqa: SIM905
_DATE = (
    r"(?P<d>\d{1,2})[ -]+(?P<m>[A-Za-z]{3})[a-z]*[ .,-]+(?P<y>\d{2,4})[ ,]+(?P<H>\d{1,2})[:.](?P<M>\d\d)(?:[:.](?P<S>\d\d))?"
    r"\s*(?P<z>[+-]\d{4}|[A-Za-z]{1,5})?"
)
_ASCTIME = r"^\s*(?:[A-Za-z]{3},?\s+)?([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}:\d\d(?::\d\d)?)\s+(?:[A-Z]{3,4}\s+)?(\d{4})"


def instant(date: pl.Expr, zone: str) -> pl.Expr:
    """UTC of a Date header, obsolete forms included; one that names no zone is a clock in `zone`. Null where it is no date."""
    part = date.str.replace(_ASCTIME, "$2 $1 $4 $3").str.replace_all(r"\s+", " ").str.extract_groups(_DATE).struct.field
    year, offset = part("y"), part("z").str.to_uppercase()
    year = (
        pl.when(year.str.len_chars() == 4).then(year)
        .when(year.str.len_chars() == 2)
        .then(pl.when(year < "50").then(pl.lit("20") + year).otherwise(pl.lit("19") + year))
        .when(year.str.len_chars() == 3).then((year.cast(pl.Int32, strict=False) + 1900).cast(pl.String))
    )  # fmt: skip
    month = part("m").str.to_lowercase().replace_strict(_MONTHS, default=None, return_dtype=pl.String)
    second = part("S").fill_null("00").str.replace("60", "59", literal=True)
    clock = pl.concat_str(year, month, part("d").str.zfill(2), separator="-") + pl.concat_str(
        pl.lit(" ") + part("H").str.zfill(2), part("M"), second, separator=":"
    )
    offset = pl.when(offset.str.contains(r"^[+-]")).then(offset).otherwise(
        offset.replace_strict(_ZONES, default=None, return_dtype=pl.String)
    )  # fmt: skip
    odd = times.iso(pl.when(date.str.contains(r"^\s*\d{4}-\d\d-\d\d[T ]")).then(date))  # what no mail should write, but some do
    zoned = (clock + offset).str.to_datetime("%Y-%m-%d %H:%M:%S%z", time_unit="us", strict=False).cast(times.INSTANT)
    local = times.written(pl.when(offset.is_null()).then(clock), "%Y-%m-%d %H:%M:%S", zone=zone)
    return pl.coalesce(times.sane(zoned), local, odd)


_WROTE = (
    r"(?:On|Am|Le|El|Il|Op|Em|Den|Dnia|W dniu|Pada)\b[^\n]{4,300}?(?:\n[^\n]{0,200})?"
    r"\b(?:wrote|schrieb[^\n:]{0,120}|a écrit|escribió|ha scritto|schreef[^\n:]{0,120}|escreveu|skrev[^\n:]{0,120}"
    r"|napisał\(?a?\)?)\s?:"
)
_BEGUN = (  # what mail programs write above the mail that is answered or passed on
    r"(?i:-{2,} ?(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|Mensaje original"
    r"|Messaggio originale"
    r"|Oorspronkelijk bericht|Mensagem original|Forwarded message|Weitergeleitete Nachricht|Message transféré"
    r"|Mensaje reenviado|Messaggio inoltrato|Doorgestuurd bericht|Mensagem encaminhada) ?-{2,})"
    r"|Begin forwarded message:|Anfang der weitergeleiteten Nachricht:"
    r"|(?:_{10,}\n+)?\*?(?:From|Von|De|Da|Van)\*?: [^\n]+\n\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Fecha|Inviato|Data"
    r"|Verzonden)(?: on| le| el)? ?\*?:"
)
_SIGNED = (
    r"-- ?\n|(?:Sent from|Get Outlook|Gesendet von|Von meinem|Envoyé de|Enviado desde|Enviado de|Inviato da|Verstuurd)[^\n]{3,60}"
    r"(?:\n|$)"
)
_FROM_HERE = f"(?s)(?:^|\\n)(?:{_WROTE}[ \\t]*(?:\\n|$)|{_BEGUN}|{_SIGNED}).*"
_WHOSE = r"[^\n>]{0,200}<[^\n<>@ ]+@[^\n<> ]+>[^\n]{0,100}[:：]"  # in any language, if what follows is quoted
_BEFORE_QUOTE = f"(?m)^(?:{_WROTE}|{_WHOSE})[ \\t]*\\n(?:[ \\t]*\\n)?(?P<q>>)"
_QUOTED_HTML = (
    r'(?is)<(?:div|blockquote|table|hr|section)[^>]{0,300}(?:gmail_quote|gmail_extra|type="?cite|yahoo_quoted|divRplyFwdMsg'
    r"|appendonsend|moz-cite-prefix|moz-signature|gmail_signature|OLK_SRC_BODY_SECTION|protonmail_quote).*"
)


def own(text: pl.Expr) -> pl.Expr:
    """What somebody wrote in a plain mail themselves: no quoted lines, no mail below it, no signature."""
    lines = (
        text.str.replace_all("\r\n?|\u2028", "\n")
        .str.replace_all("[\u00a0\u202f]", " ")
        .str.replace_all(r"(?m)^>(>*From )", "$1")
    )
    answered = lines.str.replace_all(_BEFORE_QUOTE, "$q")  # the answers may stand between the quotes, so the rest stays
    said = answered.str.replace_all(r"(?m)^ ?>.*\n?", "").str.replace(_FROM_HERE, "")
    return said.str.replace_all(r"\n{3,}", "\n\n")


def own_html(markup: pl.Expr) -> pl.Expr:
    """The same of HTML, still as HTML: give it to `text.unhtml`, then to `own`."""
    plain = markup.str.replace_all(r"(?is)<head\b.*?</head>|<!--.*?-->", "").str.replace(_QUOTED_HTML, "")
    return plain.str.replace_all(r"\s+", " ")
