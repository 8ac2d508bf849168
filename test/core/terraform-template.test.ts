import fc from 'fast-check';
import { decodeTemplate, literalsIn, referencesIn, withoutTexts } from '../../core/terraform-template';
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
    ['${"a}b"}c', ['"a}b"'], false],
    ['${"a"}"b}', ['"a"'], false],
    ['${ {a = 1} } b', [' {a = 1} '], false],
    ['${ {a = {b = 1}} }{}', [' {a = {b = 1}} '], false],
    // A string may hold quotes and backslashes that are escaped, and characters that open nothing.
    ['${"\\"}"}c}', ['"\\"}"'], false],
    ['${"\\\\"}"}', ['"\\\\"'], false],
    ['${"{"}c}', ['"{"'], false],
    ['${"$"}c}', ['"$"'], false],
    ['${"%"}c}', ['"%"'], false],
    ['${"a$%b"}c}', ['"a$%b"'], false],
    // A template in it has strings and braces of its own; an escape opens none.
    ['${"${"}"}"}c}', ['"${"}"}"'], false],
    ['${"%{if "}" == a}b%{endif}"}c}', ['"%{if "}" == a}b%{endif}"'], false],
    ['${"a${b}"}"}', ['"a${b}"'], false],
    ['${"${f({})}"}c}', ['"${f({})}"'], false],
    ['${"$${"}c}', ['"$${"'], false],
    ['${"%%{"}c}', ['"%%{"'], false],
    ['${"$%{"}"}"}c}', ['"$%{"}"}"'], false],
    // What does not end goes on to the end.
    ['${', [''], true],
    ['${a', ['a'], true],
    ['${"a', ['"a'], true],
    ['b${"a', ['"a'], false],
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
    ['"${var.a}${kubernetes_secret_v1.b}"', ['kubernetes_secret_v1.b']],
    ['f("${var.a}")kubernetes_secret_v1.b', ['kubernetes_secret_v1.b']],
    // Strings inside the templates of strings.
    ['"${f("x", kubernetes_secret_v1.a.id)}"', ['kubernetes_secret_v1.a']],
    ['"${f("kubernetes_secret_v1.a")}"', []],
    ['"${f("${kubernetes_secret_v1.a.id}")}" == "kubernetes_secret_v1.b"', ['kubernetes_secret_v1.a']],
    ['kubernetes_secret_v1.a == "${helm_release.b.name}"', ['kubernetes_secret_v1.a', 'helm_release.b']],
    ['module.x.kubernetes_secret_v1.a', []],
    ['kubernetes_secret_v1', []],
    ['my-kubernetes_secret_v1.a', []],
    ['Kubernetes_secret.a', []],
    ['kubernetes.a', []],
    ['a1_b2_c3.D-4_e.f', ['a1_b2_c3.D-4_e']],
    ['var.x', []],
  ])('%j refers to %j', (expression, references) => {
    expect(referencesIn(expression)).toEqual(references);
  });

  it('have literals in their expressions', () => {
    expect(literalsIn('join("a", ["b\\"c", var.x])')).toEqual(['a', 'b\\"c']);
    expect(literalsIn('""')).toEqual(['']);
    expect(literalsIn('var.x')).toEqual([]);
  });

  it('have literals in the templates of literals, too', () => {
    expect(literalsIn('"${file("${f("a")}/b")}"')).toEqual(['${file("${f("a")}/b")}', '${f("a")}/b', 'a']);
  });

  it.each([
    ['var.x', 'var.x'],
    ['f("a", var.x)', 'f("…", var.x)'],
    ['f("a\\"b")', 'f("…")'],
    ['"a" == "b"', '"…" == "…"'],
    // What does not end goes on to the end.
    ['f("secret', 'f("…"'],
    // The strings in the templates of a string are in it, too.
    ['"${f("secret")}"', '"…"'],
    ['"%{if x == "secret"}a%{endif}" + y', '"…" + y'],
  ])('are shown without their strings: %j as %j', (expression, shown) => {
    expect(withoutTexts(expression)).toBe(shown);
  });
});
