"""An X archive of N tweets, N likes and N messages: `write(folder, n)`; `floor(path)` inflates and decodes with types."""

from __future__ import annotations

import zipfile
from pathlib import Path

import msgspec

from tests.bench import x_archive
from transforms.sources.x.decode import wrapped
from transforms.sources.x.messages import Conversation
from transforms.sources.x.rest import Like
from transforms.sources.x.tweets import Tweet


def write(folder: Path, n: int) -> Path:
    """Write the zip; 3 n records."""
    target = folder / "x.zip"
    x_archive.main(target, n)
    return target


def floor(path: Path) -> int:
    """The same bytes into the same types."""
    kinds = {"tweets": ("tweet", Tweet), "like": ("like", Like), "direct-messages": ("dmConversation", Conversation)}
    found = 0
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            key, shape = kinds.get(name.removeprefix("data/").split("-part")[0].removesuffix(".js"), ("", None))
            if shape:
                data = z.read(name)
                decoder = msgspec.json.Decoder(list[wrapped(key, shape)], strict=False)
                found += len(decoder.decode(memoryview(data)[data.index(b"=") + 1 :]))
    return found
