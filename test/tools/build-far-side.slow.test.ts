import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { compileFunction } from 'node:vm';
import { buildFarSide, type FarSideBuild } from '../../tools/build-far-side';
import { type Block, readPage } from '../docs/page';
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
async function far(
  args: readonly string[],
  { cwd = folder, node = [] as readonly string[], env = {} } = {},
): Promise<Ran> {
  const words = [...node, path.join(folder, 'airlock.mjs'), ...args];
  const ran = promisify(execFile)(process.execPath, words, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return ran.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as Ran,
  );
}

/** What `vm.compileFunction` is given: the chunks that a command compiled, in a file. */
const WATCH = `
  const vm = require('node:vm');
  const { writeFileSync } = require('node:fs');
  const { compileFunction } = vm;
  const compiled = [];
  vm.compileFunction = (text, names, options) => {
    compiled.push({ file: options.filename, size: text.length });
    return compileFunction(text, names, options);
  };
  process.on('exit', () => writeFileSync(process.env.COMPILED, JSON.stringify(compiled)));
`;

/** How many characters of code a command compiles, and the packages and sources that they are of. */
async function compiledBy(line: string): Promise<{ size: number; sources: string[] }> {
  const [watch, list] = [path.join(folder, 'watch.cjs'), path.join(folder, 'compiled.json')];
  await writeFile(watch, WATCH);
  expect(await far(line.split(' '), { node: ['--require', watch], env: { COMPILED: list } })).toMatchObject({
    code: 0,
  });
  const compiled = JSON.parse(await readFile(list, 'utf8')) as { file: string; size: number }[];
  const text = built.bytes.toString('latin1');
  const sources = compiled.flatMap(({ file }) => {
    expect(file).toMatch(/^airlock\.mjs\/(shared|scripts)\//);
    const at = text.indexOf(`\n'${file.replace('airlock.mjs/', '')}'() {`);
    return text.slice(text.lastIndexOf('\n// ', at - 1) + '\n// '.length, at).split(' ');
  });
  return { size: compiled.reduce((sum, { size }) => sum + size, 0), sources };
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

  it('is ASCII: one letter beyond Latin-1 would double what V8 holds and reads', () => {
    expect(built.bytes.every((byte) => byte < 0x80)).toBe(true);
  });

  it.each(['--version', '--help', 'help'])('compiles the table of commands and none of them for `%s`', async (line) => {
    const { size, sources } = await compiledBy(line);
    expect(size).toBeLessThan(200_000);
    expect(sources).toEqual(expect.arrayContaining(['commander', 'scripts/commands.mts', 'scripts/ui/program.mts']));
    expect(
      sources.filter((source) => /^(scripts\/commands\/|audit\/|blueprint\/|offline-bundle\/|ajv|yaml)/.test(source)),
    ).toEqual([]);
  });

  it.each(['verify', 'import', 'audit', 'keys create', 'probe listen', 'status'])(
    'compiles for `%s --help` neither CDKTF nor a server nor an HTTP client',
    async (command) => {
      const { size, sources } = await compiledBy(`${command} --help`);
      expect(size).toBeLessThan(2_000_000);
      expect(sources).toContain(`scripts/commands/${command.split(' ')[0] ?? ''}.mts`);
      expect(sources.filter((source) => ['cdktf', 'constructs', 'fastify', 'undici'].includes(source))).toEqual([]);
    },
  );

  it('lists its chunks and shows one by the commands of the page, as it is compiled', async () => {
    const { blocks } = readPage('docs/far-side.md', await readFile(path.join(ROOT, 'docs/far-side.md'), 'utf8'));
    const [list = '', show = ''] = (blocks.find(({ code }) => code.startsWith('grep ')) as Block).code.split('\n');
    const sh = (line: string): string => execFileSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
    expect(sh(list).split('\n')).toEqual(
      expect.arrayContaining(["'scripts/commands/verify.js'() { /*", "'shared/0.js'() { /*"]),
    );
    const [name, ...shown] = sh(show).split('\n');
    expect(name).toBe("'scripts/commands/verify.js'() { /*");
    expect(shown.splice(-2)).toEqual(['*/ },', '']);
    expect(() => compileFunction(shown.join('\n'))).not.toThrow();
    expect(shown.join('\n')).toContain('async function verify(');
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
