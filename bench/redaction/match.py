"""Python's re, with IGNORECASE as LiteLLM compiles patterns: reads a job as JSON, writes matches and times."""

import json
import math
import re
import sys
import time

# In turn, and the best of each: a busy machine only ever makes one dearer. More rounds while the ratio is too high.
ROUNDS, ROUNDS_AT_MOST = 5, 50


def seconds(pattern, text):
    began = time.process_time()
    for _match in pattern.finditer(text):
        pass
    return time.process_time() - began


def slowest(pattern, units, job):
    size = job["size"]
    fill = lambda unit: unit * (size // len(unit) + 1)
    unit = max(units, key=lambda each: seconds(pattern, fill(each)))
    while seconds(pattern, fill(unit)) < job["least"]:
        size *= 2
    text = fill(unit)
    once = more = math.inf
    for turn in range(ROUNDS_AT_MOST):
        if turn >= ROUNDS and more / once < job["limit"]:
            break
        once = min(once, seconds(pattern, text))
        more = min(more, seconds(pattern, text * job["times"]))
    return {"unit": unit, "nanoseconds": 1e9 * once / len(text), "ratio": more / once}


job = json.load(sys.stdin)
flags = re.IGNORECASE if job["ignoreCase"] else 0
patterns = [re.compile(pattern, flags) for pattern in job["patterns"]]
json.dump(
    {
        "version": "Python " + sys.version.split()[0],
        "matches": [
            [[match.group() for match in pattern.finditer(text)] for text in job["texts"]] for pattern in patterns
        ],
        "slowest": [
            slowest(pattern, units, job) for pattern, units in zip(patterns, job["units"])
        ],
    },
    sys.stdout,
)
