/**
 * `npm run test:engines [-- SUITE …]`: the contracts of engines against the engines themselves.
 *
 * Builds llama.cpp and Ollama from their sources once and runs them as their contracts say; gives the argument parsers of
 * vLLM and SGLang every command line that the contracts make. Says what could not be run. Ends with status 1 when any check fails.
 */
import { installDebianPackages } from '../harness/debian.mjs';
import type { Report, Suite } from '../harness/report.mjs';
import { runSuites, toItsEnd } from '../harness/tier.mjs';
import { installLlamaServer } from './install/llama-server.mjs';
import { installOllama } from './install/ollama.mjs';
import { installParsers } from './install/parsers.mjs';
import { llamaServer } from './suites/llama-cpp.mjs';
import { ollamaServer } from './suites/ollama.mjs';
import { parsers } from './suites/parsers.mjs';
import { DEBIAN_PACKAGES } from './versions.mjs';

interface Part {
  readonly what: string;
  readonly install: () => Promise<string>;
  readonly run: (suites: (name: string) => Suite) => Promise<void>;
}

const PARTS: Readonly<Record<string, Part>> = {
  'llama.cpp': { what: 'llama.cpp from its sources', install: installLlamaServer, run: llamaServer },
  ollama: { what: 'Ollama from its Go module', install: installOllama, run: ollamaServer },
  parsers: { what: 'sources of vLLM and SGLang, PyTorch', install: installParsers, run: parsers },
};

/** What cannot be run with what package registries have. */
const NOT_RUN: Readonly<Record<string, readonly [string, string]>> = {
  'vllm and sglang': ['serving a model', 'both need a GPU and NVIDIA libraries; only their argument parsers run here'],
  'tensorrt-llm': ['trtllm-serve', 'PyPI has only a source package that fetches wheels from NVIDIA'],
  tgi: ['text-generation-launcher', 'a Rust program that no package registry has'],
};

async function runPart(report: Report, { what, install, run }: Part): Promise<void> {
  if (!(await report.suite('install').check(what, install))) return;
  await toItsEnd(report.suite(what), () => run((name) => report.suite(name)));
}

await runSuites(async (report, named) => {
  if (await report.suite('install').check('Debian packages', () => installDebianPackages(DEBIAN_PACKAGES)))
    for (const [name, part] of Object.entries(PARTS))
      if (named.length === 0 || named.includes(name)) await runPart(report, part);
  if (named.length === 0)
    for (const [engine, [what, why]] of Object.entries(NOT_RUN)) report.suite(engine).skip(what, why);
}, Object.keys(PARTS));
