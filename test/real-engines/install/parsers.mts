/** Argument parsers of vLLM and SGLang: their real sources, on a real PyTorch, with libraries for GPUs that hold nothing. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE, ROOT } from '../../harness/paths.mjs';
import { mustRun, type Ran, run } from '../../harness/processes.mjs';
import { SGLANG, VLLM } from '../versions.mjs';

export const PARSERS = path.join(ROOT, 'test/real-engines/parsers');
const FOLDER = path.join(CACHE, 'engines');
const VENV = path.join(FOLDER, 'venv');
const PYTHON = path.join(VENV, 'bin/python');
const SOURCES = path.join(FOLDER, 'sources');
const STANDINS = path.join(FOLDER, 'cuda');
const REQUIREMENTS = path.join(PARSERS, 'requirements.txt');
const WHEELS = [`vllm==${VLLM}`, `sglang==${SGLANG}`];
const PIP = ['-m', 'pip', '--disable-pip-version-check', '--no-cache-dir', '--quiet'];
const LONG = { timeoutMs: 900_000 };

/** Libraries of NVIDIA's that PyTorch is linked to; `libcuda.so.1` comes with a driver. */
const LIBRARY = /^lib(cu|nv|nccl)/;
/** Where a library's symbols have a version that is not its name. */
const SYMBOL_VERSIONS: Readonly<Record<string, string>> = { 'libnvshmem_host.so.3': 'NVSHMEM' };

/**
 * Makes libraries with the names and symbols that PyTorch looks for when it is imported. Each function says "no device"
 * (cuda.h, CUDA_ERROR_NO_DEVICE), so that PyTorch sees a machine without a GPU.
 */
async function makeCudaStandIns(torch: string): Promise<void> {
  const libraries = (await readdir(torch)).filter((name) => name.endsWith('.so')).map((name) => path.join(torch, name));
  const needed = (await mustRun('readelf', ['--dynamic', ...libraries])).stdout.matchAll(/\(NEEDED\).*\[(.+)\]/g);
  const names = [...new Set([...needed].map(([, name = '']) => name))].filter((name) => LIBRARY.test(name));
  const symbols = [
    ...new Set((await mustRun('nm', ['--dynamic', '--undefined-only', ...libraries])).stdout.match(/(?<= U )\S+/g)),
  ];
  await mkdir(STANDINS, { recursive: true });
  for (const name of names) {
    const version = SYMBOL_VERSIONS[name] ?? name;
    const wanted = symbols.flatMap((symbol) => {
      const [bare = '', of] = symbol.split('@');
      return of === version || (of === undefined && /^(cu|nv|nccl)/.test(bare)) ? [bare] : [];
    });
    const file = path.join(STANDINS, name);
    const source = [...new Set(wanted)].map((symbol) => `long ${symbol}(void) { return 100; }`).join('\n');
    await writeFile(`${file}.c`, `${source}\n`);
    await writeFile(`${file}.map`, `${version} { *; };\n`);
    const link = [`-Wl,-soname,${name}`, `-Wl,--version-script,${file}.map`];
    await mustRun('gcc', ['-shared', '-fPIC', '-fno-builtin', '-w', ...link, '-o', file, `${file}.c`]);
  }
}

const TORCH = 'import importlib.util as u, os; print(os.path.dirname(u.find_spec("torch").origin))';

async function install(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  const wheels = path.join(FOLDER, 'wheels');
  await mkdir(wheels, { recursive: true });
  await mustRun('python3', ['-m', 'venv', VENV]);
  const options = ['--no-deps', '--only-binary=:all:'];
  await mustRun(PYTHON, [...PIP, 'install', ...options, '-r', REQUIREMENTS], LONG);
  await mustRun(PYTHON, [...PIP, 'download', ...options, '--dest', wheels, ...WHEELS], LONG);
  const files = (await readdir(wheels)).map((name) => path.join(wheels, name));
  await mustRun(PYTHON, [path.join(PARSERS, 'unpack.py'), ...files, SOURCES], LONG);
  await rm(wheels, { recursive: true });
  await makeCudaStandIns(path.join((await mustRun(PYTHON, ['-c', TORCH])).stdout.trim(), 'lib'));
}

/** Installs what the parsers need, once for each set of versions. */
export async function installParsers(): Promise<string> {
  const wanted = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(JSON.stringify(WHEELS))
    .digest('hex');
  const stamp = path.join(FOLDER, 'installed.sha256');
  const said = WHEELS.join(', ');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return `${said} present`;
  await install();
  await writeFile(stamp, wanted);
  return `${said} installed`;
}

/** Runs a parser over command lines. */
export const runParser = (name: string, lines: readonly (readonly string[])[], home: string): Promise<Ran> =>
  run(PYTHON, [path.join(PARSERS, `${name}_parser.py`)], {
    env: {
      PYTHONPATH: SOURCES,
      LD_LIBRARY_PATH: STANDINS,
      PYTHONPYCACHEPREFIX: path.join(FOLDER, 'pycache'),
      HOME: home,
      HF_HUB_OFFLINE: '1',
    },
    input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    timeoutMs: 900_000,
  });
