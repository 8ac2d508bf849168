/** Where the corpus lies, and what a release of it holds. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { badInput } from '../../core/errors';
import { ROOT, SITE_FILES } from '../site-files';

export const CORPUS = path.join(ROOT, 'test', 'corpus');

/** Digest of each release's manifest, by release. */
export const RELEASES_FILE = path.join(CORPUS, 'releases.json');

/** What a release left, below its folder. */
export const PARTS = {
  manifest: 'manifest.json',
  ...SITE_FILES,
  waivers: 'waivers.yaml',
  keys: 'keys',
  bundle: 'bundle',
  store: 'store',
  blueprint: 'blueprint.json',
  /** What `airlock synth` wrote of the three files, and what `airlock audit` said of it. */
  plan: 'plan',
  report: 'report.json',
  /** What `airlock deployed` remembers of the plan; the plan that it keeps is that one. */
  history: 'history.json',
  /** A plan that nothing of ours wrote, and what was said of it under the waivers. */
  byHand: 'by-hand',
  byHandReport: 'by-hand-report.json',
} as const;

export type Part = keyof typeof PARTS;

/** Whose seals the bundle has; of the second only the public key is kept. */
export const SIGNERS = ['release', 'second'] as const;

export const releaseFolder = (release: string): string => path.join(CORPUS, release);

/** Path of a part of a release. */
export const partOf = (release: string, part: Part): string => path.join(releaseFolder(release), PARTS[part]);

/** Every file below a folder, with `/` between folders, sorted. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();

/** Every release that the corpus has a folder of, sorted by name. */
export const releases = (): string[] =>
  existsSync(CORPUS)
    ? readdirSync(CORPUS, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : [];

/**
 * What a release wrote does not change.
 *
 * @param version of the kit that would write it
 * @throws AirlockError (input) when another version is named, or the corpus has the release
 */
export function demandNew(release: string | undefined, version: string): asserts release is string {
  if (release !== version) {
    const named = release === undefined ? 'no version is named' : `"${release}" is named`;
    throw badInput('USAGE_INVALID_VALUE', `${named}, and this kit is ${version}`, `npm run corpus:add -- ${version}`);
  }
  if (!releases().includes(release)) return;
  throw badInput(
    'OUTPUT_EXISTS',
    `${releaseFolder(release)} is there: what a release wrote does not change`,
    'raise the version in package.json; what was added and never released is removed by hand, with its line in releases.json',
  );
}
