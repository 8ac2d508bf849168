import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT, samplesOf } from './samples';

interface Documented {
  readonly name: string;
  /** Properties of the construct's own props. */
  readonly props: readonly string[];
  readonly page: string;
}

/** The construct that a file exports, with its page; undefined for helpers. */
function documented(file: string): Documented | undefined {
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(ROOT, 'constructs', file), 'utf8'),
    ts.ScriptTarget.ES2023,
  );
  const extending = (node: ts.Node): node is ts.ClassDeclaration =>
    ts.isClassDeclaration(node) &&
    (node.heritageClauses ?? []).some(({ types }) =>
      types.some(({ expression }) => expression.getText(source) === 'Construct'),
    );
  const construct = source.statements.find(extending);
  if (construct === undefined) return undefined;
  const props = source.statements.flatMap((node) =>
    ts.isInterfaceDeclaration(node) && node.name.text === `${construct.name?.text ?? ''}Props`
      ? node.members.map((member) => member.name?.getText(source) ?? '')
      : [],
  );
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
      expect(samplesOf(name, page).some(({ code }) => code.includes("'airlock/constructs/"))).toBe(true);
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
