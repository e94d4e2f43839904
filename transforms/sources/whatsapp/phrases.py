"""What WhatsApp itself writes into a chat, in the languages phones are set to: system lines, omitted media, deletions."""

from __future__ import annotations

import re

import polars as pl

YOU = (
    "You", "you", "Du", "du", "Dich", "dich", "Tú", "te", "ti", "Vous", "vous", "Tu", "Você", "você", "Jij", "je", "jou", "Вы",
)  # fmt: skip
ME = frozenset(f"name:{word}" for word in YOU)
_MARKS = r"[\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}]"
# Verbs of system lines; they count only where no author stands before them, or a mark that on an iPhone stands before what
# WhatsApp itself says. What is in no language known there is known by the mark, its place and the name it begins with.
_SYSTEM = (
    r"(?i)end-to-end|Ende-zu-Ende|de extremo a extremo|de bout en bout|(?:ponta a|ponto a) ponta|uçtan uca|сквозн|"
    r"security code (?:with .+ )?changed|code de sécurité|código de segur|codice di sicurezza|beveiligingscode|"
    r"Sicherheitsnummer|disappearing messages|mensajes temporales|messages éphémères|messaggi effimeri|"
    r"mensagens temporárias|selbstlöschende Nachrichten|verdwijnende berichten|"
    r"changed (?:their|to a new) (?:phone )?number|cambió (?:su|a un nuevo) número|a changé de numéro|ha cambiato numero|"
    r"blocked this contact|unblocked this contact|is a contact\.?$|es un contacto\.?$|est un contact\.?$|"
    r"è tra i tuoi contatti\.?$|é um contato\.?$|ist ein Kontakt\.?$|is een contact\.?$|business account|cuenta de empresa|"
    r"compte professionnel|account business|conta comercial|zakelijk account"
)
_EVENT = (
    r"(?:created (?:this )?group| added | removed | left\.?$|joined (?:using|from|via)|changed (?:the|this) (?:group|subject)|"
    r"changed the (?:subject|description|group)|pinned a message|now an admin|hat die Gruppe|hast die Gruppe|hinzugefügt|"
    r"entfernt|"
    r"hat die Gruppe verlassen|hast den Gruppennamen|hat den Gruppennamen|Gruppenbild|"
    r"cre(?:ó|aste) (?:el|este) grupo|añadi(?:ó|ste) |elimin(?:ó|aste) a |sali(?:ó|ste) del grupo|"
    r"(?:a|avez) (?:créé (?:le|ce) groupe|ajouté |retiré |quitté)|vous a (?:ajouté|retiré)|"
    r"(?:ha|[Hh]ai) (?:creato (?:il|questo) gruppo|aggiunto|rimosso|abbandonato)|criou (?:o|este) grupo|"
    r"adicionou|removeu|saiu(?: do grupo)?\.?$|(?:heeft|hebt) (?:de groep|.+ toegevoegd|.+ verwijderd|verlaten))"
)
_OWN = r"^(?:You|Du hast|Vous avez|Hai|Você|Has|Je hebt|Вы|Siz) \p{L}+"  # what the owner did, told to them
_DELETED = (
    r"^(?:This message was deleted(?: by admin .{1,100})?|You deleted this message|"
    r"Diese Nachricht wurde (?:von Admin .{1,100} )?gelöscht|Du hast diese Nachricht(?: als Admin)? gelöscht|"
    r"(?:Se eliminó|Eliminaste) este mensaje|Este mensaje (?:fue eliminado|se eliminó)|Ce message a été supprimé|"
    r"Vous avez supprimé ce message|Mensagem apagada|(?:Est|Ess)a mensagem foi apagada|Você apagou (?:est|ess)a mensagem|"
    r"Questo messaggio è stato eliminato|Hai eliminato questo messaggio|Dit bericht is verwijderd|"
    r"(?:Je|U) hebt dit bericht verwijderd|Bu mesaj silindi|Bu mesajı sildiniz|Данное сообщение удалено|"
    r"Вы удалили данное сообщение|Ta wiadomość została usunięta|このメッセージは削除されました|메시지가 삭제되었습니다)[. ]*$"
)
_CALLED = (
    r"(?:(?:group )?(?:voice|video) call|(?:sprach|video)anruf|(?:vídeo|video)?llamada(?: de voz)?|appel (?:vocal|vidéo)"
    r"|(?:video)?chiamata(?: vocale)?|(?:chamada|ligação) de (?:voz|vídeo)|(?:spraak|video-?)oproep)"
)
_MISSED = (
    r"(?i)^(?:missed (?:voice|video|group)|verpasster? |llamada (?:de voz )?perdida|appel (?:\w+ )?manqué|gemiste "
    r"|chiamata (?:\w+ )?persa|(?:chamada|ligação) (?:de \w+ )?perdida"
    rf"|{_CALLED}[.,]? ?(?:no answer|keine antwort|sin respuesta|sem resposta|nessuna risposta|pas de réponse|geen antwoord))"
)
_CALL = rf"(?i)^{_CALLED}[.,]? .*\d+ ?(?:s|sec|sek|seg|min|h|hr|hour|std|hora|heure|or[ae]|uur)"
_FILE = (
    r"\((?:file attached|Datei angehängt|archivo adjunto|fichier joint|arquivo anexado|file allegato|bestand bijgevoegd"
    r"|dosya ekli|файл добавлен)\)"
)
_KIND = (
    r"image|video|audio|sticker|gif|document|contact card|bild|dokument|kontaktkarte|imagen|vídeo|vidéo|documento|imagem|áudio"
    r"|figurinha|immagine|afbeelding|görüntü|ses|çıkartma|belge|изображение|видео|аудиофайл|стикер|документ"
)
_LEFT_OUT = (
    r"omitted|weggelassen|omitid[oa]|ocultad[oa]|omess[oa]|non inclus[oa]|weggelaten|absente?|omise?|dahil edilmedi|отсутствует"
)
_NO_TEXT = (  # what stands for a message that is no text
    rf"(?i)^(?:{_KIND})[^\n]{{0,30}} (?:{_LEFT_OUT})$|^You (?:sent|received) a view once |^null$"
    r"|^(?:Waiting for this message|Warten auf diese Nachricht)\.|^(?:live location shared|Live-Standort wird geteilt)\.?$"
)
_MEDIA = rf"^<[^<>]*>$|^[^\n]{{1,200}}{_FILE}$|^[^\n]{{1,150}}\.\w{{2,5}} • [^\n]{{1,60}}$"
_ATTACHED = rf"^[^\n]{{1,200}}{_FILE}\n|\s*<[^<>:\n]{{4,20}}: [^<>\n]+\.\w{{2,5}}>$"  # beside a text
_CARD = r"^(?:[^\n<>]{1,80}\.vcf )?(?:<[^:<>]+: (?:\d{8}-)?)?([^\n<>]{1,80})\.vcf(?:>| \([^()]+\))$"
_EDITED = (
    r"\s*<(?:This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje|(?:Esta m|M)ensagem (?:foi )?editada"
    r"|Ce message a été modifié|Questo messaggio è stato modificato|Dit bericht is bewerkt|Bu mesaj düzenlendi|Сообщение изменено"
    r"|Данное сообщение изменено)\.?>$"
)
_ADDED = tuple(re.compile(p) for p in (  # where nobody is the one who did, it is the owner
    r"^(?P<by>.+?) added (?P<whom>.+?)\.?$", r"^(?P<by>.+?) ha(?:t|st) (?P<whom>.+?) hinzugefügt\.?$",
    r"^(?P<by>.+?) (?P<whom>te) añadió\.?$", r"^(?P<by>.+?) añadió a (?P<whom>.+?)\.?$", r"^(?P<by>)Añadiste a (?P<whom>.+?)\.?$",
    r"^(?P<by>.+?) (?P<whom>vous) a ajoutée?\.?$", r"^(?P<by>.+?) (?:a|avez) ajouté (?P<whom>.+?)\.?$",
    r"^(?P<by>.+?) (?P<whom>ti) ha aggiunto\.?$", r"^(?P<by>.+?) ha aggiunto (?P<whom>.+?)\.?$",
    r"^(?P<by>)Hai aggiunto (?P<whom>.+?)\.?$", r"^(?P<by>.+?) adicionou (?P<whom>.+?)\.?$",
    r"^(?P<by>.+?) (?:heeft|hebt) (?P<whom>.+?) toegevoegd\.?$",
))  # fmt: skip
_LIST = re.compile(r", | and | und | y | et | e | en ")


def key(label: str) -> str:
    """An account key from a label in a chat: a telephone number, or a name as it stands."""
    bare = (
        re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", label).replace("\u202f", " ").replace("\xa0", " ").strip()
    )
    bare = bare.removeprefix("~").strip()
    digits = re.sub(r"[ ()./\u2010-\u2015-]", "", bare)
    return f"phone:{digits}" if re.fullmatch(r"\+\d{6,15}", digits) else f"name:{bare}"


def chat(first: str) -> str | None:
    """The name of a chat, with which an iPhone signs the notice it begins with."""
    told = re.match(r"([^\n:]{1,100}): ?\u200e(.*)", first)
    return told[1].strip() if told and re.search(_SYSTEM, told[2]) else None


def sorted_out(f: pl.DataFrame) -> pl.DataFrame:
    """From `rest` to sender, text, and what the line is: an event of the group, a call, or set aside with a reason."""
    f = f.with_columns(bare=_unmarked(f["rest"]).str.strip_chars())
    # An author ends at the first colon, with a blank behind it
    f = f.with_columns(pl.col("bare").str.splitn(":", 2).struct.rename_fields(["label", "said"]).struct.unnest())
    author = pl.col("label").str.len_chars().is_between(1, 100) & ~pl.col("label").str.contains("\n", literal=True)
    author &= (pl.col("said") == "") | pl.col("said").str.contains("^[ \n]")
    f = f.with_columns(label=pl.when(author).then("label"), said=pl.when(author).then(pl.col("said").str.slice(1)))
    # A line that is an event may hold a colon ("… changed the subject to "a: b"").
    broken = [label for label in f["label"].unique().drop_nulls() if re.search(rf'["“”]|{_EVENT}', label)]
    f = f.with_columns(label=pl.when(~pl.col("label").is_in(broken)).then("label"))
    f = f.with_columns(said=pl.when(pl.col("label").is_null()).then("bare").otherwise("said"))
    unsigned = pl.col("label").is_null()
    notice = pl.col("said").str.contains(r"^(?:Messages |Nachrichten |Los mensajes |Les messages )")
    marked = pl.col("rest").str.contains("\u200e", literal=True)  # few lines: only these may be WhatsApp's own words
    own = f.select("number", "rest", "label", "said").filter(unsigned | notice | marked)
    signed = pl.col("rest").str.contains(r"^[^\n]{1,100}?: ?\x{200e}") & ~unsigned
    sent = pl.col("said").str.contains(f"{_NO_TEXT}|{_MEDIA}|{_CARD}|{_DELETED}|{_MISSED}|{_CALL}")
    by_system = pl.col("said").str.contains(_SYSTEM) & (unsigned | notice | signed)
    event = pl.col("said").str.contains(_EVENT) & (unsigned | signed)
    told = (pl.col("number") == "0") | pl.col("said").str.starts_with(pl.col("label") + " ") | pl.col("said").str.contains(_OWN)
    by_system |= signed & told & ~event
    own = own.select("number", event=event & ~by_system & ~sent, by_system=by_system & ~sent, signed=signed & ~sent)
    f = f.join(own, on="number", how="left", maintain_order="left").with_columns(
        pl.col("by_system", "event", "signed").fill_null(False)
    )
    # Who says the first line and nothing of their own is the chat itself
    chat = f["label"].head(1).to_list()
    if f["signed"].head(1).any() and f.filter(pl.col("label").is_in(chat))["signed"].all() and f["label"].n_unique() > 2:
        f = f.with_columns(by_system=pl.col("by_system") | (pl.col("label").is_in(chat) & ~pl.col("event")))
    f = f.with_columns(call=pl.when(pl.col("said").str.contains(_CALL)).then("said"))
    aside = (
        pl.when("by_system").then(pl.lit("notices of WhatsApp"))
        .when("event").then(None)
        .when(pl.col("label").is_null()).then(pl.lit("notices of WhatsApp"))
        .when(pl.col("said").str.contains(_DELETED)).then(pl.lit("deleted messages"))
        .when(pl.col("said").str.contains(_MISSED)).then(pl.lit("calls nobody answered"))
    )  # fmt: skip
    labels = {label: key(label) for label in f["label"].unique().drop_nulls()}
    mentioned = f.filter(pl.col("rest").str.contains("@\u2068")).select(
        "number", addressed=pl.col("rest").str.extract_all("@\u2068([^\u2069]+)\u2069")
    )
    mentioned = mentioned.with_columns(
        addressed=pl.Series([[key(n[1:]) for n in names] for names in mentioned["addressed"]], dtype=pl.List(pl.String))
    )
    f = f.with_columns(
        aside=aside,
        sender=pl.when(~pl.col("event")).then(pl.col("label").replace_strict(labels, default=None, return_dtype=pl.String)),
        **_told(f["said"]),
    ).join(mentioned, on="number", how="left", maintain_order="left")  # fmt: skip
    shared = pl.col("card").is_not_null()
    f = f.with_columns(
        introduces=pl.when(shared).then(pl.concat_list("card")), value_kind=pl.when(shared).then(pl.lit("introduction"))
    )
    return f.drop("card", "rest", "bare", "label", "said", "by_system", "signed")


def _unmarked(rest: pl.Series) -> pl.Series:
    odd = rest.str.contains(_MARKS).arg_true()
    return rest.clone().scatter(odd, rest[odd].str.replace_all(_MARKS, ""))


def _told(said: pl.Series) -> dict[str, pl.Series]:
    """`text`: what somebody wrote, without names of files and the note that it was edited; `card`: whose contact it shares."""
    said = said.clone().set(said.str.contains(_NO_TEXT), None)
    odd = said.str.contains("[(<•]").fill_null(False).arg_true()  # few
    part = said[odd].str.replace(_EDITED, "")
    card = part.str.extract(_CARD)
    part = part.str.replace_all(_ATTACHED, "").set(part.str.contains(_MEDIA) | card.is_not_null(), None)
    nobody = pl.Series([None], dtype=pl.String).new_from_index(0, said.len())
    return {"text": said.scatter(odd, part), "card": nobody.scatter(odd, card)}


def added(text: str | None) -> list[str]:
    """Who added whom, as account keys, the one who did first; an empty key where the line tells something else."""
    for pattern in _ADDED:
        found = pattern.match(text or "")
        if found:
            return [key(name) for name in (found["by"] or YOU[0], *_LIST.split(found["whom"]))]
    return [""]
