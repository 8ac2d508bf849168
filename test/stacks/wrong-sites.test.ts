import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { AirlockError } from '../../core/errors';
import type { Lock } from '../../site/generated/lock';
import { parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { parseLock } from '../../site/lock/lock-file';
import { blueprintOf } from '../../blueprint/blueprint';
import { synthesize } from '../../stacks/app';
import { relock } from './relock';
import { withFolder } from './synthesized';
import {
  type Change,
  WRONG_ENCLAVES,
  WRONG_GATEWAYS,
  WRONG_IN_LOADING,
  WRONG_SERVINGS,
  type WrongSite,
} from './wrong-sites';

const FOLDER = path.join(__dirname, '..', '..', 'examples', 'datacenter');
const text = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

const committed: Lock = parseLock(text('airlock.lock.json'), 'airlock.lock.json');

/** Writes values at places such as `servings[0].pool`. */
function changed(file: string, change: Change = {}): string {
  // Copies, since anchors of YAML are one object in several places.
  const root = JSON.parse(JSON.stringify(parse(text(file)))) as object;
  for (const [place, value] of Object.entries(change)) {
    const keys = place.split(/[.[\]]+/).filter((key) => key !== '');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<object>((inner, key) => Reflect.get(inner, key) as object, root);
    if (value === undefined) Reflect.deleteProperty(parent, last);
    else Reflect.set(parent, last, value);
  }
  return stringify(root);
}

/** Loads and synthesizes, as the commands do. */
function make({ site: inSite, enclave: inEnclave, staleLock = false }: Partial<WrongSite>): void {
  const site = parseSite(changed('site.yaml', inSite), 'site.yaml');
  const enclave = parseEnclave(changed('enclave.yaml', inEnclave), 'enclave.yaml');
  const lock = staleLock ? committed : relock(site, committed);
  withFolder((folder) =>
    synthesize({ blueprint: blueprintOf({ site, enclave, lock }), outdir: path.join(folder, 'out') }),
  );
}

/** Everything that a user is shown: what, where and how to fix it. */
function shown(wrong: WrongSite): { readonly says: string; readonly fix: string; readonly errors: number } {
  try {
    make(wrong);
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    const { faults, message, fix = '' } = error;
    if (faults.length === 0) return { says: message, fix, errors: 1 };
    return {
      says: faults
        .map((fault) => `${fault.file}:${fault.line}:${fault.column} ${fault.path}: ${fault.message}`)
        .join('\n'),
      fix: faults.map((fault) => fault.fix ?? '').join('\n'),
      errors: faults.length,
    };
  }
  throw new Error('it was taken');
}

const ALL = [...WRONG_IN_LOADING, ...WRONG_ENCLAVES, ...WRONG_SERVINGS, ...WRONG_GATEWAYS];

it('the site that they are made from is right', () => {
  expect(() => {
    make({});
  }).not.toThrow();
});

it('there are more than thirty', () => {
  expect(ALL.length).toBeGreaterThan(30);
});

describe.each(ALL.map((wrong) => [wrong.what, wrong] as const))('%s', (_what, wrong) => {
  it('is one clear error that names the place and the fix', () => {
    const { says, fix, errors } = shown(wrong);
    expect(says).toMatch(wrong.says);
    expect(fix).toMatch(wrong.fix);
    expect(errors).toBe(1);
  });
});
