"""The words of walls, in the languages of the outlets that put them up, as patterns on folded text."""

from __future__ import annotations

import re


def _any_of(alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(part.strip() for part in re.split(r"\|\||\n", alternatives) if part.strip()))


ROBOT_TITLES = _any_of(
    r"""
    just a moment || attention required || access (?:to this page has been )?denied
    are you (?:a )?(?:robot|human) || robot check || security check || pardon our interruption
    verify(?:ing)? (?:that )?you are || checking your browser || ddos || captcha || please wait || one more step
    human verification || request (?:unsuccessful|blocked) || (?:403|error 40[1369])\b.*
    """
)
"""Titles of pages that check for robots or refuse them."""

ROBOT = _any_of(
    r"""
    verify (?:that )?you are (?:a )?human || (?:are|re) (?:not )?a robot || enable javascript
    javascript (?:is|and cookies) (?:disabled|required|must)
    checking (?:if the site connection is secure|your browser) || unusual (?:traffic|activity) from
    complete the (?:captcha|security check) || cloudflare ray id || ray id:
    automated (?:access|requests|queries) || please (?:turn|switch) (?:javascript|js) on || reference #\d
    access to this (?:page|site) has been denied || javascript (?:aktivieren|einschalten) || activer javascript
    habilit[ae]r? javascript || включите javascript || увімкніть javascript
    """
)
"""What such pages ask for."""

CONSENT = _any_of(
    r"""
    we (?:and our (?:\d+ )?partners )?(?:use|store|process)[\w ,/&-]{0,40} cookies || we value your privacy
    your privacy (?:matters|choices|is important) || accept all || reject all
    manage (?:my )?(?:preferences|choices|options|cookies) || cookie (?:policy|settings|preferences|consent)
    consent to || legitimate interest || personali[sz]ed (?:ads|advertising) || before you continue
    privacy policy || alle akzeptieren || zustimmen und || mit werbung (?:weiter|lesen|nutzen)
    cookies? (?:und|zustimmen|akzeptieren) || datenschutz\w* || einwilligung || pur[- ]abo || tout accepter
    accepter et (?:fermer|continuer) || continuer sans accepter || vos donnees || nos partenaires
    politique de confidentialite || aceptar (?:y continuar|todas?|cookies) || politica de (?:privacidad|cookies)
    nuestros socios || accetta (?:tutti|e continua|i cookie) || informativa sui cookie || i nostri partner
    aceitar (?:todos|e continuar) || akceptuje || zaakceptuj || polityka prywatnosci || zaufani partnerzy
    alles accepteren || akkoord || принять все || файлы cookie || прийняти всі || файли cookie
    """
)
"""What consent pages speak of; an article about cookies says one or the other, a wall most of them."""

OFFER = _any_of(
    r"""
    subscribe (?:now |today )?(?:to|for|and) (?:continue|read|unlock|keep|full|get|access|our)
    (?:to continue|continue) reading
    (?:article|story|content|post) is (?:reserved |only )*(?:for|to)[\w ]{0,30} (?:subscribers|members)
    (?:subscribers?|members?)[- ]only || already (?:a|an)? ?(?:subscriber|subscribed|member|have an account)
    (?:start|begin) your (?:free )?(?:trial|subscription) || unlock (?:this|the|full|all)
    (?:create|register for) (?:a|your) free account
    you(?:'ve| have) (?:reached|read|used)[\w ]{0,40}(?:free|limit)
    (?:log|sign) in (?:or subscribe )?to (?:continue|read|view) || become a (?:member|subscriber)
    to read the (?:full|rest|whole) || read the full (?:article|story) || for (?:full|unlimited) access
    free articles? (?:left|remaining) || weiterlesen (?:mit|mit dem|nach|im)
    mit .{0,20}(?:abo|plus|premium) weiter || jetzt (?:abo|abonnieren|freischalten|testen|weiterlesen)
    (?:diesen|dieser) artikel (?:weiterlesen|freischalten|ist nur)
    sie (?:sind|haben) (?:bereits|schon) (?:abonnent|ein abo|registriert|kunde)
    bereits (?:abonnent|registriert|kunde|abo) || nur fur (?:abonnent|mitglied|registrierte) || probemonat
    exklusiv fur || (?:article|contenu) (?:est )?reserve aux? abonn || il vous reste [\d,. ]+ ?% de cet
    pour lire la suite || la suite est reservee || deja abonne || abonnez-vous pour
    poursuivre (?:votre|la) lecture
    (?:contenido|articulo) (?:exclusivo )?(?:solo )?para (?:suscriptores|socios)
    (?:suscribete|registrate|inicia sesion) para (?:seguir|continuar|leer) || sigue leyendo || ya eres suscriptor
    (?:articolo|contenuto) (?:e )?riservato agli abbonati || per continuare a leggere || sei gia abbonato
    abbonati per || (?:conteudo|artigo|materia) exclusiv[ao] para assinantes || ja (?:e|sou) assinante
    assine (?:para|e) || continue lendo || continue a ler
    (?:dalsza czesc|artykul|tekst) (?:artykulu )?(?:jest )?dostepn\w+ (?:tylko )?dla
    pozostalo[\d ,]+% (?:artykulu|tekstu) || masz juz (?:konto|prenumerate) || kup (?:dostep|prenumerate)
    (?:verder|om verder) (?:te )?lezen || al abonnee || logga in for att lasa || for prenumeranter
    kun for abonnent || for abonnenter || (?:доступн\w+|только) (?:только )?(?:для )?подписчик
    чтобы (?:читать|продолжить) || (?:доступн\w+|лише|тільки) (?:лише |тільки )?(?:для )?передплатник
    щоб (?:читати|продовжити) || 有料会員 || 会員限定 || 残り[\d,]+文字 || この記事は.{0,10}会員 || 구독자 전용
    """
)
"""What paywalls offer in place of the rest."""
