"""Sends OTLP with the OpenTelemetry SDK for Python, in the form in which agentgateway reports requests for models.

send.py plant ENDPOINT           one trace for each text of the JSON list on standard input, the text in every place that a
                                 span has; prints the trace ids as JSON
send.py stream ENDPOINT RATE S   RATE traces of two spans a second for S seconds, each sent by itself; prints for each a line
                                 of JSON: trace id, beginning (epoch seconds), milliseconds until the answer, and whether it was taken
send.py persons ENDPOINT         traces of the people on standard input: {"person": count, ...}; prints ids by person
send.py dated ENDPOINT           one trace for each epoch second of the JSON list on standard input; prints the ids
"""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanKind, Status, StatusCode


class Kept(SpanExporter):
    """Keeps spans for whoever sends them."""

    def __init__(self):
        self.spans = []

    def export(self, spans):
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS


def messages(role, text):
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}], ensure_ascii=False)


def attributes(prompt, answer, person):
    """Names as agentgateway writes them, the drifted one included."""
    return {
        "gateway": "default/default",
        "route": "claims-summary",
        "protocol": "llm",
        "http.method": "POST",
        "http.path": "/v1/chat/completions",
        "http.status": 200,
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "claims-summary",
        "gen_ai.response.model": "gpt-oss-20b",
        "gen_ai.usage.input_tokens": 211,
        "gen_ai.usage.output_tokens": 42,
        "gen_ai.usage.reasoning_tokens": 7,
        "gen_ai.request.temperature": 0.0,
        "gen_ai.input.messages": messages("user", prompt),
        "gen_ai.output.messages": messages("assistant", answer),
        "enduser.id": person,
    }


def tracer(kept, resource):
    provider = TracerProvider(resource=Resource.create({"service.name": "agentgateway", **resource}))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return provider


def one_trace(provider, prompt, answer, person, at=None):
    tracer_ = provider.get_tracer("agentgateway")
    start = None if at is None else int(at * 1e9)
    end = None if at is None else start + 1_000_000_000
    with_parent = tracer_.start_span("POST /v1/chat/completions", kind=SpanKind.SERVER, start_time=start)
    context = trace.set_span_in_context(with_parent)
    child = tracer_.start_span(
        "chat claims-summary",
        context=context,
        kind=SpanKind.CLIENT,
        start_time=start,
        attributes=attributes(prompt, answer, person),
    )
    child.end(end)
    with_parent.end(end)
    return format(child.get_span_context().trace_id, "032x")


def hex_id(span):
    return format(span.get_span_context().trace_id, "032x")


def plant(endpoint):
    ids = []
    exporter = HttpExporter(endpoint=f"{endpoint}/v1/traces")
    for text in json.load(sys.stdin):
        kept = Kept()
        provider = tracer(kept, {"resource.note": text})
        tracer_ = provider.get_tracer("agentgateway", attributes={"scope.note": text})
        elsewhere = tracer_.start_span("linked").get_span_context()
        span = tracer_.start_span(
            f"chat {text}",
            kind=SpanKind.CLIENT,
            links=[Link(elsewhere, {"link.note": text})],
            attributes={
                **attributes(text, text, "person-0"),
                "gen_ai.prompt": messages("user", text),
                "gen_ai.completion": text,
                "gen_ai.system_instructions": json.dumps([{"type": "text", "content": text}], ensure_ascii=False),
                "gen_ai.tool.call.arguments": json.dumps({"query": {"nested": [text]}}),
                "gen_ai.request.stop_sequences": [text, "stop"],
                "metadata": json.dumps({"note": text}, ensure_ascii=False),
                "http.request.header.authorization": f"Bearer {text}",
                "http.request.header.cookie": text,
                f"note for {text}": "a key that is data",
            },
        )
        span.add_event("gen_ai.client.inference.operation.details", {"gen_ai.input.messages": messages("user", text)})
        span.add_event(f"event {text}", {"note": text})
        span.record_exception(ValueError(f"cannot parse {text}"))
        span.set_status(Status(StatusCode.ERROR, f"failed for {text}"))
        span.end()
        result = exporter.export(kept.spans)
        if result is not SpanExportResult.SUCCESS:
            raise SystemExit(f"not taken: {text}")
        ids.append(hex_id(span))
    print(json.dumps(ids))


def stream(endpoint, rate, seconds):
    exporter = GrpcExporter(endpoint=endpoint, insecure=True, timeout=10)
    kept = Kept()
    provider = tracer(kept, {})
    lock = threading.Lock()
    prompt = "Summarize the claim. " * 60

    def send(number):
        with lock:
            kept.spans.clear()
            trace_id = one_trace(provider, f"{number}: {prompt}", prompt, f"person-{number % 7}")
            spans = list(kept.spans)
        began, clock = time.time(), time.perf_counter()
        taken = exporter.export(spans) is SpanExportResult.SUCCESS
        line = {"trace": trace_id, "began": began, "ms": (time.perf_counter() - clock) * 1000, "taken": taken}
        with lock:
            print(json.dumps(line), flush=True)

    begin = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        for number in range(int(rate * seconds)):
            pause = begin + number / rate - time.perf_counter()
            if pause > 0:
                time.sleep(pause)
            pool.submit(send, number)


def whole(endpoint, requests):
    """Sends (key, person, epoch second) and returns trace ids by key."""
    exporter = HttpExporter(endpoint=f"{endpoint}/v1/traces")
    kept = Kept()
    provider = tracer(kept, {})
    ids = {}
    for key, person, at in requests:
        ids.setdefault(key, []).append(one_trace(provider, f"What is owed to {person}?", "Nothing.", person, at))
    for first in range(0, len(kept.spans), 64):
        if exporter.export(kept.spans[first : first + 64]) is not SpanExportResult.SUCCESS:
            raise SystemExit("not taken")
    return ids


mode, address = sys.argv[1:3]
if mode == "plant":
    plant(address)
elif mode == "stream":
    stream(address, float(sys.argv[3]), float(sys.argv[4]))
elif mode == "persons":
    people = json.load(sys.stdin)
    print(json.dumps(whole(address, [(person, person, None) for person, count in people.items() for _ in range(count)])))
else:
    print(json.dumps(whole(address, [("all", "person-0", at) for at in json.load(sys.stdin)]).get("all", [])))
