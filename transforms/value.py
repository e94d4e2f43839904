"""The value kind of a text, by named rule. docs/kinds.md lists the order, the rules and how well they do.

Several rules may fire; the order of `cues.KINDS` breaks ties, stock texts first, weak rules last. The evidence for a kind
that costs the giver something is looked for outside questions: a question never makes one. Every distinct text is judged
once, by the cues of the languages it may be in.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, reduce
from itertools import count, groupby
from operator import and_
from typing import Any

import polars as pl

from transforms.cues import KINDS, Rule, foreign, languages
from transforms.cues.literals import required
from transforms.cues.tokens import tokens

VERSION = "5"

COLUMNS: Any = {"text": pl.String, "channel": pl.String, "to_person": pl.Boolean, "is_reply": pl.Boolean, "lang": pl.String}
_BY_CHANNEL = {
    "recommendation": "recommendation", "endorsement": "endorsement", "repost": "amplification", "gift": "gift",
    "reaction": "applause", "call": "talk", "meeting": "talk",
}  # fmt: skip
FLAGS = {
    "link": pl.col("whole").str.contains("xxurl", literal=True),
    "mail": pl.col("whole").str.contains("xxmail", literal=True),
    "at": pl.col("whole").str.contains("xxat", literal=True),
    "name": pl.col("whole").str.contains("`", literal=True),
    "contact": pl.col("whole").str.contains(r"xxmail|xxat|[0-9][0-9 ]{5,}[0-9]"),
    "question": pl.col("whole").str.contains("?", literal=True),
    "digits": pl.col("whole").str.contains("[0-9]"),
    "to_person": pl.col("to_person"),
    "reply": pl.col("is_reply"),
    "post": pl.col("channel") == "post",
    "group": pl.col("channel") == "group",
    "comment": pl.col("channel") == "comment",
    "message": pl.col("channel") == "message",
    "mailed": pl.col("channel") == "mail",
    "tiny": pl.col("words") <= 4,
    "short": pl.col("words") <= 9,
    "long": pl.col("words") >= 13,
}
_SCRIPTS = {  # and how many letters of Latin one character weighs
    "kana": (r"[\p{Hiragana}\p{Katakana}]", 3), "hangul": (r"\p{Hangul}", 3), "han": (r"\p{Han}", 3),
    "arabic": (r"\p{Arabic}", 1), "devanagari": (r"\p{Devanagari}", 1), "cyrillic": (r"\p{Cyrillic}", 1),
    "other": (r"[\p{Greek}\p{Hebrew}\p{Thai}\p{Bengali}\p{Tamil}\p{Telugu}\p{Georgian}\p{Armenian}\p{Khmer}\p{Myanmar}"
              r"\p{Gujarati}\p{Gurmukhi}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Lao}\p{Ethiopic}]", 1),
}  # fmt: skip
_LETTERS = "[" + "".join(p.strip("[]") for p, _ in _SCRIPTS.values()) + "]"
_FOREIGN = {  # letters and words of other languages in a script of ours
    "arabic": "[پچژگٹڈڑںے]", "devanagari": "ळ|आहे|छन्|हरू|भएको", "cyrillic": "[іїєґўјљњћђџѓќѕқғүұәөһң]",
}  # fmt: skip
_SLICE = 5000  # texts below which a thread is not worth its start
_MANY = 300  # texts from which it pays to learn which words the rules need
_PART = 700  # characters of an expression: larger ones outgrow the memory of the engine, and it turns slow
_NAMED = {"rule": pl.String, "kind": pl.String, "tier": pl.Int32, "order": pl.Int32}
_FIRED: Any = {"row": pl.UInt32} | _NAMED | {"code": pl.String}


def classify(frame: pl.DataFrame) -> pl.DataFrame:
    """Name the kind of every text.

    `frame` has `text` and, where known, `channel` (one of act.CHANNELS), `to_person`, `is_reply`, `lang` (ISO 639-1). It
    is returned, in its order, with value_kind, value_rule, language_covered, stock and language. Null text is talk.
    """
    full = frame.select(pl.col(c) if c in frame.columns else pl.lit(None).alias(c) for c in COLUMNS).cast(COLUMNS)
    full = full.with_columns(pl.col("to_person", "is_reply").fill_null(False), pl.col("channel").fill_null("message"))
    rows = full.unique(maintain_order=True).with_row_index("row")
    told = rows.filter(pl.col("text").is_not_null())
    size = max(_SLICE, told.height // pl.thread_pool_size() + 1)
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:  # a regex over one column keeps one core busy
        parts = list(pool.map(lambda part: _judge(tokens(part)), told.iter_slices(size) if told.height else [told]))
    judged = rows.join(pl.concat(parts), on="row", how="left")
    fixed = pl.col("channel").replace_strict(_BY_CHANNEL, default=None, return_dtype=pl.String)
    covered = pl.col("language").is_not_null() | pl.col("text").is_null() | fixed.is_not_null()
    nothing = pl.when(covered).then(pl.lit("talk:nothing-else")).otherwise(pl.lit("talk:no-cues"))
    judged = judged.select(
        *COLUMNS, "language",
        value_kind=pl.coalesce(fixed, "kind", pl.lit("talk")),
        value_rule=pl.coalesce(pl.when(fixed.is_not_null()).then("channel:" + pl.col("channel")), "rule", nothing),
        language_covered=covered,
        stock=(pl.col("tier") == 0).fill_null(False),
    )  # fmt: skip
    found = full.join(judged, on=list(COLUMNS), how="left", nulls_equal=True, maintain_order="left")
    return frame.with_columns(found.select("value_kind", "value_rule", "language_covered", "stock", "language"))


def _judge(rows: pl.DataFrame) -> pl.DataFrame:
    """The first rule that fires per row, over every language the row may be in; rows in no covered language are left out."""
    spoken = _spoken(rows)
    parts = rows.join(spoken, on="row").partition_by("code", as_dict=True)
    fired = pl.concat([pl.DataFrame(schema=_FIRED), *(_fire(part, code).cast(_FIRED) for (code,), part in parts.items())])
    liked = pl.Enum(["en", *(code for code in languages() if code != "en")])  # of a draw
    best = fired.sort("tier", "order", pl.col("code").cast(liked)).unique("row", keep="first", maintain_order=True)
    found = spoken.unique("row", keep="first").rename({"code": "first"}).join(best, on="row", how="left")
    return found.select("row", "kind", "rule", "tier", language=pl.coalesce("code", "first").str.head(2))


def _spoken(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per text and language it may be in, English first: row, code (a file of cues).

    A language that is told is believed. A script one language has to itself tells it; in Latin the frequent words do, and
    where they leave a draw, or a short text holds none, every language of the draw is asked.
    """
    known = languages()
    odd = rows["whole"].str.contains(_LETTERS)
    rows = pl.concat([rows.filter(~odd).with_columns(script=pl.lit("latin")), _scripted(rows.filter(odd))])
    few = pl.when((pl.col("script") == "latin") & (pl.col("words") < 9)).then("whole")
    wordless = ~few.str.replace_all(r"xx(?:url|mail|at)", "").str.contains(r"\p{L}")
    rows = rows.with_columns(script=pl.when(wordless).then(pl.lit("any")).otherwise("script"))
    told, apart = pl.col("lang").is_not_null(), pl.col("script") == "any"
    own = {file.script: code for code, file in known.items() if file.script != "latin"}
    romanised = pl.col("lang") + "-" + pl.col("script")
    code = pl.when(apart).then(pl.lit("any")).when(romanised.is_in(list(known))).then(romanised).when(told).then("lang")
    rows = rows.with_columns(code=code.otherwise(pl.col("script").replace_strict(own, default=None, return_dtype=pl.String)))
    clear = rows.filter(pl.col("code").is_in(list(known))).select("row", "code")
    return pl.concat([clear, _latin(rows.filter(~told, pl.col("script") == "latin"))])


def _scripted(rows: pl.DataFrame) -> pl.DataFrame:
    """The script most of a text is in, told by its first letter that is not Latin; "foreign" where it is written as in a
    language without cues."""
    whole, script, have = pl.col("whole"), pl.col("script"), rows.columns
    rows = rows.with_columns(letter=whole.str.extract(f"({_LETTERS})"))
    named = (pl.when(pl.col("letter").str.contains(p)).then(pl.lit(s)) for s, (p, _) in _SCRIPTS.items())
    rows = rows.with_columns(script=pl.coalesce(*named))
    kana = pl.when(script == "han").then(whole).str.contains(_SCRIPTS["kana"][0])
    rows = rows.with_columns(script=pl.when(kana).then(pl.lit("kana")).otherwise(script))
    weight = script.replace_strict({s: w for s, (_, w) in _SCRIPTS.items()}, return_dtype=pl.UInt32)
    most = whole.str.count_matches(_LETTERS) * weight > whole.str.count_matches("[a-z]")
    rows = rows.with_columns(script=pl.when(most).then(script).otherwise(pl.lit("latin")))
    other = [pl.when(script == s).then(whole).str.contains(p) for s, p in _FOREIGN.items()]
    rows = rows.with_columns(script=pl.when(pl.any_horizontal(other)).then(pl.lit("foreign")).otherwise("script"))
    return rows.select(*have, "script")


def _latin(rows: pl.DataFrame) -> pl.DataFrame:
    """The languages with the most frequent words; none where a language without cues, or hardly any word, is found."""
    known = {code: file.common for code, file in languages().items() if file.script == "latin"}
    count = {code: pl.col("whole").str.count_matches(p).cast(pl.Int32) for code, p in (known | foreign()).items()}
    english = rows.with_columns(en=count.pop("en")).with_columns(sure=(pl.col("en") >= 3) & (pl.col("en") * 3 >= pl.col("words")))
    sure = english.filter("sure").select("row", code=pl.lit("en"))
    rows = english.filter(~pl.col("sure")).with_columns(**{c: count[c] for c in count if c in known})
    rows = rows.with_columns(best=pl.max_horizontal("en", *(c for c in count if c in known)))
    told = pl.col("best") * 3 >= pl.col("words")
    far = rows.filter(~told).with_columns(**{c: count[c] for c in foreign()})
    far = far.filter(
        (pl.max_horizontal(*foreign()) <= pl.col("best")) & ((pl.col("words") < 6) | (pl.col("best") * 10 >= pl.col("words")))
    )
    rows = pl.concat([rows.filter(told), far.select(rows.columns)])
    order = ["en", *(c for c in known if c != "en")]
    drawn = pl.concat_list(pl.when(pl.col(c) == pl.col("best")).then(pl.lit(c)) for c in order).list.drop_nulls()
    return pl.concat([sure, rows.select("row", code=drawn).explode("code")])


def _fire(rows: pl.DataFrame, code: str) -> pl.DataFrame:
    """The first rule of one language that fires, for every row where one does."""
    flags, left = rows.select(**FLAGS), pl.repeat(1, rows.height, dtype=pl.UInt8, eager=True)
    near = _near(rows["whole"], flags, code) if rows.height >= _MANY else None
    fired = [pl.DataFrame(schema={"at": pl.UInt32, "n": pl.Int32})]
    for rank, tried in groupby(enumerate(_tried(code)), key=lambda t: t[1].rank):
        held: dict[tuple[Any, ...], pl.DataFrame] = {}
        if near is not None and rank in near:
            held = near[rank].filter((left == 1).gather(near[rank]["at"])).partition_by("part", as_dict=True)
        for n, trial in tried:
            text, found = rows["whole" if trial.rule.whole else "said"], [pl.Series(dtype=pl.UInt32)]
            for part in trial.parts:
                if near is None or not part.words:
                    needs = (~flags[f[1:]] if f[0] == "!" else flags[f] for f in trial.rule.needs)
                    at = reduce(and_, needs, left == 1).arg_true()
                elif (part.number,) in held:
                    at = held[part.number,]["at"].set_sorted().unique()
                else:
                    continue
                found.append(at.filter(text.gather(at).str.contains(part.cues)))
            at = pl.concat(found).unique() if len(found) > 2 else found[-1]
            for cues in trial.also:
                at = at.filter(text.gather(at).str.contains(cues)) if len(at) else at
            for cues in trial.rule.none:
                at = at.filter(~rows["whole"].gather(at).str.contains(cues)) if len(at) else at
            if len(at):
                left.scatter(at, 0)
                fired.append(pl.DataFrame({"at": at}).with_columns(n=pl.lit(n)))
    names = [(f"{t.rule.kind}:{t.rule.name}", t.rule.kind, t.rule.tier, KINDS.index(t.rule.kind)) for t in _tried(code)]
    first = pl.concat(fired).unique("at", keep="first", maintain_order=True)
    named = pl.DataFrame(names, _NAMED, orient="row")[first["n"]]
    return pl.concat([rows.select("row")[first["at"]], named], how="horizontal").with_columns(code=pl.lit(code))


@dataclass(frozen=True)
class _Part:
    """Some cues of a rule as one expression of bounded size; and words one of which is in every text it matches, if any."""

    number: int
    cues: str
    words: frozenset[str]


@dataclass(frozen=True)
class _Trial:
    """A rule as it is tried: parts of which one must match, and cues that must match besides."""

    rule: Rule
    rank: int
    parts: tuple[_Part, ...]
    also: tuple[str, ...]


@cache
def _tried(code: str) -> list[_Trial]:
    """The rules of a language in the order in which they are tried; of what must be found, the rarest comes first."""
    tried, numbers, common = [], count(), languages()[code].frequent
    rules = [r for file in dict.fromkeys(("any", code)) for r in languages()[file].rules]
    for rule in sorted(rules, key=lambda r: (r.tier, KINDS.index(r.kind))):
        needed = {cue: required(cue, common) for cues in rule.every for cue in cues}
        first, *also = sorted(rule.every, key=lambda cues: sum(needed[cue][0] for cue in cues))
        parts: list[tuple[str, frozenset[str]]] = []
        for cue in sorted(first, key=lambda cue: not needed[cue][1]):
            words = needed[cue][1]
            joins = parts and bool(parts[-1][1]) == bool(words) and len(parts[-1][0]) + len(cue) < _PART
            cues, known = parts.pop() if joins else ("", frozenset())
            parts.append((f"{cues}|{cue}" if cues else cue, known | words))
        rank = rule.tier * len(KINDS) + KINDS.index(rule.kind)
        numbered = tuple(_Part(next(numbers), *part) for part in parts)
        tried.append(_Trial(rule, rank, numbered, tuple("|".join(cues) for cues in also)))
    return tried


def _near(whole: pl.Series, flags: pl.DataFrame, code: str) -> dict[int, pl.DataFrame]:
    """By rank of rules, the texts that have the flags a part of a rule needs and hold one of its words, sought in one pass."""
    words = _sought(code)
    plain = whole.str.replace_all("`", "", literal=True)
    held = plain.to_frame("word").select(pl.col("word").str.extract_many(words["word"].unique().implode(), overlapping=True))
    held = held.with_columns(at=pl.int_range(pl.len(), dtype=pl.UInt32), flags=_bits(flags)).explode("word").drop_nulls("word")
    held = held.join(words, on="word", maintain_order="left").filter((pl.col("flags") & pl.col("asked")) == pl.col("needed"))
    return {rank: part for (rank,), part in held.select("rank", "part", "at").partition_by("rank", as_dict=True).items()}


def _bits(flags: pl.DataFrame) -> pl.Series:
    """All flags of a row in one number."""
    return flags.select(bits=pl.sum_horizontal(pl.col(name).cast(pl.UInt32) * (1 << n) for n, name in enumerate(FLAGS)))["bits"]


@cache
def _sought(code: str) -> pl.DataFrame:
    """The words sought, with the part each is for, and the flags its rule asks for."""
    told: dict[tuple[str, int], tuple[int, int, int]] = {}
    for trial in _tried(code):
        asked = sum(1 << list(FLAGS).index(f.removeprefix("!")) for f in trial.rule.needs)
        needed = sum(1 << list(FLAGS).index(f) for f in trial.rule.needs if f[0] != "!")
        told |= {(word, part.number): (trial.rank, asked, needed) for part in trial.parts for word in part.words}
    schema = {"word": pl.String, "part": pl.Int32, "rank": pl.Int32, "asked": pl.UInt32, "needed": pl.UInt32}
    return pl.DataFrame(sorted(k + v for k, v in told.items()), schema, orient="row")


def kinds(acts: pl.DataFrame) -> pl.DataFrame:
    """Fill value_kind, value_rule, language_covered, stock and introduces of acts, where a source left value_kind null.

    Whom an introduction connects: its recipients if the owner addressed several, else the addresses, handles and names
    in the text.
    """
    decided, to_person = pl.col("value_kind").is_not_null(), ~pl.col("broadcast").fill_null(False) & (
        (pl.col("n_targets") <= 4).fill_null(False) | pl.col("is_reply").fill_null(False)
    )  # fmt: skip
    composed, written = pl.col("composed").fill_null(True), pl.col("text").is_not_null()
    judged = classify(acts.select(
        "channel", is_reply=pl.col("is_reply").fill_null(False), to_person=to_person.fill_null(False),
        text=pl.when(~decided & composed & ~pl.col("stock").fill_null(False)).then("text"),
    ))  # fmt: skip
    acts = acts.with_columns(judged.select(kind="value_kind", rule="value_rule", covered="language_covered", ready="stock"))
    by_channel = pl.concat_str(pl.lit("channel:"), pl.col("channel"))
    idle = ~composed | pl.col("stock").fill_null(False)  # one click, or a ready-made text
    kind = pl.when(decided).then("value_kind").when(idle).then(pl.lit("applause")).otherwise("kind")
    rule = pl.when(decided | idle | ~written).then(by_channel).otherwise("rule")
    acts = acts.with_columns(
        value_kind=kind, value_rule=pl.coalesce("value_rule", rule), stock=pl.col("stock").fill_null(False) | pl.col("ready"),
        language_covered=pl.col("language_covered").fill_null(pl.col("covered")),
    ).drop("kind", "rule", "covered", "ready")  # fmt: skip
    several = (pl.col("direction") == "given") & (pl.col("counterparts").list.len() > 1)
    whom = pl.when(several).then("counterparts").otherwise(introduced(pl.col("text")))
    meant = (pl.col("value_kind") == "introduction") & pl.col("introduces").is_null()
    return acts.with_columns(introduces=pl.when(meant).then(whom).otherwise("introduces"))


_LEADS = (
    r"meet|introduc\w+|intro|told|call|email|contact|ask for|is|hi|hello|dear|hey|welcome|know|with|from|to|friend|colleague"
    r"|cousin|mit|dir|von|ist|liebe|lieber|hallo|frau|herrn?|presento|con|a|de|es|présente|avec|à|est|ti|di|è|aan|van|met|o|com|é"
    r"|с|это|к|моя|мой"
)
_PERSON = rf"(?:(?i:\b(?:{_LEADS}))\s+|,\s|^|& |and )(?:[@(])?(\p{{Lu}}[\p{{Ll}}'’-]+(?: \p{{Lu}}[\p{{Ll}}'’-]+){{0,2}})"
_NOBODY = (  # capital letters that begin no name
    "I The This That It Its He She They We You My Our Your His Her Their Please Thanks Thank Hi Hello Hey Dear "
    "Meet As Over Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December Putting Everyone Spoke Email Just Also And But If So "
    "Hallo Liebe Lieber Ciao Hola Bonjour Salut Hoi Oi Olá Te Os Ti Vi Der Die Das Ich Er Sie Ihr Ein Eine Je "
    "Il Elle Ik Hij Zij"
)


def introduced(text: pl.Expr) -> pl.Expr:
    """E-mail addresses, handles and names of people an introduction holds, as written; null if none."""
    places = text.str.extract_all(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*")
    found = text.str.extract_all(_PERSON).list.eval(pl.element().str.extract(r"(\p{Lu}[^,@(&]*)$").str.strip_chars())
    names = found.list.eval(pl.element().filter(~pl.element().is_in(_NOBODY.split())))
    whom = pl.concat_list(places, names).list.drop_nulls().list.unique(maintain_order=True)
    return pl.when(whom.list.len() > 0).then(whom)
