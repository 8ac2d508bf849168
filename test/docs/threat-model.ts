/** The page of the threat model as data: its tables, and what it says is not there. */
import ts from 'typescript';

/** Cells of every row of the table below a heading, without its head. */
export function rowsBelow(page: string, heading: string): string[][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

export interface Claim {
  readonly claim: string;
  /** Files of the sources. */
  readonly code: readonly string[];
  /** File and title of each test. */
  readonly tests: readonly (readonly [file: string, title: string])[];
}

export const claimOf = ([claim = '', , code = '', tests = '']: readonly string[]): Claim => ({
  claim,
  code: [...code.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  tests: [...tests.matchAll(/`([^`]+)`: “([^”]+)”/g)].map(([, file = '', title = '']) => [file, title] as const),
});

/** Every literal text of a program, so that neither a comment nor code passes for a title. */
export function literalsOf(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest));
  return found;
}

/** Commands of which a text says that there is none. */
export const absentCommands = (text: string): string[] =>
  [...text.matchAll(/\bno\s+`([a-z]+(?: [a-z]+)?)`/g)].map(([, command = '']) => command);

/** Folders of which a text says that there is none. */
export const absentFolders = (text: string): string[] =>
  [...text.matchAll(/\bno\s+folder\s+`([^`]+)`/g)].map(([, folder = '']) => folder);
