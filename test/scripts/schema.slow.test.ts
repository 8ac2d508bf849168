import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { starterFiles } from '../../site/starter-files';
import { withFolder } from '../stacks/synthesized';
import { ROOT } from './support/commands';

const SOURCES = {
  site: 'site/schema/site.schema.json',
  enclave: 'site/schema/enclave.schema.json',
  trust: 'site/schema/trust.schema.json',
  waivers: 'audit/waivers/waivers.schema.json',
  lock: 'site/schema/lock.schema.json',
  guard: 'guard/config/guard.schema.json',
} as const;

const AIRLOCK = path.join(ROOT, 'scripts/airlock.cjs');

it.each(Object.entries(SOURCES))('airlock schema %s prints the schema by which the file is read', (file, source) => {
  const { status, stdout } = spawnSync(process.execPath, [AIRLOCK, 'schema', file], { encoding: 'utf8' });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(path.join(ROOT, source), 'utf8')));
});

it.each(['site.yaml', 'enclave.yaml'] as const)('%s names a schema, and the command that writes it there', (name) => {
  const [header = '', how = ''] = starterFiles('alpha')[name].split('\n');
  const schema = /^# yaml-language-server: \$schema=(\S+)$/.exec(header)?.[1] ?? 'no header';
  const command = /^# .*: airlock (.*)$/.exec(how)?.[1] ?? 'no command';
  withFolder((folder) => {
    const line = `"${process.execPath}" "${AIRLOCK}" ${command}`;
    expect(spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(path.join(folder, schema), 'utf8'))).toHaveProperty('properties.apiVersion');
  });
});
