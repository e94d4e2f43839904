"""LinkedIn's lists of people: connections, endorsements, recommendations, follows, the uploaded address book."""

from __future__ import annotations

import polars as pl

from transforms import text as texts
from transforms.sources.linkedin.people import NOBODY, PACIFIC, Book, col, full, instant, precision

_EXPORT = "Get a copy of your data: "
_UNDATED = "its date cannot be read, so since when is not known; get the export again"


def connections(book: Book) -> None:
    """One state per connection. `Connected On` is the UTC date of the acceptance; who left is not in it."""
    f = book.tables["connections"]
    f = f.with_columns(name=full(f, "firstname", "lastname"), url=col(f, "url"), date=col(f, "connectedon"))
    f = f.with_columns(key=book.key(pl.col("name"), pl.col("url")), since_at=instant(pl.col("date"), PACIFIC))
    book.newest(f["since_at"])
    book.aside(f.filter(pl.col("key").is_null()), "a hidden or closed profile: a date and no name")
    f = f.filter(pl.col("key").is_not_null())
    book.amiss(f.filter(pl.col("date").is_not_null() & pl.col("since_at").is_null()), _UNDATED, 0)
    day = pl.col("since_at").dt.strftime("%Y-%m-%d").fill_null("?")
    f = f.with_columns(time_precision=_told(precision(pl.col("date"))), day=day)
    # two connections of one name and no URL are two people; the day they connected tells them apart in every export
    namesake = pl.col("key").str.starts_with("name:") & (pl.col("day").n_unique().over("key") > 1)
    f = f.with_columns(key=pl.when(namesake).then(pl.col("key") + "#" + pl.col("day")).otherwise("key"))
    book.reading.states(f.with_columns(state=pl.lit("connection"), direction=pl.lit("both")))
    mail = col(f, "emailaddress").str.to_lowercase()
    same = pl.when(mail.str.contains("@", literal=True)).then(pl.concat_list(pl.lit("email:") + mail))
    book.note(f, "key", "name", "url", company=col(f, "company"), position=col(f, "position"), same_as=same)


def _told(precise: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("since_at").is_null()).then(pl.lit("unknown")).otherwise(precise)


def endorsements(book: Book, stem: str, direction: str, who: str) -> None:
    """One act per endorsed skill, whatever its status: the owner's hiding one does not undo it."""
    f = book.tables[stem]
    date = col(f, "endorsementdate")
    f = f.with_columns(
        channel=pl.lit("endorsement"), direction=pl.lit(direction), happened_at=instant(date), time_precision=precision(date),
        value_kind=pl.lit("endorsement"), composed=pl.lit(False), n_targets=pl.lit(1), skill=col(f, "skillname"),
        name=full(f, f"{who}firstname", f"{who}lastname"), url=col(f, f"{who}publicurl"), status=col(f, "endorsementstatus"),
    )  # fmt: skip
    known = pl.col("status").fill_null("ACCEPTED").is_in(["ACCEPTED", "PENDING", "HIDDEN"])
    book.amiss(f.filter(~known), "a status that is new; it is not counted until it is understood")
    _given(book, f.filter(known), pl.col("skill"))
    book.sees("endorsement", direction, claim=f"{_EXPORT}Endorsement_{direction.title()}_Info.csv")


def recommendations(book: Book, stem: str, direction: str) -> None:
    """One act per written recommendation: proven by the channel. Its date is Pacific by its form, as in invitations."""
    f = book.tables[stem]
    date = col(f, "creationdate")
    f = f.with_columns(
        channel=pl.lit("recommendation"), direction=pl.lit(direction), happened_at=instant(date, PACIFIC),
        time_precision=precision(date), value_kind=pl.lit("recommendation"), proven=pl.lit(True), n_targets=pl.lit(1),
        text=col(f, "text"), name=full(f, "firstname", "lastname"), url=pl.lit(None, pl.String),
    )  # fmt: skip
    book.aside(f.filter(pl.col("text").is_null()), "a recommendation without a text: asked for, not written")
    _given(book, f.filter(pl.col("text").is_not_null()), texts.fold(pl.col("name")))
    book.sees("recommendation", direction, claim=f"{_EXPORT}Recommendations_{direction.title()}.csv")


def _given(book: Book, f: pl.DataFrame, *identity: pl.Expr) -> None:
    """Dated acts towards or from one named person each."""
    book.amiss(f.filter(pl.col("happened_at").is_null()), "its date cannot be read; get the export again")
    f = f.filter(pl.col("happened_at").is_not_null()).with_columns(key=book.key(pl.col("name"), pl.col("url")))
    nobody = pl.lit([], pl.List(pl.String))
    f = f.with_columns(counterparts=pl.when(pl.col("key").is_null()).then(nobody).otherwise(pl.concat_list("key")))
    book.note(f, "key", "name", "url")
    book.acts(f, "happened_at", *identity)


def follows(book: Book) -> None:
    """People (by name alone) and companies the owner follows. Followers of the owner are in no export."""
    if (f := book.tables.get("memberfollows")) is not None:
        f = f.with_columns(name=col(f, "fullname"), since_at=instant(col(f, "date"), PACIFIC))
        f = f.with_columns(
            key=book.key(pl.col("name")), time_precision=precision(col(f, "date")), status=col(f, "status").str.to_lowercase()
        )
        gone = pl.col("status").str.starts_with("unfollow")
        book.aside(f.filter(gone), "unfollowed since")
        odd = ~gone & (pl.col("status") != "active")
        book.amiss(f.filter(odd), "a status that is new; it is not counted until it is understood")
        f = f.filter(pl.col("status").is_null() | (~gone & ~odd))
        book.aside(f.filter(pl.col("key").is_null()), "a closed account: no name")
        _followed(book, f.filter(pl.col("key").is_not_null()))
    if (f := book.tables.get("companyfollows")) is not None:
        f = f.with_columns(name=col(f, "organization"), since_at=instant(col(f, "followedon"), PACIFIC))
        f = f.with_columns(key=pl.lit("company:") + texts.fold(pl.col("name")), time_precision=precision(col(f, "followedon")))
        book.amiss(f.filter(pl.col("key").is_null()), "an organisation without a name")
        _followed(book, f.filter(pl.col("key").is_not_null()), account_kind=pl.lit("organisation"))


def _followed(book: Book, f: pl.DataFrame, **more: pl.Expr) -> None:
    told = _told(pl.col("time_precision"))
    book.amiss(f.filter((pl.col("time_precision") != "unknown") & pl.col("since_at").is_null()), _UNDATED, 0)
    book.reading.states(f.with_columns(state=pl.lit("follow"), direction=pl.lit("given"), time_precision=told))
    book.newest(f["since_at"])
    book.note(f, "key", "name", **more)


def contacts(book: Book, stem: str) -> None:
    """The address book the owner uploaded: who has which e-mail and phone, asserted by the owner."""
    f = book.tables[stem]
    mails = col(f, "emails", "emailaddress", "email", "emailaddresses").str.to_lowercase()
    phones = col(f, "phonenumbers", "phonenumber", "phones").str.replace_all(r"\(0\)|[\s().\-/]", "")
    f = f.with_columns(
        name=pl.coalesce(full(f, "firstname", "lastname"), col(f, "fullname", "name")),
        mails=mails.str.extract_all(r"[^\s,;:<>\[\]\"']+@[^\s,;:<>\[\]\"']+\.[a-z0-9-]{2,}").fill_null([]),
        phones=phones.str.extract_all(r"\+\d{7,15}").fill_null([]),  # without its country a number names nobody for sure
    )  # fmt: skip
    f = f.with_columns(same_as=pl.concat_list(_each("email:", "mails"), _each("phone:", "phones")))
    nobody = pl.col("name").is_null() | texts.fold(pl.col("name")).is_in(NOBODY)
    f = f.with_columns(key=pl.coalesce(pl.col("same_as").list.first(),
                                       pl.when(~nobody).then(pl.lit("name:") + texts.fold(pl.col("name")))))  # fmt: skip
    book.aside(f.filter(pl.col("key").is_null()), "neither name nor address")
    f = f.filter(pl.col("key").is_not_null())
    book.reading.states(f.with_columns(state=pl.lit("contact"), direction=pl.lit("given"), time_precision=pl.lit("unknown")))
    book.note(f, "key", "name", same_as=pl.col("same_as"))


def _each(prefix: str, column: str) -> pl.Expr:
    return pl.col(column).list.eval(pl.lit(prefix) + pl.element())


def own(book: Book) -> None:
    """The owner's own profile is an account; their addresses are aliases."""
    if (f := book.tables.get("profile")) is not None and f.height and book.reading.owner_key:
        key = pl.lit(book.reading.owner_key)
        book.reading.accounts(f.select("record", key=key, name=full(f, "firstname", "lastname"), identified=_sure(book)))
    elif f is not None:
        book.aside(f, "the owner's profile, without a name")
    if (f := book.tables.get("emailaddresses")) is not None:
        sure = f.filter(col(f, "confirmed").str.to_lowercase().fill_null("yes").is_in(["yes", "true"]))
        book.reading.owner_aliases += sure.select(col(sure, "emailaddress").str.to_lowercase()).to_series().drop_nulls().to_list()
        book.aside(f, "the owner's own address, kept as an alias")


def _sure(book: Book) -> pl.Expr:
    key = book.reading.owner_key or ""
    return pl.lit("name" if key.startswith("name:") else "id" if key.startswith("urn:") else "url")
