/** The code of `airlock.mjs` in chunks: split where commands are loaded, each a CommonJS module that the loader can compile alone. */
import path from 'node:path';
import { transform, type BuildResult, type Metafile, type TransformOptions } from 'esbuild';

export interface Chunk {
  /** The entry that it is the code of, as `scripts/commands/verify.js`, or `shared/7.js`. */
  readonly name: string;
  /** What other chunks ask for by `require`, and modules of Node; nothing else. */
  readonly code: string;
  /** What is in it: our sources, from the root of the checkout, and names of packages. */
  readonly sources: readonly string[];
}

export type SplitBuild = BuildResult<{ write: false; metafile: true }>;
type Output = Metafile['outputs'][string];

const AS_COMMONJS: TransformOptions = {
  format: 'cjs',
  // No `import()`: what it names are chunks, and the loader knows `require` alone.
  supported: { 'dynamic-import': false },
  minifyWhitespace: true,
  // The file stays below 6 MB.
  minifySyntax: true,
  // The build has said what there is to say.
  logLevel: 'silent',
};

const sourceOf = (input: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? input;

const sourcesOf = ({ inputs }: Output): string[] => [...new Set(Object.keys(inputs).map(sourceOf))];

/** esbuild names files by a hash; ours stay the same where other code changes, and are shorter. */
function namesOf(outputs: Metafile['outputs']): Map<string, string> {
  const first = ({ inputs }: Output): string => Object.keys(inputs)[0] ?? '';
  const sorted = Object.entries(outputs).sort(([, one], [, other]) => (first(one) < first(other) ? -1 : 1));
  const shared = sorted.filter(([, { entryPoint }]) => entryPoint === undefined).map(([file]) => file);
  return new Map(
    sorted.map(([file, { entryPoint }]) => [
      path.basename(file),
      entryPoint?.replace(/\.[cm]?[jt]s$/, '.js') ?? `shared/${String(shared.indexOf(file))}.js`,
    ]),
  );
}

/**
 * @param split an ES module build with `splitting`, in which names of chunks are hashes
 * @throws Error for a file of the build that its metafile does not know
 */
export async function chunksOf({ outputFiles, metafile: { outputs } }: SplitBuild): Promise<Chunk[]> {
  const names = namesOf(outputs);
  const byFile = new Map(Object.entries(outputs).map(([file, output]) => [path.basename(file), output]));
  const chunks = outputFiles.map(async ({ path: file, text }) => {
    const [name, output] = [names.get(path.basename(file)), byFile.get(path.basename(file))];
    if (name === undefined || output === undefined) throw new Error(`esbuild's metafile does not know ${file}`);
    const renamed = text.replace(/"\.\/([^"/]+\.js)"/g, (quoted, base: string) => {
      const asked = names.get(base);
      return asked === undefined ? quoted : JSON.stringify(asked);
    });
    const { code } = await transform(renamed, AS_COMMONJS);
    return { name, code: `"use strict";${code.trimEnd()}`, sources: sourcesOf(output) };
  });
  return (await Promise.all(chunks)).sort((one, other) => (one.name < other.name ? -1 : 1));
}
