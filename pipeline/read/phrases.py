"""The words of walls and notices, as patterns on folded text: support for what a page's structure says, never alone.

Stems rather than sentences, in the languages of the outlets that use them: what a page calls its cookies, its
subscribers, its way in. Folding leaves no accents, so a stem is written without.
"""

from __future__ import annotations

import re

_GROUP = re.compile(r"\(\?:((?:[^()\\]|\\.)*)\)(\??)")
_SET = re.compile(r"\[([^\]\\^-]*)\](?![?*+{])")


def _begun(alternative: str) -> list[str]:
    """The same as ``alternative``, in order, each beginning with a letter of its own rather than a group or a set."""
    edge = r"\b" if alternative.startswith(r"\b") else ""
    rest = alternative.removeprefix(edge)
    if found := _GROUP.match(rest):
        firsts = [*found[1].split("|"), *([""] if found[2] else [])]
    elif found := _SET.match(rest):
        firsts = list(found[1])
    else:
        return [alternative]
    return [same for first in firsts for same in _begun(f"{edge}{first}{rest[found.end() :]}")]


def any_of(alternatives: str) -> re.Pattern[str]:
    r"""A pattern of all ``alternatives``, gathered by the letter they begin with.

    ``re`` then tries at each place of a text only what can begin there, and passes over most places at once; what is
    found stays the same, for of those that begin alike the first still comes first.
    """
    by_letter: dict[str, list[str]] = {}
    for part in re.split(r"\|\||\n", alternatives):
        for one in _begun(part.strip()):
            edge = r"\b" if one.startswith(r"\b") else ""
            letter, rest = one[len(edge) : len(edge) + 1], one[len(edge) + 1 :]
            if letter:
                by_letter.setdefault(letter, []).append(f"(?<={edge}{letter}){rest}" if edge else rest)
    return re.compile("|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items()))


COOKIE = any_of(
    r"""
    \bcookie || \bkakor\b || \bkakorna\b || \bevaste || \bsutik || \bsuti\b || kupsis || sikdatn || sikfail
    slapuk || piskotk || kolacic || ciastecz || informasjonskaps || vefkok || vafrakok || \bcerez || คุกกี
    クッキー || 쿠키 || ملفات تعريف || الكوكيز || کوکی || עוגיות || कुकी || кукі || куки || кукис || бисквитк
    колачи || колачињ || galletas || gdpr || dsgvo || rgpd || avg\b || μπισκοτ || কুকি || குக்கி || datenschutz
    privacy || privacidad || confidentialite || confidentialitate || privatlivs || integritet || personvern
    yksityisyy || adatvedel || adatkezel || ochran\w* (?:osobnich )?(?:udaj|sukrom) || soukrom || prywatnosc
    απορρητ || приватн || конфиденц || поверительн || gizlilik || kvkk || الخصوصية || خصوصی || פרטיות
    गोपनीयता || ความเป็นส่วนตัว || プライバシー || 개인정보 || 隐私 || 隱私 || rieng tu || privasi
    privaatsus || privatum || privatuma || zasebnost || privatnost || personuppgift || personopplysning
    henkilotie || persoonsgegevens || osobnich udaj || donnees
    """
)
"""What consent pages are about; articles may be too."""

AGREE = any_of(
    r"""
    \baccept\w* (?:all|and|cookies|tou[st]|todas?|todo) || \b(?:reject|decline|deny) all || \bagree\b
    \bi accept\b || manage (?:my )?(?:preferences|choices|options|settings|cookies|consent)
    cookie (?:policy|settings|preferences) || we value your privacy || legitimate interest
    personali[sz]ed ads || before you continue || your consent
    alle\w* (?:\w+ )?(?:akzeptieren|annehmen|ablehnen|zustimmen) || \bzustimm || einwillig || mit werbung
    pur[- ]abo || (?:tout|j')\s?(?:accepte|autoris|refus|interdi) || accepter (?:et|tout)
    continuer sans accepter || \bautorise[rz] || parametrer || nos partenaires || aceptar || rechazar
    consentimiento || nuestros socios || accett[ao] || rifiuta || consenso || nostri partner || aceitar
    rejeitar || consentimento || nossos parceiros || akceptuj || zgadzam || \bzgod[ey] || odrzuc
    zaufani partnerzy || akkoord || toestemming || (?:alles|cookies) (?:accepteren|weigeren) || accepteer
    godkann || avvisa || samtyck || samtyk || godta || godkend || tillad (?:alle|valgte) || afvis
    avvis alle || hyvaksy || suostumu || hylkaa || elfogad || hozzajarul || elutasit || souhlas || prijmout
    prijat || odmitnout || odmietnut || suhlas || accepta || acord(?:ul)? || respinge || consimta || αποδοχη
    αποδεχ || συγκατατιθ || συγκαταθεσ || συναιν || αποριψ || απορριψ || принять || принима || соглас
    прийняти || приймаю || згод[аиу] || погодж || приемам || съгласие || прихватам || сагласност || prihvat
    pristan || strinja || soglas || zavrni || odbij || noustu || luba koik || piekrit || sutink || atmest
    kabul et || kabul || onay || reddet || samthykk || موافق || قبول || رفض || אישור || מסכים || הסכמה
    स्वीकार || सहमत || ยอมรับ || ยินยอม || 同意 || 受け入れ || 許可 || 동의 || 接受 || dong y || chap nhan
    setuju || terima semua || সম্মত || ஏற்
    """
)
"""What consent pages ask for."""

SIGN_IN = any_of(
    r"""
    \blog ?in\b || \bsign in\b || \blog in to\b || password || passwort || kennwort || mot de passe
    contrasena || \bsenha\b || palavra-passe || wachtwoord || losenord || passord || adgangskode || salasana
    jelszo || \bheslo || \bhaslo\b || parola || κωδικο || пароль || парол || лозинк || lozink || \bgeslo\b
    \bsifre || lykilord || salasona || slaptazod || parole\b || كلمة المرور || كلمة السر || رمز عبور
    گذرواژه || סיסמ || पासवर्ड || รหัสผ่าน || パスワード || 비밀번호 || 密码 || 密碼 || mat khau || kata sandi
    kata laluan || einloggen || anmelden || se connecter || connectez-vous || iniciar sesion || inicia sesion
    accedi\b || entrar\b || iniciar sessao || inloggen || logga in || logg inn || log ind || kirjaudu
    bejelentkez || prihlas || zaloguj || logowani || autentific || conecta || συνδεση || συνδεθ || войти
    войдите || увійти || увійдіть || вход в || вписване || пријави || prijavi || prijav[ai] || giris yap
    oturum ac || innskra || logi sisse || prisijung || pieslegt || ienakt || تسجيل الدخول || ورود به || התחבר
    लॉग ?इन || เข้าสู่ระบบ || ログイン || 로그인 || 登录 || 登入 || dang nhap || masuk\b || log masuk || লগ ?ইন
    உள்நுழை
    """
)
"""The way in, and what is asked for there."""

MISSING = any_of(
    r"""
    \b40[34]\b || \b410\b || not (?:be )?found || no longer (?:available|exists|here)
    does(?:n't| not) exist || can(?:'t|not) find || couldn't find || nicht gefunden || existiert nicht
    nicht mehr (?:verfugbar|vorhanden) || introuvable || n'existe (?:pas|plus) || pas (?:ete )?trouvee?
    no encontrad || no (?:se )?(?:ha )?(?:pudo )?encontr || no existe || non trovat || non esiste
    nao (?:foi )?encontrad || nao existe || niet gevonden || bestaat niet || hittades inte || finns inte
    hittar inte || ikke (?:funnet|fundet) || finnes ikke || findes ikke || eksisterer ikke || ei loydy
    ei loytynyt || nem talalhato || nem letezik || nenalezen || neexist || nebyla nalezena || nenasl
    nie (?:znaleziono|istnieje|zostala) || negasit || nu (?:a fost gasit|exista) || δεν βρεθηκε || δεν υπαρχει
    не найден || не существует || не знайден || не існує || не е намерен || не съществува || није пронађен
    не постои || nije pronaden || ni bil\w* najden || ne obstaja || bulunama || mevcut degil || fannst ekki
    ei leitud || ei ole olemas || nerast || neatrast || neegziztuoja || neegzistuoja || nav atrast
    غير موجود || لم يتم العثور || يافت نشد || پیدا نشد || לא נמצא || नहीं मिला || मौजूद नहीं || ไม่พบ
    見つかりません || 存在しません || 찾을 수 없 || 존재하지 않 || 找不到 || 不存在 || 未找到
    khong tim thay || khong ton tai || tidak ditemukan || tidak ditemui || পাওয়া যায়নি || கிடைக்கவில்லை
    """
)
"""That there is nothing here."""

CLOSED = any_of(
    r"""
    \b50[0234]\b || maintenance || (?:be )?back (?:soon|shortly) || temporarily (?:unavailable|offline|closed)
    service unavailable || under construction || wartung || gleich (?:wieder )?zuruck || voruber\w+ nicht
    indisponible || de retour || mantenimiento || no disponible || volvemos || manutenzione || torniamo
    manutencao || indisponivel || onderhoud || tijdelijk niet || underhall || vedlikehold || vedligehold
    huolto || karbantart || udrzb || odstavk || przerwa techniczna || konserwac || prace techniczn
    mentenanta || intretinere || συντηρησ || техническ\w+ (?:работ|обслуж) || технічн\w+ (?:робот|обслуг)
    профилакти || поддръжк || одржавањ || odrzavanj || vzdrzevaln || bakim (?:calis|nedeni|yap) || bakimda
    vidhald || hooldus || apkop || technin\w+ darb || صيانة || تعمیر || תחזוקה || रखरखाव || ปรับปรุง
    メンテナンス || 점검 || 维护 || 維護 || bao tri || pemeliharaan || penyelenggaraan
    """
)
"""That the site is closed for a while."""

AD_BLOCK = any_of(
    r"""
    ad ?-?block || werbeblocker || bloqueur de pub || bloqueador (?:de anuncios|de publicidad)
    blocco pubblicit || annonsblock || annonseblokker || reklameblokker || mainosten ?est || hirdetesblokkol
    blokov\w+ reklam || блокиров\w+ реклам || блокувальник || blocare a reclam || αποκλεισμ\w+ διαφημ
    reklam engel || مانع الاعلانات || חוסם פרסומות || 広告ブロック || 광고 차단 || 广告拦截 || 廣告攔截
    chan quang cao
    """
)
"""That an ad blocker is to be switched off."""

ROBOT = any_of(
    r"""
    verify (?:that )?you are (?:a )?human || (?:are|re) (?:not )?a robot || enable javascript || captcha
    javascript (?:is|and cookies) (?:disabled|required|must)
    checking (?:if the site connection is secure|your browser) || unusual (?:traffic|activity) from
    complete the security check || cloudflare || ray id: || just a moment || attention required
    access denied || automated (?:access|requests|queries) || please (?:turn|switch) (?:javascript|js) on
    reference #\d || access to this (?:page|site) has been denied || javascript (?:aktivieren|einschalten)
    activer javascript || habilit[ae]r? javascript || (?:включите|увімкніть) javascript
    permission to (?:view|access) || pardon our interruption || (?:security|robot) check || human verification
    request (?:unsuccessful|blocked)
    """
)
"""That robots are kept out."""

SUBSCRIBE = any_of(
    r"""
    subscri || \bmembers?\b || \babon || \babbon || suscri || assina || prenumer || predplat || tilaa
    elofizet || συνδρομ || подпис || передплат || підпис || абонамент || абонир || претплат || pretplat
    narocn || telli || askrif || abone || uyelik || اشتراك || مشترك || اشترك || اشتراک || מנוי || सदस्य
    सब्सक्रा || สมาชิก || 会員 || 購読 || 有料 || 구독 || 유료 || 订阅 || 訂閱 || 付费 || thue bao || dang ky
    langgan || premium || \bplus\b || সাবস্ক্রা || சந்தா || exklusiv || exclusiv || esclusiv || eksklusiv
    reserv[ea] || registr || unlock || freischalt
    """
)
"""What paywalls sell."""

REST = any_of(
    r"""
    (?:continue|keep) reading || to (?:continue|read (?:on|more|the (?:full|rest|whole)))
    (?:full|rest of the|whole) (?:article|story) || already (?:a|an)? ?(?:subscri|member|have an account)
    (?:article|story|content|post) is (?:reserved |only )*(?:for|to) || (?:subscribers?|members?)[- ]only
    only (?:for|to|available to) (?:subscribers|members) || unlock (?:this|the|full|all)
    you(?:'ve| have) (?:reached|read|used)[\w ]{0,40}(?:free|limit) || free articles? (?:left|remaining)
    (?:log|sign) in (?:or subscribe )?to || weiterles || \bweiter (?:zu )?lesen
    (?:diesen|dieser|der|den) (?:artikel|text|beitrag) (?:\w+ )?(?:weiter|frei|nur|ist nur|exklusiv)
    (?:bereits|schon) (?:abonn|registr|kund|ein abo) || nur fur (?:abonn|mitgl|registr) || fur abonnent
    (?:lire|connaitre|decouvrir) la suite || la suite (?:de|est) || deja abonne
    reserve\w* a(?:ux|ux?) (?:\w+ )?abonn || il vous reste [\d,. ]+ ?% || poursuivre (?:votre|la) lecture
    (?:seguir|continuar|continua|sigue) (?:leyendo|lendo|a leggere|a ler) || ya eres suscri
    (?:solo|exclusiv\w+|apenas|so) para (?:suscri|assina|soci) || riservat\w+ agli abbon || gia abbonat
    per (?:continuare|proseguire) || ja (?:e|sou|sois) assinante || continue lendo
    (?:verder|verder te) lezen || lees verder || al (?:een )?abonnee || (?:alleen|enkel) voor abonn
    las(?:a)? (?:vidare|hela|mer) || redan prenumer || for prenumer || les (?:videre|hele|resten)
    laes (?:videre|hele|resten) || (?:allerede|kun for) abonn || for abonnent || (?:jatka|jatkaa) lukem
    vain tilaaj || \btilaajille || jo tilaaja || (?:folytat|tovabb olvas|olvas\w+ tovabb) || mar elofizet
    (?:csak|kizarolag) elofizet || pokracovani clanku || (?:cist|citat|citanie) (?:dal|dalej)
    pokracov\w+ (?:v )?(?:cteni|citani|clank) || uz (?:mate|jste) predplat || jen (?:pro )?predplat
    len pre predplat || (?:dalsz|pozostal)\w+ (?:czesc|artykul) || pozostalo[\d ,]+% || czyta[cj] dalej
    dostepn\w+ (?:tylko )?dla || (?:masz|jestes) juz
    (?:continua|citi\w*|cititi) (?:lectura|in continuare|mai departe) || restul articolului
    (?:doar|numai) (?:pentru )?abon || (?:esti|sunteti) deja || συνεχεια (?:του|τησ)
    συνεχισ\w+ (?:την )?αναγνωσ || (?:μονο|αποκλειστικα) (?:για|σε) συνδρομ || ηδη συνδρομ
    чтобы (?:читать|продолжить|дочитать) || читать дал || (?:только|доступ\w+) (?:только )?(?:для )?подпис
    уже подпис || щоб (?:читати|продовжити|дочитати) || читати далі
    (?:лише|тільки|доступ\w+) (?:лише |тільки )?(?:для )?(?:перед|під)плат || вже (?:перед|під)пла
    (?:само|единствено) за абон || продължи\w* (?:да )?чет || вече (?:сте|имате) абон || само за претплат
    (?:наставите|наставак) чита || samo za pretplat || nastav\w+ (?:s |sa )?cit
    vec (?:ste|imate) (?:pretplat|pretplac) || beri(?:te)? naprej || nadaljuj || samo za naroc || ze naroc
    edasi lug || lug(?:eda|emiseks) edasi || ainult telli || juba telli || skait(?:yti|ykite) toliau
    tik prenumer || jau (?:prenumer|esate) || lasit talak || tikai abon || jau abon || okumaya devam
    devamini oku || tamamini oku || (?:sadece|yalnizca) abone || zaten abone
    (?:afram|lesa) (?:lest|meira|afram) || متابعة القراءة || لقراءة (?:المزيد|بقية|المقال) || للمشتركين
    (?:مشترك|عضو) بالفعل || ادامه (?:مطلب|خواندن|مقاله) || ویژه مشترک || להמשך קריא || להמשיך לקרוא || למנויים
    כבר מנוי || आगे पढ || पूरा (?:लेख|पढ) || केवल सदस्य || पहले से सदस्य || อ่านต่อ || เฉพาะสมาชิก
    เป็นสมาชิกอยู่แล้ว || 続き || 残り[\d,]+ ?文字 || 会員(?:限定|専用|の方) || この記事は || 계속 (?:읽|보)
    전문을? || 구독자 전용 || 이미 (?:구독|회원) || 继续阅读 || 繼續閱讀 || 阅读全文 || 閱讀全文
    (?:仅限|僅限|专享|專享) || 已是会员 || doc tiep || danh (?:rieng )?cho (?:thue bao|hoi vien|thanh vien)
    baca selengkapnya || (?:lanjut|melanjutkan) (?:\w+ )?baca || membaca selengkapnya || khusus pelanggan
    sudah berlangganan || terus membaca || আরও পড়ুন || மேலும் படிக்க
    """
)
"""That the rest is withheld, and who may read it: a house advert says nothing of a rest."""

PRICE = re.compile(
    r"(?:[€£$¥₩₴₽₺₹₪฿₫]|\b(?:eur|usd|chf|kr|sek|nok|dkk|zl|kc|ft|lei|ron|tl|грн|руб|лв|rp|rm)\b\.?) ?\d[\d.,]*"
    r"|\d[\d.,]* ?"
    r"(?:[€£$¥円元₩원₴₽₺₹₪฿₫]|(?:eur|euro|usd|chf|kr|sek|nok|dkk|zl|kc|ft|lei|ron|tl|грн|руб|лв)\b)"
)
"""What a subscription costs, in any language."""
