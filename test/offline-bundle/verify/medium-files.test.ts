import { isOfTheMedium } from '../../../offline-bundle/verify/medium-files';

/** As Windows, macOS and Linux write them. */
const NAMES = [
  ...[
    'System Volume Information',
    '$RECYCLE.BIN',
    '$Recycle.Bin',
    'RECYCLER',
    'desktop.ini',
    'Desktop.ini',
    'Thumbs.db',
  ],
  ...['.DS_Store', '.Spotlight-V100', '.fseventsd', '.Trashes', '.TemporaryItems', '._index.json', '._'],
  ...['lost+found', '.Trash', '.Trash-0', '.Trash-1000'],
];
/** Names of Windows mean the same in any case; the others do not. */
const ANY_CASE = NAMES.slice(0, 7);

describe('what a system puts on a medium', () => {
  it.each(NAMES)('is %s', (name) => {
    expect([isOfTheMedium(name), isOfTheMedium(`"${name}"`)]).toEqual([true, true]);
    expect(isOfTheMedium(name.toUpperCase())).toBe(
      ANY_CASE.includes(name) || name.startsWith('._') || !/[a-z]/.test(name),
    );
  });

  it.each(NAMES.filter((name) => !name.startsWith('._')))('is nothing that only begins or ends like %s', (name) => {
    expect([`x${name}`, `${name}x`, `a/${name}`].map(isOfTheMedium)).toEqual([false, false, false]);
  });

  it.each([
    '',
    '"',
    '""',
    'index.json',
    'blobs',
    '.Trash-',
    '.Trash-x',
    '.Trash-1x',
    '$RECYCLExBIN',
    'lost found',
    '.',
    '_x',
  ])('is not %j', (name) => {
    expect(isOfTheMedium(name)).toBe(false);
  });
});
