"""Our tokens are the very ones that AWS's own SDK makes."""

from __future__ import annotations

import datetime as dt

import pytest
from botocore.credentials import Credentials as SdkCredentials
from botocore.session import Session as SdkSession

from database.iam_token import Credentials, iam_token

NOW = dt.datetime(2026, 11, 23, 3, 4, 5, tzinfo=dt.UTC)
HOST = "waihu.proxy-abc.ap-southeast-1.rds.amazonaws.com"


@pytest.mark.parametrize("session_token", [None, "IQoJb3/+=token with/odd~chars=="])
@pytest.mark.parametrize(("region", "user"), [("ap-southeast-1", "waihu_business"), ("cn-north-1", "a user+b/c")])
def test_equals_the_sdk(monkeypatch: pytest.MonkeyPatch, session_token: str | None, region: str, user: str) -> None:
    import botocore.auth

    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: NOW.replace(tzinfo=None))
    session = SdkSession()
    session._credentials = SdkCredentials("AKIAEXAMPLE", "secret/key+1", session_token)
    client = session.create_client("rds", region_name=region)
    expected = client.generate_db_auth_token(DBHostname=HOST, Port=5432, DBUsername=user, Region=region)
    ours = iam_token(
        Credentials("AKIAEXAMPLE", "secret/key+1", session_token),
        region=region,
        host=HOST,
        port=5432,
        user=user,
        now=NOW,
    )
    assert sorted_query(ours) == sorted_query(expected)


def sorted_query(token: str) -> tuple[str, list[str]]:
    """The order of parameters in the address is free; the signature, which covers their canonical order, is not."""
    place, _, query = token.partition("/?")
    return place, sorted(query.split("&"))


def test_credentials_come_from_the_functions_environment() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": ""}
    assert Credentials.from_environment(environment) == Credentials("a", "s", None)
    assert "'s'" not in repr(Credentials.from_environment(environment))
