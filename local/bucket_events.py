"""What a cell hears of the script bucket on one machine: analysts' views follow each pointer that moves, as EventBridge
has it done on AWS (`infra.constructs.analysts_views`). The bucket tells a queue, and a thread waits at it."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_plus

from admin.analysis import campaign_of, follow_pointer
from admin.errors import NotFound, ViewsInUse
from admin.script_bucket import ScriptBucket
from callscript.bucket_layout import POINTERS
from database.connection import Connection
from local.aws import SCRIPT_BUCKET

QUEUE = "waihu-pointers"
WAIT_SECONDS = 15
AGAIN_SECONDS = 2
STOP_SECONDS = 5

log = logging.getLogger("waihu.views")


class BucketEvents:
    """`client(service)` gives a boto3 client of the local AWS server; `connect` a connection as `waihu_admin`."""

    def __init__(self, client: Callable[[str], Any], connect: Callable[[], Connection]) -> None:
        self._client, self._connect = client, connect
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="bucket events")

    def start(self) -> None:
        """From now on nothing that is published is missed."""
        self._sqs, self._s3 = self._client("sqs"), self._client("s3")
        self._listen()
        self._thread.start()

    def stop(self) -> None:
        """Ends the wait at the queue with a message that says nothing: a call that is still open would hold the AWS
        server's own stop up for three seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            with suppress(Exception):  # the server is away: then nothing waits there either
                self._sqs.send_message(QueueUrl=self._queue, MessageBody="{}")
            self._thread.join(STOP_SECONDS)

    def _listen(self) -> None:
        """Has the bucket tell the queue; doing it twice changes nothing."""
        self._queue = self._sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        asked = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        queue = {
            "QueueArn": asked["Attributes"]["QueueArn"],
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": POINTERS}]}},
        }
        self._s3.put_bucket_notification_configuration(
            Bucket=SCRIPT_BUCKET, NotificationConfiguration={"QueueConfigurations": [queue]}
        )

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                for receipt, campaigns in self._heard():
                    for campaign in campaigns:
                        self._follow(campaign)
                    self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=receipt)
            except Exception as error:  # the server, the bucket or the database is away: what was heard comes again
                if self._stopping.wait(AGAIN_SECONDS):
                    return
                log.info("analysts' views wait: %s", error)
                with suppress(Exception):
                    self._listen()

    def _heard(self) -> Iterator[tuple[str, list[str]]]:
        told = self._sqs.receive_message(
            QueueUrl=self._queue, WaitTimeSeconds=WAIT_SECONDS, MaxNumberOfMessages=10, VisibilityTimeout=30
        )
        for message in told.get("Messages", ()):
            records = json.loads(message["Body"]).get("Records", ())
            keys = [unquote_plus(record["s3"]["object"]["key"]) for record in records]
            yield message["ReceiptHandle"], [campaign for key in keys if (campaign := campaign_of(key))]

    def _follow(self, campaign: str) -> None:
        connection = self._connect()
        try:
            follow_pointer(connection, ScriptBucket(self._s3, SCRIPT_BUCKET), campaign)
        except (ViewsInUse, NotFound) as error:
            log.warning("%s", error)
        finally:
            connection.close()
