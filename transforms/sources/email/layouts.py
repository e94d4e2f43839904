"""Where mails lie, and what a folder or label says of them in the languages mail programs speak."""

from __future__ import annotations

import re

from transforms.archive import Archive, Member, fold
from transforms.formats import mbox, pulled

LAYOUTS = {
    "mbox": ("*.mbox", "*.mbx", "*.mbox/mbox"),  # Google Takeout, Apple Mail; Thunderbird's have no ending
    "Maildir": ("cur/*", "new/*"),
    "single mails": ("*.eml", "*.emlx"),
}
IGNORES = {
    "*.msf": "Thunderbird's index of a folder", "tmp/*": "mails not yet delivered",
    "msgFilterRules.dat": "filters", "filterlog.html": "filters",
    "dovecot*": "the server's own", "maildirfolder": "the server's own",
    "Blocked Addresses.json": "filters", "Filters.json": "filters", **pulled.IGNORES,
}  # fmt: skip

_SENT = (
    "sent|sent mail|sent items|sent messages|gesendet|gesendete objekte|gesendete elemente|envoyés|messages envoyés"
    "|éléments envoyés"
    "|enviados|enviadas|elementos enviados|inviata|inviati|posta inviata|verzonden|verzonden items|itens enviados"
    "|skickat|sendt|wysłane"
    "|отправленные|送信済み|送信済みメール|已发送|보낸편지함"
)
_DRAFTS = (
    "draft|drafts|entwurf|entwürfe|brouillon|brouillons|borrador|borradores|bozza|bozze|concept|concepten|rascunho"
    "|rascunhos|utkast"
    "|kladder|wersje robocze|черновики|下書き|草稿|임시보관함|templates|vorlagen|outbox|unsent messages|postausgang"
)
_SPAM = (
    "spam|junk|junk e-mail|junk-e-mail|bulk mail|courrier indésirable|correo no deseado|posta indesiderata|ongewenste e-mail"
    "|lixo eletrônico|skräppost|спам|迷惑メール|垃圾邮件|스팸함"
)
_KINDS = {word: kind for kind, words in (("sent", _SENT), ("draft", _DRAFTS), ("spam", _SPAM)) for word in words.split("|")}
_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")


def mailboxes(archive: Archive) -> dict[str, list[Member]]:
    """Members with mails by how they hold them: mbox or single."""
    boxes = {m.number: m for m in archive.find(*LAYOUTS["mbox"])}
    single = {m.number: m for m in archive.find("*.eml", "*.emlx")}
    single |= {m.number: m for m in archive.find(*LAYOUTS["Maildir"]) if _FLAGS.search(m.name) or re.match(r"\d{9,}\.", m.name)}
    for member in archive.members:
        if member.number in single or member.number in boxes or _ending(member.name):
            continue
        if mbox.begins(archive.head(member)):
            boxes[member.number] = member
    return {"mbox": list(boxes.values()), "single": [m for n, m in single.items() if n not in boxes]}


def _ending(name: str) -> bool:
    """Whether a name has one that tells, so that it is no folder of Thunderbird's and no mailbox put aside."""
    return bool(re.search(r"\.(?!(?:txt|mbx|mail|bak|old|backup)$)[A-Za-z]\w{0,9}$", name))


def kinds(labels: str) -> set[str]:
    """What a list of labels says: any of sent, draft, spam."""
    return {_KINDS[word] for label in labels.split(",") if (word := fold(label).strip(' "').rpartition("/")[2]) in _KINDS}


def folder(path: str) -> str:
    """The kind of the folder a member stands for or lies in: sent, draft, spam or empty."""
    parts = path.split("/")
    if len(parts) > 1 and fold(parts[-1]) == "mbox":
        parts.pop()
    if len(parts) > 1 and fold(parts[-2]) in ("cur", "new"):
        parts = parts[:-2]
    elif fold(parts[-1]).endswith((".eml", ".emlx")):
        parts.pop()
    name = re.sub(r"\.(mbox|mbx)$", "", parts[-1].rpartition(".sbd/")[2], flags=re.I) if parts else ""
    return _KINDS.get(fold(name).lstrip(".").rpartition(".")[2].strip(), "")


def flags(name: str) -> str:
    """The flags of a mail in a Maildir: D a draft, T thrown away, S seen."""
    found = _FLAGS.search(name)
    return found[1] if found else ""
