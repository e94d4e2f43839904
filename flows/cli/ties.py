"""What the owner decides: which accounts are one person, and which acts are what a rule took them for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.cli.screen import Choice, Stop, say

app = typer.Typer()
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Those listed, by id or its beginning.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Yes: each ID.")]
Reject = Annotated[bool, typer.Option("--reject", help="No, and not to be asked again: each ID.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take back what was said of each ID.")]
Decided = Annotated[bool, typer.Option("--decided", help="What you have said, to undo.")]

SUGGESTED = """
select s.suggestion_id, s.score, s.reason, coalesce(a.name, a.handle) as name, coalesce(b.name, b.handle) as other_name,
    s.platform || ':' || s.key as account, s.other_platform || ':' || s.other_key as other_account,
    a.handle, b.handle as other_handle, a.company, b.company as other_company, a.url, b.url as other_url
from kept.core.suggestion s
join kept.core.account a using (platform, key)
join kept.core.account b on b.platform = s.other_platform and b.key = s.other_key
order by s.score desc, s.suggestion_id
"""
UNCONFIRMED = """
select a.act_id, a.happened_at, a.direction, a.channel, string_agg(coalesce(c.name, a.account_key), ', ' order by c.name) as name,
    a.value_kind, a.value_rule, a.platform, a.archive
from kept.core.act a
join kept.measure.kind k on k.kind = a.value_kind and k.class = 9
left join kept.core.connection c using (connection_id)
where not a.proven
group by all
order by a.happened_at desc nulls last, a.act_id
"""


@app.command()
def people(
    context: typer.Context,
    ids: Ids = None,
    confirm: Confirm = False,
    reject: Reject = False,
    undo: Undo = False,
    decided: Decided = False,
    score: Annotated[float, typer.Option(min=0, max=1, help="Only suggestions from this score on.")] = 0.3,
    limit: Annotated[int, typer.Option(min=0, help="At most so many, the surest first; 0: all.")] = 40,
) -> None:
    """Accounts that may be one person, with score and reason, to confirm or reject. Nothing is joined unseen."""
    from flows.cli.private import warehouse
    from flows.people import NamedApart, People

    choice: Choice = context.obj
    book = People(choice.place())
    before = book.decided()
    if decided:
        choice.show([{"id": id_, "verdict": v, "account": a, "other_account": b} for id_, ((a, b), v) in before.items()],
                    ("id", "verdict", "account", "other_account"))  # fmt: skip
        return
    suggested = {row["suggestion_id"]: row for row in warehouse(choice, SUGGESTED)[0]}
    known = {id_: (row["account"], row["other_account"]) for id_, row in suggested.items()} | {
        i: p for i, (p, _) in before.items()
    }
    if change := _change(ids, confirm, reject, undo):
        for id_ in _each(ids, before if undo else known, "suggestion", "people"):
            row = suggested.get(id_, {})
            name = max((row.get("name"), row.get("other_name"), ""), key=lambda n: len(n or "")) or known[id_][0]
            try:
                book.confirm(known[id_], name) if confirm else getattr(book, change)(known[id_])
            except NamedApart:
                raise Stop(f"{id_} — people.csv gives the two different persons — give both one `person` there") from None
        book.sheet.save()
        say(f"written to {book.sheet.path}; the next givetake run counts with it")
        return
    now = book.decided()
    found = [row for id_, row in suggested.items() if id_ not in now and row["score"] >= score]
    shown = found[:limit] if limit else found
    choice.show(shown, ("suggestion_id", "score", "account", "name", "other_account", "other_name", "reason"))
    if found:
        say(f"{len(shown)} of {len(found)}; givetake people --confirm ID, --reject ID; --limit 0 shows all")


@app.command()
def kinds(
    context: typer.Context,
    ids: Ids = None,
    confirm: Confirm = False,
    reject: Reject = False,
    undo: Undo = False,
    decided: Decided = False,
    second_opinion: Annotated[bool, typer.Option("--second-opinion", help="Mark where a language model disagrees.")] = False,
) -> None:
    """Introductions, offers and the like that a rule found in a text, to confirm or reject once."""
    from flows.cli.private import texts, warehouse
    from flows.own_files import KINDS, Sheet

    choice: Choice = context.obj
    sheet = Sheet(choice.place().kinds, KINDS)
    said = {sheet.name(row): row.get("verdict", "") for row in sheet.rows if row.get("verdict", "").strip()}
    found = {row["act_id"]: row for row in warehouse(choice, UNCONFIRMED)[0]}
    if change := _change(ids, confirm, reject, undo):
        for act_id in _each(ids, said if undo else found, "act", "kinds"):
            kind = sheet.row(act_id).get("kind") or found.get(act_id, {}).get("value_kind", "")
            verdict = {"confirm": "confirmed", "reject": "rejected"}.get(change, "")
            sheet.put(act_id, kind=kind if verdict else "", verdict=verdict)
            sheet.drop_empty([act_id])
        sheet.save()
        say(f"written to {sheet.path}; the next givetake run counts with it")
        return
    rows = [row | {"verdict": said.get(id_)} for id_, row in found.items() if (id_ in said) == decided]
    kept = texts(choice, rows)
    rows = [row | {"text": kept.get((row.pop("archive"), row["act_id"]))} for row in rows]
    columns = ["act_id", *(["verdict"] if decided else []), "happened_at", "direction", "name", "value_kind", "text"]
    if second_opinion:
        from flows.opinion import Missing, opinions

        try:
            told = opinions([row["text"] or "" for row in rows], [row["value_kind"] for row in rows])
        except Missing as why:
            raise Stop(str(why)) from None
        rows = [row | {"second_opinion": opinion} for row, opinion in zip(rows, told, strict=True)]
        columns.insert(-1, "second_opinion")
    choice.show(rows, columns)
    if rows and not decided:
        say(f"{len(rows)} count as 3, not 9, until you say so: givetake kinds --confirm ID, --reject ID")


def _change(ids: list[str] | None, confirm: bool, reject: bool, undo: bool) -> str:
    """What is to be done to the ids: confirm, reject, undo, or nothing."""
    asked = [name for name, is_asked in (("confirm", confirm), ("reject", reject), ("undo", undo)) if is_asked]
    if len(asked) > 1 or bool(asked) != bool(ids):
        raise Stop("ids — come with one of --confirm, --reject, --undo — as in: --confirm ID ID", 2)
    return next(iter(asked), "")


def _each(words: list[str] | None, known: dict[str, Any], what: str, command: str) -> list[str]:
    """The ids asked for, each by itself or by its beginning. Raises Stop where one is not known."""
    told = []
    for word in (w for each in words or [] for w in each.replace(",", " ").split()):
        fits = [id_ for id_ in known if id_ == word] or [id_ for id_ in known if len(word) >= 4 and id_.startswith(word)]
        if len(fits) != 1:
            raise Stop(f"{word} — fits {len(fits)} of them — name a {what} as `givetake {command}` lists it", 2)
        told += fits
    return told
