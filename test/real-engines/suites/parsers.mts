/** Every command line that the contracts of vLLM and SGLang make, given to the engines' own parsers. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Engine, EngineRequest } from '../../../engines/contract.js';
import { LEADER_ADDRESS, WORKER_INDEX } from '../../../engines/node-group.js';
import { sglang } from '../../../engines/sglang.js';
import { vllm } from '../../../engines/vllm.js';
import { tail } from '../../harness/processes.mjs';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import { makeFolder } from '../../harness/scratch.mjs';
import { runParser } from '../install/parsers.mjs';
import { SGLANG, VLLM } from '../versions.mjs';
import { knowsFlags } from './flags.mjs';

/** Values of each option; the first is none. */
type Matrix = { readonly [K in keyof EngineRequest]?: readonly (EngineRequest[K] | undefined)[] };

interface Parser {
  readonly name: string;
  readonly engine: Engine;
  readonly version: string;
  readonly matrix: Matrix;
}

interface Said {
  readonly values?: { readonly [field: string]: unknown };
  readonly error?: string;
}

const ADAPTERS = [
  { name: 'tone', path: '/adapters/tone', files: [] },
  { name: 'legal', path: '/adapters/legal', files: [] },
];
const COMMON: Matrix = {
  gpus: [1, 4],
  pipelineParallel: [undefined, 2],
  nodes: [undefined, 2],
  maxModelLen: [undefined, 8192],
  concurrency: [undefined, 64],
  memoryFraction: [undefined, 0.85],
  adapters: [undefined, ADAPTERS],
  chatTemplate: [undefined, 'chat.jinja'],
};
const PARSERS: readonly Parser[] = [
  {
    name: 'vllm',
    engine: vllm,
    version: VLLM,
    matrix: {
      ...COMMON,
      quantization: [undefined, 'fp8', 'gptq', 'compressed-tensors'],
      kvCacheDtype: [undefined, 'fp8', 'fp8_e4m3', 'fp8_e5m2'],
      toolCallParser: [undefined, 'hermes'],
      reasoningParser: [undefined, 'openai_gptoss'],
    },
  },
  {
    name: 'sglang',
    engine: sglang,
    version: SGLANG,
    matrix: {
      ...COMMON,
      quantization: [undefined, 'fp8', 'awq', 'gptq'],
      kvCacheDtype: [undefined, 'fp8_e4m3', 'fp8_e5m2'],
      toolCallParser: [undefined, 'gpt-oss'],
      reasoningParser: [undefined, 'gpt-oss'],
    },
  },
];

/** Every combination of the options. */
function combinations(matrix: Matrix): Partial<EngineRequest>[] {
  let all: Partial<EngineRequest>[] = [{}];
  for (const [option, values] of Object.entries(matrix))
    all = all.flatMap((one) => values.map((value) => (value === undefined ? one : { ...one, [option]: value })));
  // One GPU has no two stages.
  return all.filter(({ gpus = 1, pipelineParallel = 1 }) => gpus % pipelineParallel === 0);
}

/** What the kubelet puts in for the pods of a group. */
const inPod = (argument: string): string =>
  argument.replace(LEADER_ADDRESS, 'chat-0.chat.serving').replace(WORKER_INDEX, '1');

function commandLines({ engine, version, matrix }: Parser, modelPath: string): string[][] {
  const lines = combinations(matrix).flatMap((options) => {
    const spec = engine.specify({
      serving: 'chat',
      version,
      modelPath,
      servedName: 'chat',
      files: ['config.json', 'model.safetensors', 'chat.jinja'].map((file) => ({ path: file, size: 10 })),
      gpus: 1,
      ...options,
    });
    return [spec.args, ...(spec.group === undefined ? [] : [spec.group.workerArgs])];
  });
  return lines.map((line) => line.map(inPod));
}

const valueAfter = (line: readonly string[], flag: RegExp): string | undefined =>
  line[line.findIndex((argument) => flag.test(argument)) + 1];

/** What the engine must have understood of a command line. */
function expectUnderstood({ values }: Said, line: readonly string[], parser: Parser, modelPath: string): void {
  const name = parser.name === 'vllm' ? ['chat'] : 'chat';
  const wanted = {
    host: '0.0.0.0',
    port: Number(valueAfter(line, /^--port$/)),
    model: modelPath,
    name,
    load: 'safetensors',
    tensor: Number(valueAfter(line, /^--(tensor-parallel-size|tp-size)$/)),
    adapters: line.some((argument) => argument.startsWith('--lora-'))
      ? ADAPTERS.map((adapter) => [adapter.name, adapter.path])
      : [],
  };
  expectEqual(values, wanted, `what ${parser.name} understood of ${line.join(' ')}`);
}

async function accepts(suite: Suite, parser: Parser): Promise<void> {
  const modelPath = await makeFolder('model');
  await writeFile(path.join(modelPath, 'chat.jinja'), "{{ messages[0]['content'] }}");
  const lines = commandLines(parser, modelPath);
  const first = lines[0] ?? [];
  const wrong = [
    [...first, '--no-such-flag'],
    [...first, '--kv-cache-dtype', 'fp7'],
    first
      .map((argument) => (argument === 'safetensors' ? 'pickle-jar' : argument))
      .filter((argument) => argument !== '1'),
  ];
  let flags: readonly string[] = [];
  let said: readonly Said[] = [];
  const ran = await suite.check(`the parser of ${parser.name} ${parser.version} runs`, async () => {
    const { code, stdout, stderr } = await runParser(parser.name, [...lines, ...wrong], await makeFolder('home'));
    expectEqual(code, 0, `${tail({ stdout: '', stderr })}\nstatus`);
    const [about, ...answers] = stdout.trim().split('\n');
    ({ flags } = JSON.parse(about ?? '') as { readonly flags: readonly string[] });
    said = answers.map((line) => JSON.parse(line) as Said);
    expectEqual(said.length, lines.length + wrong.length, 'answers');
    return `${String(flags.length)} flags`;
  });
  if (!ran) return;
  await suite.check('it takes every command line of the contract, and understands it', () => {
    const refused = new Map<string, string>();
    lines.forEach((line, at) => {
      const { error } = said[at] ?? {};
      if (error !== undefined && !refused.has(error)) refused.set(error, line.join(' '));
    });
    expectEqual([...refused], [], 'refusals, each with the first command line that met it');
    lines.forEach((line, at) => expectUnderstood(said[at] ?? {}, line, parser, modelPath));
    return Promise.resolve(`${String(lines.length)} command lines`);
  });
  await suite.check('it refuses an unknown flag, a wrong choice and a value that is missing', () => {
    const errors = wrong.map((_, at) => said[lines.length + at]?.error ?? '');
    expect(
      errors.every((error) => error !== ''),
      `it took one: ${JSON.stringify(errors)}`,
    );
    return Promise.resolve(errors[0]?.slice(0, 80) ?? '');
  });
  await knowsFlags(suite, parser.engine, () => Promise.resolve(flags));
}

export async function parsers(suites: (name: string) => Suite): Promise<void> {
  for (const parser of PARSERS) await accepts(suites(parser.name), parser);
}
