"""Speaking to Kibana: what goes there, and how each refusal reads."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.errors import KibanaError
from pipeline.index.kibana.client import Kibana, export_objects, import_objects
from tests.cli.conftest import Command, tallywire

__all__ = ["tallywire"]

STATUS, IMPORT, EXPORT = "/api/status", "/api/saved_objects/_import", "/api/saved_objects/_export"
LINES = '{"type": "search", "id": "one"}\n'


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        yield server


def kibana(server: HTTPServer, **more: object) -> Kibana:
    return Kibana(url=server.url_for("/").rstrip("/"), **more)  # type: ignore[arg-type]


def ready(server: HTTPServer, version: str = "9.5.3") -> None:
    server.expect_request(STATUS).respond_with_json({"version": {"number": version}})


def failure(server: HTTPServer, **more: object) -> str:
    with pytest.raises(KibanaError) as caught:
        import_objects(kibana(server, **more), LINES)
    return str(caught.value)


def test_objects_go_as_a_file_over_those_of_the_same_id(server: HTTPServer) -> None:
    ready(server)
    seen: list[Request] = []

    def take(request: Request) -> Response:
        seen.append(request)
        assert request.files["file"].read().decode() == LINES
        assert request.files["file"].filename == "tallywire.ndjson"
        return Response(json.dumps({"success": True, "successCount": 1}), content_type="application/json")

    server.expect_oneshot_request(IMPORT, method="POST", query_string="overwrite=true").respond_with_handler(take)
    assert import_objects(kibana(server), LINES).count == 1
    assert seen[0].headers["kbn-xsrf"] == "true"
    assert seen[0].headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert "Authorization" not in seen[0].headers
    server.check()


@pytest.mark.parametrize(
    ("known", "header"),
    [
        ({"api_key": "a2V5"}, "ApiKey a2V5"),
        ({"user": "elastic", "password": "pw"}, "Basic ZWxhc3RpYzpwdw=="),
        ({"api_key": "a2V5", "user": "elastic", "password": "pw"}, "ApiKey a2V5"),
    ],
)
def test_an_api_key_goes_before_a_user(server: HTTPServer, known: dict[str, str], header: str) -> None:
    for path in (STATUS, IMPORT):
        answer = {"success": True, "successCount": 1}
        server.expect_oneshot_request(path, headers={"Authorization": header}).respond_with_json(answer)
    assert import_objects(kibana(server, **known), LINES).count == 1
    server.check()


def test_a_space_is_asked_for_in_the_path(server: HTTPServer) -> None:
    server.expect_oneshot_request(f"/s/news%20room{STATUS}".replace("%20", " ")).respond_with_json({})
    server.expect_oneshot_request(f"/s/news room{IMPORT}").respond_with_json({"success": True, "successCount": 1})
    import_objects(kibana(server, space="news room"), LINES)
    server.check()


def test_refusals_are_read_though_the_answer_is_200(server: HTTPServer) -> None:
    ready(server)
    errors = [
        {"type": "search", "id": "one", "error": {"type": "conflict"}},
        {
            "type": "dashboard",
            "id": "two",
            "error": {"type": "missing_references", "references": [{"type": "index-pattern", "id": "gone"}]},
        },
        {"type": "lens", "id": "three", "error": {"type": "unknown", "message": "made by a newer\x1b[31m Kibana"}},
    ]
    server.expect_request(IMPORT).respond_with_json({"success": False, "successCount": 11, "errors": errors})
    told = failure(server)
    assert "11 imported, 3 rejected" in told
    assert "search one: conflict" in told
    assert "dashboard two: missing references (index-pattern gone)" in told
    assert "lens three: made by a newer" in told
    assert "\x1b" not in told


def test_success_that_is_none_is_not_believed(server: HTTPServer) -> None:
    ready(server)
    server.expect_request(IMPORT).respond_with_json({"success": False, "successCount": 0})
    assert "did not import all" in failure(server)


def test_warnings_are_passed_on(server: HTTPServer) -> None:
    ready(server)
    answer = {"success": True, "successCount": 1, "warnings": [{"type": "simple", "message": "look at it"}]}
    server.expect_request(IMPORT).respond_with_json(answer)
    assert import_objects(kibana(server), LINES).warnings == ("look at it",)


@pytest.mark.parametrize("version", ["8.19.2", "7.17.0"])
def test_an_old_kibana_is_told_before_anything_is_sent(server: HTTPServer, version: str) -> None:
    ready(server, version)
    told = failure(server)
    assert f"Kibana {version} is too old" in told
    assert "9.0 and later" in told


@pytest.mark.parametrize("status", [{}, {"version": {"number": "10.0.0-SNAPSHOT"}}, {"version": "unknown"}])
def test_a_kibana_that_keeps_its_version_to_itself_is_tried(server: HTTPServer, status: dict[str, object]) -> None:
    server.expect_request(STATUS).respond_with_json(status)
    server.expect_request(IMPORT).respond_with_json({"success": True, "successCount": 1})
    assert import_objects(kibana(server), LINES).count == 1


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"message": "security_exception"}, "rejects the credentials"),
        (403, {"message": "Unable to bulk_create search"}, "kibana_admin"),
        (404, {"message": "Not Found"}, "this is not Kibana"),
        (413, {"message": "Payload too large"}, "maxImportPayloadBytes"),
        (500, {"message": "An internal server error"}, "look for the reason in its log"),
        (503, "Kibana server is not ready yet.", "not ready yet"),
    ],
)
def test_each_refusal_says_what_to_do(server: HTTPServer, status: int, body: object, words: str) -> None:
    ready(server)
    text = body if isinstance(body, str) else json.dumps(body)
    server.expect_request(IMPORT).respond_with_data(text, status=status)
    told = failure(server)
    assert words in told
    assert f"HTTP {status}" in told


def test_a_login_page_is_not_followed(server: HTTPServer) -> None:
    server.expect_request(STATUS).respond_with_data("", status=302, headers={"Location": "/login"})
    assert "redirects to another address" in failure(server)


@pytest.mark.parametrize("body", ["<html>It works!</html>", "", "[]"])
def test_what_is_no_kibana_is_told(server: HTTPServer, body: str) -> None:
    server.expect_request(STATUS).respond_with_data(body)
    assert "the server there is not Kibana" in failure(server)


def test_nobody_there_is_told_without_the_password(server: HTTPServer) -> None:
    address = server.url_for("/").rstrip("/")
    server.stop()
    with pytest.raises(KibanaError) as caught:
        import_objects(Kibana(url=address, user="elastic", password="hunter2"), LINES)
    assert "does not answer" in str(caught.value)
    assert "hunter2" not in str(caught.value) + repr(Kibana(url=address, user="elastic", password="hunter2"))


@pytest.mark.parametrize("url", ["kibana:5601", "ftp://kibana", "https://", "https://elastic:hunter2@kibana"])
def test_a_wrong_address_is_told_without_its_password(url: str) -> None:
    with pytest.raises(KibanaError) as caught:
        Kibana(url=url)
    assert "hunter2" not in str(caught.value)


def test_objects_come_back_as_they_are(server: HTTPServer) -> None:
    wanted = {
        "objects": [{"type": "search", "id": "one"}],
        "includeReferencesDeep": True,
        "excludeExportDetails": True,
    }
    server.expect_oneshot_request(EXPORT, method="POST", json=wanted).respond_with_data(LINES.strip())
    assert export_objects(kibana(server), [("search", "one")]) == LINES


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that only those trust who are told to, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "ca.crt", folder / "ca.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=kibana", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


def test_a_certificate_is_trusted_only_through_its_authority(authority: tuple[Path, Path]) -> None:
    import ssl

    certificate, key = authority
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        ready(server)
        server.expect_request(IMPORT).respond_with_json({"success": True, "successCount": 1})
        url = f"https://127.0.0.1:{server.port}"
        assert import_objects(Kibana(url=url, ca=certificate), LINES).count == 1
        with pytest.raises(KibanaError, match="can't be trusted"):
            import_objects(Kibana(url=url), LINES)


def test_an_authority_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(KibanaError, match="can't be read"):
        import_objects(Kibana(url="https://127.0.0.1:1", ca=tmp_path / "none.pem"), LINES)
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    with pytest.raises(KibanaError, match="can't be read"):
        import_objects(Kibana(url="https://127.0.0.1:1", ca=wrong), LINES)


def test_import_and_export_on_the_command_line(server: HTTPServer, tallywire: Command, tmp_path: Path) -> None:
    ready(server)
    bodies: list[str] = []

    def take(request: Request) -> Response:
        bodies.append(request.files["file"].read().decode())
        count = bodies[-1].count("\n")
        return Response(json.dumps({"success": True, "successCount": count}), content_type="application/json")

    server.expect_request(IMPORT).respond_with_handler(take)
    url = server.url_for("/").rstrip("/")
    done = tallywire("kibana", "import", "--url", url, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    imported = json.loads(done.stdout)["imported"]
    exported = tallywire("kibana", "export", cwd=tmp_path).stdout
    assert exported == bodies[0]
    assert imported == len(exported.splitlines())


def test_without_an_address_it_says_what_to_set(tallywire: Command, tmp_path: Path) -> None:
    done = tallywire("kibana", "import", cwd=tmp_path)
    assert done.returncode == 1
    assert "TALLYWIRE_KIBANA_URL" in done.stderr
