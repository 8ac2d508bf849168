"""Who may call what, and for how many tokens. The door asks before LiteLLM does anything with a call.

LiteLLM's own keys and budgets need its database and its administrator's interface. Here both are what the site's files
say, in `policy.json` beside this file: a key is known by its SHA-256 alone, and budgets lie in one SQLite file.
"""

import hashlib
import json
import os
import sqlite3
import time

import httpx
import openai
from fastapi import HTTPException, Request
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.types.router import RouterRateLimitError

from airlock_door import Door
from airlock_fields import Admission
from airlock_refusal import Refusal
from airlock_texts import Reader

UNITS = {"m": 60, "h": 3600, "d": 86400}

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy.json"), encoding="utf-8") as file:
    POLICY = json.load(file)
KEYS = {key["hash"]: key for key in POLICY["keys"]}
NAMES = {key["name"]: key for key in POLICY["keys"]}
WORKFLOWS = {workflow["name"]: workflow for workflow in POLICY["workflows"]}
PATTERNS = POLICY["patterns"]


def reader(workflow, side):
    """Reads one side of a workflow's calls; None where nobody does."""
    redaction = workflow.get("redaction")
    if redaction is None or redaction[side] == "pass":
        return None
    return Reader([PATTERNS[at] for at in redaction["patterns"]], redaction[side])


READERS = {name: (reader(one, "requests"), reader(one, "responses")) for name, one in WORKFLOWS.items()}


def window_start(window, now):
    """Windows begin at multiples of their length since 1970, so that every restart counts in the same one."""
    seconds = int(window[:-1]) * UNITS[window[-1]]
    return int(now // seconds) * seconds


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
            message = f"the budget of {budget['tokens']} tokens in {budget['window']} is used up"
            raise Refusal(429, "budget_exceeded", message)


def digest_of(key):
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


class Policy:
    """What the door asks."""

    models_path = POLICY["modelsPath"]
    paths = frozenset(POLICY["paths"])
    probes = frozenset(POLICY["probes"])

    def key_for(self, sent):
        key = KEYS.get(digest_of(sent))
        if key is None:
            raise Refusal(401, "invalid_api_key", "no such API key")
        return key

    def judge(self, path, key, body):
        """@returns the body built anew, the fields of its answer, and who reads that"""
        if not isinstance(body.get("model"), str):
            raise Refusal(400, "model_required", "model: the body names none", "model")
        workflow = WORKFLOWS.get(body["model"])
        if workflow is None or workflow["name"] not in key["workflows"]:
            raise Refusal(403, "model_not_allowed", "this key may not use that model")
        if path not in workflow["paths"]:
            raise Refusal(403, "path_not_allowed", f"{workflow['name']} does not answer on {path}")
        requests, answers = READERS[workflow["name"]]
        fields = POLICY["fields"][path]
        made = Admission(path, fields, requests, answers is not None, workflow["owned"]).request(body)
        if made.get("stream") and not workflow["streaming"]:
            raise Refusal(403, "streaming_not_allowed", f"{workflow['name']} does not stream its answers")
        check_budgets(key)
        if "stream_options" in fields:
            # Tokens of streamed answers count, whatever the caller says.
            made.pop("stream_options", None)
            if made.get("stream"):
                made["stream_options"] = {"include_usage": True}
        return made, POLICY["answer"], answers


def open_door():
    """Puts the door before all of LiteLLM, once."""
    from litellm.proxy.proxy_server import app  # not before it is loaded: it loads this file

    if not getattr(app.middleware_stack, "is_airlock", False):
        app.middleware_stack = Door(app.middleware_stack, Policy())


async def authenticate(request: Request, api_key: str | None) -> UserAPIKeyAuth:
    """LiteLLM asks who a caller is; the door has let the call in, so this can refuse only what came another way."""
    digest = digest_of((api_key or "").removeprefix("Bearer ").strip())
    key = KEYS.get(digest)
    if key is None or request.url.path not in (Policy.models_path, *Policy.paths):
        raise ProxyException(message="no such API key", type="invalid_api_key", param=None, code=401)
    # By its hash: what LiteLLM keeps of a key appears in its logs and traces.
    return UserAPIKeyAuth(api_key=digest, key_alias=key["name"], user_id=key["name"], models=key["workflows"])


def causes(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def is_away(error):
    """Whether no engine took the call that was tried last: none listens, or LiteLLM lets it rest after failures."""
    for one in causes(error):
        # LiteLLM's own errors derive from this one; the client's says that an engine answered, and what is further back
        # was a try before it.
        if isinstance(one, openai.APIStatusError) and type(one).__module__.split(".")[0] == "openai":
            return False
        if isinstance(one, (httpx.TransportError, RouterRateLimitError)):
            return True
    return False


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

    async def async_post_call_failure_hook(self, request_data, original_exception, user_api_key_dict, traceback_str=None):
        """RFC 9110, 15.6.4: 503 where an engine is away; LiteLLM would say 500, or 429 as if the caller had sent too much."""
        if is_away(original_exception):
            return HTTPException(503, "no engine of this model answers at the moment; ask again later")
        return None


charges = Charges()
open_door()
