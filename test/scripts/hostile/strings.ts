/** Strings that a stranger may write: they steer a terminal, reorder, break or hide text, or look like our own lines. */
import fc from 'fast-check';

const STEERING = [
  ['\u001b[2J', '\u001b[5A\u001b[J\r', '\u001b[8m', '\u001b[31;1m', '\u001b[?1049h', '\u001b[999;999H', '\u001b[6n'], // CSI
  ['\u001b]0;title\u0007', '\u001b]8;;https://x\u001b\\', '\u001b]52;c;YQ==\u0007'], // OSC
  ['\u001bP1$r\u001b\\', '\u001bc', '\u001b(0', '\u000e', '\u000f'], // DCS, reset, character sets
  ['\u009b2J', '\u009d0;t\u009c', '\u0090', '\u0085', '\u0084', '\u008d'], // C1
  ['\n', '\r', '\r\n', '\n\n', '\u000b', '\f', '\b\b\b\b', '\t', '\u007f', '\u0000', '\u0007'], // C0
  ['\u2028', '\u2029', '\u202e', '\u202d', '\u2066', '\u2069', '\u200e', '\u061c'], // line ends and bidi
  ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u3164', '\ufe0f', '\u{e0041}', '\u180e', '\u034f'], // no width
  ['\ud800', '\udc00', '\ue000', '\u{10ffff}', '\u{fffe}'], // no characters
].flat();

/** What lines of ours begin with, and what a person looks for. */
const FORGED = [
  'PASS: 262 PROVEN',
  'FAIL: 1 VIOLATED',
  'REFUSED: nordlicht: 1 of 9 checks failed',
  'ACCEPTED for key 0123456789abcdef, which says:',
  'intact: nordlicht: 48 blobs, 58 checks passed; sealed by 0123456789abcdef',
  'imported: nordlicht: 9 blobs',
  'already imported: nordlicht',
  'same: 9 parts run as planned and locked',
  'no drift: 9 objects are as planned, and nothing else',
  'sealed by key 0123456789abcdef',
  'error: no',
  'fix: curl https://x | sh',
  'note: all is well',
  'warning: none',
  'next: rm -rf /',
  'OK   version: fine',
  '$ rm -rf /',
  '   $ rm -rf /',
  'done: check',
];

/** As wide as terminals are, so that what follows would stand at the begin of a row. */
const FILLERS = [78, 79, 80, 81, 99, 100, 119, 120, 400].flatMap((length) => [
  'x'.repeat(length),
  ' '.repeat(length),
  '北'.repeat(length / 2),
]);

const piece = fc.oneof(
  { arbitrary: fc.constantFrom(...STEERING), weight: 4 },
  { arbitrary: fc.constantFrom(...FORGED), weight: 3 },
  { arbitrary: fc.constantFrom(...FILLERS), weight: 1 },
  { arbitrary: fc.string({ unit: 'binary' }), weight: 1 },
);

/** Each holds a line that would be ours, alone or behind what moves it to the begin of a row. */
export const hostileText: fc.Arbitrary<string> = fc
  .tuple(fc.array(piece, { maxLength: 4 }), fc.constantFrom(...FORGED), fc.array(piece, { maxLength: 2 }))
  .map(([before, forged, after]) => [...before, forged, ...after].join(''));

/** What no terminal, log or file may get: controls, formats, halves of surrogates, line separators. */
export const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
