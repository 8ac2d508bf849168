/** The TypeScript samples of the documentation, as files of a program beside their pages. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const ROOT = path.join(__dirname, '..', '..');

export interface Sample {
  /** Page, relative to the repository, with forward slashes. */
  readonly page: string;
  /** Line of the page on which the sample's first line stands, from 1. */
  readonly line: number;
  readonly code: string;
}

/** Every fenced block of language `ts` or `typescript` on a page (CommonMark §4.5). */
export function samplesOf(page: string, text: string): Sample[] {
  const samples: Sample[] = [];
  for (const match of text.matchAll(/^(```+|~~~+) *(?:ts|typescript)\b.*\n([\s\S]*?)^\1/gm)) {
    const line = text.slice(0, match.index).split('\n').length + 1;
    samples.push({ page, line, code: match[2] ?? '' });
  }
  return samples;
}

/** Samples of every page below `docs/`, in the order of the pages' names. */
export function documentedSamples(): Sample[] {
  return readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => path.posix.join('docs', ...name.split(path.sep)))
    .flatMap((page) => samplesOf(page, readFileSync(path.join(ROOT, page), 'utf8')));
}

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
