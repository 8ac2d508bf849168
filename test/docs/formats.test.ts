import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readManifest } from '../../tools/corpus/manifest';
import { releases } from '../../tools/corpus/places';
import { kindsIn, namedIn, sources, versionsIn } from './format-names';
import { ROOT } from './samples';

/** Cells of a table below a heading of docs/formats.md, without backticks around the first. */
function rowsBelow(heading: string): string[][] {
  const page = readFileSync(path.join(ROOT, 'docs/formats.md'), 'utf8');
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')));
}

const OURS = /airlock/;
const NUMBER = /format \d+$/;

const ours = rowsBelow('Ours').map(([format = '', , file = '', since = '', read = '']) => ({
  format,
  file,
  since,
  read,
}));
const others = rowsBelow('Of others').map(([format = '']) => format);
const all = sources();
const named = [...new Set(all.flatMap(namedIn))].filter((name) => !NUMBER.test(name)).sort();
const at = new Map(all.map((source) => [source.file, source]));

describe('the tables of docs/formats.md', () => {
  it('list every format that the sources name as ours, and no other', () => {
    const listed = ours.map(({ format }) => format).filter((format) => !NUMBER.test(format));
    expect(listed.sort()).toEqual(named.filter((name) => OURS.test(name)));
  });

  it('list every format that the sources name as that of others, and no other', () => {
    expect([...others].sort()).toEqual(named.filter((name) => !OURS.test(name)));
  });

  it('list every number of a format, by the file that defines it', () => {
    const defined = all.flatMap((source) =>
      namedIn(source).flatMap((name) => (NUMBER.test(name) ? [[source.file, name]] : [])),
    );
    const listed = ours.flatMap(({ format, file }) =>
      NUMBER.test(format) ? [[file, NUMBER.exec(format)?.[0] ?? '']] : [],
    );
    expect(listed.sort()).toEqual(defined.sort());
  });

  it('are held against all API versions: each of them stands before a kind', () => {
    const loose = all.filter((source) => versionsIn(source) !== kindsIn(source)).map(({ file }) => file);
    expect(loose).toEqual([]);
  });
});

describe.each(ours)('$format', ({ format, file, since, read }) => {
  it('is defined where its row says', () => {
    const source = at.get(file);
    expect(source && namedIn(source)).toContain(NUMBER.exec(format)?.[0] ?? format);
  });

  it(
    since === 'next' ? 'is in no release yet' : 'is in the corpus since its release, where it is read for ever',
    () => {
      expect(['always', 'or made anew', 'never']).toContain(read);
      if (since !== 'next') expect(releases()).toContain(since);
      const having = releases().filter((release) => readManifest(release).formats.includes(format));
      if (since === 'next') expect(having).toEqual([]);
      else if (read === 'always') expect(having).toContain(since);
    },
  );
});

it.each(releases())('of %s nothing is left out of the tables', (release) => {
  const known = new Set([...ours.map(({ format }) => format), ...others, 'ENCRYPTED PRIVATE KEY', 'PUBLIC KEY']);
  expect(readManifest(release).formats.filter((format) => !known.has(format))).toEqual([]);
});
