/**
 * `npm run test:engines [-- SUITE …]`: the contracts of engines against the engines themselves.
 *
 * Builds llama.cpp and Ollama from their sources once and runs them as their contracts say; gives the argument parsers of
 * vLLM and SGLang every command line that the contracts make. Says what could not be run. Ends with status 1 when any check fails.
 */
import Table from 'cli-table3';
import { installDebianPackages } from '../harness/debian.mjs';
import { endAll } from '../harness/processes.mjs';
import { Report, type Suite } from '../harness/report.mjs';
import { removeScratch } from '../harness/scratch.mjs';
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

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function closingTable(report: Report): string {
  const table = new Table({
    head: ['engine', 'shown', 'figure', 'result', 's'],
    style: { head: [], border: [], compact: true },
    colWidths: [16, 62, 62, 9, 6],
    wordWrap: true,
  });
  for (const { suite, name, figure, outcome, seconds } of report.results)
    table.push([suite, name, figure, outcome, seconds.toFixed(1)]);
  return table.toString();
}

async function runPart(report: Report, { what, install, run }: Part): Promise<void> {
  if (!(await report.suite('install').check(what, install))) return;
  const suites = (name: string): Suite => report.suite(name);
  await run(suites).catch((error: unknown) => {
    const reason = error instanceof Error ? error : new Error(String(error));
    return suites(what).check('runs to its end', () => Promise.reject(reason));
  });
}

async function main(named: readonly string[]): Promise<void> {
  const unknown = named.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    print(`no suite "${unknown.join(', ')}"; there are: ${Object.keys(PARTS).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const began = performance.now();
  const report = new Report(print);
  if (await report.suite('install').check('Debian packages', () => installDebianPackages(DEBIAN_PACKAGES)))
    for (const [name, part] of Object.entries(PARTS))
      if (named.length === 0 || named.includes(name)) await runPart(report, part);
  if (named.length === 0)
    for (const [engine, [what, why]] of Object.entries(NOT_RUN)) report.suite(engine).skip(what, why);
  print(closingTable(report));
  for (const { suite, name, figure } of report.results.filter(({ outcome }) => outcome === 'skipped'))
    print(`SKIPPED: ${suite}: ${name}: ${figure}`);
  print(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  print(report.summary());
  process.exitCode = report.count('FAIL') > 0 || report.count('ok') === 0 ? 1 : 0;
}

try {
  await main(process.argv.slice(2));
} finally {
  endAll();
  removeScratch();
}
