/**
 * `npm run test:audit-closed [-- EXAMPLE …] [--sample N] [--seed N] [--shard I/N]`: changes every place of the plans of the
 * examples, one at a time, and asks the audit. Each change is VIOLATED or UNPROVEN, or the place is on a list of harmless ones.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { judge, loadExample } from './judge.js';
import { changesOf } from './changes.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    shard: { type: 'string', default: '1/1' },
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

const scratch = mkdtempSync(path.join(tmpdir(), 'audit-closed-'));
let failed = false;
try {
  for (const name of examples) {
    const example = await loadExample(name, path.join(scratch, name));
    const all = example.configurations.flatMap(({ file, value }) => changesOf(file, value));
    const next = random(Number(values.seed));
    const share = values.sample === undefined ? 1 : Number(values.sample) / all.length;
    const chosen = all.filter(() => next() < share).filter((_, at) => at % shards === shard - 1);
    const began = performance.now();
    const counts = { caught: 0, harmless: 0, refused: 0, survived: 0 };
    for (const change of chosen) {
      const verdict = judge(example, change);
      counts[verdict] += 1;
      if (verdict === 'survived') {
        const { file, outer, inner } = change.spot;
        process.stdout.write(
          `survived: ${name} ${file} /${outer.join('/')}${inner === undefined ? '' : ` → /${inner.join('/')}`}: ${change.what}\n`,
        );
      }
    }
    failed ||= counts.survived > 0;
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(
      `${name}: ${String(chosen.length)} of ${String(all.length)} changes, ${JSON.stringify(counts)}, ${String(seconds)} s\n`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
