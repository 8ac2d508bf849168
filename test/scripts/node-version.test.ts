import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
// eslint-disable-next-line @typescript-eslint/no-require-imports -- plain CommonJS, so that old Nodes read it
const refusedNode = require('../../scripts/node-version.cjs') as (version: string) => string | undefined;

it.each(['20.18.1', '20.19.0', '21.0.0', '22.0.0', '22.12.1', '24.0.0', '24.99.9'])('takes Node %s', (version) => {
  expect(refusedNode(version)).toBeUndefined();
});

it.each(['0.12.18', '12.22.12', '18.20.8', '19.9.0', '20.0.0', '20.18.0', '25.0.0', '100.0.0'])(
  'refuses Node %s, and says what it needs',
  (version) => {
    expect(refusedNode(version)).toBe(`error: airlock needs Node 20.18.1 to 24, this is ${version}`);
  },
);

it('says what package.json and the README say', () => {
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe('>=20.18.1 <25');
  expect(readFileSync(path.join(ROOT, 'README.md'), 'utf8')).toContain('Node 20.18.1 to 24.');
});

it('is written for old Nodes: nothing in it is newer than ES5', () => {
  const file = path.join(ROOT, 'scripts/node-version.cjs');
  expect(() =>
    execFileSync(path.join(ROOT, 'node_modules/.bin/esbuild'), [file, '--target=es5', '--format=cjs'], {
      stdio: 'pipe',
    }),
  ).not.toThrow();
  expect(readFileSync(file, 'utf8')).not.toMatch(/=>|\bconst\b|\blet\b|`/);
});
