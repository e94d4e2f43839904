"""The value kind of a text, by named rule. docs/kinds.md lists the order, the rules and how well they do.

Several rules may fire; the order of `cues.KINDS` breaks ties, stock texts first, weak rules last. The evidence for a kind
that costs the giver something is looked for outside questions: a question never makes one. Every distinct text is judged
once, by the cues of the languages it may be in.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from transforms.cues import KINDS, Rule, foreign, languages
from transforms.cues.tokens import tokens

VERSION = "1"

COLUMNS = {"text": pl.String, "channel": pl.String, "to_person": pl.Boolean, "is_reply": pl.Boolean, "lang": pl.String}
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
_FIRED = {"row": pl.UInt32, "kind": pl.String, "rule": pl.String, "tier": pl.Int32, "order": pl.Int32, "code": pl.String}


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
    spoken = _spoken(rows).with_columns(prefer=pl.int_range(pl.len()).over("row"))
    parts = rows.join(spoken, on="row").partition_by("code", as_dict=True)
    fired = pl.concat([pl.DataFrame(schema=_FIRED), *(_fire(part, code) for (code,), part in parts.items())])
    best = fired.join(spoken, on=["row", "code"]).sort("tier", "order", "prefer").unique("row", keep="first", maintain_order=True)
    first = spoken.filter(pl.col("prefer") == 0).select("row", first="code")
    found = first.join(best, on="row", how="left")
    return found.select("row", "kind", "rule", "tier", language=pl.coalesce("code", "first").str.head(2))


def _spoken(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per text and language it may be in, the likeliest first: row, code (a file of cues).

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
    """The script most of a text is in, "foreign" where it is written as in a language without cues."""
    latin = pl.col("whole").str.count_matches("[a-z]")
    script = [pl.when(pl.col("whole").str.count_matches(p) * w > latin).then(pl.lit(s)) for s, (p, w) in _SCRIPTS.items()]
    rows = rows.with_columns(script=pl.coalesce(*script, pl.lit("latin")))
    other = [(pl.col("script") == s) & pl.col("whole").str.contains(p) for s, p in _FOREIGN.items()]
    return rows.with_columns(script=pl.when(pl.any_horizontal(other)).then(pl.lit("foreign")).otherwise("script"))


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
    found, known = [], languages()
    rules = known["any"].rules + (known[code].rules if code != "any" else ())
    rows = rows.with_columns(**FLAGS).sort("row")
    for tier in range(3):
        for order, kind in enumerate(KINDS):
            here = [r for r in rules if r.tier == tier and r.kind == kind]
            if not here or rows.is_empty():
                continue
            near = rows.filter(rows.select(pl.any_horizontal(_near(r) for r in here)).to_series())
            if near.is_empty():
                continue
            name = pl.coalesce(pl.when(_holds(r)).then(pl.lit(f"{kind}:{r.name}")) for r in here)
            near = near.select("row", kind=pl.lit(kind), rule=name, tier=pl.lit(tier), order=pl.lit(order)).drop_nulls("rule")
            found.append(near)
            rows = rows.join(near, on="row", how="anti")
    fired = pl.concat(found) if found else pl.DataFrame(schema=_FIRED).drop("code")
    return fired.with_columns(code=pl.lit(code)).cast(_FIRED)


def _flags(rule: Rule) -> pl.Expr:
    return pl.all_horizontal(True, *(~pl.col(n[1:]) if n.startswith("!") else pl.col(n) for n in rule.needs))


def _near(rule: Rule) -> pl.Expr:
    """Whether the flags and the first cues allow the rule: most texts end here, so no more is asked of them."""
    text = pl.col("whole" if rule.whole else "said")
    if not rule.every:
        return _flags(rule)
    text = pl.when(_flags(rule)).then(text) if rule.needs else text
    return text.str.contains(rule.every[0]).fill_null(False)


def _holds(rule: Rule) -> pl.Expr:
    text = pl.col("whole" if rule.whole else "said")
    conditions = [_flags(rule), *(text.str.contains(p) for p in rule.every)]
    return pl.all_horizontal(conditions + ([~pl.col("whole").str.contains(rule.none)] if rule.none else []))


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
