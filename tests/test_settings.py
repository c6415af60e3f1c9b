"""Settings come from the environment, and every one of them is described."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    assert settings.record_url == f"sqlite:///{tmp_path}/home/tallywire.db"
    assert settings.worker_count >= 1


def test_the_environment_is_read_and_an_option_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYWIRE_HOME", "/from/environment")
    monkeypatch.setenv("TALLYWIRE_ALLOWED_HOSTS", "a.example, 10.0.0.5:8080,")
    monkeypatch.setenv("TALLYWIRE_POLL_EVERY", "2m")
    assert load_settings().home == Path("/from/environment")
    assert load_settings(home="/from/option").home == Path("/from/option")
    assert load_settings().allowed_hosts == ("a.example", "10.0.0.5:8080")
    assert load_settings().poll_every == timedelta(minutes=2)


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYWIRE_HOST_DELAY", "hunter2")
    with pytest.raises(SettingsError, match="TALLYWIRE_HOST_DELAY") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYWIRE_SMTP_URL", "smtp://user:hunter2@mail.example")
    assert "hunter2" not in repr(load_settings())


def test_every_setting_is_in_the_example_and_nothing_else_is() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.removeprefix("# ").split("=")[0] for line in lines if "TALLYWIRE_" in line.split("=")[0]}
    assert named == {PREFIX + name.upper() for name in Settings.model_fields}


def test_the_example_is_itself_valid(tmp_path: Path) -> None:
    text = "\n".join(
        line.removeprefix("# ") for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line
    )
    (tmp_path / ".env").write_text(text)
    assert load_settings().smtp_url is not None


def test_what_is_kept_is_kept_for_a_day_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYWIRE_KEEP_ARCHIVE", "2w")
    assert load_settings().keep_archive == timedelta(days=14)
    assert load_settings().keep_mails is None
    monkeypatch.setenv("TALLYWIRE_KEEP_ARCHIVE", "0s")
    with pytest.raises(SettingsError, match="TALLYWIRE_KEEP_ARCHIVE"):
        load_settings()


@pytest.mark.parametrize(
    "url", ["mail.example.org:587", "http://mail.example.org", "smtp+tls://u:hunter2@mail.example.org"]
)
def test_a_mail_server_with_an_unknown_scheme_is_refused_by_every_command(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("TALLYWIRE_SMTP_URL", url)
    with pytest.raises(SettingsError, match=r"TALLYWIRE_SMTP_URL: .*smtp\+starttls://") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nonsense", "this is not JSON"),
        ("[1]", "an object is needed"),
        ('{"hook": {"url": "https://a.example"}}', "'hook' is not the name of a channel"),
        ('{"webhook:a": {"url": "https://a.example/s3cret"}}', "webhook:a: a webhook needs a key"),
        ('{"webhook:a": {"url": "https://a.example/s3cret", "key": "whsec_czNjcmV0"}}', "24 to 64 bytes"),
        ('{"webhook:a": {"url": "ftp://a.example/s3cret", "key": "x"}}', "begins with https://"),
        ('{"webhook:a": {"url": "https://u:s3cret@a.example", "key": "x"}}', "no user and password"),
        ('{"apprise:a": {"url": "slack://s3cret", "token": "s3cret"}}', "apprise:a: token: "),
        ('{"apprise:a": {}}', "apprise:a: url: "),
    ],
)
def test_a_wrong_channel_is_named_without_its_secrets(given: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(channels=given)
    assert "TALLYWIRE_CHANNELS" in str(caught.value)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)
