"""The value kind of a text, by named rule. docs/kinds.md lists the order, the rules and how well they do.

Several rules may fire; the order of `cues.KINDS` breaks ties, stock texts first, weak rules last. The evidence for a kind
that costs the giver something is looked for outside questions: a question never makes one. Every distinct text is judged
once, by the cues of the languages it may be in.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

import polars as pl

from transforms.cues import KINDS, foreign, languages
from transforms.cues.literals import required
from transforms.cues.tokens import tokens

VERSION = "8"

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
_FEW = 2000  # pairs of a text and a cue below which leaving out those of texts already named is not worth a pass
_NAMED = {"rule": pl.String, "kind": pl.String, "tier": pl.Int32, "order": pl.Int32}
_CUES = {"pattern": pl.String, "n": pl.Int32, "said": pl.UInt32, "asked": pl.UInt32, "needed": pl.UInt32}
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
    bits = (FLAGS[name].cast(pl.UInt32) * (1 << n) for n, name in enumerate(FLAGS))
    rows, spoken = rows.with_columns(flags=pl.sum_horizontal(bits)), _spoken(rows)
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
    latin = rows.filter(~odd).with_columns(script=pl.lit("latin"))
    rows = pl.concat([latin, _scripted(rows.filter(odd))]) if odd.any() else latin
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
    rules, texts = _rules(code), pl.concat([rows["whole"], rows["said"]], rechunk=True)
    left, fired = pl.repeat(1, rows.height, dtype=pl.UInt8, eager=True), [pl.DataFrame(schema={"at": pl.UInt32, "n": pl.Int32})]
    near = _near(rows, rules)
    for tried in near.iter_slices(max(_FEW, near.height // 24)):  # what one rule has named no later one is asked about
        tried = tried.filter((left == 1).gather(tried["at"]))
        text = tried["at"] + rules.said.gather(tried["cue"]) * rows.height
        tried = tried.with_columns(text=text, n=rules.of.gather(tried["cue"]))
        tried = tried.filter(_contain(texts.gather(tried["text"]), rules.cues.gather(tried["cue"])))
        tried = tried.unique(["at", "n"], keep="first", maintain_order=True)
        for also in rules.also:
            tried = tried.filter(_contain(texts.gather(tried["text"]), also.gather(tried["n"])).fill_null(True))
        for none in rules.none:
            tried = tried.filter(~_contain(texts.gather(tried["at"]), none.gather(tried["n"])).fill_null(False))
        left.scatter(tried["at"], 0)
        fired.append(tried.select("at", "n"))
    first = pl.concat(fired).unique("at", keep="first", maintain_order=True)
    return pl.concat([rows.select("row")[first["at"]], rules.names[first["n"]]], how="horizontal").with_columns(code=pl.lit(code))


def _contain(texts: pl.Series, patterns: pl.Series) -> pl.Series:
    """Whether each text matches its pattern; null where it has none. Where patterns come in runs each is compiled once."""
    return pl.select(pl.lit(texts).str.contains(pl.lit(patterns))).to_series()


@dataclass(frozen=True)
class _Rules:
    """The rules of a language in the order in which they are tried, and their cues, in that order too.

    One cue of a rule must be found, and one of each expression in `also`; none of those in `none`.
    """

    names: pl.DataFrame  # of each rule: rule, kind, tier, order
    also: list[pl.Series]  # of each rule an expression, null where there is none
    none: list[pl.Series]
    cues: pl.Series  # the expressions
    of: pl.Series  # whose each is
    said: pl.Series  # 1 if it looks outside questions
    words: pl.Enum  # words sought: a cue is tried where the text holds one of those it cannot match without
    group: pl.Series  # of each word a number: words for the same cues have one
    grouped: pl.DataFrame  # the cues of each group, and the flags their rules ask for; 0 is of all texts


@cache
def _rules(code: str) -> _Rules:
    common, names, also, none = languages()[code].frequent, [], [], []
    cues: list[tuple[str, int, int, int, int]] = []
    sought: dict[str, list[int]] = {"": []}  # words, and the cues each is for; no word is in every text
    rules = [r for file in dict.fromkeys(("any", code)) for r in languages()[file].rules]
    for n, rule in enumerate(sorted(rules, key=lambda r: (r.tier, KINDS.index(r.kind)))):
        names.append((f"{rule.kind}:{rule.name}", rule.kind, rule.tier, KINDS.index(rule.kind)))
        asked = sum(1 << list(FLAGS).index(f.removeprefix("!")) for f in rule.needs)
        needed = sum(1 << list(FLAGS).index(f) for f in rule.needs if f[0] != "!")
        known = {cue: required(cue, common) for part in rule.every for cue in part}
        first, *rest = sorted(rule.every, key=lambda part: sum(known[cue][0] for cue in part))  # the rarest comes first
        for cue in dict.fromkeys(first):
            for word in sorted(known[cue][1]) or [""]:
                sought.setdefault(word, []).append(len(cues))
            cues.append((cue, n, int(not rule.whole), asked, needed))
        also.append(["|".join(part) for part in rest])
        none.append(list(rule.none))
    tried = pl.DataFrame(cues, _CUES, orient="row").with_row_index("cue")
    groups = {of: n for n, of in enumerate(dict.fromkeys(map(tuple, sought.values())))}
    pairs = [(n, cue) for of, n in groups.items() for cue in of]
    grouped, words = pl.DataFrame(pairs, {"group": pl.UInt32, "cue": pl.UInt32}, orient="row"), list(sought)[1:]
    return _Rules(
        pl.DataFrame(names, _NAMED, orient="row"), _columns(also), _columns(none), tried["pattern"], tried["n"], tried["said"],
        pl.Enum(words), pl.Series([groups[tuple(sought[word])] for word in words], dtype=pl.UInt32),
        grouped.join(tried.select("cue", "asked", "needed"), on="cue"),
    )  # fmt: skip


def _columns(lists: list[list[str]]) -> list[pl.Series]:
    return [pl.Series(column, dtype=pl.String) for column in zip_longest(*lists)]


def _near(rows: pl.DataFrame, rules: _Rules) -> pl.DataFrame:
    """The cues each text is to be tried with (at, cue; by cue): their rule has the flags it needs, and the text holds a word the
    cue cannot match without. All words are sought in one pass."""
    plain, words = pl.col("whole").str.replace_all("`", "", literal=True), rules.words.categories.implode()
    held = rows.select(plain.str.extract_many(words, overlapping=True)).with_row_index("at").explode("whole").drop_nulls("whole")
    groups = held.select("at", group=rules.group.gather(held["whole"].cast(rules.words).to_physical()))
    every = pl.select(at=pl.int_range(rows.height, dtype=pl.UInt32), group=pl.lit(0, pl.UInt32))
    near = _once(pl.concat([every, groups]), "group").join(rules.grouped, on="group")
    return _once(near.filter((rows["flags"].gather(near["at"]) & near["asked"]) == near["needed"]), "cue")


def _once(pairs: pl.DataFrame, by: str) -> pl.DataFrame:
    """Pairs of a text and what is `by` it, by that, each pair once."""
    pairs = pairs.select(pair=pl.col(by).cast(pl.UInt64) * 2**32 + pl.col("at")).sort("pair")
    pairs = pairs.filter((pl.col("pair") != pl.col("pair").shift()).fill_null(True))
    return pairs.select(at=(pl.col("pair") % 2**32).cast(pl.UInt32), **{by: (pl.col("pair") // 2**32).cast(pl.UInt32)})


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
