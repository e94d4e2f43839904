"""Who somebody is in the fediverse: one key for all the ways of naming an account.

The key is `user@host` in lower case, because the CSV files name people so and most addresses (URIs) of accounts and posts
hold it: https://host/users/USER, https://host/@USER, https://host/u/USER, https://host/profile/USER. Where an address
does not (Mastodon 4.5: https://host/ap/users/ID), the address itself is the key. An address and a handle that stand
together (a mention, an account of the API) teach the handle of the address, for this archive: Misskey writes
https://host/users/ID for @user@host, and a handle may name another domain than the server that speaks for it.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

_NAMED = r"^https?://([^/?#]+)/(?:users/|@|u/|profile/)([^/?#@]+)(?:@([^/?#]+))?"
_AUTHOR = r"^(https?://[^/?#]+/(?:(?:ap/)?users/|@|u/|profile/)[^/?#]+)/"

PERSON = {
    "member": pl.Int32, "i": pl.Int64, "uri": pl.String, "handle": pl.String, "url": pl.String, "name": pl.String,
    "account_kind": pl.String, "identified": pl.String, "same_as": pl.List(pl.String),
}  # fmt: skip


def address(uri: pl.Expr) -> pl.Expr:
    """A URI as URIs are compared: host in lower case, no fragment, query or trailing slash."""
    bare = uri.str.replace(r"[?#].*$", "").str.strip_chars_end("/")
    return bare.str.extract(r"^(https?://[^/]+)").str.to_lowercase() + bare.str.replace(r"^https?://[^/]+", "")


def key(who: pl.Expr) -> pl.Expr:
    """The key of an account, from its URI or its handle (`@user@host` or `user@host`)."""
    far = pl.coalesce(who.str.extract(_NAMED, 3), who.str.extract(_NAMED, 1))
    named = (who.str.extract(_NAMED, 2) + "@" + far).str.to_lowercase()
    handle = who.str.strip_chars().str.strip_prefix("@").str.to_lowercase()
    return pl.when(who.str.contains("://")).then(pl.coalesce(named, address(who))).otherwise(handle)


def actor(status: pl.Expr) -> pl.Expr:
    """The URI of the account in the URI of a post; null where it names nobody (https://host/objects/UUID, …/notes/ID)."""
    return status.map_batches(_actors, return_dtype=pl.String, is_elementwise=True)


def author(status: pl.Expr) -> pl.Expr:
    """The key of the account in the URI of a post."""
    return actor(status).map_batches(lambda uris: _once(uris, key), return_dtype=pl.String, is_elementwise=True)


def _actors(status: pl.Series) -> pl.Series:
    """Nearly all are `<account>/statuses/<id>`, and of accounts there are few."""
    parts = status.str.splitn("/statuses/", 2).struct.unnest()
    usual = parts["field_1"].is_not_null()
    return _once((parts["field_0"] + "/").zip_with(usual, status), lambda uri: uri.str.extract(_AUTHOR, 1))


def _once(values: pl.Series, of: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """An expression over strings that repeat, worked out once for each."""
    distinct = values.drop_nulls().unique()
    found = distinct.to_frame("v").select(of(pl.col("v"))).to_series()
    return values.replace_strict(distinct, found, default=None, return_dtype=pl.String)


def handle(name: pl.Expr, uri: pl.Expr) -> pl.Expr:
    """`user@host` from the name in a mention or an `acct`: without a host it is one of the server in `uri`."""
    bare = name.str.strip_chars().str.strip_prefix("@").str.to_lowercase()
    return (
        pl.when(bare.str.contains("@"))
        .then(bare)
        .otherwise(bare + "@" + uri.str.extract(r"^https?://([^/?#]+)").str.to_lowercase())
    )


def learned(people: pl.DataFrame) -> dict[str, str]:
    """Key as derived from an address → key by the handle that stood beside it."""
    pairs = people.filter(pl.col("uri").is_not_null() & pl.col("handle").is_not_null()).select(
        key(pl.col("uri")).alias("derived"), "handle"
    )
    pairs = pairs.filter(pl.col("derived") != pl.col("handle")).unique("derived", keep="first", maintain_order=True)
    return dict(pairs.iter_rows())


def accounts(people: pl.DataFrame, names: dict[str, str], me: str | None) -> pl.DataFrame:
    """One ACCOUNT per key, everything known of it together, and one for each record that says nothing else."""
    best = ("id", "url", "handle")
    rank = pl.col("identified").replace_strict({e: i for i, e in enumerate(best)}, default=9, return_dtype=pl.Int32)
    people = people.with_columns(key=pl.coalesce("handle", key(pl.col("uri")).replace(names)))
    people = people.filter(pl.col("key").is_not_null() & (pl.col("member").is_not_null() | pl.col("key").ne_missing(me)))
    people = people.sort(rank, maintain_order=True)
    together = people.group_by("key", "member", "i", maintain_order=True).agg(
        pl.col("name", "url", "account_kind", "identified").drop_nulls().first(),
        pl.col("same_as").explode(empty_as_null=False).drop_nulls().unique(maintain_order=True),
    )
    together = together.with_columns(record=pl.concat_str("member", "i", separator=":"))
    return together.with_columns(handle=pl.when(~pl.col("key").str.contains("://")).then("key"))
