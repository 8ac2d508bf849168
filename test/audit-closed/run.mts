/**
 * `npm run test:audit-closed [-- EXAMPLE …] [--foreign] [--sample N] [--seed N] [--shard I/N] [--resume FILE]`: changes every
 * place of the plans of the examples, adds each argument that a schema knows and each kind of file, one at a time, and asks the
 * audit. Each is VIOLATED or UNPROVEN, broken input, or at a place on a list of harmless ones.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { additionsTo } from './additions.js';
import { changesOf, type Planned } from './changes.js';
import { changedFolder, type FileChange, fileChanges } from './file-changes.js';
import { type Example, judge, judgeFolder, loadExample, type Verdict } from './judge.js';
import { providerSchemas } from './provider-schemas.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    foreign: { type: 'boolean', default: false },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    shard: { type: 'string', default: '1/1' },
    resume: { type: 'string' },
  },
});
const examples = positionals.length > 0 ? positionals : ['h100-single', 'edge-cpu', 'datacenter'];
const [shard = 1, shards = 1] = values.shard.split('/').map(Number);

/** mulberry32: the same sample for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Counts = Record<Verdict, number>;
interface Progress {
  readonly done: number;
  readonly counts: Counts;
}

/** What earlier runs did, by example, mode and shard. */
const saved = (): Record<string, Progress> =>
  values.resume !== undefined && existsSync(values.resume)
    ? (JSON.parse(readFileSync(values.resume, 'utf8')) as Record<string, Progress>)
    : {};

function save(key: string, progress: Progress): void {
  if (values.resume === undefined) return;
  writeFileSync(values.resume, `${JSON.stringify({ ...saved(), [key]: progress }, undefined, 2)}\n`);
}

type Change = Planned | FileChange;
const isOfFile = (change: Change): change is FileChange => 'file' in change;

const textOf = (change: Change): string => {
  if (isOfFile(change)) return `${change.file}: ${change.what}`;
  const { file, outer, inner } = change.spot;
  return `${file} /${outer.join('/')}${inner === undefined ? '' : ` → /${inner.join('/')}`}: ${change.what}`;
};

const verdictOf = async (example: Example, change: Change): Promise<Verdict> =>
  isOfFile(change)
    ? changedFolder(example.outdir, change, (folder) => judgeFolder(example, folder, change))
    : judge(example, change);

const scratch = mkdtempSync(path.join(tmpdir(), 'audit-closed-'));
let failed = false;
try {
  const schemas = providerSchemas();
  for (const name of examples) {
    const example = await loadExample(name, path.join(scratch, name), values.foreign);
    const all: Change[] = [
      ...example.configurations.flatMap(({ file, value }): Change[] => [
        ...changesOf(file, value),
        ...additionsTo(file, value, schemas),
      ]),
      // The files of a plan of another are those of the kit: it is read as JSON.
      ...(values.foreign ? [] : fileChanges(example.outdir)),
    ];
    const next = random(Number(values.seed));
    const share = values.sample === undefined ? 1 : Number(values.sample) / all.length;
    const chosen = all.filter(() => next() < share).filter((_, at) => at % shards === shard - 1);
    const began = process.cpuUsage();
    const mode = values.foreign ? `${name}, foreign` : name;
    const key = `${mode}, shard ${values.shard}, seed ${values.seed}, ${String(chosen.length)} of ${String(all.length)}`;
    const before = saved()[key] ?? { done: 0, counts: { caught: 0, harmless: 0, refused: 0, survived: 0 } };
    const counts: Counts = { ...before.counts };
    for (const [at, change] of chosen.entries()) {
      if (at < before.done) continue;
      const verdict = await verdictOf(example, change);
      counts[verdict] += 1;
      if (verdict === 'survived') process.stdout.write(`survived: ${mode} ${textOf(change)}\n`);
      if ((at + 1) % 250 === 0) save(key, { done: at + 1, counts });
    }
    save(key, { done: chosen.length, counts });
    failed ||= counts.survived > 0;
    const { user, system } = process.cpuUsage(began);
    const seconds = Math.round((user + system) / 1e6);
    process.stdout.write(
      `${mode}: ${String(chosen.length)} of ${String(all.length)} changes, ${JSON.stringify(counts)}, ${String(seconds)} s of CPU\n`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
