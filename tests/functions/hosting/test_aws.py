"""Reading S3 and Secrets Manager: against a small server here that answers as they do, rightly and wrongly."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from functions.hosting import aws
from functions.hosting.aws import AwsTrouble, NotStored, S3Bucket, SecretsManager, Surroundings
from functions.hosting.signing import Credentials


class Service(http.server.ThreadingHTTPServer):
    """Answers each request with the next of `answers`; the last one for ever. `None` hangs up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, bytes] | None] = []
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, self.path, headers, body))
        told = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if told is None:
            self.close_connection = True
            return
        self.send_response(told[0])
        self.send_header("content-length", str(len(told[1])))
        self.end_headers()
        self.wfile.write(told[1])

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(aws, "PAUSE_SECONDS", 0)
    server = Service()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def surroundings(service: Service) -> Surroundings:
    return Surroundings("ap-southeast-1", Credentials("AKID", "secret"), f"http://127.0.0.1:{service.server_port}")


def test_an_object_is_read_signed_over_one_connection(service: Service) -> None:
    service.answers = [(200, b"one"), (200, b"two")]
    bucket = S3Bucket(surroundings(service), "scripts")
    try:
        assert [bucket.get("a/b c.xml"), bucket.get("中.po")] == [b"one", b"two"]
    finally:
        bucket.close()
    assert [path for _, path, _, _ in service.seen] == ["/scripts/a/b%20c.xml", "/scripts/%E4%B8%AD.po"]
    assert all(headers["authorization"].startswith("AWS4-HMAC-SHA256") for _, _, headers, _ in service.seen)
    assert service.connections == 1


def test_a_secret_is_asked_for_by_name(service: Service) -> None:
    service.answers = [(200, json.dumps({"Name": "n", "SecretString": "the secret"}).encode())]
    secrets = SecretsManager(surroundings(service))
    try:
        assert secrets.get("waihu/keys") == b"the secret"
    finally:
        secrets.close()
    (method, path, headers, body) = service.seen[0]
    assert (method, path, headers["x-amz-target"], json.loads(body)) == (
        "POST", "/", "secretsmanager.GetSecretValue", {"SecretId": "waihu/keys"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "requests"),
    [([(503, b""), (200, b"x")], 2), ([None, (500, b""), (200, b"x")], 3), ([(429, b""), (200, b"x")], 2)],
)
def test_what_passes_is_tried_again(service: Service, answers: list[tuple[int, bytes] | None], requests: int) -> None:
    service.answers = answers
    bucket = S3Bucket(surroundings(service), "scripts")
    try:
        assert (bucket.get("a"), len(service.seen)) == (b"x", requests)
    finally:
        bucket.close()


@pytest.mark.parametrize(
    ("answer", "trouble", "requests"),
    [
        ((404, b""), NotStored, 1),
        ((403, b"AccessDenied"), NotStored, 1),
        ((400, b""), AwsTrouble, 1),
        ((500, b""), AwsTrouble, 3),
        (None, AwsTrouble, 3),
    ],
)
def test_what_does_not_pass(
    service: Service, answer: tuple[int, bytes] | None, trouble: type[AwsTrouble], requests: int
) -> None:
    service.answers = [answer]
    bucket = S3Bucket(surroundings(service), "scripts")
    try:
        with pytest.raises(AwsTrouble) as raised:
            bucket.get("a")
    finally:
        bucket.close()
    assert (raised.type, len(service.seen)) == (trouble, requests)


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("eu-west-1", "https://scripts.s3.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://scripts.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_addresses_on_aws(region: str, url: str) -> None:
    assert Surroundings(region, Credentials("a", "b")).url("s3", "scripts") == url
