"""Lets Schemathesis in, and tells it what is there to be asked for.

Every call carries the next of several tokens, as one alone may make 300 calls a minute. Of the ids it
makes up, about half become those of a connection and a portfolio that are there; a document cannot
say which these are.
"""

import itertools
import os
import zlib

import schemathesis

TOKENS = itertools.cycle(os.environ["COFFER_TOKENS"].split())
IDS = {
    "/api/v1/connections/{id}": os.environ["COFFER_CONNECTION"],
    "/api/v1/accounts/{id}": os.environ["COFFER_CONNECTION"],
    "/api/v1/portfolios/{id}": os.environ["COFFER_PORTFOLIO"],
}


@schemathesis.auth(refresh_interval=None)
class Tokens:
    def get(self, case, context):
        return next(TOKENS)

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    known = next((known for path, known in IDS.items() if case.operation.path.startswith(path)), None)
    made_up = (case.path_parameters or {}).get("id")
    # What is deleted is gone for all calls that follow.
    if known and isinstance(made_up, str) and case.method != "DELETE" and not case.operation.path.endswith("/merge"):
        if zlib.crc32(made_up.encode("utf-8", "replace")) % 2:
            case.path_parameters["id"] = known
