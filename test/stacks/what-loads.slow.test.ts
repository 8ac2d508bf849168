/** What the files say and explain takes, synth takes: for every field, texts and numbers on the edge of its form. */
import path from 'node:path';
import { blueprintOf } from '../../blueprint/blueprint';
import type { Inputs } from '../../blueprint/inputs';
import { AirlockError } from '../../core/errors';
import { synthesize } from '../../stacks/app';
import { EXAMPLES, filesOf, leavesOf, type Steps, validated, valueAt } from '../blueprint/files';
import { relock } from './relock';
import { withFolder } from './synthesized';

/** Forms that some reader on the way takes and another does not. */
const TEXTS = [
  'a..b',
  '1a',
  'a-',
  'a--b',
  'a.b',
  'A',
  'a_b',
  ' ',
  'a b',
  'a'.repeat(41),
  'a'.repeat(63),
  'a'.repeat(253),
  'ä',
  'e\u0301',
  'a\u0085b',
  '${x} %{y}',
  'TfToken[TOKEN.0]',
  '"\\',
  '/a b/$x',
  'https://h:6006/v1/traces',
  'https://user:word@h/x',
  'https://h:99999/x',
  'h..x:443',
];
const NUMBERS = [0, 1, 3, 0.5, 64, 65_536, 1e9];

/** Optional sections that no example has, each as small as it can be. */
function enriched(folder: string, withEndpoint: boolean): Inputs {
  const { site, enclave, lock } = filesOf(folder);
  Object.assign(enclave, {
    owner: 'somebody',
    exposure: [{ namespace: 'airlock-gateway', service: 'gateway', type: 'LoadBalancer', owner: 'o', reason: 'r' }],
    providers: { directory: '/srv/providers' },
  });
  enclave.storage = { cacheClassName: 'fast', readMBps: 200, ...enclave.storage };
  if (withEndpoint && site.traces !== undefined) {
    delete site.traces.store;
    delete enclave.traces?.readers;
    enclave.network.destinations.push({ name: 'otlp', cidr: '10.20.5.99/32', port: 4318, owner: 'o', reason: 'r' });
    const endpoint = { url: 'https://otlp.site.internal:4318', destination: 'otlp', headerSecret: 'otlp-key' };
    enclave.traces = { ...enclave.traces, endpoint };
  }
  return { site, enclave, lock: relock(site, lock) };
}

const isTaken = (files: Inputs): boolean => {
  try {
    blueprintOf(validated(files));
    return true;
  } catch (error) {
    if (error instanceof AirlockError) return false;
    throw error;
  }
};

/** One leaf of each field. */
function fields(root: unknown): Steps[] {
  const seen = new Set<string>();
  return leavesOf(root).filter((steps) => {
    const kind = steps.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
    return !seen.has(kind) && seen.add(kind);
  });
}

/** The files with a value in every field that takes it. */
function filledWith(base: Inputs, value: string | number): { readonly files: Inputs; readonly taken: number } {
  const files = structuredClone(base);
  let taken = 0;
  for (const key of ['enclave', 'site'] as const)
    for (const steps of fields(base[key])) {
      const was = valueAt(files[key], steps);
      if (typeof was !== typeof value || was === value) continue;
      const parent = valueAt(files[key], steps.slice(0, -1)) as object;
      Reflect.set(parent, steps.at(-1) ?? '', value);
      if (isTaken(files)) taken += 1;
      else Reflect.set(parent, steps.at(-1) ?? '', was);
    }
  return { files, taken };
}

const folder = EXAMPLES.find(([name]) => name === 'datacenter')?.[1] ?? '';

describe.each([
  ['with a store of traces', false, [...TEXTS, ...NUMBERS]],
  // The rest of it is the same.
  ['with an endpoint of the site', true, TEXTS.filter((text) => /[/.]/.test(text))],
] as const)('what explain takes of a datacenter %s', (_name, withEndpoint, values) => {
  const base = enriched(folder, withEndpoint);

  it('is as small as it can be', () => {
    expect(isTaken(base)).toBe(true);
  });

  it.each(values)('synth takes with %j wherever it may stand', (value) => {
    const { files } = filledWith(base, value);
    expect(() =>
      withFolder((out) => synthesize({ blueprint: blueprintOf(validated(files)), outdir: path.join(out, 'out') })),
    ).not.toThrow();
  });
});
