"""What Lambda itself says of each invocation: a REPORT line in the function's log, and metrics in `AWS/Lambda`."""

from __future__ import annotations

import time

from local.emf import Sample
from local.lambda_workers import Finished, FunctionSpec
from local.log_shipper import LogShipper

NAMESPACE = "AWS/Lambda"


class LambdaReports:
    """Passes on lines and reports of invocations to `shipper`."""

    def __init__(self, shipper: LogShipper) -> None:
        self._shipper = shipper

    def line(self, spec: FunctionSpec, stream: str, line: bytes) -> None:
        self._shipper.put(spec.log_group, stream, line)

    def finished(self, spec: FunctionSpec, ended: Finished) -> None:
        init = "" if ended.init_milliseconds is None else f"\tInit Duration: {ended.init_milliseconds:.2f} ms"
        status = {"ok": "", "timeout": "\tStatus: timeout"}.get(ended.outcome, "\tStatus: error")
        text = (
            f"REPORT RequestId: {ended.request}\tDuration: {ended.milliseconds:.2f} ms"
            f"\tMemory Size: {spec.memory_megabytes} MB{init}{status}"
        )
        self._shipper.put(spec.log_group, ended.worker, text.encode())
        self._shipper.record(_samples(ended))


def _samples(ended: Finished) -> list[Sample]:
    second = int(time.time())
    dimensions = (("FunctionName", ended.function),)

    def sample(name: str, unit: str, value: float) -> Sample:
        return Sample(NAMESPACE, name, unit, dimensions, second, value)

    made = [
        sample("Invocations", "Count", 1.0),
        sample("Errors", "Count", 0.0 if ended.outcome == "ok" else 1.0),
        sample("Duration", "Milliseconds", round(ended.milliseconds, 1)),
    ]
    if ended.init_milliseconds is not None:
        made.append(sample("InitDuration", "Milliseconds", round(ended.init_milliseconds, 1)))
    return made
