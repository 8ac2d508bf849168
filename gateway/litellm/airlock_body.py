"""A body as exactly one JSON value: what two parsers could read in two ways is refused."""

import json

from airlock_refusal import Refusal


def refuse(message):
    raise Refusal(400, "invalid_body", message)


def without_twins(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        refuse("the body has a key twice in one object")
    return made


def no_number(_):
    refuse("the body has NaN or Infinity, which are no JSON")


def parse(content):
    """@returns the object; RFC 8259 in UTF-8 without a mark, with no key twice in an object"""
    try:
        body = json.loads(content.decode("utf-8"), object_pairs_hook=without_twins, parse_constant=no_number)
        # A half of a surrogate pair is no character (RFC 8259, 8.2), and encodes to nothing.
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError):
        refuse("the body is no JSON in UTF-8 that could be read")
    if not isinstance(body, dict):
        refuse("the body is no JSON object")
    return body
