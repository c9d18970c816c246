"""Accounts with an authenticator: the pool asks for its code, and so does the sign-in page."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from agent_app.identity import CodeWanted, Identity
from agent_app.signin_page import sign_in_page

CHALLENGE = {
    "ChallengeName": "SOFTWARE_TOKEN_MFA",
    "Session": "s" * 20,
    "ChallengeParameters": {"USER_ID_FOR_SRP": "boss"},
}
ASKED = {"ClientId": "c1", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": ANY}


@pytest.fixture
def pool() -> Any:
    """Cognito's own client, whose answers are played: the local server knows no authenticator."""
    return boto3.client("cognito-idp", region_name="ap-southeast-1")


def test_without_a_code_it_is_asked_for(pool: Any) -> None:
    with Stubber(pool) as played:
        played.add_response("initiate_auth", CHALLENGE, ASKED)
        with pytest.raises(CodeWanted) as wanted:
            Identity("c1", "ap-southeast-1", pool).sign_in("boss", "pw")
    assert wanted.value.args == ("",)


@pytest.mark.parametrize("code", ["CodeMismatchException", "ExpiredCodeException"])
def test_a_wrong_code_is_no_wrong_password(pool: Any, code: str) -> None:
    with Stubber(pool) as played:
        played.add_response("initiate_auth", CHALLENGE, ASKED)
        played.add_client_error("respond_to_auth_challenge", code)
        with pytest.raises(CodeWanted, match=code):
            Identity("c1", "ap-southeast-1", pool).sign_in("boss", "pw", "123456")


def test_the_right_code_gives_tokens(pool: Any) -> None:
    result = {"AccessToken": "h.eyJzdWIiOiJzLTEiLCJ1c2VybmFtZSI6ImJvc3MifQ.x", "RefreshToken": "r", "ExpiresIn": 60}
    answered = {
        "ClientId": "c1", "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": CHALLENGE["Session"],
        "ChallengeResponses": {"USERNAME": "boss", "SOFTWARE_TOKEN_MFA_CODE": "123456"},
    }  # fmt: skip
    with Stubber(pool) as played:
        played.add_response("initiate_auth", CHALLENGE, ASKED)
        played.add_response("respond_to_auth_challenge", {"AuthenticationResult": result}, answered)
        tokens = Identity("c1", "ap-southeast-1", pool).sign_in("boss", "pw", "123456")
    assert (tokens.agent, tokens.username) == ("s-1", "boss")


@pytest.mark.parametrize("error", ["code", "wrong_code"])
def test_the_page_has_a_field_for_it_only_then(error: str) -> None:
    assert 'name="code"' in sign_in_page("en", "t", error=error)
    assert 'name="code"' not in sign_in_page("en", "t", error="wrong")
