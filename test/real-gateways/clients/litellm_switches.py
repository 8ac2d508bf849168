"""Prints what LiteLLM itself takes for switches: names of fields of a body, and headers, as its sources have them."""

import json
import pathlib
import re

import litellm
from litellm.types.router import GenericLiteLLMParams
from litellm.types.utils import all_litellm_params

root = pathlib.Path(litellm.__file__).parent
sources = [file.read_text(encoding="utf-8") for file in (root / "proxy").rglob("*.py")]
headers = {name for text in sources for name in re.findall(r"[\"'](x-litellm-[a-z0-9-]*[a-z0-9])[\"']", text)}
# Fields that its proxy looks up in a request.
looked_up = {name for text in sources for name in re.findall(r"\bdata\.(?:get|pop)\(\s*[\"']([A-Za-z_-]+)[\"']", text)}
fields = {*all_litellm_params, *GenericLiteLLMParams.model_fields, *looked_up}
print(json.dumps({"fields": sorted(fields), "headers": sorted(headers)}))
