"""Lines that belong to the site, not to the article: invitations, links to other articles, credits, counters.

A line goes only if the whole of it has the form of such a line and it is short; a sentence that merely begins like one
("Follow the money, he said …") stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.read.titles import words
from pipeline.text import fold

LONGEST = 160
"""Characters; no longer line is taken for the site's."""
_LONGER = 3
"""Times the length of the longest title, in folded words, from which on a line is none."""

# Whole lines, compared by their folded words.
_LINES_OF_SITES = """
leave a comment|leave a reply|post a comment|add a comment|view comments|show comments|comments|comment|no comments
join the conversation|follow|follow us|following|subscribe|subscribe now|subscribe today|sign up|sign in|log in|login
register|share|share this|share this article|share this story|share on facebook|share on twitter|share on x|tweet
share via email|retweet|print|print this page|email|email this|copy link|link copied|whatsapp|facebook|twitter|linkedin
reddit|pinterest|telegram|advertisement|advertising|ad|ads|sponsored|promoted|story continues below advertisement
article continues below|article continues below advertisement|story continues after advertisement|read more|read next
read also|also read|more|show more|see more|see also|load more|continue reading|keep reading|click here|tap here|related
related articles|related stories|related topics|related content|related news|related coverage|recommended|trending
recommended stories|recommended for you|you may also like|you might also like|most read|most popular|trending now
editors picks|top stories|more stories|more from|more on this|more on this story|up next|watch|watch live|listen
listen to this article|listen now|play|pause|view gallery|view photos|gallery|newsletter|newsletters|photos|image|video
get our newsletter|get the newsletter|copyright|all rights reserved|terms of use|privacy policy|cookie policy|close|menu
cookie settings|back to top|go back|skip to content|save|save article|bookmark|saved|report a typo|report an error
thank you for reading|thanks for reading|topics|tags|filed under|about the author|loading|loading comments|photo|source
search|transcript|download|contact us|about us
kommentare|kommentar schreiben|kommentieren|teilen|drucken|merken|anzeige|werbung|mehr|mehr lesen|mehr zum thema|quelle
lesen sie auch|lesen sie mehr|auch interessant|das konnte sie auch interessieren|zum thema|zur startseite|zur merkliste
abonnieren|anmelden|jetzt abonnieren|newsletter abonnieren|jetzt testen|meistgelesen|empfohlen|quellen|themen
schlagworte|artikel teilen|artikel merken|zur galerie|weiterlesen|hier klicken|externer inhalt
alle kommentare anzeigen|lesen sie mehr zum thema
empfohlener redaktioneller inhalt|externer inhalt nicht verfugbar
commentaires|commenter|ajouter un commentaire|reagir|partager|partager cet article|imprimer|publicite|lire aussi
lire plus|lire la suite|a lire aussi|voir aussi|abonnez vous|s abonner|s inscrire|inscrivez vous|se connecter
sur le meme sujet|les plus lus
comentarios|comentar|deja un comentario|compartir|imprimir|publicidad|leer mas|lee tambien|te puede interesar
relacionados|mas informacion|ver mas|suscribete|suscribirse|inscribete|iniciar sesion|siguenos|noticias relacionadas
lo mas leido|mas leidas
commenti|lascia un commento|condividi|stampa|pubblicita|leggi anche|leggi di piu|continua a leggere|abbonati|iscriviti
accedi|seguici|articoli correlati|riproduzione riservata
deixe um comentario|compartilhar|partilhar|publicidade|leia tambem|leia mais|saiba mais|continua apos a publicidade
assine|inscreva se|veja tambem|veja mais|siga nos|mais lidas|mais noticias
komentarze|skomentuj|udostepnij|drukuj|reklama|czytaj tez|czytaj takze|czytaj wiecej|zobacz takze|zobacz rowniez
przeczytaj tez|zapisz sie|zaloguj sie|subskrybuj|obserwuj nas
reacties|delen|afdrukken|advertentie|lees ook|lees meer|abonneer|inloggen|meer|kommentarer|dela|skriv ut|annons|annonse
las ocksa|las mer|les ogsa|les mer|laes ogsa|laes mere|del|abonner|prenumerera|logga in
комментарии|комментировать|оставить комментарий|поделиться|распечатать|реклама|читайте также|читать далее|читать еще
подписаться|подпишитесь|подписывайтесь|войти|по теме|материалы по теме|теги
коментарі|коментувати|поділитися|поширити|роздрукувати|читайте також|читати далі|читати також|підписатися
підписуйтесь|увійти|за темою|матеріали за темою|дивіться також
"""
_LINES = frozenset(words(line) for line in re.split(r"[|\n]", _LINES_OF_SITES) if line.strip())

# Before a colon or a dash and the title of another article.
_PROMPTS = (
    r"(?:also |and )?(?:read|see|watch|listen)(?: more| also| next| here| now)?(?: on this| about this)?",
    r"related(?: \w+)?|more (?:on this|from [\w ]{2,40}|stories|news|coverage)|(?:don'?t|do not) miss|recommended",
    r"up next|must read|click here(?: to [\w ]{2,60})?",
    r"(?:auch |mehr )?lesen sie(?: auch| mehr| hier| dazu| weiter){0,2}|mehr (?:zum thema|dazu|lesen)"
    r"|siehe auch|lesetipp",
    r"(?:a )?(?:lire|voir|ecouter)(?: aussi| egalement)?|lee (?:tambien|mas)|leer mas|te puede interesar|vea tambien",
    r"leggi (?:anche|tutto)|(?:leia|veja|ouca)(?: tambem| mais)?|(?:czytaj|zobacz) (?:tez|takze|rowniez|wiecej)",
    r"lees (?:ook|meer)|(?:las|les|laes) (?:ocksa|ogsa|mer|mere)",
    r"читайте (?:также|також)|чита(?:ть|ти) (?:также|далее|також|далі)|дивіться також|смотрите также|по теме"
    r"|за темою",
)
_NETWORKS = (
    r"(?:twitter|facebook|instagram|x|tiktok|telegram|whatsapp|linkedin|youtube|bluesky|threads|google news"
    r"|social media)"
)
_MAILED = r"(?:newsletters?|alerts?|updates|inbox|youtube|podcast|channel|briefing|breaking|daily|weekly)"
_CREDITED = (
    r"(?:photo|image|picture|photograph|video|illustration|graphic|(?:photo |image )?credit|image (?:caption"
    r"|source)|foto"
    r"|bild|bildquelle|fotografia|imagen|zdjecie|фото|відео|видео|джерело)s?"
)
# Forms of whole lines, matched on folded text.
_FORMS = (
    rf"(?:{'|'.join(_PROMPTS)})\s*[:|>»→•-]\s*.{{0,140}}",
    r"(?:read|see) (?:more|also)(?: (?:about|on|from|at|in|here|the)\b.{0,70})?|continue reading .{2,80}",
    r"click here (?:to|for) .{2,80}",
    # invitations
    rf"(?:please |click here to )?(?:sign up|subscribe|register)(?: now| here| today| free)* (?:for|to|and"
    rf"|with)\b.{{0,60}}\b{_MAILED}\b.{{0,60}}",
    r"(?:sign up|subscribe|register)(?: now| here| today| free){1,3}.{0,40}",
    rf"(?:get|receive) (?:the|our|your|all the|daily|breaking|more) .{{0,60}}\b(?:{_MAILED}|app"
    rf"|delivered)\b.{{0,60}}",
    rf"(?:follow|like|find|join) (?:us|me|him|her|them|our|the|[\w. ]{{2,40}}) (?:on|via|at) {_NETWORKS}\b.{{0,60}}",
    r"(?:follow|contact|email|tweet) (?:[\w.]+ ){0,4}(?:(?:at|on|here|:)\s*)?(?:@\w+|[\w.+-]+@[\w.-]+)"
    rf"(?: (?:on|via) {_NETWORKS}\b.{{0,40}})?\.?",
    rf"share (?:this )?(?:on|via) {_NETWORKS}\b.{{0,40}}|share (?:this|your) (?:article|story|page|post"
    rf"|thoughts)\b.{{0,40}}",
    r"download (?:the|our) .{0,40}\bapp\b.{0,50}",
    r"(?:do you )?have (?:a|any) (?:news )?(?:tip|story|question)s?.{0,60}(?:\?|e-?mail|contact).{0,60}",
    r"(?:jetzt |hier |newsletter )+(?:abonnieren|anmelden|registrieren|weiterlesen)\b.{0,60}",
    r"folgen sie (?:uns|\w+) (?:auf|bei)\b.{0,60}|hier geht es zu\w* .{0,90}|.{0,40}\bexterne inhalte\b.{0,110}",
    rf"(?:abonnez|inscrivez|suivez|retrouvez)-(?:vous|nous)\b.{{0,80}}|recevez .{{0,60}}\b{_MAILED}\b.{{0,40}}",
    r"(?:suscribete|siguenos|inscribete|iscriviti|abbonati|seguici|inscreva-se|siga-nos|assine)\b.{0,70}",
    r"(?:zapisz sie|obserwuj nas|subskrybuj)\b.{0,60}|(?:подпис|підпис)\w+ (?:на|в|у) .{0,70}",
    # rights, credits, counters, times
    r"<?(?:copyright )?(?:©|ⓒ|\(c\)|\bcopyright \d{4})\s.{0,100}|.{0,60}\ball rights reserved\b.{0,60}",
    r"alle rechte vorbehalten.{0,40}",
    r"tous droits reserves.{0,40}|(?:©\s*)?riproduzione riservata.{0,30}",
    rf"\(?{_CREDITED}(?:\s*(?:by|von|par|por|di|courtesy(?: of)?|supplied by)\b|\s*[:/©|])\s*[^.!?]{{0,90}}\.?\)?",
    r"\(?(?:ap|afp|reuters|epa)(?: photo)?/[^.!?]{2,60}\)?|\(?[^.!?]{0,60}(?:/|\bvia )getty images\)?|getty images",
    r"\d{1,6} (?:comments?|shares?|views?|likes?|kommentare?|commentaires?|comentarios|commenti|reacties)",
    r"\d{1,6} (?:комментари|коментар)\w+",
    r"\d{1,2} min(?:ute)?s?(?: of)? read(?:ing)?(?: time)?|(?:reading time|lesezeit):? .{1,20}",
    r"\(?(?:last )?(?:updated|published|posted|modified|aktualisiert|veroffentlicht|publie|mis a jour"
    r"|actualizado|publicado"
    r"|обновлено|оновлено|опубликовано)(?: (?:on|at|am|le|el|a))?\s*:?\s*\w[^!?]{0,20}\d{1,4}[^!?]{0,30}\)?",
    r"(?:tags?|topics?|filed under|categor(?:y|ies)|schlagworter|schlagworte|mots-cles|etiquetas"
    r"|теги)\s*:\s*.{0,120}",
    # consent and scripts
    r".{0,60}\b(?:we use cookies|accept (?:all )?cookies|enable javascript|javascript is disabled)\b.{0,90}",
    r".{0,60}\byour browser (?:does not|doesn't) support\b.{0,90}",
)
_FORM = re.compile("|".join(_FORMS))
_EDGES = " \t.,:;!?>»→←<«|•·*#+-–—…“”\"'[]▶►"


def is_boilerplate(line: str) -> bool:
    """Whether the whole of a line is the site's and not the article's."""
    if len(line) > LONGEST:
        return False
    plain = fold(line).strip()
    bare = words(plain)
    # Rows of dots and stars say nothing.
    return not bare or bare in _LINES or bool(_FORM.fullmatch(plain) or _FORM.fullmatch(plain.strip(_EDGES)))


def without_boilerplate(text: str, titles: Iterable[str], authors: Iterable[str] = ()) -> str:
    """``text`` without such lines, a title again at its start, a byline of its own, and a line repeated at once."""
    headings = {words(title) for title in titles}
    bylines = {words(name) for name in authors}
    bylines |= {f"by {name}" for name in bylines} | {f"von {name}" for name in bylines} | {" and ".join(bylines)} - {""}
    longest = max(map(len, bylines | headings), default=0)
    kept: list[str] = []
    for number, line in enumerate(text.split("\n")):
        bare = words(line) if len(line) <= _LONGER * longest else line
        if is_boilerplate(line) or bare in bylines or (kept and line == kept[-1]) or (number < 3 and bare in headings):
            continue
        kept.append(line)
    return "\n".join(kept)
