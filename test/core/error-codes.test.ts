import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ERROR_CODES } from '../../core/error-codes';
import PROMISED from './error-codes.json';

const ROOT = path.join(__dirname, '../..');
const NOT_SOURCES = new Set([
  'node_modules',
  'test',
  'docs',
  'examples',
  'dist',
  'cdktf.out',
  'bench',
  'coverage',
  'api',
]);
const THROWERS = new Set(['badInput', 'checkFailed', 'environmentFailed', 'AirlockError', 'throwFaults']);

/** What a source holds that throws a code, or names one. */
const MENTION = new RegExp(`\\b(?:${[...THROWERS].join('|')})\\b|['"](?:${Object.keys(ERROR_CODES).join('|')})['"]`);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.name.startsWith('.') || NOT_SOURCES.has(entry.name)) return [];
    if (entry.isDirectory()) return full === path.join(ROOT, 'core/error-codes') ? [] : sources(full);
    return /\.m?ts$/.test(entry.name) ? [full] : [];
  });
}

interface Found {
  /** Every text of the sources that is a code: thrown, or in a table from which codes are thrown. */
  readonly written: Set<string>;
  /** What stands where a helper takes its code, and is a text. */
  readonly given: { readonly code: string; readonly where: string }[];
}

const nameOf = (callee: ts.Expression): string =>
  ts.isIdentifier(callee) ? callee.text : ts.isPropertyAccessExpression(callee) ? callee.name.text : '';

function textsIn(node: ts.Node): string[] {
  if (ts.isStringLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...textsIn(node.whenTrue), ...textsIn(node.whenFalse)];
  return [];
}

function find(file: string, found: Found): void {
  const text = readFileSync(file, 'utf8');
  if (!MENTION.test(text)) return;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && node.text in ERROR_CODES) found.written.add(node.text);
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && THROWERS.has(nameOf(node.expression))) {
      const where = `${path.relative(ROOT, file)}:${String(source.getLineAndCharacterOfPosition(node.pos).line + 1)}`;
      for (const code of node.arguments?.[0] === undefined ? [] : textsIn(node.arguments[0]))
        found.given.push({ code, where });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

const found: Found = { written: new Set(), given: [] };
for (const file of sources(ROOT)) find(file, found);

it('every code of the table is thrown somewhere', () => {
  expect(Object.keys(ERROR_CODES).filter((code) => !found.written.has(code))).toEqual([]);
});

it('no other code is thrown', () => {
  expect(found.given.length).toBeGreaterThan(400);
  expect(found.given.filter(({ code }) => !(code in ERROR_CODES))).toEqual([]);
});

const HOW =
  'Programs of users act on codes: one that was published is never removed, renamed or given another kind. Bring it back; ' +
  'if nothing throws it any more, say so in its `cause`, and let the test above know.';

it.each(Object.entries(PROMISED))('keeps %s, of kind %s', (code, kind) => {
  const now = (ERROR_CODES as Readonly<Record<string, { kind: string }>>)[code];
  if (now?.kind !== kind) throw new Error(`${code} was promised as ${kind} and is ${now?.kind ?? 'gone'}. ${HOW}`);
});

it('knows every code as promised', () => {
  const fresh = Object.entries(ERROR_CODES).filter(([code]) => !(code in PROMISED));
  const lines = fresh.map(([code, { kind }]) => `  "${code}": "${kind}"`);
  if (lines.length > 0)
    throw new Error(
      `new codes; if they are to stay for good, add to test/core/error-codes.json:\n${lines.join(',\n')}`,
    );
});
