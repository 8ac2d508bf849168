"""Command lines in on standard input, one JSON array of strings a line; what the parser said out, one JSON object a line."""

import contextlib
import io
import json
import os
import sys

# Libraries print what they like while they are imported; the answers alone belong on standard output.
OUTPUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(parser, read, values):
    """
    Parses each line.

    read: takes the list of arguments and returns the namespace, as the engine does it; raises or exits when it refuses
    values: takes the namespace and returns what the engine made of it
    """
    flags = sorted(flag for action in parser._actions for flag in action.option_strings)
    print(json.dumps({"flags": flags}), file=OUTPUT)
    for line in sys.stdin:
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                result = {"values": values(read(json.loads(line)))}
        except SystemExit:
            result = {"error": said.getvalue().strip().splitlines()[-1]}
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=OUTPUT)
    OUTPUT.flush()
