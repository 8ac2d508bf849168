"""What a call may say: builds a request anew from the fields that `policy.json` lists, and refuses every other one.

LiteLLM takes dozens of fields of a body as its own switches, and merges some of them over what its guards have read. So
nothing passes because it is not known to be bad. The shapes are those of gateway/fields/shape.ts.
"""

import re

from airlock_refusal import Refusal

DEPTH = 64
NAME = re.compile(r"[^\s<>|\\\"]{1,256}")
SHOWN = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
DATA = re.compile(r"data:[^\s\"]*")
DIGITS = re.compile(r"[0-9]{1,9}")
REASONS = {
    "requests-are-redacted": "nobody can read it, and this model's requests are redacted",
    "answers-are-redacted": "nobody could read what it asks for, and this model's answers are redacted",
}
EXPECTED = {
    "text": "a text",
    "name": "a word without spaces",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "data": "data:… with the bytes in place; no address is fetched",
    "json": "JSON",
    "weights": "an object of numbers by token id",
    "nothing": "nothing, or no field at all",
    "ignored": "anything",
    "list": "a list",
    "object": "an object",
    "kind": "an object",
}
DROPPED = object()


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def has_type(shape, value):
    """Whether the JSON type of a value is that of a shape."""
    what = shape["is"]
    if what in ("text", "name", "data"):
        return isinstance(value, str)
    if what in ("object", "kind", "weights"):
        return isinstance(value, dict)
    if what == "list":
        return isinstance(value, list)
    if what == "boolean":
        return isinstance(value, bool)
    if what == "integer":
        return is_number(value) and value == int(value)
    if what == "number":
        return is_number(value)
    if what == "choice":
        return any(type(one) is type(value) for one in shape["of"])
    if what == "nothing":
        return value in ([], {})
    return True


class Admission:
    """
    @param endpoint what refusals call it, e.g. its path
    @param reader reads texts; None where requests are not redacted
    @param guarded whether answers are redacted
    @param owned fields that the gateway sets in every request, whatever the caller says
    """

    def __init__(self, endpoint, fields, reader, guarded, owned=()):
        self.endpoint, self.fields, self.reader = endpoint, fields, reader
        self.owned = frozenset(owned)
        self.closed = {*(["requests-are-redacted"] if reader else []), *(["answers-are-redacted"] if guarded else [])}

    def request(self, body):
        """@returns the same request, built anew"""
        for name in self.owned & body.keys():
            raise Refusal(400, "field_not_allowed", f"{name}: the gateway sets this field in every request", name)
        return self.fields_of(body, self.fields, "")

    def shown(self, name):
        hidden = not SHOWN.fullmatch(name) or (self.reader is not None and self.reader.found(name) is not None)
        return "(a name that is not repeated here)" if hidden else name

    def fields_of(self, value, fields, where):
        built = {}
        for name, item in value.items():
            at = f"{where}.{self.shown(name)}" if where else self.shown(name)
            if name not in fields:
                place = f"{where} of {self.endpoint}" if where else self.endpoint
                allowed = ", ".join(sorted(fields))
                raise Refusal(400, "field_not_allowed", f"{at}: no such field; {place} takes: {allowed}", at)
            made = self.value(fields[name], item, at)
            if made is not DROPPED:
                built[name] = made
        return built

    def value(self, shape, value, where):
        if "unless" in shape and shape["unless"] in self.closed:
            raise Refusal(400, "field_not_allowed", f"{where}: {REASONS[shape['unless']]}", where)
        if value is None:
            return DROPPED if shape["is"] in ("nothing", "ignored") else None
        if shape["is"] == "either":
            for one in shape["of"]:
                if has_type(one, value):
                    return self.value(one, value, where)
            self.expected(where, " or ".join(dict.fromkeys(self.wanted(one) for one in shape["of"])))
        if not has_type(shape, value):
            self.expected(where, self.wanted(shape))
        return getattr(self, f"as_{shape['is']}")(shape, value, where)

    def wanted(self, shape):
        if shape["is"] == "choice":
            return "one of: " + ", ".join(str(one).lower() if isinstance(one, bool) else one for one in shape["of"])
        return EXPECTED[shape["is"]]

    def expected(self, where, what):
        raise Refusal(400, "invalid_field", f"{where}: expected {what}", where)

    def as_text(self, shape, value, where):
        return value if self.reader is None or shape["read"] == "filter" else self.reader.read(value, where)

    def as_name(self, shape, value, where):
        if not NAME.fullmatch(value):
            self.expected(where, self.wanted(shape))
        if self.reader is not None:
            self.reader.refuse(value, where)
        return value

    def as_number(self, shape, value, where):
        if self.reader is not None:
            self.reader.refuse(str(value), where)
        return value

    as_integer = as_number

    def as_boolean(self, shape, value, where):
        return value

    def as_choice(self, shape, value, where):
        if value not in shape["of"]:
            self.expected(where, self.wanted(shape))
        return value

    def as_data(self, shape, value, where):
        if not DATA.fullmatch(value):
            self.expected(where, self.wanted(shape))
        return value

    def as_nothing(self, shape, value, where):
        return DROPPED

    as_ignored = as_nothing

    def as_weights(self, shape, value, where):
        for token, weight in value.items():
            if not DIGITS.fullmatch(token) or not is_number(weight):
                self.expected(where, self.wanted(shape))
            if self.reader is not None:
                self.reader.refuse(token, f"{where}: a token in it")
                self.reader.refuse(str(weight), f"{where}: a weight in it")
        return value

    def as_list(self, shape, value, where):
        built = [self.item(shape["of"], item, f"{where}[{at}]") for at, item in enumerate(value)]
        if "together" in shape and self.reader is not None:
            texts = [item[shape["together"]] for item in built if isinstance(item.get(shape["together"]), str)]
            if len(texts) > 1:
                self.reader.refuse_seams(texts, where)
        return built

    def item(self, shape, value, where):
        """Nothing stands in a list without being something."""
        if value is None:
            self.expected(where, self.wanted(shape) if shape["is"] != "either" else "a value")
        return self.value(shape, value, where)

    def as_object(self, shape, value, where):
        return self.fields_of(value, shape["fields"], where)

    def as_kind(self, shape, value, where):
        name = value.get(shape["by"], shape.get("otherwise"))
        if not isinstance(name, str) or name not in shape["of"]:
            self.expected(f"{where}.{shape['by']}", "one of: " + ", ".join(sorted(shape["of"])))
        return self.fields_of(value, shape["of"][name]["fields"], where)

    def as_json(self, shape, value, where, depth=0):
        if depth > DEPTH:
            self.expected(where, f"at most {DEPTH} levels")
        if isinstance(value, dict):
            if self.reader is not None:
                for name in value:
                    self.reader.refuse(name, f"{where}: a name in it")
            return {name: self.as_json(shape, item, f"{where}.{self.shown(name)}", depth + 1) for name, item in value.items()}
        if isinstance(value, list):
            return [self.as_json(shape, item, f"{where}[{at}]", depth + 1) for at, item in enumerate(value)]
        if isinstance(value, str) and self.reader is not None:
            return self.reader.read(value, where)
        if is_number(value) and self.reader is not None:
            self.reader.refuse(str(value), where)
        return value
