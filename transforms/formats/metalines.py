"""Lines that Messenger and Instagram write themselves among the messages, in the language of the account."""

from __future__ import annotations

import polars as pl

LINE = 90  # characters; no line of the product that tells a reaction is longer
# A reaction told as a line of its own beside the reaction itself
REACTED = (
    r"^(?:Reacted (\S+) to your message|Liked a message|(?:Hat )?(?:mit )?(\S+) auf deine Nachricht reagiert|"
    r"A réagi (?:avec )?(\S+) à votre message|Ha(?: reaccionado)? (?:con )?(\S+) a tu mensaje|"
    r"Reaccionó (?:con )?(\S+) a tu mensaje|"
    r"Reagiu (?:com )?(\S+) à (?:sua|tua) mensagem|Ha reagito (?:con )?(\S+) al tuo messaggio|"
    r"Heeft (?:met )?(\S+) op je bericht gereageerd|"
    r"Le gustó un mensaje|A aimé un message|Curtiu uma mensagem|Ha messo mi piace a un messaggio|Vond een bericht leuk|"
    r"Hat eine Nachricht mit „Gefällt mir“ markiert|Gefällt eine Nachricht|Polubiono wiadomość|A apreciat un mesaj)\s*\.?\s*$"
)
# What stands in place of a text where something else was sent: after the name of who sent it, or said to the owner
_ATTACHED = (
    r"^(?:You |Du |Vous |Je |Has |Hai |Você )?(?:sent an attachment|(?:hat |hast )?einen Anhang gesendet|"
    r"(?:avez |a )?envoyé une pièce jointe|(?:envió|enviaste|ha enviado|enviado) un (?:archivo )?adjunto|"
    r"(?:enviou|enviaste) um anexo|(?:ha )?inviato un allegato|(?:hebt |heeft )?een bijlage (?:verzonden|gestuurd)|"
    r"(?:har )?sendte? en vedhæftet fil|(?:har )?skickade? en bilaga)\.?$"
)
_NOW = r"\b(?:now|jetzt|maintenant|désormais|ahora|agora|ora|adesso|nu|nå|teraz|acum)\b"
_TIED = r"\b(?:connect|verbund|contact|conect|connes|collegat|verbond|forbund|anslut|połącz)\w*"
# Lines of the product itself that do not begin with the name of who caused them
_PRODUCT = (
    rf"(?i)^(?:[^.!?]{{0,60}}{_NOW}[^.!?]{{0,30}}(?:{_TIED}[^.!?]{{0,20}}\bMessenger\w{{0,2}}|\bMessenger\b[^.!?]{{0,20}}{_TIED})|"
    r"Say hi to your new Facebook friend, .{1,60}|You can now (?:message and )?call each other\b.{0,120}|"
    r"You (?:named the group .{1,80}|created (?:the|this) group|left the group|(?:added|removed) .{1,80} (?:to|from) the group|"
    r"(?:set|changed) (?:the|your|\S+) (?:nickname|emoji|theme|chat theme|group photo|color)\b.{0,80})|"
    r"Du hast (?:die Gruppe (?:.{1,80} benannt|erstellt|verlassen)|.{1,80} (?:zur|aus der) Gruppe (?:hinzugefügt|entfernt))|"
    r"Vous avez (?:nommé le groupe .{1,80}|créé le groupe|quitté le groupe|ajouté .{1,80} au groupe)|"
    r"(?:Has añadido|Agregaste|Añadiste) a .{1,80} al grupo)[.!]?$"
)
_WORDS = {  # one of which each of these lines holds: few texts are looked at closely
    _ATTACHED: ["attachment", "Anhang", "jointe", "adjunto", "anexo", "allegato", "bijlage", "vedhæftet", "bilaga"],
    _PRODUCT: ["Messenger", "Facebook friend", "call each other", "group", "Gruppe", "grupo", "You set ", "You changed "],
}  # fmt: skip


def attached(text: pl.Expr) -> pl.Expr:
    """Whether a text (behind its sender's name) only says that something else was sent."""
    return _fits(text, _ATTACHED)


def product(text: pl.Expr) -> pl.Expr:
    """Whether a text is a line of the product itself."""
    return _fits(text, _PRODUCT)


def _fits(text: pl.Expr, pattern: str) -> pl.Expr:
    def fits(texts: pl.Series) -> pl.Series:
        likely = texts.str.contains_any(_WORDS[pattern]).fill_null(False)
        return likely.scatter(likely.arg_true(), texts.filter(likely).str.contains(pattern))

    return text.map_batches(fits, return_dtype=pl.Boolean, is_elementwise=True)
