import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { demandPassphrase } from '../../../offline-bundle/trust/passphrase';

describe('a passphrase for a new key', () => {
  it.each([
    ['', 'the passphrase has 0 characters'],
    ['x', 'the passphrase has 1 characters'],
    ['        ', 'the passphrase has 8 characters, all of them blank'],
    [' \t\u00a0'.repeat(10), 'the passphrase has 30 characters, all of them blank'],
    ['   x   ', 'the passphrase has 7 characters'],
    ['correcthors', 'the passphrase has 11 characters'],
    ['🔑🔑🔑🔑🔑🔑', 'the passphrase has 6 characters'],
  ])('is refused when it is short or blank: %j', (text, message) => {
    expect(() => demandPassphrase(text)).toThrow(
      expect.objectContaining({ code: 'PASSPHRASE_TOO_SHORT', message }) as Error,
    );
  });

  it.each([
    ...[
      'passwordpassword',
      'nordlichtnordlicht',
      '1q2w3e4r5t6y',
      'qaz1qaz1qaz1qaz1',
      'Password123456!',
      'P@ssw0rd P@ssw0rd',
      'letmein letmein',
      'qwertyuiop123',
      'QWERTZUIOPQWERTZ',
    ],
    ...['123456789012', '098765432109', 'aaaaaaaaaaaaaaaa', 'abababababababab', 'abcdefghijklm', 'zyxwvutsrqponm'],
    ...[
      'Summer2026Summer',
      'winter2025!!!!',
      'admin-admin-admin',
      'Administrator1',
      'changeme changeme',
      'iloveyou12345',
    ],
    ...[
      'airlock release key',
      'airlock-airlock',
      'secret signing key',
      'trustno1trustno1',
      '1q1q1q1q1q1q',
      '............',
    ],
    ...['dragon monkey shadow', 'asdfghjklasdfghjkl', '2024-2025-2026', 'ＰＡＳＳＷＯＲＤ１２３４'],
  ])('is refused when it is what is tried first: %s', (text) => {
    expect(() => demandPassphrase(text)).toThrow(expect.objectContaining({ code: 'PASSPHRASE_COMMON' }) as Error);
  });

  it.each([
    'correct horse battery',
    'a long passphrase',
    'only for this tier',
    'Räuber Hotzenplotz 7',
    'fünf Wörter aus dem Hut',
  ])('is taken when something is left beside the common: %s', (text) => {
    expect(() => demandPassphrase(text)).not.toThrow();
  });

  it('is taken as openssl rand makes it, every time', () => {
    for (let run = 0; run < 300; run += 1)
      expect(() =>
        demandPassphrase(randomBytes(run % 2 === 0 ? 16 : 12).toString(run % 3 === 0 ? 'base64' : 'hex')),
      ).not.toThrow();
  });

  it('never shows in the refusal', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 5, maxLength: 20, unit: fc.constantFrom('X', 'Q', '9') }), (text) => {
        try {
          demandPassphrase(text);
        } catch (error) {
          expect(JSON.stringify([(error as Error).message, error])).not.toContain(text);
        }
      }),
      { numRuns: 100 },
    );
  });
});
