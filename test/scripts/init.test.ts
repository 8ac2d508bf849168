import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withFolder } from '../stacks/synthesized';
import { ROOT } from './support/commands';

const init = (dir: string, ...options: string[]) =>
  spawnSync(process.execPath, [path.join(ROOT, 'scripts/airlock.cjs'), 'init', '--dir', dir, ...options], {
    encoding: 'utf8',
  });

it('writes the enclave alone beside a site that is there, and leaves the site as it is', () => {
  withFolder((folder) => {
    expect(init(folder, '--name', 'alpha').status).toBe(0);
    rmSync(path.join(folder, 'enclave.yaml'));
    const site = path.join(folder, 'site.yaml');
    writeFileSync(site, `${readFileSync(site, 'utf8')}# edited\n`);
    const { status, stdout } = init(folder);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^wrote .*enclave\.yaml\n\nnext: edit it, then\n/)]);
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
    rmSync(path.join(folder, 'enclave.yaml'));
    expect(init(folder, '--name', 'beta')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/is of site "alpha", not "beta"/) as unknown,
    });
    expect(readdirSync(folder)).toEqual(['site.yaml']);
  });
});
