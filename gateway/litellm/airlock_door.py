"""The door before LiteLLM. What comes in is judged here, and LiteLLM gets a call that is built anew: a listed path, no
query, a few headers, one JSON body of listed fields. What goes out of a workflow that redacts answers is read here, too.

LiteLLM reads switches in dozens of headers (x-litellm-…), in the query and in the body, and several of its own paths
answer without any key.
"""

import json
import re

from airlock_answers import Stream, guarded
from airlock_body import parse
from airlock_refusal import Refusal

# W3C Trace Context, 3.2: a call goes on in the trace of its caller.
TRACE_PARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
SWITCH = "x-litellm-"


def header(scope, name):
    return next((value for key, value in scope["headers"] if key.lower() == name), None)


def key_of(scope):
    """The key as OpenAI's and Anthropic's clients send it; an empty text where there is none."""
    sent = header(scope, b"authorization") or b""
    if sent[:7].lower() == b"bearer ":
        return sent[7:].strip().decode("latin-1")
    return (header(scope, b"x-api-key") or b"").strip().decode("latin-1")


def check_head(scope):
    """@throws Refusal for a query, for a header that is a switch of LiteLLM's, and for a body that is not plain JSON"""
    if scope["query_string"]:
        raise Refusal(400, "query_not_allowed", "no parameters are taken in the address; write fields into the body")
    for name, _ in scope["headers"]:
        shown = name.decode("latin-1").lower()
        if shown.startswith(SWITCH):
            name = shown if re.fullmatch(r"[a-z0-9-]{1,64}", shown) else SWITCH + "…"
            raise Refusal(400, "header_not_allowed", f"{name}: no header of this gateway", name)
    if scope["method"] != "POST":
        return
    kind = (header(scope, b"content-type") or b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise Refusal(400, "invalid_body", "content-type: a body is application/json", "content-type")
    if (header(scope, b"content-encoding") or b"identity").strip().lower() != b"identity":
        raise Refusal(400, "invalid_body", "content-encoding: a body comes as it is, uncompressed", "content-encoding")


async def read_body(receive):
    content = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        content.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(content)


def rebuilt(scope, key, length):
    """The call as LiteLLM gets it. @param key None for probes, which have none"""
    names = (b"host", b"accept")
    headers = [(name, value) for name in names if (value := header(scope, name)) is not None]
    parent = header(scope, b"traceparent") or b""
    if TRACE_PARENT.fullmatch(parent):
        headers.append((b"traceparent", parent))
    if key is not None:
        headers.append((b"authorization", b"Bearer " + key.encode("latin-1")))
    if length is not None:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    return {**scope, "headers": headers, "query_string": b"", "raw_path": scope["path"].encode()}


def replayed(content, receive):
    """Gives a body that was read, then what comes after it: the caller hangs up."""
    given = False

    async def again():
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": content, "more_body": False}

    return again


async def send_whole(send, status, content, headers=()):
    head = [*headers, (b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": content})


# What goes out of the head of an answer that is read: LiteLLM repeats there every header of an engine, and of texts in
# headers nobody reads any.
HEADERS = (b"content-type", b"x-litellm-call-id")


def kept_headers(headers, names):
    return [(name, value) for name, value in headers if name.lower() in names]


class Exit:
    """What an answer passes on a workflow that redacts answers. @param fields those of an answer"""

    def __init__(self, send, fields, reader):
        self.send, self.fields, self.reader = send, fields, reader
        self.start, self.content, self.stream, self.is_over = None, [], None, False

    async def broke_off(self):
        """LiteLLM ends a stream that its filter refuses by failing: the caller gets a reason, and an end."""
        if self.stream is None or self.is_over:
            return False
        self.is_over = True
        refusal = Refusal(502, "broken_off", "the answer was refused by a pattern, or its engine broke off")
        await self.send({"type": "http.response.body", "body": b"data: " + refusal.body() + b"\n\n"})
        return True

    async def __call__(self, message):
        if self.is_over:
            return
        if message["type"] == "http.response.start":
            await self.begin(message)
        elif message["type"] == "http.response.body":
            await (self.whole if self.stream is None else self.piece)(message)

    async def begin(self, message):
        self.start = message
        kind = next((value for name, value in message["headers"] if name.lower() == b"content-type"), b"")
        if kind.startswith(b"text/event-stream") and message["status"] < 400:
            self.stream = Stream(self.fields, self.reader)
            await self.send({**message, "headers": kept_headers(message["headers"], HEADERS)})

    async def whole(self, message):
        self.content.append(message.get("body", b""))
        if message.get("more_body", False):
            return
        self.is_over = True
        status = self.start["status"]
        headers = kept_headers(self.start["headers"], HEADERS[1:])
        reader = self.reader if status < 400 else self.reader.masking()
        try:
            content = guarded(b"".join(self.content), self.fields, reader)
        except Refusal as refusal:
            status, content = refusal.status, refusal.body()
        await send_whole(self.send, status, content, headers)

    async def piece(self, message):
        is_last = not message.get("more_body", False)
        try:
            content = self.stream.feed(message.get("body", b""), is_last)
        except Refusal as refusal:
            content, is_last = b"data: " + refusal.body() + b"\n\n", True
        self.is_over = is_last
        if content or is_last:
            await self.send({"type": "http.response.body", "body": content, "more_body": not is_last})


class Door:
    """
    @param inner LiteLLM
    @param policy with `key_for(key)` and `judge(path, key, body)`; the latter returns the body anew, and the fields and
        the reader of the answer, None where nobody reads it
    """

    # LiteLLM loads this file more than once, so its classes are not the same ones each time.
    is_airlock = True

    def __init__(self, inner, policy):
        self.inner, self.policy = inner, policy

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self.inner(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            try:
                call = await self.admit(scope, receive, send)
            except Refusal as refusal:
                await send_whole(send, refusal.status, refusal.body())
            else:
                if call is not None:
                    await self.forward(*call)

    async def forward(self, scope, receive, send):
        try:
            await self.inner(scope, receive, send)
        except Exception:
            if not (isinstance(send, Exit) and await send.broke_off()):
                raise

    def expect(self, scope, *methods):
        if scope["method"] not in methods:
            raise Refusal(405, "method_not_allowed", f"{scope['path']} takes {methods[0]}")

    async def admit(self, scope, receive, send):
        """@returns what LiteLLM is called with; None where the caller has gone"""
        path, policy = scope["path"], self.policy
        if path in policy.probes:
            self.expect(scope, "GET", "HEAD")
            return rebuilt(scope, None, None), replayed(b"", receive), send
        if path != policy.models_path and path not in policy.paths:
            raise Refusal(404, "not_found", "nothing is served here")
        sent = key_of(scope)
        key = policy.key_for(sent)
        if path == policy.models_path:
            self.expect(scope, "GET")
            check_head(scope)
            return rebuilt(scope, sent, None), replayed(b"", receive), send
        self.expect(scope, "POST")
        check_head(scope)
        content = await read_body(receive)
        if content is None:
            return None
        body, fields, reader = policy.judge(path, key, parse(content))
        content = json.dumps(body, ensure_ascii=False).encode()
        out = send if reader is None else Exit(send, fields, reader)
        return rebuilt(scope, sent, len(content)), replayed(content, receive), out
