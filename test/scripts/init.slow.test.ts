import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseSite } from '../../site/load-site';
import { serializeLock } from '../../site/lock/lock-file';
import { edited } from '../site/starter';
import { relock } from '../stacks/relock';
import { inputs, withFolder } from '../stacks/synthesized';
import { ROOT } from './support/commands';

const AIRLOCK = path.join(ROOT, 'scripts/airlock.cjs');

const init = (dir: string, ...options: string[]) =>
  spawnSync(process.execPath, [AIRLOCK, 'init', '--dir', dir, ...options], {
    encoding: 'utf8',
  });

const edit = (file: string): void => writeFileSync(file, edited(readFileSync(file, 'utf8')));

/** The commands that `init` prints as the next steps. */
const nextSteps = (stdout: string): string[] => [...stdout.matchAll(/^ {2}(.*)$/gm)].map(([, line = '']) => line);

/** Pastes lines into a shell. */
const paste = (cwd: string, ...lines: string[]) =>
  spawnSync('sh', ['-e'], { cwd, input: lines.join('\n'), encoding: 'utf8' });

/** Stands where the quotes and blanks of a shell matter. */
const ODD = "it's my site";

it('prints next steps that work as pasted: the files are refused until edited, then the site is locked, made, judged', () => {
  withFolder((folder) => {
    const { stdout } = spawnSync(process.execPath, [AIRLOCK, 'init', '--dir', ODD, '--name', 'alpha'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const [cd = '', lock = '', synth = '', audit = '', ...others] = nextSteps(stdout);
    expect(others).toEqual([]);
    const refused = paste(folder, cd, lock);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/site\.yaml:\d+:\d+ .*placeholder/)]);
    for (const file of ['site.yaml', 'enclave.yaml']) edit(path.join(folder, ODD, file));
    // What `lock` writes, without the network that it needs.
    const site = parseSite(readFileSync(path.join(folder, ODD, 'site.yaml'), 'utf8'), 'site.yaml');
    writeFileSync(path.join(folder, ODD, 'airlock.lock.json'), serializeLock(relock(site, inputs().lock)));
    expect(paste(folder, cd, `${lock} --check`, synth, audit)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('PASS') as unknown,
    });
  });
});

it('writes the enclave alone beside a site that is there, and leaves the site as it is', () => {
  withFolder((folder) => {
    expect(init(folder, '--name', 'alpha').status).toBe(0);
    rmSync(path.join(folder, 'enclave.yaml'));
    const site = path.join(folder, 'site.yaml');
    writeFileSync(site, `${edited(readFileSync(site, 'utf8'))}# edited\n`);
    const { status, stdout } = init(folder);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^wrote .*enclave\.yaml\n\nnext: edit it where it says EDIT, then\n/),
    ]);
    expect(readFileSync(site, 'utf8')).toMatch(/# edited\n$/);
    expect(readFileSync(path.join(folder, 'enclave.yaml'), 'utf8')).toMatch(/^site: alpha$/m);
  });
});

it('refuses a name that is not the name of that site, and files that are there', () => {
  withFolder((folder) => {
    expect(init(folder, '--name', 'alpha').status).toBe(0);
    expect(init(folder)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error\[OUTPUT_EXISTS\]: .*site\.yaml exists already/) as unknown,
    });
    edit(path.join(folder, 'site.yaml'));
    rmSync(path.join(folder, 'enclave.yaml'));
    expect(init(folder, '--name', 'beta')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/is of site "alpha", not "beta"/) as unknown,
    });
    expect(readdirSync(folder)).toEqual(['site.yaml']);
  });
});
