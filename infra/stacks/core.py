"""What every cell shares: network, scripts, keys, users, the API with its dispatch, the publisher."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_codedeploy as codedeploy
from constructs import Construct

from callscript.bucket_layout import HEALTH, POINTERS, RELEASES, ROUTING
from functions.dispatch.settings import DispatchSettings
from infra.configuration import Configuration
from infra.constructs.access_logs import AccessLogs
from infra.constructs.alarm_topic import AlarmTopic
from infra.constructs.bucket_access import let_get
from infra.constructs.budget import Budget
from infra.constructs.encryption import Encryption
from infra.constructs.function import Function
from infra.constructs.gradual import Gradual
from infra.constructs.http_api import HttpApi
from infra.constructs.key_maker import KeyMaker
from infra.constructs.network import Network
from infra.constructs.publisher import Publisher
from infra.constructs.script_bucket import ScriptBucket
from infra.constructs.scripts_room import ScriptsRoom
from infra.constructs.secret_access import let_read
from infra.constructs.secrets import Keys
from infra.constructs.token_rules import TokenRules
from infra.constructs.user_pool import UserPool


class CoreStack(Stack):
    """Deployed first. Dispatch touches no database: it answers while cells come and go."""

    def __init__(self, scope: Construct, name: str, *, configuration: Configuration) -> None:
        profile = configuration.profile
        super().__init__(scope, name, description=f"Waihu {profile.name}: core")
        self.key = Encryption(self, "Encryption", keep=profile.keep_data).key
        self.access_logs = AccessLogs(self, "AccessLogs", profile=profile)
        self.network = Network(self, "Network", configuration=configuration, key=self.key)
        self.scripts = ScriptBucket(self, "Scripts", key=self.key, logs=self.access_logs.bucket, keep=profile.keep_data)
        self.keys = Keys(self, "Keys", key=self.key, keep=profile.keep_data)
        self.key_maker = KeyMaker(self, "KeyMaker", keys=self.keys, profile=profile, key=self.key)
        self.users = UserPool(self, "Users", keep=profile.keep_data)
        self.token_rules = TokenRules(self, "TokenRules", users=self.users, profile=profile, key=self.key)
        self.topic = AlarmTopic(self, "Alarms", key=self.key, mail=configuration.alarm_mail).topic
        Budget(self, "Budget", configuration=configuration, topic=self.topic)
        self.dispatch = self._dispatch(configuration)
        self.dispatch_live = Gradual(
            self, "DispatchLive", of=self.dispatch, label="dispatch", topic=self.topic,
            application=codedeploy.LambdaApplication(self, "DispatchApplication"),
        )  # fmt: skip
        self.api = HttpApi(self, "Api", users=self.users, profile=profile, key=self.key)
        self.api.add_dispatch(self.dispatch_live.alias)
        self.publisher = Publisher(
            self, "Publisher", scripts=self.scripts, profile=profile, key=self.key, dashboards=self.stack_name
        )
        self.scripts_room = ScriptsRoom(self, "ScriptsRoom", scripts=self.scripts, profile=profile, key=self.key)
        self.api.add_scripts(self.scripts_room.function.function)
        CfnOutput(self, "ApiUrl", value=self.api.api.api_endpoint)
        CfnOutput(self, "ScriptBucketName", value=self.scripts.bucket.bucket_name)
        CfnOutput(self, "UserPoolId", value=self.users.pool.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=self.users.client.user_pool_client_id)

    def _dispatch(self, configuration: Configuration) -> Function:
        settings = DispatchSettings(
            script_bucket=self.scripts.bucket.bucket_name, session_key_secret=self.keys.session.secret_arn
        )
        made = Function(
            self, "Dispatch", package="dispatch", handler="functions.dispatch.handler.handle", settings=settings,
            profile=configuration.profile, key=self.key, concurrency=configuration.profile.dispatch_concurrency,
        )  # fmt: skip
        let_get(made.role, self.scripts.bucket, self.key, [RELEASES, POINTERS, ROUTING, HEALTH])
        let_read(made.role, [self.keys.session], self.key)
        return made
