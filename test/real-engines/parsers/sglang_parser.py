"""The parser of `python3 -m sglang.launch_server`; what follows it looks for a GPU."""

import argparse
import importlib.abc
import importlib.machinery
import sys
import types


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Triton compiles for GPUs and IPython is for notebooks: the parser uses neither, but what it imports does."""

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if top in ("triton", "IPython") else None

    def create_module(self, spec):
        return Stand(spec.name)

    def exec_module(self, module):
        pass


class Anything(type):
    """A class with every attribute, each a class like it; called with a function or class it gives that back, as a decorator."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})

    def __call__(cls, *given, **options):
        return given[0] if given and callable(given[0]) else super().__call__()


class Stand(types.ModuleType):
    __path__ = []
    __version__ = "0"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})


sys.meta_path.append(Absent())

from sglang.srt.server_args import ServerArgs  # noqa: E402

from answer import answer  # noqa: E402

parser = argparse.ArgumentParser(prog="sglang serve")
ServerArgs.add_cli_args(parser)


def values(namespace):
    return {
        "host": namespace.host,
        "port": namespace.port,
        "model": namespace.model_path,
        "name": namespace.served_model_name,
        "load": namespace.load_format,
        "tensor": namespace.tp_size,
        "adapters": [adapter.split("=", 1) for adapter in namespace.lora_paths or []],
    }


answer(parser, parser.parse_args, values)
