"""A zip, a tar, a folder, a single file, or the numbered parts of one export, seen one way.

Everything in it is untrusted. Nothing is ever extracted: members are read as bytes, each against its limits. Paths are
only names to match against; they never reach a file system call of ours.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

MAX_MEMBERS = 200_000
MAX_TOTAL = 64 << 30  # bytes, as declared by the directory of the archive
MAX_MEMBER = 2 << 30  # bytes, of one member we parse
FEW = 200  # files of which each may be opened to see whose it is
HEADS = 1000  # first bytes of so many members are kept: whose they are is asked again and again, and a tar.gz has no other way in
MAX_RATIO = 200  # inflated : stored, for members above 1 MiB
CHUNK, PIECE = 1 << 20, 64 << 20  # bytes of one read: of a member that is streamed, and of one that is held

# What zipfile and tarfile raise on damaged input, collected over 592 broken zips.
DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError, OSError,
    RuntimeError, NotImplementedError, ValueError, UnicodeError, struct.error, MemoryError,
)  # fmt: skip
_GLOB = re.compile(r"\[!?[^\]]+\]|.", re.DOTALL)
_AGAIN = re.compile(r" ?\(\d{1,2}\)(?=\.\w+$)")
_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


Opener = Callable[[int], Iterator[bytes]]  # pieces of so many bytes


class Unreadable(Exception):  # noqa: N818  it reads as what it says
    """An archive or a member that cannot be read: what was found, and what to do. Holds no content."""


@dataclass(frozen=True)
class Member:
    """One file of an archive. `number` is its place among the sorted paths, from 1: the same however it was packed."""

    number: int
    path: str
    size: int
    _open: Opener = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass
class Archive:
    """All members of an export. `refused` lists members that must not be read, with the reason."""

    members: tuple[Member, ...]
    refused: tuple[tuple[Member, str], ...] = ()
    sha256: str = ""
    _folded: list[str] = field(default_factory=list, repr=False, compare=False)
    _heads: dict[tuple[int, int], bytes] = field(default_factory=dict, repr=False, compare=False)

    def find(self, *layouts: str) -> list[Member]:
        """Members whose last path components match a layout (`data/tweets-part*.js`), in any wrapper folder.

        Case, NFD spelling and the difference of `'` and `_` do not matter. In order of the paths, each once.
        """
        if len(self._folded) != len(self.members):
            self._folded = [fold("/" + m.path) for m in self.members]
        fits = _pattern(layouts).search
        return [m for m, path in zip(self.members, self._folded, strict=True) if fits(path)]

    def few(self, *layouts: str) -> list[Member]:
        """What `find` finds, if it is so little that each may be opened: for files that people rename, told by their shape."""
        found = self.find(*layouts)
        return found if len(found) <= FEW else []

    def read(self, member: Member) -> bytes:
        """The bytes of one member. Raises Unreadable where they are damaged or too many."""
        if member.size > MAX_MEMBER:
            raise Unreadable(f"larger than {MAX_MEMBER >> 30} GiB; ask the platform for a smaller export")
        pieces = self.stream(member, min(member.size + 1, PIECE))
        held = io.BytesIO(next(pieces, b""))  # gives its bytes away uncopied, where joined pieces would be there twice
        held.seek(0, io.SEEK_END)
        for piece in pieces:
            held.write(piece)
        return held.getvalue()

    def stream(self, member: Member, chunk: int = CHUNK) -> Iterator[bytes]:
        """The bytes of one member, piece by piece, for files too large to hold."""
        seen = 0
        try:
            for piece in member._open(chunk):
                seen += len(piece)
                if seen > member.size:
                    raise Unreadable("holds more than its directory says; get the export again")
                yield piece
        except Unreadable:
            raise
        except DAMAGE as damage:
            raise Unreadable(f"damaged ({type(damage).__name__}); get the export again") from None
        if seen < member.size:
            raise Unreadable("holds less than its directory says; get the export again")

    def head(self, member: Member, size: int = 4096) -> bytes:
        """The first bytes of a member, where a path alone cannot tell whose it is. Empty where it is damaged."""
        known = self._heads.get((member.number, size))
        if known is not None:
            return known
        try:
            head = utf8(next(self.stream(member, size), b"")[:size])
        except Unreadable:
            head = b""
        if len(self._heads) < HEADS:
            self._heads[member.number, size] = head
        return head


def nested(archive: Archive) -> bool:
    """Whether other archives lie in it; they are never opened."""
    found = archive.few("*.zip", "*.tgz", "*.tar", "*.tar.gz", "*.7z", "*.rar")
    return any(archive.head(m, 4)[:2] in (b"PK", b"\x1f\x8b", b"7z", b"Ra") or m.name.lower().endswith(".tar") for m in found)


def utf8(data: bytes) -> bytes:
    """Text without its mark, and as UTF-8 where the mark says UTF-16, as PowerShell and some editors save a file again."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "ignore").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def fold(path: str) -> str:
    """A path as layouts are compared: NFC, lower case, apostrophes as underscores, without the ` (1)` of a second download."""
    return _AGAIN.sub("", unicodedata.normalize("NFC", path).lower().replace("'", "_").replace("\u2019", "_"))


@cache
def _pattern(layouts: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the layouts at the end of a folded path; `*` and `?` stay within one component."""
    globs = (_GLOB.sub(_plain_or_wild, fold(layout)) for layout in layouts)
    return re.compile("/(?:" + "|".join(globs) + r")\Z")


def _plain_or_wild(part: re.Match[str]) -> str:
    wild = {"*": "[^/]*", "?": "[^/]"}.get(part[0])
    return wild or (part[0].replace("[!", "[^/") if len(part[0]) > 1 else re.escape(part[0]))


def sha256(paths: Iterable[Path]) -> str:
    """Of one file: the file's. Of a folder or of parts: that of the sorted (path, sha256) list."""
    files: list[tuple[str, Path]] = []
    paths = list(paths)
    for path in paths:
        files += [(f.relative_to(path).as_posix(), f) for f in _files(path)] if path.is_dir() else [(path.name, path)]
    if len(paths) == 1 and paths[0].is_file():
        return _hash(paths[0])
    listed = sorted((name, _hash(f)) for name, f in files)
    return hashlib.sha256("".join(f"{n}\0{h}\n" for n, h in listed).encode("utf-8", "surrogateescape")).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(f for f in folder.rglob("*") if f.is_file() and not f.is_symlink())


def open_archive(paths: Iterable[Path], digest: str = "") -> Archive:
    """Look into an archive (one path) or the parts of one. Raises Unreadable where nothing in it can be trusted."""
    found: list[tuple[str, int, Opener, str]] = []
    for path in paths:
        found += _look(path)
    found = [f for f in found if not any(part in _JUNK for part in f[0].split("/"))]
    if not found:
        raise Unreadable("empty; get the export again")
    if len(found) > MAX_MEMBERS:
        raise Unreadable(f"more than {MAX_MEMBERS:,} files; not an export")
    if sum(f[1] for f in found) > MAX_TOTAL:
        raise Unreadable(f"would be more than {MAX_TOTAL >> 30} GiB unpacked; not an export")
    found.sort(key=lambda f: f[0])
    members, refused, taken = [], [], set()
    for number, (path_in, size, opener, why) in enumerate(found, 1):
        member = Member(number, path_in, size, opener)
        if not why and path_in in taken:
            why = "a second file of the same name"
        taken.add(path_in)
        if why:
            refused.append((member, why))
        else:
            members.append(member)
    if not members:
        raise Unreadable(f"nothing in it may be read: {refused[0][1]}; get the export again")
    return Archive(tuple(members), tuple(refused), digest)


def _look(path: Path) -> list[tuple[str, int, Opener, str]]:
    if path.is_dir():
        return [(f.relative_to(path).as_posix(), f.stat().st_size, _plain(f), "") for f in _files(path)]
    try:
        with path.open("rb") as f:
            start = f.read(512)
        if start[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
            return _zip(path)
        if start[:2] == b"\x1f\x8b" or start[257:262] == b"ustar":
            found = _tar(path)
            if found is not None:
                return found
    except Unreadable:
        raise
    except DAMAGE as damage:
        raise Unreadable(_damaged(damage)) from None
    return [(path.name, path.stat().st_size, _plain(path), "")]


def _damaged(damage: BaseException) -> str:
    if isinstance(damage, PermissionError):
        return "may not be read; give this user permission"
    return f"damaged or cut short ({type(damage).__name__}); download it again"


def _pieces(f, chunk: int) -> Iterator[bytes]:
    with f:
        while piece := f.read(chunk):
            yield piece
            if len(piece) < chunk:  # the end: what was asked for is given, or all there is
                return


def _plain(path: Path) -> Opener:
    return lambda chunk: _pieces(path.open("rb"), chunk)


def _zip(path: Path) -> list[tuple[str, int, Opener, str]]:
    with zipfile.ZipFile(path) as z:
        infos = [i for i in z.infolist() if not i.filename.endswith("/")]  # is_dir() trips over an empty name
        end = z.start_dir
    if infos and all(i.flag_bits & 1 for i in infos):
        raise Unreadable("protected by a password; unpack it yourself and add the folder")
    _no_overlap(infos, end)
    kept: list[zipfile.ZipFile] = []  # opened once: reading its directory again for every member would be quadratic
    return [(_name(i.filename), i.file_size, _zipped(path, i, kept), _zip_refusal(i)) for i in infos]


def _no_overlap(infos: list[zipfile.ZipInfo], end: int) -> None:
    """Entries that share bytes are how a few kilobytes become gigabytes (CVE-2024-0450); older Pythons inflate them."""
    at = -1
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < max(at, 0):
            raise Unreadable("its entries overlap, as in a zip bomb; not an export")
        at = info.header_offset + 30 + len(info.filename.encode("utf-8", "replace")) // 4 + info.compress_size
    if at > end + 1:
        raise Unreadable("its directory lies about sizes; get the export again")


def _zip_refusal(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "a link or device, not a file"
    if info.flag_bits & 1:
        return "protected by a password"
    if info.file_size > CHUNK and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        return f"inflates more than {MAX_RATIO}-fold, as a zip bomb does"
    return _unsafe(info.filename)


def _unsafe(name: str) -> str:
    if not name:
        return "it has no name"
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or name[1:2] == ":" or ".." in parts:
        return "its path leads out of the archive"
    return "its name holds control characters" if any(ord(c) < 32 for c in name) else ""


def _name(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/")).lstrip("/")


def _zipped(path: Path, info: zipfile.ZipInfo, kept: list[zipfile.ZipFile]) -> Opener:
    def pieces(chunk: int) -> Iterator[bytes]:
        if not kept:
            kept.append(zipfile.ZipFile(path))
        yield from _pieces(kept[0].open(info), chunk)

    return pieces


def _tar(path: Path) -> list[tuple[str, int, Opener, str]] | None:
    """Members of a tar or tar.gz; None where a gzip holds no tar. What lies before a break is kept."""
    found: list[tuple[str, int, Opener, str]] = []
    kept: list[tarfile.TarFile] = []
    try:
        with tarfile.open(path) as tar:
            for info in tar:
                if len(found) > MAX_MEMBERS:
                    break
                if not info.isdir():
                    why = _unsafe(info.name) if info.isreg() else "a link or device, not a file"
                    found.append((_name(info.name).removeprefix("./"), info.size, _tarred(path, info, kept), why))
    except DAMAGE as damage:
        if not found:
            if isinstance(damage, tarfile.ReadError) and path.suffix == ".gz" and not path.name.endswith(".tar.gz"):
                return None
            raise
    return found


def _tarred(path: Path, info: tarfile.TarInfo, kept: list[tarfile.TarFile]) -> Opener:
    def pieces(chunk: int) -> Iterator[bytes]:
        if not kept:
            kept.append(tarfile.open(path))  # noqa: SIM115  as long as the archive: members in order inflate a gzip once
        stream = kept[0].extractfile(info)
        if stream is not None:
            yield from _pieces(stream, chunk)

    return pieces
