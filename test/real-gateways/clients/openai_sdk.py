"""OpenAI's SDK with nothing but an address, a key and a name; prints what came as one line of JSON."""

import json
import sys

from openai import OpenAI

url, key, model, text = sys.argv[1:]
client = OpenAI(base_url=url, api_key=key, max_retries=0)
messages = [{"role": "user", "content": text}]
whole = client.chat.completions.create(model=model, messages=messages, max_tokens=8)
parts = client.chat.completions.create(model=model, messages=messages, max_tokens=8, stream=True)
pieces = [chunk.choices[0].delta.content or "" for chunk in parts if chunk.choices]
names = [one.id for one in client.models.list()]
print(json.dumps({"whole": whole.choices[0].message.content, "pieces": pieces, "models": names}))
