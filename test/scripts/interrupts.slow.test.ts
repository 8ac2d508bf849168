/** Ctrl-C, as a terminal and as another program send it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from './support/commands';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-interrupts-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A program that notes its process id and stays, whatever SIGINT says. */
const STAYS = `require('fs').writeFileSync('pid', String(process.pid)); process.on('SIGINT', () => undefined); setInterval(() => undefined, 1000);`;

/** Runs a program of the kit as commands do, in a program with the table of one command. */
const COMMAND = `
import { Command } from 'commander';
import { runProgram } from '${path.join(ROOT, 'scripts/ui/program.mts')}';
import { runProgram as run } from '${path.join(ROOT, 'core/programs.ts')}';
const stay = () => run(process.execPath, ['stays.cjs'], { sees: [] });
const table = { stay: { summary: 'stays', group: 'Plan', load: () => Promise.resolve({ command: () => new Command('stay').option('--json').action(stay) }) } };
process.exitCode = await runProgram('airlock', '0.0.0', table, ['stay', ...process.argv.slice(2)]);
`;

async function interrupted(signal: 'SIGINT' | 'SIGTERM', words: readonly string[] = []) {
  writeFileSync(path.join(folder, 'stays.cjs'), STAYS);
  const file = path.join(ROOT, 'test', 'scripts', `.interrupts-${path.basename(folder)}.mts`);
  writeFileSync(file, COMMAND);
  try {
    const tsx = require.resolve('tsx');
    const child = spawn(process.execPath, ['--import', tsx, file, ...words], { cwd: folder });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = new Promise<[number | null, string | null]>((resolve) =>
      child.once('close', (code, by) => resolve([code, by])),
    );
    const pidFile = path.join(folder, 'pid');
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await wait(50);
    child.kill(signal);
    const [code, by] = await ended;
    return { code, by, out, err, childIsAlive: isAlive(Number(readFileSync(pidFile, 'utf8'))) };
  } finally {
    rmSync(file, { force: true });
  }
}

describe('a command that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s says so by its code, and leaves no program behind', async (signal) => {
    const { code, by, err, childIsAlive } = await interrupted(signal);
    expect([code, by, childIsAlive]).toEqual([3, null, false]);
    expect(err).toMatch(new RegExp(`^error\\[INTERRUPTED\\]: interrupted by ${signal}`));
  });

  it('says so as JSON where it was asked to', async () => {
    const { code, out } = await interrupted('SIGINT', ['--json']);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'INTERRUPTED', kind: 'environment' } });
  });
});
