"""The end of a session, where it is believed: in the cell's database, so that its next action is refused."""

from __future__ import annotations

from callscript.session_token import SignedClaims
from database.connection import Query
from database.failures import ConnectionLost, DatabaseFailure, DatabaseTrouble
from functions.business.connections import Connections
from functions.business.failures import refusal_of

_SIGN_OUT = "SELECT platform.sign_out($1::text, $2::text, $3::bytea)"
_REVOKED = "WH003"


def sign_out(connections: Connections, signed: SignedClaims) -> None:
    """Ends the session of these claims; one that has ended already is none the worse.

    Raises:
        Refused: the database is away, or does not believe the claims.
    """
    query = Query(_SIGN_OUT, (signed.text, signed.key_id, signed.mac), "sign_out")
    for last in (False, True):
        kept = False
        try:
            connection, kept = connections.get()
            connection.run_pipeline([query])
        except DatabaseFailure as failure:
            if failure.sqlstate != _REVOKED:
                raise refusal_of(failure) from failure
        except DatabaseTrouble as trouble:
            connections.discard()
            if last or not kept or not isinstance(trouble, ConnectionLost):
                raise refusal_of(trouble) from trouble
            continue
        return
