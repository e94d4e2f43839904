"""XML as exports hold it: never a DTD, and where the document is broken, only what is broken is lost.

Elements are found by local names, since the address of a namespace changes with version, protocol and host.
"""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as Plain

from defusedxml import ElementTree as Safe
from defusedxml.common import DefusedXmlException

from transforms.archive import Unreadable

Element = Plain.Element
_BROKEN = (Plain.ParseError, ValueError, LookupError)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PREFIX = re.compile(rb"[</\s]([A-Za-z_][\w.-]*):[A-Za-z_]")


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def fields(element: Element) -> dict[str, str]:
    """Local name → text of the children; of several with one name the first, of `encoded` the content."""
    found: dict[str, str] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name not in found and not (name == "encoded" and "excerpt" in child.tag):
            found[name] = child.text or ""
    return found


def records(data: bytes, *names: str) -> list[tuple[str, Element | None]]:
    """The elements of these names directly below the root or its channel, in order; None for each that is broken.

    Raises Unreadable where the document declares a DTD, or where no such element can be found in what is no XML.
    """
    _refuse(data)
    for attempt in (data, _CONTROL.sub(b"", data)):
        try:
            root = Plain.fromstring(attempt)
        except _BROKEN:
            continue
        return [(local(e), e) for above in (root, *root) for e in above if local(e) in names]
    return _pieces(_CONTROL.sub(b"", data), names)


def head(data: bytes, name: str) -> bytes:
    """The document up to its first element of this name."""
    return re.split(rb"<(?:[\w.-]+:)?%s[\s>]" % name.encode(), data, maxsplit=1)[0]


def first(data: bytes, name: str) -> str | None:
    """The text of the first element of this name, wherever it is and however broken the rest."""
    found = re.search(rb"<(?:[\w.-]+:)?%s(?:\s[^<>]*)?>(?:<!\[CDATA\[)?([^<]*?)(?:\]\]>)?</" % name.encode(), data)
    return found[1].decode("utf-8", "replace").strip() or None if found else None


def _refuse(data: bytes) -> None:
    refusal = Unreadable("declares a DTD, which no export does; get the export again")
    try:
        next(iter(Safe.iterparse(io.BytesIO(data), ("start",), forbid_dtd=True)), None)
    except DefusedXmlException:
        raise refusal from None
    except _BROKEN:
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise refusal from None


def _pieces(data: bytes, names: tuple[str, ...]) -> list[tuple[str, Element | None]]:
    """Each record by itself; one may lack its end."""
    begins = re.compile(rb"<(?:[\w.-]+:)?(%s)[\s/>]" % b"|".join(n.encode() for n in names))
    starts = [(m.start(), m[1]) for m in begins.finditer(data)]
    if not starts:
        raise Unreadable("not the XML that was expected, or cut short; get the export again")
    found: list[tuple[str, Element | None]] = []
    for (start, name), end in zip(starts, [*(s for s, _ in starts[1:]), len(data)], strict=True):
        piece = data[start:end]
        close = re.search(rb"(?s).*</(?:[\w.-]+:)?%s\s*>" % name, piece)
        found.append((name.decode(), _one(close[0]) if close else None))
    return found


def _one(piece: bytes) -> Element | None:
    spaces = b" ".join(b'xmlns:%s="%s"' % (p, p) for p in sorted(set(_PREFIX.findall(piece))) if p != b"xmlns")
    try:
        return Plain.fromstring(b"<x %s>%s</x>" % (spaces, piece))[0]
    except _BROKEN:
        return None
