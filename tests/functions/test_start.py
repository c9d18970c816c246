"""What a function loads when it starts: each class and library is paid for by whoever calls first."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

import pytest

from functions.business import handler
from functions.business.settings import BusinessSettings
from functions.hosting.web import Answer, Event
from local.layout import CHECKOUT

MOST_DATACLASSES = {"business": 34, "dispatch": 24}
"""0.3 to 0.5 ms each (docs/decisions/0036): the business function had 86."""

NEVER = {"boto3", "botocore", "lxml", "pglast", "polib", "streamlit", "asyncio", "aws_lambda_powertools"}

LOOK = """
import dataclasses, json, sys
import functions.{name}.handler
classes = {{
    f"{{each.__module__}}.{{each.__qualname__}}"
    for module in list(sys.modules.values()) for each in vars(module).values()
    if isinstance(each, type) and "__dataclass_fields__" in vars(each)
}}
print(json.dumps([sorted(classes), sorted(sys.modules)]))
"""


@pytest.mark.parametrize("name", MOST_DATACLASSES)
def test_a_function_starts_with_few_classes_that_are_written_as_text_first(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(name=name)], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    classes, modules = json.loads(done.stdout)

    assert len(classes) <= MOST_DATACLASSES[name], classes
    assert NEVER.intersection(modules) == set()


def test_what_the_first_request_loaded_is_not_looked_through_for_garbage_again(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []

    class Business:
        def handle(self, _event: Event) -> Answer:
            frozen.append(gc.get_freeze_count())
            return {"statusCode": 200}

    monkeypatch.setattr(handler, "Business", lambda *_: Business())
    monkeypatch.setattr(handler, "_business", None)
    monkeypatch.setattr(BusinessSettings, "from_environment", lambda _: BusinessSettings)
    monkeypatch.setattr(BusinessSettings, "script_bucket", "scripts", raising=False)
    monkeypatch.setattr(handler, "S3Bucket", lambda _: None)
    monkeypatch.setattr(handler, "SecretsManager", lambda: None)
    before = gc.get_freeze_count()
    try:
        for _ in range(2):
            assert handler.handle({"rawPath": "/"}, None) == {"statusCode": 200}
    finally:
        gc.unfreeze()

    assert frozen[0] == before < frozen[1]
