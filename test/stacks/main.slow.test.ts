import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withFolder } from './synthesized';

const ROOT = path.join(__dirname, '..', '..');
const FIXTURE = path.join(ROOT, 'test', 'fixtures', 'stack');

const run = (cwd: string, env: Readonly<Record<string, string>>, ...args: string[]) => {
  const tsx = require.resolve('tsx/cli');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, path.join(ROOT, 'main.ts'), ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { status, stdout, stderr };
};

describe('main.ts', () => {
  it('reads the three files of the working directory and writes where cdktf says', () => {
    withFolder((folder) => {
      const outdir = path.join(folder, 'a', 'b');
      expect(run(FIXTURE, { CDKTF_OUTDIR: outdir })).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(existsSync(path.join(outdir, 'manifest.json'))).toBe(true);
    });
  });

  it('reads other files where it is told, and state elsewhere', () => {
    withFolder((folder) => {
      const files = {
        AIRLOCK_SITE: path.join(FIXTURE, 'site.yaml'),
        AIRLOCK_ENCLAVE: path.join(FIXTURE, 'enclave.yaml'),
        AIRLOCK_LOCK: path.join(FIXTURE, 'airlock.lock.json'),
      };
      expect(run(folder, files).status).toBe(0);
      expect(existsSync(path.join(folder, 'cdktf.out', 'manifest.json'))).toBe(true);
    });
  });

  it('takes an empty variable for one that is not set', () => {
    withFolder((folder) => {
      expect(run(FIXTURE, { CDKTF_OUTDIR: folder, AIRLOCK_STATE: '' }).status).toBe(0);
      const text = readFileSync(path.join(folder, 'stacks/mirror/cdk.tf.json'), 'utf8');
      expect(text).toContain('../../../state/mirror.tfstate');
    });
  });

  it('takes the same as options, and refuses what is none', () => {
    withFolder((folder) => {
      const outdir = path.join(folder, 'elsewhere');
      expect(run(FIXTURE, {}, '--out', outdir, '--state', '/srv/state')).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(readFileSync(path.join(outdir, 'stacks/mirror/cdk.tf.json'), 'utf8')).toContain('/srv/state/mirror');
      const { status, stderr } = run(FIXTURE, {}, '--sites', 'x');
      expect([status, stderr]).toEqual([
        2,
        "error[USAGE_UNKNOWN_OPTION]: unknown option '--sites'\nfix: did you mean --site? `airlock synth --help` shows what it takes\n",
      ]);
    });
  });

  it('names a missing file and the next step, without a stack trace, and ends with status 2', () => {
    withFolder((folder) => {
      const { status, stderr } = run(folder, {});
      expect(stderr).toBe(
        [
          'error[FILE_MISSING]: 3 files are missing or have faults: site.yaml, enclave.yaml, airlock.lock.json',
          '  site.yaml (document): there is no file site.yaml [FILE_MISSING]',
          '    fix: `airlock init` writes a first one, `airlock bundle extract-record` takes it out of a bundle',
          '  enclave.yaml (document): there is no file enclave.yaml [FILE_MISSING]',
          '    fix: `airlock init` writes a first enclave.yaml',
          '  airlock.lock.json (document): there is no file airlock.lock.json [FILE_MISSING]',
          '    fix: `airlock lock` writes it, `airlock bundle extract-record` takes it out of a bundle',
          '',
        ].join('\n'),
      );
      expect(status).toBe(2);
    });
  });
});
