"""How exports are ordered: one table, from which the page is written, and by which an order gone wrong is known."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from flows.doctor import missing_parts
from flows.read import read_inbox
from flows.settings import Home, Settings
from transforms.archive import open_archive
from transforms.orders import complaints, mistaken, orders
from transforms.sources import recognise, sources

DOCS = Path(__file__).parents[1] / "docs"
HEAD = """# Get your exports

Ask every platform for your data, then `givetake add` what arrives: zips as they came, all parts of one together. What each lets
one see: [sources.md](sources.md). `givetake doctor` knows these mistakes. Written from `transforms/orders.toml` by
`pytest tests/test_orders.py --bless`.
"""


def page() -> str:
    told = [HEAD]
    for name, order in orders().items():
        told += [f"## {sources()[name].TITLE}", ""]
        if order.where:
            told += [f"- where: {order.where}"]
        told += [f"- {'what' if order.closed else 'click'}: {order.click}"]
        told += [f"- choose: {order.choose}"] if order.choose else []
        told += [f"- wait: {order.wait}"] if order.wait else []
        told += [f"- not: {wrong.looks} ({', '.join(f'`{path}`' for path in wrong.paths)})" for wrong in order.wrong]
        told += [f"- complete with: {', '.join(holds.what for holds in order.holds)}"] if order.holds else []
        told += [""]
    return "\n".join(told)


def test_every_source_says_how_its_export_is_ordered(request: pytest.FixtureRequest) -> None:
    assert sorted(orders()) == sorted(sources())
    assert [name for name, order in orders().items() if not (order.closed or (order.where and order.wait))] == []
    docs = DOCS / "get-your-exports.md"
    if request.config.getoption("--bless"):
        assert not os.environ.get("CI"), "pages are blessed by a person"
        docs.write_text(page())
    assert docs.read_text() == page()


def laid(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("<html></html>" if path.endswith("html") else "{}")
    return folder


WRONG = {  # what people send instead, by what it looks like
    "telegram html": (("ChatExport_2024-01-01/messages.html", "ChatExport_2024-01-01/css/style.css"), "HTML form of a Telegram"),
    "telegram all, html": (("DataExport/export_results.html", "DataExport/lists/chats.html"), "HTML form of a Telegram"),
    "threads html": (("threads/threads_and_replies.html",), "HTML form of a Threads"),
    "tiktok text": (("TikTok/Direct Messages/Chat History.txt", "TikTok/Comment/Comments.txt"), "TXT form of a TikTok"),
    "whatsapp backup": (("msgstore.db.crypt15",), "WhatsApp's encrypted backup"),
    "outlook": (("backup.pst",), "Outlook's own mail file"),
    "linkedin page": (("Profile.pdf",), "LinkedIn profile saved as PDF"),
    "mastodon list": (("following_accounts.csv",), "Mastodon's CSV lists"),
    "apple contacts": (("Contacts - 2024.abbu/Metadata/a.abcdp",), "Apple's own address book"),
    "wordpress files": (("wp-content/uploads/a.jpg", "wp-config.php"), "backup of a WordPress site"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_order_is_known(case: str, tmp_path: Path) -> None:
    paths, words = WRONG[case]
    archive = open_archive([laid(tmp_path, *paths)])
    assert recognise(archive) == {}
    told = mistaken(archive) or ""
    assert words in told
    assert "order it again at " in told
    assert "\n" not in told
    assert not any(path in told for path in paths)


def test_what_no_source_knows_says_what_to_order(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").make()
    with zipfile.ZipFile(home.inbox / "chats.zip", "w") as z:
        z.writestr("ChatExport_2024-01-01/messages.html", "<html></html>")
    (read,) = read_inbox(home, Settings())
    assert read.outcome == "failed"
    assert "JSON" in read.line


@pytest.mark.parametrize("name", ["facebook", "instagram"])
def test_an_html_export_is_told_from_json(name: str) -> None:
    folder = {"facebook": "your_facebook_activity", "instagram": "your_instagram_activity"}[name]
    html = [f"{folder}/messages/inbox/olive_1/message_1.html"]
    ((found, to_do),) = complaints(name, html, [])
    assert "HTML form" in found
    assert "Format JSON" in to_do
    json = [p.replace(".html", ".json") for p in html]
    assert "HTML" not in " ".join(found for found, _ in complaints(name, json, []))


def test_an_export_ordered_without_messages_is_told() -> None:
    basic = ["Profile.csv", "Connections.csv", "Comments.csv"]
    assert [found for found, _ in complaints("linkedin", basic, [])] == ["no messages in it", "no invitations in it"]
    assert list(complaints("linkedin", [*basic, "messages.csv", "Invitations.csv"], [])) == []
    assert [found for found, _ in complaints("telegram", ["result.json"], [])] == ["no private chats in it"]
    assert list(complaints("telegram", ["result.json"], ["message"])) == []


def test_parts_of_one_export_that_are_missing() -> None:
    assert missing_parts(["takeout-20240101T000000Z-001.zip", "takeout-20240101T000000Z-003.zip"]) == ["2"]
    assert missing_parts(["export 2 of 3.zip"]) == ["1", "3"]
    assert missing_parts(["takeout-20240101T000000Z-001.zip", "takeout-20240101T000000Z-002.zip"]) == []
    assert missing_parts(["twitter-2024-01-01-0f.zip"]) == []
    assert missing_parts(["Complete_LinkedInDataExport_06-29-2026.zip"]) == []
    assert missing_parts(["facebook-olive-2024-01-01-AbCdEf.zip"]) == []
    assert missing_parts(["facebook-olive-2024-01-21.zip"]) == []
