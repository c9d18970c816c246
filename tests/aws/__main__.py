"""The smoke test for a real RDS Proxy, by hand, from a machine that reaches it (CloudShell in the VPC, a bastion).

    python -m tests.aws --proxy waihu.proxy-abc.eu-west-1.rds.amazonaws.com --proxy-name waihu --region eu-west-1

It signs in with an IAM token over verified TLS as the function does, runs the checks, and reads from CloudWatch whether
the proxy pinned anything. It writes nothing into the database. Without credentials it says so and ends with status 2.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from database.connection import Connection, verifying_context
from database.failures import CannotConnect
from database.iam_token import Credentials, iam_token
from local.certificate import make_server_certificate
from tests.aws.checks import EVERY, Failed

PINNED = "DatabaseConnectionsCurrentlySessionPinned"
WAIT_SECONDS = 240
SKIPPED = 2


def main(arguments: list[str] | None = None) -> int:
    given = _arguments(arguments)
    session = _session(given.region)
    if session is None:
        print("SKIPPED: no AWS credentials were found. NOTHING was tried. Sign in (aws sso login) and run it again.")
        return SKIPPED
    begun = dt.datetime.now(dt.UTC)
    failed = _try("TLS is verified: a stranger's authority is refused", lambda: _refuses_strangers(given, session))
    for check in EVERY:
        failed += _try((check.__doc__ or "").partition("\n")[0], partial(check, partial(_open, given, session)))
    failed += _try("nothing was pinned meanwhile", lambda: _pinned(given, session, begun))
    print(f"{failed} failed" if failed else "all held")
    return 1 if failed else 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.aws", description=__doc__)
    parser.add_argument("--proxy", required=True, help="the proxy's endpoint (output DatabaseHost of the cell's stack)")
    parser.add_argument("--proxy-name", required=True, help="its name, a dimension of its metrics")
    parser.add_argument("--region", required=True)
    parser.add_argument("--port", type=int, default=5432)
    parser.add_argument("--database", default="waihu")
    parser.add_argument("--user", default="waihu_business")
    parser.add_argument("--ca", default="", help="file of the authority, where the system does not know Amazon's")
    return parser.parse_args(arguments)


def _session(region: str) -> Any:
    import boto3

    session = boto3.Session(region_name=region)
    return session if session.get_credentials() is not None else None


def _open(given: argparse.Namespace, session: Any, ca: str | None = None) -> Connection:
    """As the function opens it: token, TLS with the host's name checked."""
    held = session.get_credentials().get_frozen_credentials()
    credentials = Credentials(held.access_key, held.secret_key, held.token or "")

    def token() -> str:
        now = dt.datetime.now(dt.UTC)
        return iam_token(credentials, region=given.region, host=given.proxy, port=given.port, user=given.user, now=now)

    tls = verifying_context(given.ca if ca is None else ca)
    return Connection.open(given.proxy, given.port, given.database, given.user, token, tls=tls, timeout=30)


def _refuses_strangers(given: argparse.Namespace, session: Any) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(make_server_certificate(["nobody"]).authority)  # made just now: it has signed nothing of Amazon's
        file.flush()
        try:
            _open(given, session, file.name).close()
        except CannotConnect as error:
            return str(error)
    raise Failed("a certificate of an authority that we do not know was believed")


def _pinned(given: argparse.Namespace, session: Any, begun: dt.datetime) -> str:
    """The proxy's own count, which comes a minute or two late."""
    watch = session.client("cloudwatch")
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        points = watch.get_metric_statistics(
            Namespace="AWS/RDS", MetricName=PINNED, Dimensions=[{"Name": "ProxyName", "Value": given.proxy_name}],
            StartTime=begun - dt.timedelta(minutes=1), EndTime=dt.datetime.now(dt.UTC), Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]  # fmt: skip
        if len(points) >= 3 or (points and time.monotonic() > deadline):
            most = max(point["Maximum"] for point in points)
            if most > 0:
                raise Failed(f"{most:g} sessions were pinned; the proxy's log (DebugLogging) names the statements")
            return f"{len(points)} minutes, none pinned"
        if time.monotonic() > deadline:
            raise Failed(f"CloudWatch has no {PINNED} of {given.proxy_name}: is the name right?")
        time.sleep(15)


def _try(what: str, work: Callable[[], str]) -> int:
    started = time.perf_counter()
    try:
        seen, verdict = work(), "held"
    except Exception as error:
        seen, verdict = f"{type(error).__name__}: {error}", "FAILED"
    print(f"{verdict:6}  {what}  [{seen}; {time.perf_counter() - started:.1f} s]", flush=True)
    return verdict == "FAILED"


if __name__ == "__main__":
    sys.exit(main())
