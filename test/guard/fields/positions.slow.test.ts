/** Values of two kinds, in every way, at every place of every table. */
import { holdPositions, PLANTS } from './positions';

const tried = holdPositions(PLANTS, ['contact', 'payment', 'de']);

it('is tried at places of every table', () => {
  process.stderr.write(`${tried.values} values at places of tables, ${tried.unknown} unknown fields and kinds\n`);
  expect([tried.values > 5000, tried.unknown > 300]).toEqual([true, true]);
});
