/** The files that a tier depends on: what it names, and whatever that imports. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import picomatch from 'picomatch';
import { COMMAND_LINE_FILES, COMMON, type Tier } from './tiers';

/** Files of the checkout that git does not ignore, with `/` between folders, sorted. */
export const checkoutFiles = (root: string): string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean)
    .sort();

const SOURCE = /\.m?ts$/;
const COMMAND = /^scripts\/commands\/([^/]+)\.mts$/;
/** The program that loads a command once it is named. */
const COMMAND_LINE = 'scripts/airlock.mts';
/** What a test imports to start that program. */
const STARTER = 'test/harness/airlock.mts';

/** Whether an import is one of the command line's commands that the tier does not start. */
export function isUnusedCommand(
  { commands = [] }: Pick<Tier, 'commands'>,
  importer: string,
  imported: string,
): boolean {
  const command = COMMAND.exec(imported)?.[1];
  if (command === undefined || commands === 'all') return false;
  return importer.startsWith('scripts/') && !COMMAND.test(importer) && !commands.includes(command);
}

/** Walks what esbuild found, from the entries on. */
export function reached(
  graph: Metafile['inputs'],
  entries: readonly string[],
  tier: Pick<Tier, 'commands'>,
): Set<string> {
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const { path: imported, external, kind } of graph[file]?.imports ?? [])
      if (external !== true && !(kind === 'dynamic-import' && isUnusedCommand(tier, file, imported)))
        waiting.push(imported);
  }
  // What is imported by attributes has them in its name (esbuild, "Metafile").
  return new Set([...seen].map((file) => file.replace(/ with \{.*\}$/, '')));
}

const isSource = (file: string): boolean => SOURCE.test(file);

/** @throws Error for a glob that matches nothing */
function namedBy(tier: Tier, files: readonly string[]): string[] {
  const named = new Set<string>();
  for (const glob of [...COMMON, ...(tier.commands === undefined ? [] : COMMAND_LINE_FILES), ...tier.inputs]) {
    const matches = picomatch(glob, { dot: true });
    const matched = files.filter((file) => matches(file));
    if (matched.length === 0) throw new Error(`${tier.name}: no file matches ${glob}`);
    for (const file of matched) named.add(file);
  }
  if (tier.commands !== undefined) named.add(COMMAND_LINE);
  // A command that is not started is not read, although its folder may be named.
  return [...named].filter((file) => !isUnusedCommand(tier, COMMAND_LINE, file));
}

/**
 * The inputs of each tier, by its name: sorted paths, seen from the root.
 *
 * @throws Error for a glob that matches nothing, and for a tier that starts commands and names none
 */
export async function inputsOf(
  tiers: readonly Tier[],
  root: string,
  files: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const named = new Map(tiers.map((tier) => [tier, namedBy(tier, files)]));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...new Set([...named.values()].flat())].filter(isSource),
    bundle: true,
    write: false,
    metafile: true,
    outdir: path.join(root, 'dist'),
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  return new Map(
    [...named].map(([tier, own]) => {
      const all = new Set([...own, ...reached(metafile.inputs, own.filter(isSource), tier)]);
      if (all.has(STARTER) && tier.commands === undefined)
        throw new Error(
          `${tier.name} reaches ${STARTER}, which starts commands of airlock: list them in its "commands"`,
        );
      return [tier.name, [...all].sort()];
    }),
  );
}
