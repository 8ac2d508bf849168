"""Looks at a model with huggingface_hub, unmodified, as people and tools do, and prints what each call gave.

usage: browse.py REPOSITORY   (HF_ENDPOINT and HF_HOME are read from the environment)
"""

import json
import sys

from huggingface_hub import HfApi, HfFileSystem
from huggingface_hub.errors import RepositoryNotFoundError

(repository,) = sys.argv[1:]
api = HfApi()
files = HfFileSystem()
author = repository.split("/")[0]
first = sorted(path for path in api.list_repo_files(repository))[0]


def missing(call):
    try:
        call()
    except RepositoryNotFoundError:
        return True
    return False


api.auth_check(repository)
print(
    json.dumps(
        {
            "commits": [commit.commit_id for commit in api.list_repo_commits(repository)],
            "branches": [branch.target_commit for branch in api.list_repo_refs(repository).branches],
            "ofAuthor": [model.id for model in api.list_models(author=author)],
            "ofNobody": [model.id for model in api.list_models(author="nobody")],
            "exists": api.repo_exists(repository),
            "otherMissing": missing(lambda: api.auth_check(author + "/other")),
            "isFile": files.info(f"{repository}/{first}")["type"] == "file",
            "listed": len(files.glob(f"{repository}/*")) > 0,
            "modified": files.modified(f"{repository}/{first}").isoformat(),
            "lastCommit": [
                item.last_commit.oid for item in api.get_paths_info(repository, [first], expand=True)
            ],
        }
    )
)
