import fc from 'fast-check';
import { decodeTemplate, literalsIn, referencesIn } from '../../core/terraform-template';
import { escaped } from '../audit/plans/draft';

describe('Terraform string templates', () => {
  // What github.com/hashicorp/hcl/v2 v2.20.1 makes of the same strings in JSON syntax.
  it.each([
    ['$${x}', '${x}'],
    ['$$${x}', '$${x}'],
    ['$$$${x}', '$$${x}'],
    ['%%{x}', '%{x}'],
    ['%%%{x}', '%%{x}'],
    ['%$${x}', '%${x}'],
    ['$%%{x}', '$%{x}'],
    ['$${', '${'],
    ['$$${', '$${'],
    ['$', '$'],
    ['$$', '$$'],
    ['a$$$b', 'a$$$b'],
    ['$ {x}', '$ {x}'],
    ['$\n{x}', '$\n{x}'],
    ['%%', '%%'],
  ])('%j is the text %j', (source, text) => {
    expect(decodeTemplate(source)).toEqual({ text, expressions: [] });
  });

  it.each([
    ['${x}', ['x'], true],
    ['\\${x}', ['x'], false],
    ['${"a"}', ['"a"'], true],
    ['$${${x}}', ['x'], false],
    ['%{if true}y%{endif}', ['if true', 'endif'], false],
    ['$%{x}', ['x'], false],
    ['${a}${b}', ['a', 'b'], false],
    ['${ {a = "}"}["a"] }', [' {a = "}"}["a"] '], true],
    ['${"${x}"}', ['"${x}"'], true],
    ['${"\\"}"}', ['"\\"}"'], true],
    ['${', [''], true],
  ])('%j holds expressions %j', (source, expressions, whole) => {
    expect(decodeTemplate(source)).toEqual({ expressions, whole });
  });

  it('decode every text that was escaped', () => {
    const nasty = fc.string({ unit: fc.constantFrom('$', '%', '{', '}', '"', '\\', 'x', '\n') });
    fc.assert(
      fc.property(nasty, (text) => {
        expect(decodeTemplate(escaped(text))).toEqual({ text, expressions: [] });
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['kubernetes_namespace_v1.x.id', ['kubernetes_namespace_v1.x']],
    ['join("-", [kubernetes_secret_v1.a.id, helm_release.b-c.name])', ['kubernetes_secret_v1.a', 'helm_release.b-c']],
    ['data.kubernetes_secret_v1.a.id', []],
    ['"kubernetes_secret_v1.a"', []],
    ['"${kubernetes_secret_v1.a.id}"', ['kubernetes_secret_v1.a']],
    ['"$${kubernetes_secret_v1.a.id}"', []],
    ['module.x.kubernetes_secret_v1.a', []],
    ['var.x', []],
  ])('%j refers to %j', (expression, references) => {
    expect(referencesIn(expression)).toEqual(references);
  });

  it('have literals in their expressions', () => {
    expect(literalsIn('join("a", ["b\\"c", var.x])')).toEqual(['a', 'b\\"c']);
  });
});
