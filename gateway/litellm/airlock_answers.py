"""Answers of workflows that redact them: built anew from listed fields, with every text read that LiteLLM's filter does
not read. Whole answers are masked or refused; a streamed one is refused, since its beginning is out before its end."""

import json

from airlock_refusal import Refusal

# Texts that come in pieces: held back until something else comes, read whole, and sent as one.
HELD = ("reasoning_content", "refusal")


def kept(shape, value, reader, where):
    """@returns the value without fields that no table lists; None where it has another type"""
    what = shape["is"]
    if what == "object":
        return fields_kept(shape["fields"], value, reader, where) if isinstance(value, dict) else None
    if what == "list":
        if not isinstance(value, list):
            return None
        return [kept(shape["of"], item, reader, f"{where}[{at}]") for at, item in enumerate(value)]
    if what == "text":
        if not isinstance(value, str):
            return None
        return value if shape["read"] == "filter" else reader.read(value, where)
    if what == "json":
        return json_kept(value, reader, where)
    return value if isinstance(value, (int, float)) else None


def fields_kept(fields, value, reader, where=""):
    return {
        name: kept(fields[name], item, reader, f"{where}.{name}" if where else name)
        for name, item in value.items()
        if name in fields
    }


def json_kept(value, reader, where):
    if isinstance(value, dict):
        return {reader.read(name, where): json_kept(item, reader, where) for name, item in value.items()}
    if isinstance(value, list):
        return [json_kept(item, reader, where) for item in value]
    return reader.read(value, where) if isinstance(value, str) else value


def guarded(content, fields, reader):
    """
    @param content the JSON of a whole answer, or of an error
    @throws Refusal where the workflow rejects what stands in it
    """
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Refusal(502, "no_answer", "what came is no JSON object, and nothing could read it")
    return json.dumps(fields_kept(fields, answer, reader)).encode()


class Held:
    """Texts of one choice that come in pieces: kept back until they can be read whole."""

    def __init__(self, reader):
        self.reader = reader
        self.texts = {name: ["", 0] for name in HELD}
        self.calls = {}

    def take(self, delta):
        for name in HELD:
            text = delta.pop(name, None)
            if isinstance(text, str):
                self.texts[name][0] += text
        for call in delta.pop("tool_calls", None) or ():
            if isinstance(call, dict):
                self.add_call(call)

    def add_call(self, call):
        """Pieces of a call of a tool have its index in common; its arguments come bit by bit."""
        whole = self.calls.setdefault(call.get("index"), {"function": {"arguments": ""}})
        function = call.get("function") if isinstance(call.get("function"), dict) else {}
        for target, source in ((whole, call), (whole["function"], function)):
            for name in ("index", "id", "type", "name"):
                if name in source and source[name] is not None:
                    target[name] = source[name]
        if isinstance(function.get("arguments"), str):
            whole["function"]["arguments"] += function["arguments"]

    def give(self, delta, is_last):
        """Puts back what is complete, after it was read. Calls of tools are complete at the end."""
        for name, (text, sent) in self.texts.items():
            if sent < len(text):
                # All of it from its beginning, so that nothing hides by coming in two halves.
                self.reader.read(text, f"choices.delta.{name}")
                delta[name] = text[sent:]
                self.texts[name][1] = len(text)
        if is_last and self.calls:
            for call in self.calls.values():
                arguments_read(call["function"]["arguments"], self.reader)
            delta["tool_calls"] = list(self.calls.values())
            self.calls = {}


def arguments_read(text, reader):
    """Arguments are JSON inside of JSON, where a character may be written in another way."""
    where = "choices.delta.tool_calls.function.arguments"
    reader.read(text, where)
    try:
        json_kept(json.loads(text), reader, where)
    except (ValueError, RecursionError):
        return


class Stream:
    """Events of a streamed answer (WHATWG HTML, "Server-sent events"), each a JSON object or `[DONE]`."""

    def __init__(self, fields, reader):
        self.fields, self.reader = fields, reader
        self.rest = b""
        self.held = {}

    def feed(self, content, is_last):
        """@returns what may go out. @throws Refusal where nothing more may"""
        self.rest = (self.rest + content).replace(b"\r\n", b"\n")
        *events, self.rest = self.rest.split(b"\n\n")
        if is_last and self.rest.strip():
            events, self.rest = [*events, self.rest], b""
        return b"".join(self.event(event) for event in events)

    def event(self, event):
        content = b"\n".join(line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:"))
        if not content:
            return b""  # a comment, which keeps the connection open
        if content == b"[DONE]":
            return b"data: [DONE]\n\n"
        try:
            piece = json.loads(content)
        except ValueError:
            piece = None
        if not isinstance(piece, dict):
            raise Refusal(502, "no_answer", "a piece of the answer is no JSON object, and nothing could read it")
        for choice in piece.get("choices") or ():
            if isinstance(choice, dict) and isinstance(choice.get("delta"), dict):
                self.hold(choice, choice["delta"])
        return b"data: " + json.dumps(fields_kept(self.fields, piece, self.reader)).encode() + b"\n\n"

    def hold(self, choice, delta):
        """Takes held texts out of a piece, and puts them into the first that shows them to be complete."""
        held = self.held.setdefault(choice.get("index"), Held(self.reader))
        is_last = bool(choice.get("finish_reason"))
        is_complete = bool(delta.get("content") or delta.get("tool_calls"))
        held.take(delta)
        if is_last or is_complete:
            held.give(delta, is_last)
