import { textBetween } from '../../../tools/mutation/text-between';

const TEXT = 'one\ntwo three\n\nfour';

it.each([
  [[1, 1], [1, 4], 'one'],
  [[2, 5], [2, 10], 'three'],
  [[1, 3], [2, 4], 'e\ntwo'],
  [[2, 10], [4, 2], '\n\nf'],
  [[4, 1], [4, 5], 'four'],
  [[2, 1], [2, 1], ''],
])('from %j up to %j', ([line = 0, column = 0], [endLine = 0, endColumn = 0], text) => {
  expect(textBetween(TEXT, { line, column }, { line: endLine, column: endColumn })).toBe(text);
});
