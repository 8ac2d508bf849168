import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildFarSide, type FarSideBuild } from '../../tools/build-far-side';
import { filesBelow, synth } from '../stacks/synthesized';

const ROOT = path.join(__dirname, '..', '..');
const FIXTURE = path.join(ROOT, 'test', 'fixtures', 'stack');

let built: FarSideBuild;
let folder: string;
beforeAll(async () => {
  built = await buildFarSide();
  folder = await mkdtemp(path.join(os.tmpdir(), 'airlock-far-'));
  await writeFile(path.join(folder, 'airlock.mjs'), built.bytes);
});
afterAll(() => rm(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `node … airlock.mjs …` with neither variables nor anything beside the file. */
async function far(args: readonly string[], { cwd = folder, node = [] as readonly string[] } = {}): Promise<Ran> {
  const words = [...node, path.join(folder, 'airlock.mjs'), ...args];
  const ran = promisify(execFile)(process.execPath, words, { cwd, env: {}, maxBuffer: 64 * 1024 * 1024 });
  return ran.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as Ran,
  );
}

describe('airlock.mjs', () => {
  it('is one file of at most 6 MB that names no folder of the machine that built it', () => {
    expect(built.bytes.length).toBeLessThanOrEqual(6_000_000);
    expect(built.bytes.includes(ROOT)).toBe(false);
    expect(built.bytes.includes(os.homedir() + path.sep)).toBe(false);
  });

  it('has the same bytes each time', async () => {
    expect((await buildFarSide()).bytes.equals(built.bytes)).toBe(true);
  });

  it('synthesizes in a folder with the three files alone, byte for byte as the checkout does', async () => {
    const site = await mkdtemp(path.join(folder, 'site-'));
    const inputs = ['airlock.lock.json', 'enclave.yaml', 'site.yaml'];
    for (const file of inputs) await cp(path.join(FIXTURE, file), path.join(site, file));
    expect(await far(['synth'], { cwd: site })).toMatchObject({ code: 0, stdout: '' });
    expect([...filesBelow(path.join(site, 'cdktf.out'))]).toEqual([...synth().files]);
    expect((await readdir(site)).sort()).toEqual([...inputs, 'cdktf.out'].sort());
  });

  it.each(['frobnicate --help', 'bundle frobnicate --help', 'verify --frobnicate --help', 'help frobnicate', 'verfy'])(
    'ends with 2 at `%s`',
    async (line) => {
      expect(await far(line.split(' '))).toMatchObject({ code: 2, stdout: '' });
    },
  );

  it.each(['18.20.8', '20.18.0', '25.0.0'])('says so on Node %s before anything else of it runs', async (version) => {
    const preload = path.join(folder, 'older.cjs');
    const versions = `{ ...process.versions, node: '${version}' }`;
    await writeFile(preload, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
    const ran = await far(['--version'], { node: ['--require', preload] });
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toBe(`error: airlock needs Node 20.18.1 to 24, this is ${version}\n`);
  });

  it('prints the license of every package inside', async () => {
    const { packages } = JSON.parse((await far(['licenses', '--json'])).stdout) as {
      packages: { name: string; license: string; texts: string[] }[];
    };
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(['airlock', 'cdktf', 'commander', 'yaml']));
    expect(packages.filter(({ texts }) => texts.join('').length < 80)).toEqual([]);
    expect((await far(['licenses', 'cdktf'])).stdout).toContain('Mozilla Public License, version 2.0');
    expect(await far(['licenses', 'comander'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('commander') as string,
    });
  });
});
