"""The parser of `vllm serve`, and what vLLM makes of its arguments before it looks for a GPU."""

from typing import get_args

from vllm import platforms
from vllm.platforms.cpu import CpuPlatform

# Without a GPU vLLM finds no platform at all; its own command line does the same for `vllm bench` (cli/main.py).
platforms.current_platform = CpuPlatform()

from vllm.config.cache import CacheDType  # noqa: E402
from vllm.engine.arg_utils import AsyncEngineArgs  # noqa: E402
from vllm.entrypoints.common.cli_args import make_arg_parser, validate_parsed_serve_args  # noqa: E402
from vllm.model_executor.layers.quantization import QUANTIZATION_METHODS  # noqa: E402
from vllm.utils.argparse_utils import FlexibleArgumentParser  # noqa: E402

from answer import answer  # noqa: E402

program = FlexibleArgumentParser(prog="vllm")
parser = make_arg_parser(program.add_subparsers(dest="subparser").add_parser("serve"))


def read(arguments):
    namespace = program.parse_args(["serve", *arguments])
    validate_parsed_serve_args(namespace)
    # As the subcommand does it (cli/serve.py, ServeSubcommand.cmd).
    namespace.model = namespace.model_tag
    return namespace


def values(namespace):
    engine = AsyncEngineArgs.from_cli_args(namespace)
    # The parser leaves these two to the configuration, which needs a model and a GPU.
    if engine.kv_cache_dtype not in get_args(CacheDType):
        raise ValueError(f"no cache type {engine.kv_cache_dtype}")
    if engine.quantization not in (None, *QUANTIZATION_METHODS):
        raise ValueError(f"no quantization {engine.quantization}")
    return {
        "host": namespace.host,
        "port": namespace.port,
        "model": engine.model,
        "name": engine.served_model_name,
        "load": engine.load_format,
        "tensor": engine.tensor_parallel_size,
        "adapters": [[adapter.name, adapter.path] for adapter in namespace.lora_modules or []],
    }


answer(parser, read, values)
