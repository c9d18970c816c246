"""Our signatures are those of AWS's own library."""

from __future__ import annotations

import datetime as dt

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from functions.hosting.signing import Credentials, signed_headers

AT = dt.datetime(2026, 11, 23, 4, 5, 6, tzinfo=dt.UTC)


@pytest.mark.parametrize("token", ["", "a/session+token=="])
@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", "https://scripts.s3.ap-southeast-1.amazonaws.com/releases/csat/ab/local.xml", b""),
        ("GET", "https://b.s3.cn-north-1.amazonaws.com.cn/a%20b/%E4%B8%AD.po", b""),
        ("POST", "https://secretsmanager.ap-southeast-1.amazonaws.com/", b'{"SecretId":"x"}'),
    ],
)
def test_as_botocore_signs(method: str, url: str, body: bytes, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service = "secretsmanager" if body else "s3"
    extra = {"x-amz-target": "secretsmanager.GetSecretValue"} if body else {}
    mine = signed_headers(
        method, url, extra, body,
        region="ap-southeast-1", service=service, credentials=Credentials("AKID", "secret", token), at=AT.timestamp(),
    )  # fmt: skip
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: AT.replace(tzinfo=None))
    request = AWSRequest(method, url, headers=extra, data=body)
    auth = SigV4Auth if body else S3SigV4Auth
    request.context["payload_signing_enabled"] = True
    auth(BotoCredentials("AKID", "secret", token or None), service, "ap-southeast-1").add_auth(request)
    assert mine["authorization"] == request.headers["Authorization"]


def test_credentials_are_not_shown() -> None:
    assert "secret" not in repr(Credentials("AKID", "secret", "token"))
