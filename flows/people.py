"""Which accounts are one person, as the owner says in people.csv.

A pair the owner confirmed stands in `same_as` of the rows it gave a `person` to; a person written by hand has no `same_as`
and is never changed. A pair the owner rejected stands in `not_same_as`.
"""

from __future__ import annotations

from hashlib import md5
from itertools import count

from flows.own_files import PEOPLE, Sheet, join, split
from flows.settings import Home

Pair = tuple[str, str]


class NamedApart(Exception):  # noqa: N818
    """The owner's own hand has given the two accounts different persons."""


def pair_id(pair: Pair) -> str:
    """The suggestion_id of two accounts, as core.suggestion has it."""
    return md5(" ".join(sorted(pair)).encode(), usedforsecurity=False).hexdigest()[:6]


class People:
    """people.csv with the pairs decided in it."""

    def __init__(self, home: Home) -> None:
        self.sheet = Sheet(home.people, PEOPLE)

    def decided(self) -> dict[str, tuple[Pair, str]]:
        """Pairs by their id, each confirmed or rejected."""
        told = {}
        for row in self.sheet.rows:
            for column, verdict in (("same_as", "confirmed"), ("not_same_as", "rejected")):
                for other in split(row.get(column, "")):
                    one, two = sorted((self.sheet.name(row), other))
                    told[pair_id((one, two))] = ((one, two), verdict)
        return told

    def confirm(self, pair: Pair, name: str) -> None:
        """One person from now on; `name` is theirs where people.csv has none for either yet. Raises NamedApart."""
        given = self._given()
        by_hand = {self._cell(a, "person") for a in self._joined(pair[0]) | self._joined(pair[1]) if a not in given} - {""}
        if len(by_hand) > 1:
            raise NamedApart
        for account, other in (pair, pair[::-1]):
            self._away("not_same_as", account, other)
            if account in given or not self._cell(account, "person"):
                self.sheet.put(account, same_as=join([*split(self._cell(account, "same_as")), other]))
        self._settle(self._joined(pair[0]), self._given(), name)

    def reject(self, pair: Pair) -> None:
        """Two people, and not to be asked about again."""
        self.undo(pair)
        self.sheet.put(pair[0], not_same_as=join([*split(self._cell(pair[0], "not_same_as")), pair[1]]))

    def undo(self, pair: Pair) -> None:
        """As if nothing had been said of this pair. What else was confirmed of either stays."""
        given = self._given()
        for account, other in (pair, pair[::-1]):
            self._away("same_as", account, other)
            self._away("not_same_as", account, other)
        groups = [self._joined(account) for account in pair]
        if groups[0] != groups[1]:
            for group in groups:
                self._settle(group, given)
        self.sheet.drop_empty(pair)

    def _settle(self, group: set[str], given: set[str], name: str = "") -> None:
        """Give one person to a group: the one a hand wrote, else the one it has, else `name`; none to one left alone."""
        persons = {a: self._cell(a, "person") for a in sorted(group)}
        by_hand = [person for a, person in persons.items() if person and a not in given]
        label = ""
        if by_hand:
            label = by_hand[0]
        elif len(group) > 1:
            label = self._unused(next(filter(None, persons.values()), name), group)
        for account in group & given:
            self.sheet.put(account, person=label)

    def _unused(self, name: str, group: set[str]) -> str:
        """The name, with a number behind it where another person bears it: two namesakes are not one."""
        taken = {row.get("person", "").strip().lower() for row in self.sheet.rows if self.sheet.name(row) not in group}
        return next(n for i in count(1) if (n := name if i == 1 else f"{name} {i}").lower() not in taken)

    def _given(self) -> set[str]:
        """The accounts whose person a command wrote."""
        return {self.sheet.name(row) for row in self.sheet.rows if row.get("same_as", "").strip()}

    def _joined(self, account: str) -> set[str]:
        """The accounts tied to this one by confirmed pairs, itself among them."""
        edges = [{self.sheet.name(row), other} for row in self.sheet.rows for other in split(row.get("same_as", ""))]
        found, size = {account}, 0
        while size < len(found):
            size = len(found)
            found = found.union(*(edge for edge in edges if found & edge))
        return found

    def _cell(self, account: str, column: str) -> str:
        return self.sheet.row(account).get(column, "").strip()

    def _away(self, column: str, account: str, other: str) -> None:
        """Take an account out of a cell."""
        if other in (there := split(self._cell(account, column))):
            self.sheet.put(account, **{column: join(a for a in there if a != other)})
