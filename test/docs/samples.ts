/** The TypeScript samples of the documentation, as files of a program beside their pages. */
import path from 'node:path';
import ts from 'typescript';
import { type Block, pages, readPage, ROOT } from './page';

export { ROOT } from './page';

/** A block of language `ts` or `typescript`. */
export type Sample = Block;

const isSample = ({ language }: Block): boolean => language === 'ts' || language === 'typescript';

export const samplesOf = (page: string, text: string): Sample[] => readPage(page, text).blocks.filter(isSample);

/** Samples of every page, in the order of the pages' names. */
export const documentedSamples = (): Sample[] => pages().flatMap(({ blocks }) => blocks.filter(isSample));

/** What a reader's own project would have: strict, and nothing of this repository's further rules. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  esModuleInterop: true,
  resolveJsonModule: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  // The entries of the package, without having built it.
  paths: { 'airlock/*': ['./*/index.ts'] },
  pathsBasePath: ROOT,
};

/**
 * Faults of types and syntax, each with page and line; all samples in one program, since its libraries cost the time.
 */
export function typeFaults(samples: readonly Sample[]): string[] {
  // Beside their page, so that they find the package by its own name.
  const files = new Map(samples.map((sample, at) => [path.join(ROOT, `${sample.page}.${at}.ts`), sample]));
  const host = ts.createCompilerHost(OPTIONS);
  host.readFile = (name) => files.get(path.normalize(name))?.code ?? ts.sys.readFile(name);
  host.fileExists = (name) => files.has(path.normalize(name)) || ts.sys.fileExists(name);
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  return [...files].flatMap(([name, { page, line }]) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const within = source?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${page}:${line + within} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

/** The sample as a script that finds its modules through `require`. */
export const compiled = ({ code, page }: Sample): string =>
  ts.transpileModule(code, { fileName: page, compilerOptions: { ...OPTIONS, module: ts.ModuleKind.CommonJS } })
    .outputText;
