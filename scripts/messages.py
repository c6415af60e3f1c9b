"""Bring the catalogues of messages to what the code says: new messages come in, those that are gone go out.

usage: scripts/messages [--check] [CODE...]

A CODE begins the catalogue of a new language. What is translated stays; a message whose words changed is a new one.
With ``--check`` nothing is written, and the exit code is 1 if a catalogue is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
TELL = ROOT / "pipeline" / "tell"
CATALOGUES = TELL / "locale"
_METHODS = [("templates/**.j2", "jinja2.ext:babel_extract"), ("**.py", "python")]
_KEYWORDS = {
    "say": None,
    "message": None,
    "messages": (1, 2),
    "counted": (1, 2),
    "say_as": ((1, "c"), 2),
}
"""The functions whose literal arguments are messages, as Babel writes it (``c``: the context)."""
_OPTIONS = {"templates/**.j2": {"trimmed": "false", "silent": "false"}}
_HEADER = """\
# Tallywire's mails and digests in {name}.
#
# Quotes, titles and names of outlets are never translated; what is between braces is filled in and must stay.
# `make locale` brings this file to what the code says; CONTRIBUTING.md says how to translate.
msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def source() -> Catalog:
    """Every message of the code and the templates, with the places where it stands."""
    found = Catalog(charset="utf-8", fuzzy=False)
    extracted = extract_from_dir(
        TELL, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, directory_filter=_is_source
    )
    for name, _, message, comments, context in sorted(extracted, key=lambda one: (one[0], one[1])):
        found.add(message, None, [(f"pipeline/tell/{name}", 0)], auto_comments=comments, context=context)
    return found


def _is_source(folder: str) -> bool:
    return Path(folder).name not in ("locale", "__pycache__")


def updated(code: str, text: bytes | None, messages: Catalog) -> bytes:
    """The catalogue ``text`` of a language, or an empty one, with the ``messages`` of the source."""
    catalogue = Catalog(locale=code, charset="utf-8", fuzzy=False)
    if text is not None:
        catalogue = read_po(BytesIO(text), locale=code, charset="utf-8")
    catalogue.update(messages, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.locations = sorted(set(message.locations))
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=True, include_lineno=False, sort_output=True)
    header = _HEADER.format(name=Locale.parse(code).get_display_name("en"), code=code, plurals=catalogue.plural_forms)
    return header.encode() + out.getvalue().strip() + b"\n"


def path_of(code: str) -> Path:
    return CATALOGUES / code / "LC_MESSAGES" / "tallywire.po"


def codes() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.name for path in CATALOGUES.iterdir() if path_of(path.name).is_file())


def main(arguments: list[str]) -> int:
    check = arguments[:1] == ["--check"]
    new = arguments[check:]
    if any(not re.fullmatch(r"[a-z]{2,3}", code) for code in new):
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        stale = list(_stale({*codes(), *new}))
    except UnknownLocaleError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for path, text in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)}: {'out of date; run make locale' if check else 'written'}\n")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    return 1 if check and stale else 0


def _stale(wanted: Iterable[str]) -> Iterable[tuple[Path, bytes]]:
    messages = source()
    for code in sorted(wanted):
        path = path_of(code)
        before = path.read_bytes() if path.is_file() else None
        if (text := updated(code, before, messages)) != before:
            yield path, text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
