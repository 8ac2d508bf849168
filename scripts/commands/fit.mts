/** `airlock fit`: does the model fit the GPUs? Answers what synthesis checks, and what-if questions. */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { servingFit } from '../../blueprint/memory.js';
import { ACCELERATORS } from '../../catalog/accelerators.js';
import { ENGINE_IMAGES, type EngineName } from '../../catalog/engines.js';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { fit } from '../../engines/fit/fit.js';
import { fitDevice } from '../../engines/fit/request.js';
import { type FitAnswer, fitPage } from '../../engines/fit/text.js';
import { understood } from '../../engines/fit/understood.js';
import type { Pool, Serving, Site } from '../../site/generated/site.js';
import { loadSite } from '../../site/load-site.js';
import { loadLock } from '../../site/lock/lock-file.js';
import { together } from '../../site/reading/together.js';
import { shapeOfConfig } from '../../site/lock/model-shape.js';
import { print, printJson } from '../ui/output.mjs';

/** What may be asked otherwise than the site writes it. */
interface WhatIf {
  readonly pool?: string;
  readonly gpus?: number;
  readonly maxModelLen?: number;
  readonly concurrency?: number;
  readonly kvCacheDtype?: NonNullable<Serving['kvCacheDtype']>;
}

interface FitOptions extends WhatIf {
  readonly site: string;
  readonly lock: string;
  readonly serving?: string;
  readonly config?: string;
  readonly weightBytes?: number;
  readonly accelerator?: Pool['accelerator'];
  readonly engine: EngineName;
  readonly json: boolean;
}

const GPUS = Object.keys(ACCELERATORS).filter((name) => name !== 'none');

function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,15}$/.test(value)) throw new InvalidArgumentError('write a whole number above 0');
  return Number(value);
}

const whatIf = ({ gpus, maxModelLen, concurrency, kvCacheDtype }: WhatIf): Partial<Serving> => ({
  ...(gpus === undefined ? {} : { gpus }),
  ...(maxModelLen === undefined ? {} : { maxModelLen }),
  ...(concurrency === undefined ? {} : { concurrency }),
  ...(kvCacheDtype === undefined ? {} : { kvCacheDtype }),
});

function poolOf({ pools }: Site, name: string): Pool {
  const pool = pools.find((candidate) => candidate.name === name);
  if (pool === undefined) {
    throw badInput(
      'USAGE_UNKNOWN_NAME',
      `the site has no pool "${name}"`,
      `pools: ${pools.map((candidate) => candidate.name).join(', ')}`,
    );
  }
  return pool;
}

async function ofSite({
  site: siteFile,
  lock: lockFile,
  serving: only,
  pool,
  ...asked
}: FitOptions): Promise<FitAnswer[]> {
  const { site, lock } = await together({ site: [siteFile, loadSite], lock: [lockFile, loadLock] });
  const servings = site.servings.filter(({ name }) => only === undefined || name === only);
  if (servings.length === 0) {
    const names = site.servings.map(({ name }) => name).join(', ') || 'none';
    throw badInput('USAGE_UNKNOWN_NAME', `the site has no serving "${only ?? ''}"`, `servings: ${names}`);
  }
  return servings.map((serving) => {
    const sitePool = poolOf(site, pool ?? serving.pool);
    const where = sitePool.name;
    const found = servingFit({ ...serving, ...whatIf(asked) }, sitePool, lock);
    if (found === undefined)
      return { serving: serving.name, where, note: 'no GPUs: host memory is set by its contract' };
    const { overrule } = serving.fit ?? {};
    return { serving: serving.name, where, fit: found, ...(overrule === undefined ? {} : { overrule }) };
  });
}

/** A model that no site has: its config.json alone. */
async function ofConfig(config: string, options: FitOptions): Promise<FitAnswer[]> {
  const { weightBytes, accelerator, engine, gpus = 1 } = options;
  if (weightBytes === undefined)
    throw badInput(
      'USAGE_MISSING_OPTION',
      '--config needs --weight-bytes',
      'total_size of model.safetensors.index.json',
    );
  if (accelerator === undefined)
    throw badInput('USAGE_MISSING_OPTION', '--config needs --accelerator', `one of: ${GPUS.join(', ')}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(config, 'utf8'));
  } catch (error) {
    throw badInput(
      'USAGE_INVALID_VALUE',
      `${config} cannot be read as JSON: ${error instanceof Error ? error.message : ''}`,
      "name a model's config.json",
    );
  }
  const device = fitDevice({ name: accelerator, accelerator, gpusPerNode: Math.max(8, gpus) });
  const described = understood(shapeOfConfig(parsed, weightBytes));
  const request = { ...whatIf(options), serving: config, engine, weightBytes, gpus, ...described };
  return [
    { serving: config, where: accelerator, ...(device === undefined ? {} : { fit: fit({ ...request, device }) }) },
  ];
}

/** Whether synthesis would refuse it: unknown never passes, unless somebody answers for it. */
const isRefused = ({ fit: found, overrule }: FitAnswer): boolean =>
  (found?.verdict === 'no' || found?.verdict === 'unknown') && overrule === undefined;

async function run(options: FitOptions): Promise<void> {
  const answers = options.config === undefined ? await ofSite(options) : await ofConfig(options.config, options);
  if (answers.some(isRefused)) process.exitCode = EXIT_CODES.check;
  if (options.json) printJson({ servings: answers });
  else print(fitPage(answers));
}

const KV_TYPES = ['auto', 'fp8', 'fp8_e4m3', 'fp8_e5m2', 'f16', 'q8_0', 'q4_0'] as const;

export const command = (): Command =>
  new Command('fit')
    .option('--site <file>', 'the site', 'site.yaml')
    .option('--lock <file>', 'the lock', 'airlock.lock.json')
    .option('--serving <name>', 'this serving alone')
    .option('--pool <name>', 'as if it ran on this pool')
    .option('--gpus <n>', 'as if a replica had so many', wholeNumber)
    .option('--max-model-len <tokens>', 'as if this were its context', wholeNumber)
    .option('--concurrency <n>', 'as if so many sequences ran at a time', wholeNumber)
    .addOption(new Option('--kv-cache-dtype <type>', 'as if the cache were of this type').choices(KV_TYPES))
    .option('--config <file>', 'a config.json instead of a site; needs --weight-bytes and --accelerator')
    .option('--weight-bytes <n>', 'bytes of its weights', wholeNumber)
    .addOption(new Option('--accelerator <name>', 'what it would run on').choices(GPUS))
    .addOption(new Option('--engine <name>', 'what would run it').choices(Object.keys(ENGINE_IMAGES)).default('vllm'))
    .option('--json', 'print the numbers as JSON', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 all fit or are tight, or are overruled; 1 something does not fit,\nor is unknown; 2 misuse. docs/fit.md has the formula.',
    )
    .action(run);
