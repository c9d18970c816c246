"""Signing in and out at the user pool (Amazon Cognito), and keeping the JWT fresh.

Exception
└── IdentityError
    ├── WrongPassword       unknown name or wrong password; which of the two is not said
    ├── CodeWanted          the account has an authenticator, and no code was given, or a wrong one
    ├── NotAllowed          the account is disabled, unconfirmed, must set a new password, or the sign-in was revoked
    └── PoolUnreachable     no answer from the user pool; the same may succeed later
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import boto3
import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_AUTHENTICATOR = "SOFTWARE_TOKEN_MFA"
_WORTHLESS_ALREADY = frozenset({"NotAuthorizedException", "UnsupportedTokenTypeException", "InvalidParameterException"})


class IdentityError(Exception):
    """The user pool did not give what was asked."""


class WrongPassword(IdentityError):
    """The name or the password is wrong."""


class CodeWanted(IdentityError):
    """The account's authenticator has to say a code; `args[0]` is the pool's word on the one that was given, if any."""


class NotAllowed(IdentityError):
    """The account exists but may not sign in, or its refresh token is no longer good; `args[0]` is the pool's code."""


class PoolUnreachable(IdentityError):
    """The user pool cannot be asked now."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds that the access token lives."""
    agent: str
    """`sub`: the agent's id that never changes."""
    username: str
    name: str


class _AccessClaims(msgspec.Struct, frozen=True):
    sub: str
    username: str = ""


class _IdClaims(msgspec.Struct, frozen=True):
    name: str = ""


class Identity:
    """The user pool's app client."""

    def __init__(self, client_id: str, region: str, client: Any = None) -> None:
        self._client_id = client_id
        self._pool = client or boto3.client(
            "cognito-idp",
            region_name=region,
            config=Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 2}),
        )

    def sign_in(self, username: str, password: str, code: str = "") -> Tokens:
        """Tokens for an agent who knows the password, and the authenticator's `code` where the account has one.

        Raises:
            IdentityError: as drawn above.
        """
        parameters = {"USERNAME": username, "PASSWORD": password}
        result = self._initiate("USER_PASSWORD_AUTH", parameters, code)
        return _tokens(result, result["RefreshToken"])

    def refresh(self, refresh_token: str) -> Tokens:
        """A fresh access token.

        Raises:
            IdentityError: as drawn above; `NotAllowed` when the agent must sign in again.
        """
        try:
            result = self._initiate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token})
        except WrongPassword as error:
            raise NotAllowed("NotAuthorizedException") from error
        # Rotation is an option of the app client: keep the old token unless a new one came.
        return _tokens(result, result.get("RefreshToken") or refresh_token)

    def revoke(self, refresh_token: str) -> None:
        """Makes the refresh token, and the access tokens made from it, worthless.

        Raises:
            PoolUnreachable: it may have to be done again.
        """
        try:
            self._pool.revoke_token(ClientId=self._client_id, Token=refresh_token)
        except ClientError as error:
            if _code(error) not in _WORTHLESS_ALREADY:
                raise PoolUnreachable(_code(error)) from error
        except BotoCoreError as error:
            raise PoolUnreachable(type(error).__name__) from error

    def _initiate(self, flow: str, parameters: dict[str, str], code: str = "") -> dict[str, Any]:
        try:
            reply = self._pool.initiate_auth(ClientId=self._client_id, AuthFlow=flow, AuthParameters=parameters)
            if reply.get("ChallengeName") == _AUTHENTICATOR:
                reply = self._answer(reply, parameters["USERNAME"], code)
        except ClientError as error:
            raise _translated(_code(error)) from error
        except BotoCoreError as error:
            raise PoolUnreachable(type(error).__name__) from error
        if "AuthenticationResult" not in reply:
            raise NotAllowed(reply.get("ChallengeName", "challenge"))
        result: dict[str, Any] = reply["AuthenticationResult"]
        return result

    def _answer(self, challenge: dict[str, Any], username: str, code: str) -> dict[str, Any]:
        if not code:
            raise CodeWanted("")
        name = challenge.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", username)
        reply: dict[str, Any] = self._pool.respond_to_auth_challenge(
            ClientId=self._client_id,
            ChallengeName=_AUTHENTICATOR,
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": name, f"{_AUTHENTICATOR}_CODE": code},
        )
        return reply


def _translated(code: str) -> IdentityError:
    if code in {"NotAuthorizedException", "UserNotFoundException"}:
        return WrongPassword(code)
    if code in {"CodeMismatchException", "ExpiredCodeException", "EnableSoftwareTokenMFAException"}:
        return CodeWanted(code)
    if code in {"UserNotConfirmedException", "PasswordResetRequiredException", "ForbiddenException"}:
        return NotAllowed(code)
    return PoolUnreachable(code)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _tokens(result: dict[str, Any], refresh_token: str) -> Tokens:
    # Not verified here: they came from the pool itself over its own connection, and every server verifies them anyway.
    access = msgspec.json.decode(_payload(result["AccessToken"]), type=_AccessClaims)
    person = msgspec.json.decode(_payload(result["IdToken"]), type=_IdClaims) if "IdToken" in result else _IdClaims()
    return Tokens(
        access_token=result["AccessToken"],
        refresh_token=refresh_token,
        expires_in=int(result.get("ExpiresIn", 300)),
        agent=access.sub,
        username=access.username,
        name=person.name or access.username,
    )


def _payload(token: str) -> bytes:
    body = token.split(".")[1]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
