import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '../..');
const FIXTURE = path.join(ROOT, 'test/fixtures/stack');
const FILES = [
  ['--site', 'site.yaml'],
  ['--enclave', 'enclave.yaml'],
  ['--lock', 'airlock.lock.json'],
].flatMap(([flag = '', file = '']) => [flag, path.join(FIXTURE, file)]);

const run = async (...args: string[]): Promise<string> => {
  const airlock = [path.join(ROOT, 'scripts/airlock.cjs'), 'node-config', ...FILES, ...args];
  return (await promisify(execFile)(process.execPath, airlock, { cwd: ROOT })).stdout;
};

interface Shown {
  readonly distribution: string;
  readonly pools: readonly { readonly pool: string; readonly files: readonly { path: string; content: string }[] }[];
}

describe('airlock node-config', () => {
  it('lists files and writes nothing, unless told where', async () => {
    const listed = await run('--pool', 'h100');
    expect(listed).toContain('/etc/rancher/rke2/config.yaml.d/50-airlock.yaml');
    expect(listed).toContain('nothing was written');
    expect(listed).not.toContain('edge');
  });

  it('writes what it shows as JSON, below a folder for the pool', async () => {
    const output = mkdtempSync(path.join(os.tmpdir(), 'airlock-nodes-'));
    try {
      const shown = JSON.parse(await run('--node', 'gpu-01', '--output', output, '--json')) as Shown;
      expect(shown.pools.map(({ pool }) => pool)).toEqual(['h100']);
      for (const { path: file, content } of shown.pools[0]?.files ?? [])
        expect(readFileSync(path.join(output, 'h100', file), 'utf8')).toBe(content);
    } finally {
      rmSync(output, { recursive: true, force: true });
    }
  });
});
