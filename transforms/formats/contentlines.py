"""The lines vCards and iCalendars are made of (RFC 6350 section 3.3, RFC 5545 section 3.1), unfolded and taken apart at once.

Folds may cut a character in two, so they are mended on the bytes; so are the soft breaks of quoted-printable values in
vCard 2.1, which are no folds. Files of old programs name no charset: what is not UTF-8 is what Windows wrote.
"""

from __future__ import annotations

import binascii
import re

import polars as pl

_SOFT = re.compile(rb"(?im)^([^:\n]*QUOTED-PRINTABLE[^:\n]*:)((?:[^\n]*=\r?\n)+[^\n]*)")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_QUOTED = r'(?s)^(?P<head>(?:[^":]|"[^"]*")*):(?P<value>.*?)\r?$'


def table(data: bytes) -> pl.DataFrame:
    """One row per line: `line` (its number), `name` (upper case, no group), `params`, `value`; a null name is no such line."""
    encoding = next((e for bom, e in _BOMS if data.startswith(bom)), "")
    if encoding == "utf-16":
        data = data.decode(encoding, "replace").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if re.search(rb"(?i)QUOTED-PRINTABLE", data):
        data = _SOFT.sub(lambda m: m[1] + m[2].replace(b"=\r\n", b"").replace(b"=\n", b""), data)
    data = data.replace(b"\r\n", b"\n").replace(b"\n ", b"").replace(b"\n\t", b"")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    lines = pl.Series("text", text.split("\n"), dtype=pl.String).to_frame().with_row_index("line")
    lines = lines.filter(pl.col("text").str.strip_chars("\r \x00") != "")
    halves = pl.col("text").str.splitn(":", 2).struct
    lines = lines.with_columns(head=halves.field("field_0"), value=halves.field("field_1").str.strip_suffix("\r"))
    quoted = lines["head"].str.contains('"', literal=True)
    if quoted.any():  # a colon may stand in a parameter
        whole = lines.filter(quoted)["text"].str.extract_groups(_QUOTED).struct
        lines = lines.with_columns(
            lines["head"].scatter(quoted.arg_true(), whole.field("head")),
            lines["value"].scatter(quoted.arg_true(), whole.field("value")),
        )
    named = pl.col("head").str.splitn(";", 2).struct
    name = named.field("field_0").str.split(".").list.last().str.to_uppercase().str.strip_chars(" ")
    return lines.select(
        "line", "value", name=pl.when(name.str.contains(r"^[A-Z0-9-]+$")).then(name), params=";" + named.field("field_1")
    )


def parameter(name: str) -> pl.Expr:
    """The value of a parameter of a row of `table`, unquoted, RFC 6868 decoded; null where it has none."""
    found = pl.col("params").str.extract(rf'(?i);{name}=("[^"]*"|[^";:]*)').str.strip_chars('"')
    return (
        found.str.replace_all("^n", "\n", literal=True)
        .str.replace_all("^'", '"', literal=True)
        .str.replace_all("^^", "^", literal=True)
    )


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Quoted-printable values decoded (vCard 2.1)."""
    quoted = frame["params"].str.contains(r"(?i)QUOTED-PRINTABLE").fill_null(False)
    if not quoted.any():
        return frame
    rows = frame.filter(quoted).select("value", charset=parameter("CHARSET").fill_null("utf-8"))
    told = [_unquoted(v or "", c) for v, c in rows.iter_rows()]
    return frame.with_columns(frame["value"].scatter(quoted.arg_true(), told))


def _unquoted(value: str, charset: str) -> str:
    raw = binascii.a2b_qp(value.encode("utf-8", "replace"))
    for codec in (charset, "utf-8"):
        try:
            return raw.decode(codec)
        except (LookupError, UnicodeError, ValueError):
            pass
    return raw.decode("cp1252", "replace")


def unescaped(value: pl.Expr) -> pl.Expr:
    r"""`\,` `\;` `\:` `\n` and `\\` as what they stand for."""
    return value.str.replace_many([r"\\", r"\n", r"\N", r"\,", r"\;", r"\:"], ["\\", "\n", "\n", ",", ";", ":"])
