"""A WXR file of N comments: `write(folder, n)`; `floor(folder)` parses the same bytes and no more."""

from __future__ import annotations

import random
from pathlib import Path
from xml.etree import ElementTree

NS = "http://wordpress.org/export/1.2/"
TEXT = "thank you for this post the kiln works fine again and I wonder which <em>bricks</em> you would take &amp; why"


def write(folder: Path, n: int) -> None:
    """Write the file: n comments on n / 10 posts."""
    rng = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "blog.wordpress.2024-01-01.xml").open("w") as f:
        f.write(
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="d" xmlns:content="c" xmlns:wp="{NS}"><channel>'
        )
        f.write(
            "<wp:base_blog_url>https://blog.example.org</wp:base_blog_url><wp:author><wp:author_login>olive</wp:author_login>"
        )
        f.write("<wp:author_email>owner@example.org</wp:author_email></wp:author>")
        for post in range(max(n // 10, 1)):
            f.write(f"<item><title>Post {post}</title><dc:creator>olive</dc:creator><wp:post_id>{post}</wp:post_id>")
            f.write("<wp:post_date_gmt>2020-01-01 00:00:00</wp:post_date_gmt><wp:status>publish</wp:status>")
            f.write(f"<wp:post_type>post</wp:post_type><content:encoded><![CDATA[{TEXT}]]></content:encoded>")
            for k in range(10):
                who = "owner" if k == 5 else f"user{rng.randrange(500)}"
                values = {
                    "id": post * 10 + k, "author": who, "author_email": f"{who}@example.org", "author_url": "",
                    "date": "2020-01-01 01:00:00", "date_gmt": f"2020-01-{1 + k:02} 00:00:00", "approved": 1, "type": "comment",
                    "content": f"<![CDATA[{' '.join(rng.choices(TEXT.split(), k=rng.randrange(5, 60)))}]]>", "user_id": 0,
                    "parent": post * 10 + 4 if k == 5 else 0,
                }  # fmt: skip
                f.write("<wp:comment>" + "".join(f"<wp:comment_{c}>{v}</wp:comment_{c}>" for c, v in values.items()))
                f.write("</wp:comment>")
            f.write("</item>\n")
        f.write("</channel></rss>")


def floor(folder: Path) -> int:
    """Parse the same bytes."""
    return sum(len(ElementTree.fromstring(file.read_bytes())) for file in sorted(folder.glob("*.xml")))
