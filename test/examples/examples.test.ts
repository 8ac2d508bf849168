import { existsSync } from 'node:fs';
import path from 'node:path';
import { audit } from '../../audit/audit';
import { demandLockFits } from '../../offline-bundle/bundle/preflight';
import { exampleLock } from '../../tools/example-lock/lock';
import { type Example, examples, loadFiles, SITE_FILES, withSynthesis } from '../../tools/examples';

/** Waivers of the examples are held against this day. */
const DAY = '2026-11-26';

const waiversOf = ({ folder }: Example): { waivers?: string } => {
  const waivers = path.join(folder, 'waivers.yaml');
  return existsSync(waivers) ? { waivers } : {};
};

const known = examples().filter(({ name }) => name !== 'fixture');

it('has examples for one node without GPUs, one with a GPU, and a datacenter', () => {
  expect(known.map(({ name }) => name)).toEqual(['datacenter', 'edge-cpu', 'h100-single']);
});

describe.each(known.map((example) => [example.name, example] as const))('example %s', (_name, example) => {
  const file = (name: keyof typeof SITE_FILES): string => path.join(example.folder, SITE_FILES[name]);

  it('synthesizes from its committed lock and passes its audit, which says that the lock is an example', async () => {
    const report = await withSynthesis(example, (plan) =>
      audit({
        plan,
        site: file('site'),
        enclave: file('enclave'),
        lock: file('lock'),
        today: DAY,
        asOf: DAY,
        ...waiversOf(example),
      }),
    );
    expect(report.findings.filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN')).toEqual([]);
    expect(report).toMatchObject({ gate: 'pass', exampleLock: true });
  });

  it('has the lock that `npm run example-lock` makes', async () => {
    const { site, lock } = await loadFiles(example.folder);
    expect(await exampleLock(site)).toEqual(lock);
  });

  it('is refused by `bundle create`', async () => {
    const { site, lock } = await loadFiles(example.folder);
    expect(() => demandLockFits(lock, site)).toThrow('the lock is an example');
  });
});
