"""One invented life of ten years: who met whom, who said what to whom, and nine long silences.

The five essays behind the measures are in it as stories: ties whose numbers should come out as their name says (STORIES).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flows.demo.cast import PEOPLE, Person, names
from flows.demo.words import DATA, Words

STORIES: Mapping[str, str] = {
    "balanced": "Ana Brookhollow",  # writes as often as she is written to, helps as often as she is helped
    "taker": "Cyril Tallowmere",  # asks, is helped, asks again
    "one-way": "Wanda Ferrowick",  # never answered a single message
    "mentee": "Timo Haldersen",  # never answers either, and that is as agreed (expect: one-way)
    "giver": "Greta Lindenfall",  # helps far more than is given back
    "unthanked": "Otis Marlwood",  # recommended and helped, and never got a line in return
    "door": "Delia Marshgate",  # a few talks long ago; then she introduced the one who gave the job
    "job": "Ian Kesselby",  # met through the door, offered the job, introduced the radio host
    "radio": "Rhea Sandvale",  # met through the job, offered a radio show
    "fading": "Farid Ostrander",  # every fortnight for years, silent for ten weeks
    "cooling": "Clara Winterholt",  # twice a week until three months ago
    "rising": "Rina Okadera",  # new, and more every week
    "mailer": "Milo Brandwick",  # newsletters to everybody
    "pitcher": "Pia Glossop",  # sales pitches
    "follow-back": "Fenn Ridgeway",  # follows back, and nothing else ever
    "pinned": "Nora Eastlake",  # nothing was ever said, and she stays (pin: keep)
}
OWNER = Person("Robin Ashgrove", frozenset({"linkedin", "x", "mastodon"}), datetime(2012, 3, 4, 9), 0)
YEARS = 10
TALK = {"talk": 8, "question": 3, "help": 1.2, "credit": 0.4, "status": 0.4}
LEANINGS: tuple[dict[str, Any], ...] = (
    {}, {"opens": 0.7}, {"opens": 0.3}, {"i_answer": 0.6, "they_answer": 0.6},
    {"opens": 0.15, "i_answer": 0.3, "mine": {"talk": 1}, "theirs": TALK | {"help": 6}},
    {"opens": 0.85, "they_answer": 0.3, "mine": TALK | {"help": 6}, "theirs": {"talk": 2, "ask": 1}},
)  # fmt: skip
LANGUAGES = ("en",) * 7 + ("de", "es", "fr")


@dataclass(frozen=True)
class Said:
    """Somebody said something. `sender` None: the owner. `to` holds the other people present (for a post, nobody)."""

    at: datetime
    place: str  # linkedin, x, mastodon (direct messages); "x reply", "x repost", "mastodon boost", "linkedin share", …
    sender: Person | None
    to: tuple[Person, ...]
    text: str


@dataclass(frozen=True)
class Given:
    """A one-click endorsement (`text` the skill), a written recommendation or an invitation (`text` the note)."""

    at: datetime
    who: Person
    mine: bool
    text: str


class Life:
    """Everything that happened before `until`, in the memory of one process; `seed` decides all of it."""

    def __init__(self, seed: int, until: date) -> None:
        self.rng = random.Random(seed)
        self.words = Words(self.rng)
        self.until = datetime.combine(until, time())
        self.start = self.until - timedelta(days=round(365.25 * YEARS))
        self.silences = self._silences()
        self.people: list[Person] = []
        self.said: list[Said] = []
        self.endorsements: list[Given] = []
        self.recommendations: list[Given] = []
        self.invitations: list[Given] = []
        self.left: list[Person] = []  # connected once, no longer
        self._stories()
        self._crowd()
        self._rooms()
        self._clicks()
        self._posts()
        self.said.sort(key=lambda s: (s.at, s.place))

    def person(self, story: str) -> Person:
        """The person of a story."""
        return next(p for p in self.people if p.name == STORIES[story])

    # -- time -----------------------------------------------------------------------------------------------------------

    def _silences(self) -> list[tuple[datetime, datetime]]:
        """One long silence a year, so that what happens without the owner can be seen."""
        at = [self.start + timedelta(days=365 * y + self.rng.uniform(60, 280)) for y in range(YEARS - 1)]
        return [(a, a + timedelta(days=self.rng.uniform(33, 47))) for a in at]

    def _silent(self, at: datetime) -> bool:
        return any(a <= at < b for a, b in self.silences)

    def _days(self, start: datetime, end: datetime, gap: float) -> Iterator[datetime]:
        """Waking moments from start to end, `gap` days apart on average."""
        at = start + timedelta(days=self.rng.uniform(0, gap))
        while at < end:
            moment = at.replace(
                hour=self.rng.randrange(7, 21), minute=self.rng.randrange(60), second=self.rng.randrange(60), microsecond=0
            )
            if moment < self.until - timedelta(days=1):
                yield moment
            at += timedelta(days=gap * self.rng.uniform(0.4, 1.6))

    def ago(self, days: float) -> datetime:
        """So many days before the end."""
        return self.until - timedelta(days=days)

    # -- saying things --------------------------------------------------------------------------------------------------

    def _meet(self, name: str, on: str, met: datetime, **more: object) -> Person:
        person = Person(
            name, frozenset(on.split()), met, len(self.people) + 1,
            company=self.rng.choice(PEOPLE["companies"]), position=self.rng.choice(PEOPLE["positions"]), **more,
        )  # fmt: skip
        self.people.append(person)
        return person

    def _kind(self, mix: Mapping[str, float]) -> str:
        return self.rng.choices(list(mix), list(mix.values()))[0]

    def say(self, at: datetime, who: Person, mine: bool, kind: str, place: str | None = None, **slots: str) -> None:
        """One message between the owner and one person."""
        if mine and self._silent(at):
            return
        place = place or next(p for p in ("linkedin", "x") if p in who.on)
        text = self.words.say(kind, who.language, **slots)
        self.said.append(Said(at, place, None if mine else who, (who,), text))

    def tie(
        self, who: Person, gap: float, *, opens: float = 0.5, i_answer: float = 0.85, they_answer: float = 0.85,
        mine: Mapping[str, float] = TALK, theirs: Mapping[str, float] = TALK,
        start: datetime | None = None, end: datetime | None = None,
    ) -> None:  # fmt: skip
        """Conversations about every `gap` days: the owner opens a share of them, each side answers with a probability."""
        who.known = True
        places = [p for p in ("linkedin", "linkedin", "x") if p in who.on]
        for opened in self._days(start or who.met, end or self.until, gap):
            i_speak, at, place = self.rng.random() < opens, opened, self.rng.choice(places)
            if self._silent(at) and (i_speak or self.rng.random() < 0.6):
                continue
            for turn in range(self.rng.choice((2, 2, 3, 4))):
                if turn and (self.rng.random() > (i_answer if i_speak else they_answer) or at > self.ago(1)):
                    break
                self.say(at, who, i_speak, self._kind(mine if i_speak else theirs), place)
                at += timedelta(seconds=self.rng.randrange(90, 9000))
                i_speak = not i_speak

    # -- who is in it ---------------------------------------------------------------------------------------------------

    def _stories(self) -> None:
        year = lambda y: self.start + timedelta(days=365 * y + 11)  # noqa: E731
        meet = lambda story, on, y, **more: self._meet(STORIES[story], on, year(y), **({"linked": True, "told": True} | more))  # noqa: E731
        self.tie(meet("balanced", "linkedin x mastodon", 0), 6)
        self.tie(meet("taker", "linkedin", 3), 14, opens=0, mine={"help": 1}, theirs={"ask": 1}, i_answer=0.97, they_answer=0)
        one_way = meet("one-way", "linkedin", 7)
        mentee = meet("mentee", "linkedin", 7.5, notes={"expect": "one-way"})
        for who, gap in ((one_way, 28), (mentee, 35)):
            self.tie(who, gap, opens=1, they_answer=0, mine={"help": 2, "question": 1}, start=self.ago(900))
        giver = meet("giver", "linkedin x", 4)
        self.tie(giver, 12, opens=0.1, mine={"talk": 1}, theirs={"help": 4, "resource": 1}, i_answer=0.25, they_answer=0.1)
        unthanked = meet("unthanked", "linkedin", 6)
        self.tie(unthanked, 75, opens=0, i_answer=0, theirs={"help": 3, "resource": 1, "talk": 1})
        self.recommendations.append(Given(self.ago(410), unthanked, False, self.words.say("recommendation", name=OWNER.first)))
        self._opportunity(meet)
        self.tie(meet("fading", "linkedin x", 2), 14, end=self.ago(72))
        cooling = meet("cooling", "linkedin x", 4)
        self.tie(cooling, 3.5, end=self.ago(92))
        for days in (74, 51, 30, 6):
            self.say(self.ago(days), cooling, True, "question")
            self.say(self.ago(days) + timedelta(hours=5), cooling, False, "talk")
        rising = meet("rising", "linkedin x", 9.4)
        self.tie(rising, 22, end=self.ago(92))
        self.tie(rising, 4, mine=TALK | {"help": 3}, theirs=TALK | {"help": 3}, start=self.ago(88))
        meet("mailer", "linkedin", 7)
        self.tie(meet("pitcher", "linkedin", 8), 60, opens=0, i_answer=0, theirs={"spam": 1}, start=self.ago(500))
        meet("follow-back", "x", 5)
        meet("pinned", "linkedin", 1, notes={"pin": "keep"})

    def _opportunity(self, meet) -> None:
        """A tweet, an introduction, a job, a radio show: what nobody could have known beforehand."""
        door = meet("door", "linkedin x", 2)
        job = meet("job", "linkedin", 3.2, notes={"introduced_by": door.account("linkedin")})
        radio = meet("radio", "linkedin x", 4.5, notes={"introduced_by": job.account("linkedin")})
        self.tie(door, 35, start=door.met, end=door.met + timedelta(days=260), mine=TALK | {"help": 3})
        for who, of, what in (
            (door, job, "a small team on river sensors"),
            (job, radio, "the Sunday programme at Tidewater Radio"),
        ):
            self.said.append(Said(
                of.met - timedelta(days=2), "linkedin", who, (who,),
                f"Robin, let me introduce you to {of.name}, who runs {what} and should hear your idea. {of.first}, meet Robin.",
            ))  # fmt: skip
            self.say(of.met - timedelta(days=1, hours=20), who, True, "credit", "linkedin")
        self.tie(job, 12, start=job.met, end=job.met + timedelta(days=900), theirs=TALK | {"help": 2})
        self.said.append(Said(
            job.met + timedelta(days=40), "linkedin", job, (job,),
            "Robin, we would like to offer you the position of data lead, from September. Let me know whether you accept.",
        ))  # fmt: skip
        self.tie(radio, 24, theirs=TALK | {"help": 2}, mine=TALK | {"help": 2})
        self.said.append(Said(
            radio.met + timedelta(days=90), "linkedin", radio, (radio,),
            "I would like to offer you a slot of your own: Thursdays at seven, half an hour on tides and data. Are we on?",
        ))  # fmt: skip

    def _crowd(self) -> None:
        pool = iter(names(self.rng))
        when = lambda lo, hi: self.start + timedelta(days=self.rng.uniform(lo, hi) * 365.25)  # noqa: E731
        some = lambda: self.rng.choice(LANGUAGES)  # noqa: E731
        for n in range(14):  # close
            who = self._meet(
                next(pool), "linkedin x mastodon" if n < 6 else "linkedin x", when(0, 6), language=some(), linked=True
            )
            self.tie(who, self.rng.uniform(8, 20), opens=self.rng.uniform(0.3, 0.7), they_answer=self.rng.uniform(0.7, 0.95))
        for n in range(58):  # regular, some of them uneven
            who = self._meet(
                next(pool), self.rng.choice(("linkedin", "linkedin x", "x")), when(0, 8), language=some(), linked=n % 3 == 0
            )
            end = self.until if n % 4 else who.met + (self.until - who.met) * 0.6
            leans = LEANINGS[n % len(LEANINGS)]
            self.tie(who, self.rng.uniform(35, 110), end=end, **leans)
        for _ in range(85):  # now and then
            who = self._meet(
                next(pool), self.rng.choice(("linkedin", "linkedin", "x")), when(0, 9), language=some(), greeted=True
            )
            self.tie(who, self.rng.uniform(200, 900), i_answer=0.6, they_answer=0.6)
        for _ in range(14):  # pitches
            who = self._meet(next(pool), "linkedin", when(5, 9.5))
            for at in self._days(who.met, min(self.until, who.met + timedelta(days=100)), 25):
                self.say(at, who, False, "spam")
        for n in range(165):  # nothing but a link between two names
            on = "linkedin" if n < 95 else "x"
            follows = "both" if n < 150 else self.rng.choice(("given", "received"))
            self._meet(next(pool), on, when(0, 9.5), greeted=n % 5 == 0, follows=follows)
        self.left = [self._meet(next(pool), "linkedin", when(1, 5)) for _ in range(9)]

    def _rooms(self) -> None:
        """Group talks, the owner's greetings and introductions, newsletters and the platform's ready-made congratulations."""
        on = {p: [w for w in self.people if p in w.on and w not in self.left and not w.told] for p in ("linkedin", "x")}
        for size, place in ((3, "x"), (5, "x"), (8, "x"), (4, "linkedin")):
            room = tuple(self.rng.sample([w for w in on[place] if w.linked], size))
            for at in self._days(max(w.met for w in room), self.until, 9):
                sender = None if self.rng.random() < 0.3 and not self._silent(at) else self.rng.choice(room)
                self.said.append(Said(at, place, sender, room, self.words.say(self._kind(TALK))))
        mailer = self.person("mailer")
        audience = (mailer, *self.rng.sample(on["linkedin"], 30))
        for at in self._days(mailer.met, self.until, 70):
            self.said.append(Said(at, "linkedin", mailer, audience, self.words.say("spam")))
        for year in range(self.start.year + 2, self.until.year):
            for who in (w for w in self.people if w.greeted and w.met.year < year and "linkedin" in w.on):
                at = datetime(year, 12, 19, 8, self.rng.randrange(60), self.rng.randrange(60))
                self.said.append(Said(at, "linkedin", None, (who,), f"Hello {who.first}. {DATA['texts']['greeting']}"))
        for who in self.rng.sample(on["linkedin"], 40):
            for at in self._days(who.met, self.until, 500):
                self.said.append(Said(at, "linkedin", who, (who,), self.rng.choice(DATA["texts"]["stock"])))
        for _ in range(9):
            pair = tuple(self.rng.sample([w for w in on["linkedin"] if w.linked], 2))
            at = max(w.met for w in pair) + timedelta(days=self.rng.uniform(5, 200))
            about = self.words.rng.choice(("tide tables", "podcast editing", "noise maps", "oral history"))
            text = f"{pair[0].name}, let me introduce you to {pair[1].name}: you two are the only people I know who love {about}."
            if at < self.ago(2):
                self.said.append(Said(at, "linkedin", None, pair, text))

    def _clicks(self) -> None:
        """Endorsements, recommendations and invitations."""
        known = [w for w in self.people if "linkedin" in w.on and w.linked and not w.told]
        rest = [w for w in self.people if "linkedin" in w.on and not w.linked and w.known]
        skills = ("Data analysis", "Radio production", "Public speaking", "Mapping", "Facilitation", "Python")
        for who in known + self.rng.sample(rest, 40):
            for mine in (True, False):
                for skill in self.rng.sample(skills, self.rng.choice((0, 0, 1, 2))):
                    self.endorsements.append(Given(self._after(who), who, mine, skill))
        for n, who in enumerate(self.rng.sample(known, 10)):
            name = who.first if n % 2 else OWNER.first
            self.recommendations.append(Given(self._after(who), who, bool(n % 2), self.words.say("recommendation", name=name)))
        for who in sorted((w for w in self.people if "linkedin" in w.on), key=lambda w: w.met):
            mine = self.rng.random() < 0.6
            note = self.words.say("note") if who.known and not who.told and self.rng.random() < 0.4 else ""
            self.invitations.append(Given(who.met - timedelta(hours=self.rng.uniform(1, 300)), who, mine, note))
        ignored = (name for name in names(self.rng) if name not in {w.name for w in self.people})
        for at in self._days(self.ago(230), self.ago(3), 4):
            note = self.words.say("note") if self.rng.random() < 0.15 else ""
            self.invitations.append(Given(at, Person(next(ignored), frozenset({"linkedin"}), datetime.max, 0), True, note))

    def _after(self, who: Person) -> datetime:
        return who.met + (self.ago(2) - who.met) * self.rng.random()

    def _posts(self) -> None:
        """What the owner says to everybody, and in public to somebody."""
        circle = {p: [w for w in self.people if p in w.on and w.known and not w.told] for p in ("x", "mastodon")}
        habits = (
            ("x post", 3.5, {"lesson": 4, "status": 3, "talk": 2}), ("linkedin share", 9, {"lesson": 6, "status": 1}),
            ("linkedin comment", 4, {"praise": 4, "help": 2, "talk": 2}),
            ("mastodon post", 4, {"lesson": 3, "status": 3, "talk": 3}),
            ("x reply", 1.6, {"help": 3, "praise": 3, "talk": 4, "resource": 1}),
            ("mastodon reply", 3, {"help": 3, "talk": 4, "praise": 2}),
            ("x mention", 25, {"credit": 1}), ("x repost", 5, {"lesson": 1}), ("mastodon boost", 7, {"lesson": 1}),
            ("x like", 1.2, {"talk": 1}), ("linkedin reaction", 1.4, {"status": 1}), ("mastodon like", 6, {"status": 1}),
        )  # fmt: skip
        for place, gap, mix in habits:
            start = self.ago(1300) if place.startswith("mastodon") else self.start
            for at in self._days(start, self.until, gap):
                if self._silent(at):
                    continue
                platform = place.split()[0]
                named = place.split()[1] in ("reply", "mention", "repost", "boost")
                to = [w for w in circle[platform] if w.met < at] if named else []
                if named and not to:
                    continue
                chosen = (self.rng.choice(to),) if named else ()
                self.said.append(
                    Said(at, place, None, chosen, self.words.say(self._kind(mix), chosen[0].language if named else "en"))
                )
