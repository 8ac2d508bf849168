/**
 * Whether a new passphrase can be guessed. A length alone lets `passwordpassword` pass, so what is common is taken out first, and
 * enough must be left (NIST SP 800-63B, section 3.1.1.2: a block list of what is commonly used, expected or compromised).
 */
import { badInput } from '../../core/errors';

/** Characters. */
export const MINIMUM_PASSPHRASE = 12;
/** Different characters that must be left beside what is common. */
const MINIMUM_LEFT = 5;

/** What heads every published list of leaked passwords (NCSC and HIBP, 2019; SplashData, 2011 to 2018), and what lies near here. */
const COMMON = [
  ...['password', 'passphrase', 'passwort', 'passw', 'kennwort', 'motdepasse', 'contrasena', 'secret', 'geheim'],
  ...['letmein', 'welcome', 'login', 'admin', 'administrator', 'root', 'user', 'guest', 'master', 'access', 'default'],
  ...['changeme', 'changeit', 'trustno', 'iloveyou', 'princess', 'sunshine', 'flower', 'dragon', 'monkey', 'shadow'],
  ...['football', 'baseball', 'basketball', 'soccer', 'hockey', 'superman', 'batman', 'starwars', 'pokemon', 'ninja'],
  ...[
    'hunter',
    'killer',
    'jordan',
    'michael',
    'michelle',
    'charlie',
    'daniel',
    'jessica',
    'ashley',
    'thomas',
    'andrew',
  ],
  ...[
    'liverpool',
    'chelsea',
    'arsenal',
    'ferrari',
    'mustang',
    'corvette',
    'computer',
    'internet',
    'freedom',
    'whatever',
  ],
  ...[
    'spring',
    'summer',
    'autumn',
    'winter',
    'hello',
    'loveme',
    'cookie',
    'cheese',
    'blink',
    'zaq',
    'qaz',
    'wsx',
    'edc',
  ],
  ...['test', 'temp', 'example', 'sample', 'demo', 'airlock', 'bundle', 'release', 'signing', 'key', 'keys'],
].sort((a, b) => b.length - a.length);

/** Rows of keyboards, the alphabet and the digits, there and back. */
const ROWS = ['1234567890', 'qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'yxcvbnm', 'zxcvbnm'].concat(
  'abcdefghijklmnopqrstuvwxyz',
  '1q2w3e4r5t6y7u8i9o0p',
  'qawsedrftgyhujikolp',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik',
  '01234567890123456789',
);
const RUNS = ROWS.flatMap((row) => [row, Array.from(row).reverse().join('')]);

/** Letters as they are commonly written. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Length of the longest run of a row that begins there, from 3 on, else 0. */
function runAt(text: string, at: number): number {
  let longest = 0;
  for (const row of RUNS)
    for (let length = 3; at + length <= text.length && row.includes(text.slice(at, at + length)); length += 1)
      longest = Math.max(longest, length);
  return longest;
}

function withoutRuns(text: string): string {
  let left = '';
  for (let at = 0; at < text.length;) {
    const run = runAt(text, at);
    left += run === 0 ? (text[at] ?? '') : ' ';
    at += Math.max(run, 1);
  }
  return left;
}

/** Whether it is a shorter text several times, which is as easily guessed as once. */
function isRepeated(passphrase: string): boolean {
  const [, once] = /^(.+?)\1+$/su.exec(passphrase.trim()) ?? [];
  return once !== undefined && Array.from(once).length < MINIMUM_PASSPHRASE;
}

/** What a passphrase has beside runs, years, repetitions and common words. */
function uncommonPart(passphrase: string): string {
  const plain = withoutRuns(passphrase.normalize('NFKC').toLowerCase()).replace(/(?:19|20)\d\d/g, ' ');
  const words = Array.from(plain)
    .map((character) => STANDS_FOR[character] ?? character)
    .join('');
  const left = COMMON.reduce((text, word) => text.replaceAll(word, ' '), words);
  return left.replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Demands that a passphrase for a new key is none that somebody tries first.
 *
 * @throws AirlockError (input) for a short, blank or common one; the message never holds it
 */
export function demandPassphrase(passphrase: string): void {
  const fix = `use at least ${MINIMUM_PASSPHRASE} characters, such as five words drawn by chance, or the output of: openssl rand -hex 16`;
  const characters = Array.from(passphrase.trim()).length;
  if (characters < MINIMUM_PASSPHRASE) {
    const blank = passphrase !== '' && characters === 0 ? ', all of them blank' : '';
    const count = Array.from(passphrase).length;
    throw badInput('PASSPHRASE_TOO_SHORT', `the passphrase has ${count} characters${blank}`, fix);
  }
  if (new Set(uncommonPart(passphrase)).size < MINIMUM_LEFT || isRepeated(passphrase))
    throw badInput(
      'PASSPHRASE_COMMON',
      'the passphrase is made of what is tried first: common words, runs of keys, repetitions or years',
      fix,
    );
}
