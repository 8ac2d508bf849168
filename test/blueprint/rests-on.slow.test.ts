/** What decisions rest on: every leaf of the examples' files is changed and removed, and whatever changes must name it. */
import { type Blueprint, blueprintOf } from '../../blueprint/blueprint';
import { AirlockError } from '../../core/errors';
import {
  changeLeaf,
  covers,
  EXAMPLES,
  FILES,
  filesOf,
  leavesOf,
  removeLeaf,
  type Steps,
  validated,
  valueAt,
} from './files';

interface Decision {
  readonly name: string;
  readonly value: string;
  readonly restsOn: readonly string[];
}

/** Every decision of a blueprint that says what it rests on, by a name that stays. */
function decisionsOf(blueprint: Blueprint): Decision[] {
  const { servings, pools, namespaces, flows } = blueprint;
  const { cluster, terraform, guardrails, accelerators, mirror, sharedClaim, quotas, traces, gateway } = blueprint;
  const named: Record<string, { readonly restsOn: readonly string[] } | undefined> = {
    ...Object.fromEntries(servings.map((one) => [`serving ${one.name}`, one])),
    ...Object.fromEntries(pools.map((one) => [`pool ${one.name}`, one])),
    ...Object.fromEntries(Object.entries(namespaces).map(([key, one]) => [`namespace ${key}`, one])),
    ...Object.fromEntries(flows.map((one) => [`flow ${JSON.stringify({ ...one, restsOn: undefined })}`, one])),
    ...{ cluster, terraform, guardrails, accelerators, mirror, sharedClaim, quotas, traces, gateway },
  };
  return Object.entries(named).flatMap(([name, one]) =>
    one === undefined ? [] : [{ name, value: JSON.stringify({ ...one, restsOn: undefined }), restsOn: one.restsOn }],
  );
}

/** Leaves of lists whose entries are alike: three of each kind stand for the others. */
function fewLeaves(root: unknown): Steps[] {
  const seen = new Map<string, number>();
  return leavesOf(root).filter((steps) => {
    const kind = steps.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
    return (seen.get(kind) ?? 0) <= 3;
  });
}

describe.each(EXAMPLES)('what a decision of %s rests on', (_name, folder) => {
  const whole = filesOf(folder);
  const before = decisionsOf(blueprintOf(whole));

  it.each(['site', 'enclave', 'lock'] as const)('is every leaf of the %s that changes it', (key) => {
    const unnamed: string[] = [];
    let changes = 0;
    for (const steps of fewLeaves(whole[key])) {
      for (const change of [changeLeaf, removeLeaf]) {
        const files = structuredClone(whole);
        change(files[key], steps);
        let after: Map<string, string>;
        try {
          after = new Map(decisionsOf(blueprintOf(validated(files))).map(({ name, value }) => [name, value]));
        } catch (error) {
          if (error instanceof AirlockError) continue;
          throw error;
        }
        for (const { name, value, restsOn } of before) {
          if (after.get(name) === value) continue;
          changes += 1;
          const places = restsOn
            .filter((place) => place.startsWith(`${FILES[key]}: `))
            .map((place) => place.slice(FILES[key].length + 2));
          if (!places.some((place) => covers(whole[key], place, steps)))
            unnamed.push(`${name.slice(0, 200)}: ${steps.join('.')} = ${String(valueAt(whole[key], steps))}`);
        }
      }
    }
    expect([...new Set(unnamed)].slice(0, 40)).toEqual([]);
    expect(changes).toBeGreaterThan(3);
  });
});
