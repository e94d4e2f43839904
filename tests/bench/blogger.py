"""A classic backup of N comments: `write(folder, n)`; `floor(folder)` parses the same bytes and no more."""

from __future__ import annotations

import random
from pathlib import Path
from xml.etree import ElementTree

KIND = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#%s'/>"
TEXT = "thank you for this post the kiln works fine again and I wonder which &lt;em&gt;bricks&lt;/em&gt; you would take"
BLOG = "tag:blogger.com,1999:blog-77"


def write(folder: Path, n: int) -> None:
    """Write the file: n comments on n / 10 posts."""
    rng = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    words = TEXT.split()
    with (folder / "blog-01-01-2024.xml").open("w") as f:
        f.write(f"<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='t'><id>{BLOG}.archive</id>")
        f.write("<author><name>Olive</name><uri>https://www.blogger.com/profile/100</uri></author>")
        for i in range(n + n // 10):
            post = i % 11 == 0
            who = 100 if post or i % 11 == 6 else 200 + rng.randrange(500)
            f.write(f"<entry><id>{BLOG}.post-{i}</id><published>2020-01-01T00:00:{i % 60:02}.000-08:00</published>")
            f.write(KIND % ("post" if post else "comment"))
            f.write(f"<title>T</title><content type='html'>{' '.join(rng.choices(words, k=rng.randrange(5, 60)))}</content>")
            f.write(f"<author><name>User {who}</name><uri>https://www.blogger.com/profile/{who}</uri></author>")
            f.write("" if post else f"<thr:in-reply-to ref='{BLOG}.post-{i - i % 11}'/>")
            f.write("</entry>\n")
        f.write("</feed>")


def floor(folder: Path) -> int:
    """Parse the same bytes."""
    return sum(len(ElementTree.fromstring(file.read_bytes())) for file in sorted(folder.glob("*.xml")))
