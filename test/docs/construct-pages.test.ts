import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT, samplesOf } from './samples';

interface Documented {
  readonly name: string;
  /** Properties of the construct's props, inherited ones too. */
  readonly props: readonly string[];
  readonly page: string;
}

const parsed = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023);

/** Properties of an interface of a file, and of those that it imports and extends. */
function propsOf(source: ts.SourceFile, name: string): string[] {
  const found = source.statements.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === name);
  const bases = (found?.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText(source)));
  const inherited = bases.flatMap((base) => {
    const from = source.statements
      .filter(ts.isImportDeclaration)
      .find((one) => one.importClause?.getText(source).includes(base) === true);
    if (from === undefined || !ts.isStringLiteral(from.moduleSpecifier)) return [];
    return propsOf(parsed(path.resolve(path.dirname(source.fileName), `${from.moduleSpecifier.text}.ts`)), base);
  });
  return [...(found?.members ?? []).map((member) => member.name?.getText(source) ?? ''), ...inherited];
}

/** The construct that a file exports, with its page; undefined for helpers. */
function documented(file: string): Documented | undefined {
  const source = parsed(path.join(ROOT, 'constructs', file));
  const extending = (node: ts.Node): node is ts.ClassDeclaration =>
    ts.isClassDeclaration(node) &&
    (node.heritageClauses ?? []).some(({ types }) =>
      types.some(({ expression }) => expression.getText(source) === 'Construct'),
    );
  const construct = source.statements.find(extending);
  if (construct === undefined) return undefined;
  const props = propsOf(source, `${construct.name?.text ?? ''}Props`);
  const page = path.join(ROOT, 'docs', 'constructs', `${path.parse(file).name}.md`);
  return { name: path.parse(file).name, props, page: existsSync(page) ? readFileSync(page, 'utf8') : '' };
}

const constructs = readdirSync(path.join(ROOT, 'constructs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map(documented)
  .filter((found) => found !== undefined);

describe.each(constructs.map((construct) => [construct.name, construct] as const))(
  'docs/constructs/%s.md',
  (name, { page, props }) => {
    it('says why, shows the smallest program, and how to verify', () => {
      expect(page).toMatch(/^Why: /m);
      expect(page).toMatch(/^Verify:\n\n```sh\n/m);
      expect(samplesOf(name, page).some(({ code }) => code.includes("'airlock/constructs'"))).toBe(true);
    });

    it('names every prop, in the sample or in words', () => {
      expect(props.filter((prop) => !new RegExp(`\\b${prop}\\b`).test(page))).toEqual([]);
    });
  },
);

it('finds constructs and their props', () => {
  expect(constructs.map(({ name }) => name)).toContain('serving-release');
  expect(constructs.flatMap(({ props }) => props)).toContain('extraArgs');
});
