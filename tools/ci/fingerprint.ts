/** One digest over everything that decides how a tier ends: files, Node, programs, packages, variables. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { release } from 'node:os';
import path from 'node:path';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import type { Tier } from './tiers';

const VERSIONS_FILE = /(^|\/)versions\.mts$/;
const DEBIAN_PIN = /'([a-z0-9][a-z0-9.+-]+)=[^']+'/g;

/** First lines of what a program says of its version; empty where there is none. */
function said(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch (error) {
    // dpkg-query ends with 1 where it knows only some of the packages.
    return (error as { stdout?: string }).stdout?.trim() ?? '';
  }
}

const versionOf = (program: string): string =>
  said(program, [program === 'go' || program === 'openssl' ? 'version' : '--version']);

/** Debian packages that versions files pin, by name. */
export const debianPackages = (texts: readonly string[]): string[] =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(DEBIAN_PIN)].map((match) => match[1] ?? '')))].sort();

/** A variable, and what lies where it points: another program under the same name is another program. */
export function variable(value: string): Readonly<Record<string, unknown>> {
  const found = path.isAbsolute(value) ? statSync(value, { throwIfNoEntry: false }) : undefined;
  if (found?.isFile() === true) return { value, file: digestOf(readFileSync(value)) };
  if (found?.isDirectory() !== true) return { value };
  // Mirrors of providers are large, and their files are named by version: names and sizes do.
  const names = readdirSync(value, { recursive: true, encoding: 'utf8' }).sort();
  return { value, folder: names.map((name) => `${name} ${String(statSync(path.join(value, name)).size)}`) };
}

/** What of the machine a tier depends on; a pin of Debian floats, so what is installed counts. */
export function machineOf(tier: Tier, root: string, files: readonly string[]): Readonly<Record<string, unknown>> {
  const texts = files
    .filter((file) => VERSIONS_FILE.test(file))
    .map((file) => readFileSync(path.join(root, file), 'utf8'));
  const packages = debianPackages(texts);
  return {
    node: process.version,
    // Containers and namespaces are the kernel's.
    platform: `${process.platform}/${process.arch} ${release()}`,
    programs: Object.fromEntries(tier.programs.map((program) => [program, versionOf(program)])),
    debian: packages.length === 0 ? '' : said('dpkg-query', ['-W', '-f=${Package} ${Version}\\n', ...packages]),
    variables: Object.fromEntries((tier.variables ?? []).map((name) => [name, variable(process.env[name] ?? '')])),
  };
}

const isProgram = (file: string): boolean => (statSync(file).mode & 0o100) !== 0;

/** Digest of each file's bytes, and whether it is a program, by its path from the root. */
export const contentsOf = (root: string, files: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    files.map((name) => {
      const file = path.join(root, name);
      return [name, `${digestOf(readFileSync(file))}${isProgram(file) ? ' program' : ''}`];
    }),
  );

export const fingerprintOf = (
  { name }: Pick<Tier, 'name'>,
  contents: Readonly<Record<string, string>>,
  machine: Readonly<Record<string, unknown>>,
): Digest => digestOf(canonicalJson({ name, contents, machine }));
