import { AirlockError } from '../../../core/errors';
import { redactionPatterns, type SitePattern } from '../../../catalog/redaction';

const own = (changes: Partial<SitePattern>): SitePattern => ({
  name: 'case-number',
  finds: 'case numbers of the office',
  pattern: '\\bAZ-[0-9]{4}-[0-9]{6}\\b',
  matches: ['see AZ-2024-000123'],
  spares: ['AZ-24-1'],
  ...changes,
});

function refusal(compile: () => unknown): string {
  try {
    compile();
  } catch (error) {
    if (error instanceof AirlockError) return `${error.kind}: ${error.message} → ${error.fix ?? ''}`;
  }
  return 'taken';
}

const refused = (changes: Partial<SitePattern>): string => refusal(() => redactionPatterns([], [own(changes)]));
const refusedPattern = (pattern: string): string => refused({ pattern, matches: ['x'], spares: ['y'] });

describe('redactionPatterns', () => {
  it('gives the patterns of packs in the order of the site, each pack once, then its own', () => {
    const names = redactionPatterns(['nl', 'payment', 'nl'], [own({})]).map(({ name }) => name);
    expect(names).toEqual(['nl-bsn', 'payment-iban', 'payment-card', 'case-number']);
  });

  it('gives nothing for nothing', () => {
    expect(redactionPatterns([])).toEqual([]);
  });

  it.each(['xx', 'toString', ''])('refuses the pack "%s" and names those that exist', (name) => {
    const said = refusal(() => redactionPatterns([name]));
    expect(said).toMatch(/^input: redaction pack ".*" does not exist → packs: contact, payment, .*, us$/);
  });

  it.each([
    ['(?=a)b', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(a)\\1', 'back-references'],
    ['(?<year>[0-9])', 'named groups differently'],
    ['\\d{4}', 'write [0-9]'],
    ['[\\w]{4}', 'write [0-9A-Za-z_]'],
    ['a\\sb', 'write [ \\t\\r\\n]'],
    ['a.b', 'write [^\\n]'],
    ['\\p{L}', 'a range'],
    ['^a', 'ends of a whole message'],
    ['a$', 'ends of a whole message'],
    ['a\\B', 'engines differ'],
    ['\\u00e4', 'write the character itself'],
    ['\\cA', 'write the character itself'],
    ['\\$[0-9]', 'write \\x24'],
    ['[$A]', 'write \\x24'],
    ['[a[b]', 'write \\['],
    ['[a&&b]', 'write it once'],
    ['[]', 'only ECMAScript'],
    ['a+', 'write a limit'],
    ['a{2,}', 'write a limit'],
    ['a{1001}', 'at most 1000 times'],
    ['(?i)a', 'Invalid group'],
    ['(?P<a>b)', 'Invalid group'],
    ['a++', 'Nothing to repeat'],
    ['a{', 'Incomplete quantifier'],
    ['(a', 'Unterminated group'],
  ])('refuses %s, which some gateway reads differently or not at all', (pattern, reason) => {
    const said = refusedPattern(pattern);
    expect(said).toMatch(/^input: redaction pattern case-number: /);
    expect(said).toContain(pattern);
    expect(said).toContain(reason);
  });

  it.each(['a{0,3}', '(?:a|)', '\\b', ''])('refuses "%s", which matches the empty text', (pattern) => {
    expect(refusedPattern(pattern)).toMatch(/matches the empty text, so everywhere → make some part of it obligatory/);
  });

  it.each(['a{257}', '[^a]{65}', '(?:ab{0,9}){30}', 'é{129}'])(
    'refuses %s, which is longer than a window of a stream',
    (pattern) => {
      expect(refusedPattern(pattern)).toMatch(/matches up to \d+ bytes; the gateway sees 256 of a stream at once/);
    },
  );

  it.each([
    '(?:a{1,9}){1,9}b',
    '(?:a|a){20}b',
    '(?:[a-z]{1,20}){1,3}[a-z]{1,20}!',
    '(?:x{1,5}y{0,5}){1,9}z',
    'a(?:b?){9}',
  ])('refuses %s, which an engine that goes back could try for long', (pattern) => {
    expect(refusedPattern(pattern)).toMatch(/can read one text in ([\d.e+]+|unlimited) ways/);
  });

  it('judges deep nesting at once', () => {
    const pattern = `${'(?:'.repeat(60)}a${'){1,2}'.repeat(60)}`;
    expect(refusedPattern(pattern)).toMatch(/matches up to/);
  });

  it.each(['(?:a{1,9},){1,9}b', '[^ ]{1,60} x', '(?:alpha|beta|gamma)-[0-9]{1,20}', 'a{1,3}?b'])(
    'takes %s, where the next character decides',
    (pattern) => {
      expect(refusedPattern(pattern)).toContain('does not find "x"');
    },
  );

  it('refuses a name that is no lower-case word, a pack’s own, or written twice', () => {
    expect(refused({ name: 'Case' })).toContain('"Case" has no valid name → write lower-case words');
    expect(refused({ name: 'nl-bsn' })).toContain('"nl-bsn" exists twice → choose another name');
    expect(refusal(() => redactionPatterns([], [own({}), own({})]))).toContain('exists twice');
  });

  it('holds a pattern to its own examples', () => {
    expect(refused({ matches: ['AZ 1'] })).toContain('does not find "AZ 1" → change the pattern or the example');
    expect(refused({ spares: ['AZ-2024-000123'] })).toContain('finds "AZ-2024-000123"');
    expect(refused({ matches: [] })).toContain('examples are missing');
    expect(refused({ spares: [] })).toContain('examples are missing');
  });
});
