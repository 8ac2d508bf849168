"""Downloads a model with huggingface_hub, unmodified, and prints the SHA-256 of every file it got.

usage: download.py snapshot|file REPOSITORY REVISION [FILE …]   (HF_ENDPOINT and HF_HOME are read from the environment)
"""

import hashlib
import json
import os
import sys

from huggingface_hub import HfApi, hf_hub_download, snapshot_download

how, repository, revision, *files = sys.argv[1:]


def digest(path):
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if how == "snapshot":
    folder = snapshot_download(repository, revision=revision)
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            found[os.path.relpath(path, folder)] = digest(path)
else:
    paths = {name: hf_hub_download(repository, name, revision=revision) for name in files}
    folder = os.path.commonpath([os.path.dirname(path) for path in paths.values()])
    found = {name: digest(path) for name, path in paths.items()}

info = HfApi().model_info(repository, revision=revision)
print(json.dumps({"folder": folder, "commit": info.sha, "files": found}))
