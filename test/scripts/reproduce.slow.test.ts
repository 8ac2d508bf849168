import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withFolder } from '../stacks/synthesized';
import { ROOT } from './support/commands';

const AIRLOCK = path.join(ROOT, 'scripts/airlock.cjs');

const airlock = (cwd: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [AIRLOCK, ...args], { cwd, encoding: 'utf8' });

interface Report {
  readonly gate: string;
  readonly reproduced: { readonly files: number; readonly different: readonly string[] };
}

it('airlock audit --reproduce says which files another synthesis makes otherwise, and no verdict rests on it', () => {
  withFolder((folder) => {
    cpSync(path.join(ROOT, 'examples/edge-cpu'), folder, { recursive: true });
    airlock(folder, 'synth');
    const plain = JSON.parse(airlock(folder, 'audit', '--json').stdout) as Report;
    const same = JSON.parse(airlock(folder, 'audit', '--reproduce', '--json').stdout) as Report;
    const plan = path.join(folder, 'cdktf.out');
    const files = readdirSync(plan, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(same).toEqual({ ...plain, reproduced: { files: files.length, different: [] } });

    rmSync(path.join(plan, 'terraform.tfrc'));
    writeFileSync(path.join(plan, 'notes.txt'), 'x');
    const other = airlock(folder, 'audit', '--reproduce');
    expect(other.stdout.trim().split('\n').at(-1)).toMatch(/^PASS/);
    expect(other.stderr).toContain('not reproduced: synthesized again, 2 files differ');
    expect(other.stderr).toMatch(/notes\.txt\n\s+terraform\.tfrc/);
  });
});
