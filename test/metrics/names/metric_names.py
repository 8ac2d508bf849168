"""Metrics that Python sources make with prometheus_client: metric_names.py FOLDER... prints {name as scraped: kind}.

A call counts whose function has "counter", "gauge", "histogram" or "summary" in its name, and whose name is a constant.
"""

import ast
import json
import pathlib
import re
import sys

KINDS = re.compile("counter|gauge|histogram|summary", re.IGNORECASE)


def text_of(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def metric(call):
    callee = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    kind = KINDS.search(callee)
    words = {word.arg: text_of(word.value) for word in call.keywords}
    name = words.get("name") or (text_of(call.args[0]) if call.args else None)
    if kind is None or name is None or re.fullmatch("[a-zA-Z_:][a-zA-Z0-9_:]*", name) is None:
        return None
    space = words.get("namespace")
    name = f"{space}_{name}" if space else name
    kind = kind.group().lower()
    # prometheus_client puts it there (metrics.py, Counter).
    if kind == "counter" and not name.endswith("_total"):
        name += "_total"
    return name, kind


found = {}
for folder in sys.argv[1:]:
    for file in sorted(pathlib.Path(folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            made = metric(node) if isinstance(node, ast.Call) else None
            if made is not None:
                found[made[0]] = made[1]
json.dump(found, sys.stdout)
