/** Where the quickstart's steps happen, and with which programs. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface Places {
  /** The connected side: site, keys, lock. */
  readonly near: string;
  /** What crosses the gap. */
  readonly media: string;
  /** The sovereign side: at first only `airlock.mjs` and the public key. */
  readonly far: string;
}

export const placesIn = (scratch: string): Places => ({
  near: path.join(scratch, 'near'),
  media: path.join(scratch, 'media'),
  far: path.join(scratch, 'far'),
});

/** The bundle as both sides see it from their own folders. */
export const MEDIA = '../media';

export type Environment = Readonly<Record<string, string>>;

const kept = (names: readonly string[]): Environment =>
  Object.fromEntries(
    names.map((name) => [name, process.env[name]]).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );

/** Nothing of the caller's setup reaches the near side: no proxy, no token, no Airlock variable. */
export const nearEnvironment = (): Environment => kept(['PATH', 'HOME', 'TMPDIR', 'LANG']);

/** The far side has Node, and that is all. */
export const farEnvironment = (): Environment => kept(['PATH']);

interface Typed {
  /** As a person would type it. */
  readonly shown: string;
  readonly argv: readonly string[];
}

/** `airlock …` from the repository. */
export const airlock = (...args: string[]): Typed => ({
  shown: `airlock ${args.join(' ')}`,
  argv: [process.execPath, path.join(ROOT, 'scripts/airlock.cjs'), ...args],
});

/** `node airlock.mjs …` in the far side's folder. */
export const farSide = (...args: string[]): Typed => ({
  shown: `node airlock.mjs ${args.join(' ')}`,
  argv: [process.execPath, 'airlock.mjs', ...args],
});

export const npmRun = (script: string): Typed => ({
  shown: `npm run ${script}`,
  argv: ['npm', 'run', '--silent', script],
});
