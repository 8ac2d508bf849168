import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import fc from 'fast-check';
import { tableOfTexts } from '../../../tools/far-side/pack';

const LOADER = readFileSync(path.join(__dirname, '../../../tools/far-side/loader.mjs'), 'utf8');
const TEXT_OF = /^function textOf[^]*?^\}/m.exec(LOADER)?.[0] ?? '';

/** The texts of a table as the loader takes them out. */
const unpacked = (table: string): string[] =>
  vm.runInNewContext(`${table}\n${TEXT_OF}\nObject.keys(TEXTS).map(textOf)`) as string[];

const tableOf = (texts: readonly string[]): string =>
  tableOfTexts(texts.map((text, at) => ({ name: `shared/${String(at)}.js`, text, about: 'core/x.ts' })));

/** What begins, ends or looks like a comment or an escape, and letters of every width. */
const unit = fc.oneof(
  fc.constantFrom('*', '/', '\\', 'u', '002a', '\n', '\r', '\u2028', '\0', '\x7f', '…', '😀', '\ud83d', "'", '`', '${'),
  fc.string({ maxLength: 3, unit: 'binary' }),
);
const text = fc.array(unit, { maxLength: 12 }).map((parts) => parts.join(''));

it('gives every text back as it was, in any company', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 3 }), (texts) => {
      expect([...unpacked(tableOf(texts))]).toEqual(texts);
    }),
  );
});

it('is ASCII, whatever the texts are', () => {
  fc.assert(fc.property(text, (some) => /^[\x00-\x7f]*$/.test(tableOf([some]))));
});

it('shows code as it is, below what is in it', () => {
  expect(tableOf(['var a=1;\nvar b=/c/;'])).toBe(`const TEXTS = { __proto__: null,
// core/x.ts
'shared/0.js'() { /*
var a=1;
var b=/c/;
*/ },
};
`);
});
