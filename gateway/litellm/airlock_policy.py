"""Who may call what, and for how many tokens: LiteLLM asks `authenticate` before it does anything with a call.

LiteLLM's own keys and budgets need its database and its administrator's interface. Here both are what the site's files
say, in `policy.json` beside this file: a key is known by its SHA-256 alone, and budgets lie in one SQLite file.
"""

import hashlib
import json
import os
import sqlite3
import time

from fastapi import Request
from fastapi.responses import JSONResponse
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import ProxyException, UserAPIKeyAuth

UNITS = {"m": 60, "h": 3600, "d": 86400}

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy.json"), encoding="utf-8") as file:
    POLICY = json.load(file)
KEYS = {key["hash"]: key for key in POLICY["keys"]}
NAMES = {key["name"]: key for key in POLICY["keys"]}
WORKFLOWS = {workflow["name"]: workflow for workflow in POLICY["workflows"]}


def refuse(status, code, message):
    raise ProxyException(message=message, type=code, param=None, code=status)


def window_start(window, now):
    """Windows begin at multiples of their length since 1970, so that every restart counts in the same one."""
    seconds = int(window[:-1]) * UNITS[window[-1]]
    return int(now // seconds) * seconds


def close_other_paths():
    """Leaves the paths that callers and probes need: several of LiteLLM's others answer without any key."""
    from litellm.proxy.proxy_server import app  # not before it is loaded: it loads this file

    open_paths = {POLICY["modelsPath"], *POLICY["paths"], *POLICY["probes"]}
    inner = app.middleware_stack

    async def gate(scope, receive, send):
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in open_paths):
            await inner(scope, receive, send)
        elif scope["type"] == "http":
            await JSONResponse({"error": {"message": "nothing is served here", "code": "not_found"}}, 404)(
                scope, receive, send
            )
        else:
            await send({"type": "websocket.close", "code": 1008})

    app.middleware_stack = gate


class Ledger:
    """Tokens that each key has used in each window."""

    def __init__(self, path):
        self.path = path
        with self.open() as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS used"
                " (key TEXT, win TEXT, start INTEGER, tokens INTEGER, PRIMARY KEY (key, win))"
            )

    def open(self):
        return sqlite3.connect(self.path, timeout=5, isolation_level=None)

    def used(self, key, window, now):
        with self.open() as db:
            row = db.execute("SELECT start, tokens FROM used WHERE key = ? AND win = ?", (key, window)).fetchone()
        return row[1] if row is not None and row[0] == window_start(window, now) else 0

    def charge(self, key, window, tokens, now):
        start = window_start(window, now)
        with self.open() as db:
            db.execute(
                "INSERT INTO used VALUES (?, ?, ?, ?) ON CONFLICT (key, win) DO UPDATE SET"
                " tokens = CASE WHEN start = excluded.start THEN tokens + excluded.tokens ELSE excluded.tokens END,"
                " start = excluded.start",
                (key, window, start, tokens),
            )


LEDGER = Ledger(POLICY["ledger"]) if any(key["budgets"] for key in POLICY["keys"]) else None


def check_budgets(key):
    for budget in key["budgets"]:
        if LEDGER.used(key["name"], budget["window"], time.time()) >= budget["tokens"]:
            refuse(429, "budget_exceeded", f"the budget of {budget['tokens']} tokens in {budget['window']} is used up")


async def check_call(request, path, key):
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        refuse(400, "model_required", "the body names no model")
    workflow = WORKFLOWS.get(body["model"])
    if workflow is None or workflow["name"] not in key["workflows"]:
        refuse(403, "model_not_allowed", "this key may not use that model")
    if path not in workflow["paths"]:
        refuse(403, "path_not_allowed", f"{workflow['name']} does not answer on {path}")
    if body.get("stream") and not workflow["streaming"]:
        refuse(403, "streaming_not_allowed", f"{workflow['name']} does not stream its answers")
    check_budgets(key)


async def authenticate(request: Request, api_key: str | None) -> UserAPIKeyAuth:
    """Every route but those of probes comes here first; what is not named here is refused."""
    digest = "sha256:" + hashlib.sha256((api_key or "").removeprefix("Bearer ").strip().encode()).hexdigest()
    key = KEYS.get(digest)
    if key is None:
        refuse(401, "invalid_api_key", "no such API key")
    path = request.url.path
    if path not in (POLICY["modelsPath"], *POLICY["paths"]):
        refuse(403, "path_not_allowed", f"nothing is served on {path}")
    if path != POLICY["modelsPath"]:
        await check_call(request, path, key)
    # By its hash: what LiteLLM keeps of a key appears in its logs and traces.
    return UserAPIKeyAuth(api_key=digest, key_alias=key["name"], user_id=key["name"], models=key["workflows"])


class Charges(CustomLogger):
    """Charges a call once its answer is complete: the one that crosses a budget ends, the next is refused."""

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        name = (kwargs.get("litellm_params", {}).get("metadata") or {}).get("user_api_key_alias")
        key = NAMES.get(name)
        if key is None:
            return
        usage = getattr(response_obj, "usage", None)
        tokens = getattr(usage, "total_tokens", 0) or 0
        for budget in key["budgets"]:
            LEDGER.charge(name, budget["window"], tokens, time.time())


charges = Charges()
close_other_paths()
