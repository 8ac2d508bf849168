/** Projects that depend on the package: how each is set up, compiled and run. */
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import type { Manifest } from '../../tools/package/manifest.js';
import { ROOT } from '../harness/paths.mjs';
import { mustRun } from '../harness/processes.mjs';

type Versions = Readonly<Record<string, string>>;

export interface Consumer {
  readonly name: string;
  readonly module: 'commonjs' | 'module';
  /** What it installs beside the package. */
  readonly installs: Versions;
  /** Writes what it consists of, beside package.json. */
  readonly prepare: (folder: string) => Promise<void>;
  /** Commands that check its types and build it; each runs in its folder. */
  readonly build: readonly (readonly string[])[];
  /** The command that runs it. */
  readonly run: readonly string[];
}

const PROGRAMS = path.join(ROOT, 'test/package/programs');
const PROGRAM = path.join(PROGRAMS, 'program.ts');

/** The oldest of each that the package says it takes. */
const OLDEST: Versions = {
  '@cdktf/provider-helm': '12.1.0',
  '@cdktf/provider-kubernetes': '12.1.0',
  cdktf: '0.21.0',
  constructs: '10.4.2',
};
/** The newest of each there was when this was last looked at. */
const NEWEST: Versions = {
  '@cdktf/provider-helm': '12.1.2',
  '@cdktf/provider-kubernetes': '12.1.1',
  cdktf: '0.21.0',
  constructs: '10.8.1',
};
const TYPES_OF_NODE = { '@types/node': '20.19.43' } as const;
/** The last that resolves modules as `node10` without complaint. */
const TYPESCRIPT_5 = { typescript: '5.9.3' } as const;
const COMPILE = ['node', 'node_modules/typescript/bin/tsc', '-p', '.'] as const;

/** The program without its types, as somebody without TypeScript writes it. */
const plain =
  (name: string, module: ts.ModuleKind) =>
  async (folder: string): Promise<void> => {
    const source = await readFile(PROGRAM, 'utf8');
    const { outputText } = ts.transpileModule(source, { compilerOptions: { module, target: ts.ScriptTarget.ES2023 } });
    await writeFile(path.join(folder, name), outputText);
  };

const typed =
  (compilerOptions: object) =>
  async (folder: string): Promise<void> => {
    const tsconfig = {
      compilerOptions: { target: 'ES2022', strict: true, types: ['node'], ...compilerOptions },
      files: ['main.ts'],
    };
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    await copyFile(PROGRAM, path.join(folder, 'main.ts'));
  };

/** As `cdktf init --template=typescript` leaves a project. */
async function initialized(folder: string): Promise<void> {
  const template = path.join(ROOT, 'node_modules/cdktf-cli/bundle/templates/typescript');
  await copyFile(path.join(template, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  await copyFile(PROGRAM, path.join(folder, 'main.ts'));
}

/** @param pinned what the checkout itself develops with */
export const consumers = ({ devDependencies, peerDependencies }: Manifest): readonly Consumer[] => {
  const pinned = (names: readonly string[]): Versions =>
    Object.fromEntries(names.map((name) => [name, devDependencies[name] ?? '']));
  const peers = pinned(Object.keys(peerDependencies));
  return [
    {
      name: 'require',
      module: 'commonjs',
      installs: OLDEST,
      prepare: plain('main.cjs', ts.ModuleKind.CommonJS),
      build: [],
      run: ['node', 'main.cjs'],
    },
    {
      name: 'import',
      module: 'module',
      installs: NEWEST,
      prepare: async (folder) => {
        await plain('main.mjs', ts.ModuleKind.ESNext)(folder);
        await copyFile(path.join(PROGRAMS, 'names.mjs'), path.join(folder, 'names.mjs'));
      },
      build: [],
      run: ['node', 'main.mjs'],
    },
    {
      name: 'nodenext',
      module: 'module',
      installs: { ...peers, ...pinned(['typescript']), ...TYPES_OF_NODE },
      prepare: typed({ module: 'NodeNext', verbatimModuleSyntax: true, exactOptionalPropertyTypes: true }),
      build: [COMPILE],
      run: ['node', 'main.js'],
    },
    {
      name: 'bundler',
      module: 'module',
      installs: { ...peers, ...TYPESCRIPT_5, ...TYPES_OF_NODE, ...pinned(['esbuild']) },
      prepare: typed({ module: 'ESNext', moduleResolution: 'bundler', noEmit: true, isolatedModules: true }),
      build: [
        COMPILE,
        [
          'node_modules/.bin/esbuild',
          'main.ts',
          '--bundle',
          '--platform=node',
          '--packages=external',
          '--format=esm',
          '--outfile=main.mjs',
        ],
      ],
      run: ['node', 'main.mjs'],
    },
    {
      name: 'cdktf init',
      module: 'commonjs',
      installs: { ...peers, ...TYPESCRIPT_5, ...TYPES_OF_NODE, 'ts-node': '10.9.2' },
      prepare: initialized,
      build: [],
      // The "app" of its cdktf.json; ts-node checks the types.
      run: ['node_modules/.bin/ts-node', 'main.ts'],
    },
  ];
};

/** Installs the package and what it wants beside it, from the registry. */
export async function install(
  { module, installs, prepare }: Consumer,
  folder: string,
  tarball: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const dependencies = { airlock: `file:${tarball}`, ...installs };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: module, dependencies }));
  const { stderr } = await mustRun('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    timeoutMs: 240_000,
  });
  if (stderr.includes('EBADENGINE')) throw new Error(stderr);
  await prepare(folder);
  return demandOneCopy(path.join(folder, 'node_modules'));
}

/** Two copies of these are two classes of the same name: nothing of one fits into the other. */
const ONLY_ONCE = ['airlock', 'cdktf', 'constructs', '@cdktf/provider-helm', '@cdktf/provider-kubernetes'];

async function demandOneCopy(modules: string): Promise<string> {
  const manifests = (await readdir(modules, { recursive: true })).filter((name) => name.endsWith('/package.json'));
  const wrong = ONLY_ONCE.flatMap((name) => {
    const copies = manifests.filter(
      (one) =>
        `/${one}`.endsWith(`/${name}/package.json`) &&
        (one === `${name}/package.json` || one.endsWith(`node_modules/${name}/package.json`)),
    );
    return copies.length === 1 ? [] : [`${name}: ${copies.join(', ') || 'none'}`];
  });
  if (wrong.length > 0) throw new Error(`not one copy of each:\n${wrong.join('\n')}`);
  return `one copy of each of ${String(ONLY_ONCE.length)}`;
}
