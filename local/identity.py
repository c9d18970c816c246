"""The user pool of one cloud, and the people of the demo who may sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local.aws import REGION

POOL_NAME = "waihu"
CLIENT_NAME = "waihu-agent-app"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs in; `groups` are roles and campaign groups."""

    username: str
    name: str
    groups: tuple[str, ...]


DEMO_PEOPLE = (
    Person("agent1", "李静", ("agent", "service")),
    Person("agent2", "王磊", ("agent", "service")),
    Person("agent3", "Mary Chen", ("agent", "clinic")),
    Person("manager", "陈主管", ("supervisor", "service", "clinic")),
    Person("admin", "Admin", ("admin", "supervisor", "service", "clinic")),
)


class UserPool:
    """A Cognito user pool, by its id and its app client."""

    def __init__(self, cognito: Any, pool_id: str, client_id: str) -> None:
        self._cognito = cognito
        self.pool_id = pool_id
        self.client_id = client_id

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool_id}"

    def ensure_person(self, person: Person, password: str) -> bool:
        """`person` exists, has this password and just these groups; True: they did not exist before."""
        made = False
        taken = self._cognito.exceptions.UsernameExistsException
        who = {"UserPoolId": self.pool_id, "Username": person.username}
        try:
            self._cognito.admin_create_user(
                **who, MessageAction="SUPPRESS", UserAttributes=[{"Name": "name", "Value": person.name}]
            )
        except taken:
            held = {group["GroupName"] for group in self._cognito.admin_list_groups_for_user(**who)["Groups"]}
        else:
            held, made = set(), True
            self._cognito.admin_set_user_password(**who, Password=password, Permanent=True)
        for group in set(person.groups) - held:
            self._ensure_group(group)
            self._cognito.admin_add_user_to_group(**who, GroupName=group)
        for group in held - set(person.groups):
            self._cognito.admin_remove_user_from_group(**who, GroupName=group)
        return made

    def sign_in(self, username: str, password: str) -> dict[str, Any]:
        """Cognito's `AuthenticationResult`: `AccessToken`, `IdToken`, `RefreshToken`, `ExpiresIn` (seconds)."""
        answer = self._cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result

    def _ensure_group(self, group: str) -> None:
        try:
            self._cognito.create_group(UserPoolId=self.pool_id, GroupName=group)
        except self._cognito.exceptions.GroupExistsException:
            return


def ensure_pool(cognito: Any) -> UserPool:
    """The pool and its client, the same as last time where the server still has them."""
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    pool_id = next((pool["Id"] for pool in pools if pool["Name"] == POOL_NAME), None)
    if pool_id is None:
        pool_id = cognito.create_user_pool(
            PoolName=POOL_NAME,
            Policies={"PasswordPolicy": {"MinimumLength": 8, "RequireUppercase": False, "RequireSymbols": False}},
        )["UserPool"]["Id"]
    clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    client_id = next((client["ClientId"] for client in clients if client["ClientName"] == CLIENT_NAME), None)
    if client_id is None:
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName=CLIENT_NAME,
            GenerateSecret=False,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
    return UserPool(cognito, pool_id, client_id)
