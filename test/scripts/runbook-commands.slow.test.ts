/** What a runbook prints, pasted: into a real shell, for a real Terraform as far as it goes without a cluster. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { blueprintOf } from '../../blueprint/blueprint';
import { serializeLock } from '../../site/lock/lock-file';
import { synthesize } from '../../stacks/app';
import { STARTER_PARAGRAPHS, starterInputs } from '../stacks/starter-inputs';
import { witnessed } from '../support/witness';
import { ROOT } from './support/commands';

const AIRLOCK = path.join(ROOT, 'scripts/airlock.cjs');
/** A folder whose name a shell has to be told about. */
const BEFORE = "it's before";

let folder: string;
let commands: string[];
let checks: string[];

const runbook = (...options: string[]): string =>
  execFileSync(process.execPath, [AIRLOCK, 'runbook', ...options], { cwd: folder, encoding: 'utf8' });
const sh = (...lines: string[]) => spawnSync('sh', ['-e'], { cwd: folder, input: lines.join('\n'), encoding: 'utf8' });
const folderOf = (command: string): string => {
  const named = /terraform -chdir=('[^']*'|\S+)/.exec(command)?.[1] ?? '';
  return execFileSync('sh', ['-c', `printf %s ${named}`], { encoding: 'utf8' });
};

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'airlock-runbook-commands-'));
  synthesize({ blueprint: blueprintOf(starterInputs(STARTER_PARAGRAPHS)), outdir: path.join(folder, BEFORE) });
  // The new site has neither gateway nor traces, both of which hold state.
  const after = starterInputs([]);
  synthesize({ blueprint: blueprintOf(after), outdir: path.join(folder, 'cdktf.out') });
  writeFileSync(path.join(folder, 'airlock.lock.json'), serializeLock(after.lock));
  mkdirSync(path.join(folder, 'state'));
  for (const stack of ['gateway', 'traces']) writeFileSync(path.join(folder, 'state', `${stack}.tfstate`), '{}');
  const { steps } = JSON.parse(runbook('--from', BEFORE, '--json')) as {
    readonly steps: readonly { readonly commands: readonly string[]; readonly checks: readonly string[] }[];
  };
  commands = steps.flatMap((step) => step.commands);
  checks = steps.flatMap((step) => step.checks);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is printed whole: each command on a line of its own', () => {
  const text = runbook('--from', BEFORE);
  expect(text.split('\n').flatMap((line) => /^ {3}\$ (.*)$/.exec(line)?.slice(1) ?? [])).toEqual(commands);
  expect(text.split('\n').flatMap((line) => /^ {3}check: (.*)$/.exec(line)?.slice(1) ?? [])).toEqual(checks);
});

it('is a script that a shell can read, line by line', () => {
  for (const line of [...commands, ...checks]) {
    const { status, stderr } = spawnSync('sh', ['-n', '-c', line], { encoding: 'utf8' });
    expect([line, status, stderr]).toEqual([line, 0, '']);
    expect(line).not.toMatch(/<[^>]*>/);
  }
});

it('destroys what is left out, the gateway before the traces that it sends to, each after a word for its data', () => {
  const retired = commands.filter((line) => line.includes(' retire '));
  expect(retired.map((line) => /^AIRLOCK_ALLOW_DESTROY=alpha .* retire (\w+) /.exec(line)?.[1])).toEqual([
    'gateway',
    'traces',
  ]);
});

it('its own commands run, and every folder that Terraform is sent to is there then', () => {
  const own = commands.filter((line) => line.includes(' retire ') || line.startsWith('export '));
  expect(sh(...own, 'test -f "$TF_CLI_CONFIG_FILE"')).toMatchObject({ status: 0, stderr: '' });
  const folders = commands.filter((line) => line.startsWith('terraform ')).map(folderOf);
  expect(folders.length).toBeGreaterThan(6);
  for (const one of folders) expect([one, existsSync(path.join(folder, one, 'cdk.tf.json'))]).toEqual([one, true]);
  expect(readFileSync(path.join(folder, 'cdktf.retired/stacks/gateway/cdk.tf.json'), 'utf8')).not.toContain(
    '"prevent_destroy": true',
  );
});

it('names commands of the program that are there', () => {
  const named = [...commands, ...checks].filter((line) => line.includes('airlock.cjs'));
  expect(named.map((line) => line.replace(/^AIRLOCK_\S+ /, '').split(' ')[1])).toEqual(named.map(() => AIRLOCK));
  const words = [...new Set(named.map((line) => line.split('airlock.cjs ')[1]?.split(' ')[0] ?? ''))];
  expect(words).toEqual(['retire', 'deployed', 'audit', 'preflight', 'status', 'drift']);
});

describe('with Terraform', () => {
  const terraform = witnessed('terraform', 'version');

  // Without a word of its own about a configuration that this machine's user may lack.
  const env = { ...process.env, TF_CLI_CONFIG_FILE: os.devNull };
  const help = (...what: string[]): string => execFileSync('terraform', [...what, '-help'], { encoding: 'utf8', env });

  terraform('every option of every command is one that its help lists', () => {
    const lines = commands.filter((line) => line.startsWith('terraform ')).map((line) => line.split(' ').slice(1));
    const subcommands = [...new Set(lines.map(([, what = '']) => what))];
    const pages = new Map(subcommands.map((what) => [what, help(what)]));
    expect(subcommands).toEqual(['init', 'plan', 'apply']);
    expect(help()).toContain('  -chdir=');
    for (const [global = '', what = '', ...words] of lines) {
      expect(global).toMatch(/^-chdir=/);
      for (const word of words.filter((one) => one.startsWith('-')))
        expect(pages.get(what)).toMatch(new RegExp(`^ {2}${word.replace(/=.*/, '')}\\b`, 'm'));
    }
  });

  terraform('resources that need no provider come and go by the commands as they are pasted', () => {
    // The same folders and states, with resources of Terraform's own in them.
    const write = (plan: string, stack: string, resource: object): void => {
      const file = path.join(folder, plan, 'stacks', stack, 'cdk.tf.json');
      const { terraform: own } = JSON.parse(readFileSync(file, 'utf8')) as { terraform: { backend: object } };
      writeFileSync(
        file,
        JSON.stringify({ terraform: { backend: own.backend }, resource: { terraform_data: resource } }),
      );
    };
    const kept = { it: { input: 'one', lifecycle: { prevent_destroy: true } } };
    for (const stack of ['gateway', 'traces']) {
      rmSync(path.join(folder, 'state', `${stack}.tfstate`));
      write(BEFORE, stack, kept);
    }
    // Deployed from cdktf.out, as it was then.
    const deploy = ['gateway', 'traces'].flatMap((stack) => [
      `mkdir -p then/stacks && cp -R "${BEFORE}/stacks/${stack}" then/stacks/`,
      `terraform -chdir=then/stacks/${stack} init -input=false`,
      `terraform -chdir=then/stacks/${stack} apply -input=false -auto-approve`,
    ]);
    const resources = (stack: string): unknown =>
      (JSON.parse(readFileSync(path.join(folder, 'state', `${stack}.tfstate`), 'utf8')) as { resources: unknown[] })
        .resources.length;
    write('cdktf.out', 'serving', { it: { input: 'new' } });
    expect(sh(...deploy)).toMatchObject({ status: 0 });
    expect(['gateway', 'traces'].map(resources)).toEqual([1, 1]);
    const pasted = sh(...commands.filter((line) => !/ deployed |cdktf\.out\/stacks\/(?!serving)/.test(line)));
    expect([pasted.status, pasted.stderr]).toEqual([0, '']);
    expect(['gateway', 'traces', 'serving'].map(resources)).toEqual([0, 0, 1]);
    expect(sh('find . -name plan').stdout).toBe('');
  });
});
