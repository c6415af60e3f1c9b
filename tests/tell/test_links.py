"""Tokens of links: whatever was signed is read again until it expires, and nothing else is."""

from __future__ import annotations

import stat
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.private import kept_secret
from pipeline.tell.links import PATH, STOP_PATH, Link, LinkRefused, Links, Signer, offers, use_of
from schemas.alert import AlertKind

KEY = b"0123456789abcdef"
NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
SIGNER = Signer(KEY)
SERIES = "series-00aa11bb22cc33dd"
LINK = Link(
    topic="harlow-flood",
    recipient="desk@news.example",
    series=SERIES,
    figure="figure-ffeeddccbbaa9988",
    rule=AlertKind.CHANGED_FIGURE,
    until=NOW + timedelta(days=60),
)

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
stable = st.tuples(st.sampled_from(["series", "figure", "thread", "story"]), st.binary(min_size=8, max_size=8)).map(
    lambda parts: f"{parts[0]}-{parts[1].hex()}"
)
links = st.builds(
    Link,
    topic=st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True),
    recipient=names,
    series=st.none() | stable | names,
    figure=st.none() | stable | names,
    thread=st.none() | stable | names,
    rule=st.none() | st.sampled_from(AlertKind),
    until=st.integers(1, 2 * 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


@given(links)
def test_what_was_signed_is_read_again(link: Link) -> None:
    assert SIGNER.read(SIGNER.token(link), NOW) == link


@given(links, st.data())
def test_a_token_of_which_anything_is_changed_is_refused(link: Link, data: st.DataObject) -> None:
    token = SIGNER.token(link)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda one: one != token[place]))
    for forged in (token[:place] + other + token[place + 1 :], token[:place], token + other, other + token):
        with pytest.raises(LinkRefused):
            SIGNER.read(forged, NOW)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")))
def test_anything_else_is_refused_in_words(token: str) -> None:
    with pytest.raises(LinkRefused, match="does not work"):
        SIGNER.read(token, NOW)


@given(links, st.integers(0, 10**9))
def test_a_link_ends_at_its_moment_and_not_before(link: Link, seconds: int) -> None:
    token = SIGNER.token(link)
    assert SIGNER.read(token, link.until - timedelta(microseconds=1)) == link
    with pytest.raises(LinkRefused, match="expired"):
        SIGNER.read(token, min(link.until + timedelta(seconds=seconds), datetime.max.replace(tzinfo=UTC)))


@given(links)
def test_another_key_signs_otherwise(link: Link) -> None:
    with pytest.raises(LinkRefused):
        Signer(KEY + b"!").read(SIGNER.token(link), NOW)


def test_bytes_have_one_spelling() -> None:
    """Base64 leaves bits over at its end: spelt otherwise, a link would be another and could be used twice."""
    token = next(
        token
        for days in range(9)
        if len(token := SIGNER.token(LINK.model_copy(update={"topic": "x" * (1 + days)}))) % 4
    )
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twins = [token[:-1] + last for last in alphabet if last != token[-1]]
    same = [one for one in twins if urlsafe_b64decode(one + "=" * (-len(one) % 4)) == raw]
    assert same
    for twin in same:
        with pytest.raises(LinkRefused):
            SIGNER.read(twin, NOW)


def test_a_token_is_short_enough_for_a_mail_with_many() -> None:
    assert len(SIGNER.token(LINK)) <= 110


def test_a_token_of_a_later_version_is_refused_in_words() -> None:
    token = SIGNER.token(LINK)
    body = bytearray(urlsafe_b64decode(token + "=" * (-len(token) % 4))[:-16])
    body[0] = 2
    later = urlsafe_b64encode(bytes(body) + SIGNER._tag(bytes(body))).decode().rstrip("=")
    with pytest.raises(LinkRefused, match="another version"):
        SIGNER.read(later, NOW)


def test_each_use_of_a_link_is_known_apart() -> None:
    token, other = SIGNER.token(LINK), SIGNER.token(LINK.model_copy(update={"recipient": "chief@news.example"}))
    uses = [use_of(token, "mute-series"), use_of(token, "wrong-number"), use_of(other, "mute-series")]
    assert len({*uses, use_of(token, "mute-series")}) == 3


def test_a_link_leads_to_what_it_is_about() -> None:
    made = Links(SIGNER, "https://tally.example")
    assert made.to(LINK).startswith(f"https://tally.example{PATH}")
    stop = Link(topic="harlow-flood", recipient="desk@news.example", until=NOW)
    assert made.to(stop).startswith(f"https://tally.example{STOP_PATH}")
    assert [one.name for one in offers(LINK)] == ["mute-series", "snooze-series", "mute-rule", "snooze-rule"]


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Signer(b"short")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "link.key"
    found: list[str] = []
    together = [threading.Thread(target=lambda: found.append(kept_secret(path))) for _ in range(8)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert len(found) == 8
    assert set(found) == {kept_secret(path)}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["link.key"]


def test_a_file_that_holds_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "link.key").write_text("\n")
    with pytest.raises(SettingsError, match="does not contain a secret") as caught:
        kept_secret(tmp_path / "link.key")
    assert "link.key" in caught.value.where
