import * as syntax from '../../core/kubernetes-syntax';
import { demandForm, demandPort, type TextForm } from '../../core/kubernetes-syntax';

const FORMS = Object.entries(syntax).filter((entry): entry is [string, TextForm] => typeof entry[1] === 'object');

const TAKEN: Readonly<Record<string, readonly string[]>> = {
  DNS_LABEL: ['a', '0', 'a-b', 'a'.repeat(63)],
  SERVICE_NAME: ['a', 'a-0', 'a'.repeat(63)],
  RELEASE_NAME: ['0a', 'a'.repeat(53)],
  DNS_SUBDOMAIN: ['a', 'a.b-c.0', 'a'.repeat(253)],
  LABEL_VALUE: ['', 'A', 'a_b.C-0', 'a'.repeat(63)],
  QUALIFIED_NAME: ['A', 'example.com/a_b.C', `${'a'.repeat(253)}/${'b'.repeat(63)}`],
  MINOR_VERSION: ['1.30', '1.99'],
  DATA_KEY: ['a', '.a', 'a.b_C-0', 'a'.repeat(253)],
};

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  DNS_LABEL: ['', 'A', '-a', 'a-', 'a.b', 'a'.repeat(64)],
  SERVICE_NAME: ['', '0a', 'a.b', 'a'.repeat(64)],
  RELEASE_NAME: ['', 'A', 'a'.repeat(54)],
  DNS_SUBDOMAIN: ['', 'a..b', '.a', 'a.', 'a.-b', 'a'.repeat(254)],
  LABEL_VALUE: ['-a', 'a-', 'a/b', 'a b', 'a'.repeat(64)],
  QUALIFIED_NAME: ['', '/a', 'a/', 'a/b/c', 'A.com/a', `${'a'.repeat(254)}/b`, `a/${'b'.repeat(64)}`, 'b'.repeat(64)],
  MINOR_VERSION: ['', '1', 'v1.34', '1.34.1', 'latest', '1.3', '2.34'],
  DATA_KEY: ['', '.', '..', 'a/b', 'a b', 'a'.repeat(254)],
};

describe.each(FORMS)('%s', (name, form) => {
  it('takes what the API server takes', () => {
    expect(TAKEN[name]?.length).toBeGreaterThan(0);
    for (const value of TAKEN[name] ?? []) expect(() => demandForm(form, value, 'x')).not.toThrow();
  });

  it('refuses what it refuses, and a line break after anything', () => {
    expect(REFUSED[name]?.length).toBeGreaterThan(0);
    const broken = (TAKEN[name] ?? []).map((value) => `${value}\n`);
    for (const value of [...(REFUSED[name] ?? []), ...broken, 7, null, undefined])
      expect(() => demandForm(form, value, 'x')).toThrow(`is no ${form.noun}`);
  });
});

describe('the error of a wrong form', () => {
  it('says the place, the value with its controls, and the form', () => {
    expect(() => demandForm(syntax.DNS_LABEL, 'a\u001bb', 'Thing: name')).toThrow(
      expect.objectContaining({
        kind: 'input',
        message: 'Thing: name: "a\\u{1b}b" is no DNS label',
        fix: syntax.DNS_LABEL.fix,
      }) as Error,
    );
  });

  it('says a noun and a form for each', () => {
    for (const [, { noun, fix }] of FORMS) {
      expect(noun).toMatch(/^\S.*\S$/);
      expect(fix).toMatch(/^write \S/);
    }
    expect(new Set(FORMS.map(([, { noun }]) => noun)).size).toBe(FORMS.length);
  });

  it('shows what is no text as JavaScript does', () => {
    expect(() => demandForm(syntax.DNS_LABEL, 7, 'x')).toThrow('x: 7 is no DNS label');
  });
});

describe('a port', () => {
  it.each([1, 80, 65_535])('is %s', (value) => {
    expect(() => demandPort(value, 'x')).not.toThrow();
  });

  it.each([0, -1, 65_536, 1.5, NaN, '80', undefined])('is never %s', (value) => {
    expect(() => demandPort(value, 'x')).toThrow(
      expect.objectContaining({
        code: 'CONSTRUCT_PROPS_INVALID',
        message: `x: ${String(value)} is no port`,
        fix: 'write a whole number from 1 to 65535',
      }) as Error,
    );
  });
});
