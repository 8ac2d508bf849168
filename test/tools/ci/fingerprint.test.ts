import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { debianPackages, fingerprintOf, machineOf } from '../../../tools/ci/fingerprint';
import { readPassed, writePassed } from '../../../tools/ci/passed';
import type { Tier } from '../../../tools/ci/tiers';

let root: string;
const tier: Tier = { name: 'a:b', inputs: [], programs: [], variables: ['AIRLOCK_CI_TEST'], coldSeconds: 1 };
const machine = { node: 'v20' };
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'ci-fingerprint-'));
  writeFileSync(path.join(root, 'x'), '1');
  writeFileSync(path.join(root, 'y'), '2');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  delete process.env['AIRLOCK_CI_TEST'];
});

it('is the same for the same bytes, names and machine', () => {
  expect(fingerprintOf(tier, root, ['x', 'y'], machine)).toBe(fingerprintOf(tier, root, ['x', 'y'], machine));
});

it.each<[string, () => string]>([
  ['a changed byte', () => (writeFileSync(path.join(root, 'y'), '3'), fingerprintOf(tier, root, ['x', 'y'], machine))],
  ['a file less', () => fingerprintOf(tier, root, ['x'], machine)],
  [
    'another name of the same bytes',
    () => (writeFileSync(path.join(root, 'z'), '2'), fingerprintOf(tier, root, ['x', 'z'], machine)),
  ],
  ['another tier', () => fingerprintOf({ ...tier, name: 'c' }, root, ['x', 'y'], machine)],
  ['another Node', () => fingerprintOf(tier, root, ['x', 'y'], { node: 'v22' })],
])('changes with %s', (_what, other) => {
  const before = fingerprintOf(tier, root, ['x', 'y'], machine);
  expect(other()).not.toBe(before);
});

it('knows the machine by Node, programs, variables, and the Debian packages that versions files pin', () => {
  writeFileSync(path.join(root, 'versions.mts'), "export const P = ['openssl=3.0*', 'no-such-package=1'];");
  const before = machineOf({ ...tier, programs: ['node', 'no-such-program'] }, root, ['x', 'versions.mts']);
  expect(before['node']).toBe(process.version);
  expect(before['programs']).toEqual({ node: process.version, 'no-such-program': '' });
  process.env['AIRLOCK_CI_TEST'] = '1';
  expect(machineOf(tier, root, ['x'])['variables']).toEqual({ AIRLOCK_CI_TEST: '1' });
  expect(debianPackages(["['openssl=3.0*', 'busybox-static=1:1.35*']", "'openssl=3.0*' and 'not a pin'"])).toEqual([
    'busybox-static',
    'openssl',
  ]);
});

describe('what is kept of a good run', () => {
  it('comes back as it was written', () => {
    writePassed(path.join(root, 'kept'), 'a:b', { fingerprint: 'f', seconds: 7 });
    expect(readPassed(path.join(root, 'kept'), 'a:b')).toEqual({ fingerprint: 'f', seconds: 7 });
  });
  it.each(['', '{', 'null', '[]', '{"fingerprint": 1, "seconds": 7}', '{"fingerprint": "f"}'])(
    'is nothing where the file holds %j',
    (text) => {
      writeFileSync(path.join(root, 'a-b.json'), text);
      expect(readPassed(root, 'a:b')).toBeUndefined();
    },
  );
  it('is nothing where there is no file', () => expect(readPassed(root, 'a:b')).toBeUndefined());
});
