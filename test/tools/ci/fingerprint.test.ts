import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { contentsOf, debianPackages, fingerprintOf, machineOf, variable } from '../../../tools/ci/fingerprint';
import { readPassed, writePassed } from '../../../tools/ci/passed';
import type { Tier } from '../../../tools/ci/tiers';

let root: string;
const tier: Tier = { name: 'a:b', inputs: [], programs: [], variables: ['AIRLOCK_CI_TEST'], coldSeconds: 1 };
const machine = { node: 'v20' };
const fingerprint = (files: readonly string[], of = tier, on = machine): string =>
  fingerprintOf(of, contentsOf(root, files), on);

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
  expect(fingerprint(['x', 'y'])).toBe(fingerprint(['x', 'y']));
});

it.each<[string, () => string]>([
  ['a changed byte', () => (writeFileSync(path.join(root, 'y'), '3'), fingerprint(['x', 'y']))],
  ['a file that becomes a program', () => (chmodSync(path.join(root, 'y'), 0o755), fingerprint(['x', 'y']))],
  ['a file less', () => fingerprint(['x'])],
  ['another name of the same bytes', () => (writeFileSync(path.join(root, 'z'), '2'), fingerprint(['x', 'z']))],
  ['another tier', () => fingerprint(['x', 'y'], { ...tier, name: 'c' })],
  ['another Node', () => fingerprint(['x', 'y'], tier, { node: 'v22' })],
])('changes with %s', (_what, other) => {
  const before = fingerprint(['x', 'y']);
  expect(other()).not.toBe(before);
});

it('knows the machine by Node, programs, variables, and the Debian packages that versions files pin', () => {
  writeFileSync(path.join(root, 'versions.mts'), "export const P = ['openssl=3.0*', 'no-such-package=1'];");
  const before = machineOf({ ...tier, programs: ['node', 'no-such-program'] }, root, ['x', 'versions.mts']);
  expect(before['node']).toBe(process.version);
  expect(before['programs']).toEqual({ node: process.version, 'no-such-program': '' });
  process.env['AIRLOCK_CI_TEST'] = '1';
  expect(machineOf(tier, root, ['x'])['variables']).toEqual({ AIRLOCK_CI_TEST: { value: '1' } });
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

describe('a variable', () => {
  it('stands for what lies where it points', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'airlock-variable-'));
    const file = path.join(folder, 'program');
    try {
      writeFileSync(file, 'one');
      const [before, whole] = [variable(file), variable(folder)];
      expect(variable(file)).toEqual(before);
      writeFileSync(file, 'another');
      expect(variable(file)).not.toEqual(before);
      expect(variable(folder)).not.toEqual(whole);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('that points nowhere is its text', () => {
    expect(['', '30', '/no/such/file'].map(variable)).toEqual([
      { value: '' },
      { value: '30' },
      { value: '/no/such/file' },
    ]);
  });
});
