/** The package as one file whose bytes depend on the sources alone. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { gzipSync } from 'fflate';

export interface Tarball {
  readonly name: string;
  readonly bytes: Buffer;
  /** Paths inside the package, sorted. */
  readonly files: readonly string[];
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function npmPack(cwd: string, args: readonly string[]): Packed {
  const output = execFileSync('npm', ['pack', '--json', '--silent', ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Newer versions of npm write an object by package, older ones a list.
  const said = JSON.parse(output) as Record<string, Packed>;
  const [packed] = Object.values(said);
  if (packed === undefined) throw new Error('npm pack names no tarball');
  return packed;
}

/**
 * Packs a checkout that is built.
 *
 * npm sets every time and owner, but takes permissions from the files, which depend on the umask of whoever cloned; and zlib
 * compresses otherwise on other processors. So permissions are set first, and the archive is compressed by JavaScript.
 */
export function packRelease(root: string): Tarball {
  const { files: listed } = npmPack(root, ['--dry-run', '--ignore-scripts']);
  const files = listed.map((file) => file.path).sort();
  const staging = mkdtempSync(path.join(tmpdir(), 'airlock-release-'));
  try {
    for (const file of files) {
      const target = path.join(staging, 'package', file);
      mkdirSync(path.dirname(target), { recursive: true });
      cpSync(path.join(root, file), target);
      chmodSync(target, 0o644);
    }
    const { filename } = npmPack(path.join(staging, 'package'), ['--ignore-scripts', '--pack-destination', staging]);
    const archive = gunzipSync(readFileSync(path.join(staging, filename)));
    return { name: filename, bytes: Buffer.from(gzipSync(archive, { level: 9, mtime: 0 })), files };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
