"""A room of 50 people, the owner among them, is a conversation; one of 51 is a crowd, on every platform alike."""

from __future__ import annotations

import json
from collections.abc import Callable

import polars as pl
import pytest

from tests import disturbed
from tests.exports import OWNER, law
from transforms.sources import sources

Files = dict[str, bytes]
AT = 1_700_000_000


def dump(value: object) -> bytes:
    return json.dumps(value).encode()


def names(others: int) -> list[str]:
    return [f"Person {chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(others)]


def messenger(others: int) -> Files:
    people = [{"name": n} for n in (*names(others), "Olive Owner")]
    said = [
        {"sender_name": "Olive Owner", "timestamp_ms": AT * 1000, "content": "hello all of you"},
        {"sender_name": names(1)[0], "timestamp_ms": AT * 1000 + 5000, "content": "hello everybody"},
    ]
    talk = {"participants": people, "messages": said, "title": "Choir", "thread_path": "inbox/choir_1"}
    return {"your_facebook_activity/messages/inbox/choir_1/message_1.json": dump(talk)}


def instagram(others: int) -> Files:
    return {k.replace("facebook", "instagram"): v for k, v in messenger(others).items()}


def email(others: int) -> Files:
    to = ", ".join(f"p{i}@example.com" for i in range(others))
    head = "Date: Tue, 14 Nov 2023 22:13:20 +0000\nFrom: owner@example.org\nMessage-ID: <1@example.org>\n"
    return {"a.eml": f"{head}To: {to}\nSubject: hello\n\nhello all of you\n".encode()}


def slack(others: int) -> Files:
    ids = [f"U{i:08}" for i in range(others + 1)]
    users = [{"id": i, "team_id": "T00000001", "name": i.lower(), "profile": {"email": f"{i}@example.com"}} for i in ids]
    users[-1]["profile"] = {"email": "owner@example.org"}
    said = [
        {"type": "message", "user": ids[-1], "text": "hello all of you", "ts": f"{AT}.000100"},
        {"type": "message", "user": ids[0], "text": "hello everybody", "ts": f"{AT + 5}.000100"},
    ]
    return {
        "users.json": dump(users), "channels.json": dump([{"id": "C00000001", "name": "choir", "members": ids}]),
        "choir/2023-11-14.json": dump(said),
    }  # fmt: skip


def telegram(others: int) -> Files:
    senders = [(f"user{i}", n) for i, n in enumerate(names(others), 100)] + [("user1", "Olive Owner")]
    said = [
        {"id": i, "type": "message", "date": "2023-11-14T22:13:20", "date_unixtime": str(AT + i), "from": name, "from_id": key,
         "text": "hello everybody", "text_entities": []}
        for i, (key, name) in enumerate(senders)
    ]  # fmt: skip
    me = {"user_id": 1, "first_name": "Olive", "last_name": "Owner"}
    group = {"name": "Choir", "type": "private_group", "id": 7, "messages": said}
    return {"result.json": dump({"personal_information": me, "chats": {"list": [group]}})}


def reddit(others: int) -> Files:
    rows = [f"m{i},2023-11-14 22:{i // 60 + 10}:{i % 60:02} UTC,,p{i},hello everybody,,,room,,choir,group" for i in range(others)]
    rows.append("m99,2023-11-14 23:00:00 UTC,,olive,hello all of you,,,room,,choir,group")
    head = "message_id,created_at,x,username,message,thread_parent_message_id,y,channel_url,z,channel_name,conversation_type"
    return {
        "chat_history.csv": "\n".join([head, *rows]).encode(),
        "statistics.csv": b"statistic,value\naccount name,olive\n",
    }


def x(others: int) -> Files:
    ids = [str(3000 + i) for i in range(others)]
    made = {"initiatingUserId": "1001", "participantsSnapshot": ["1001", *ids], "createdAt": "2023-11-14T22:00:00.000Z"}
    said = [
        {"messageCreate": {"id": str(7 + n), "senderId": who, "text": "hello", "createdAt": f"2023-11-14T22:1{n}:00.000Z"}}
        for n, who in enumerate(("1001", ids[0]))
    ]  # fmt: skip
    talk = [{"dmConversation": {"conversationId": "77", "messages": [*said, {"joinConversation": made}]}}]
    account = [{"account": {"accountId": "1001", "username": "olive"}}]
    return {
        "data/account.js": b"window.YTD.account.part0 = " + dump(account),
        "data/direct-messages-group.js": b"window.YTD.direct_messages_group.part0 = " + dump(talk),
    }


def linkedin(others: int) -> Files:
    url = "https://www.linkedin.com/in/"
    head = "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER"

    def row(by: str, to: list[str], minute: int) -> str:
        return (f'c1,Choir,{by},{url}{by},"{",".join(to)}","{",".join(url + t for t in to)}",'
                f"2023-11-14 22:{minute}:00 UTC,,hello everybody,INBOX")  # fmt: skip

    people = [f"p{i}" for i in range(others)]
    rows = [row("olive", people, 10), row("p0", [*people[1:], "olive"], 11)]
    return {
        "messages.csv": "\n".join([head, *rows]).encode(),
        "Profile.csv": b"First Name,Last Name,Maiden Name,Headline\nolive,,,\n",
    }


BUILD: dict[str, Callable[[int], Files]] = {
    "facebook": messenger, "instagram": instagram, "email": email, "slack": slack, "telegram": telegram, "reddit": reddit, "x": x,
    "linkedin": linkedin,
}  # fmt: skip


def acts(platform: str, others: int) -> pl.DataFrame:
    told = sources()[platform].read(disturbed.archive(BUILD[platform](others)), OWNER)
    frame = pl.concat([r.facts() for r in (told if isinstance(told, list) else [told])])
    assert law(frame) == []
    return frame.filter(pl.col("fact") == "act", pl.col("channel") != "invitation")


@pytest.mark.parametrize("platform", BUILD)
def test_a_room_of_50_people_is_a_conversation_and_one_of_51_is_none(platform: str) -> None:
    room, crowd = acts(platform, 49), acts(platform, 50)
    assert [len(c) for c in room.filter(direction="given")["counterparts"]] == [49]
    assert [len(c) for c in crowd.filter(direction="given")["counterparts"]] == [0]
    assert room.filter(direction="received").height >= (platform != "email")
    assert crowd.filter(direction="received").is_empty()
