import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ErrorCode, parseDocument } from 'yaml';
import { fixOf } from '../../../site/reading/yaml-fixes';
import { YamlDocument } from '../../../site/reading/yaml-document';

/** Every code of the library, as its types list them. */
const codes = [
  ...readFileSync(path.join(path.dirname(require.resolve('yaml')), 'errors.d.ts'), 'utf8')
    .split('\n')
    .find((line) => line.includes('type ErrorCode ='))!
    .matchAll(/'([A-Z_0-9]+)'/g),
].map(([, code]) => code as ErrorCode);

/** A file for each, but for those that no text leads to. */
const PROVOKED: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'a: &x 1\nb: !!str *x',
  BAD_ALIAS: 'a: &x: 1',
  BAD_COLLECTION_TYPE: 'a: !!set []',
  BAD_DIRECTIVE: '%YAML 9\n---\na: 1',
  BAD_DQ_ESCAPE: 'a: "\\q"',
  BAD_INDENT: 'a: [1, 2',
  BAD_PROP_ORDER: '&x ? a\n: b',
  BAD_SCALAR_START: 'a: @x',
  BLOCK_AS_IMPLICIT_KEY: 'a: b: c',
  BLOCK_IN_FLOW: 'a: {\n  b:\n    - 1\n}',
  DUPLICATE_KEY: 'a: 1\na: 2',
  KEY_OVER_1024_CHARS: `${'k'.repeat(1100)}: 1`,
  MISSING_CHAR: 'a: "x',
  MULTILINE_IMPLICIT_KEY: 'a\n b: 1',
  MULTIPLE_ANCHORS: '&a &b x: 1',
  MULTIPLE_DOCS: '--- 1\n--- 2',
  MULTIPLE_TAGS: 'a: !!str !!str x',
  NON_STRING_KEY: '? [a]\n: 1',
  TAB_AS_INDENT: 'a:\n\tb: 1',
  TAG_RESOLVE_FAILED: 'a: !!foo 1',
  UNEXPECTED_TOKEN: '- a\nb: 1',
};

describe('what is no YAML', () => {
  it.each(codes)('%s says what to do', (code) => {
    expect(fixOf(code)).toMatch(/\w{3}/);
  });

  it.each(Object.entries(PROVOKED))('%s is met with its place and its fix', (code, text) => {
    const options = { stringKeys: true, prettyErrors: false };
    const { errors, warnings } = parseDocument(text, options);
    expect([...errors, ...warnings].map((one) => one.code)).toContain(code);
    const faults = new YamlDocument(text, 'x.yaml').faults;
    expect(faults).toContainEqual(
      expect.objectContaining({ fix: fixOf(code as ErrorCode), line: expect.any(Number) as number }),
    );
  });

  it.each([
    ['a: *x', 1, 'no anchor &x stands before the alias *x'],
    ['a: 1\nb: [*x, *y]', 2, 'no anchor &x stands before the alias *x'],
  ])('an alias of nothing is named where it stands: %j', (text, line, message) => {
    const [fault] = new YamlDocument(text, 'x.yaml').faults;
    expect(fault).toMatchObject({ line, message, fix: expect.stringMatching(/\w/) as string });
  });

  it('aliases that multiply are refused with a fix', () => {
    const ten = (of: string): string => `[${Array(10).fill(of).join(', ')}]`;
    const text = ['a: &a 1', `b: &b ${ten('*a')}`, `c: &c ${ten('*b')}`, `d: &d ${ten('*c')}`, 'e: *d'].join('\n');
    const [fault] = new YamlDocument(text, 'x.yaml').faults;
    expect(fault).toMatchObject({
      message: expect.stringMatching(/more than is reasonable/) as string,
      fix: 'write the repeated parts out',
    });
  });

  it('a file of anchors and aliases that lead somewhere is read', () => {
    const document = new YamlDocument('a: &x { b: 1 }\nc: *x', 'x.yaml');
    expect([document.faults, document.value]).toEqual([[], { a: { b: 1 }, c: { b: 1 } }]);
  });
});
