/** One value at every place; positions.slow.test.ts plants them in every way. */
import { holdPositions, PLANTS } from './positions';

const tried = holdPositions(PLANTS.slice(0, 1), ['contact']);

it('is tried at places of every table', () => {
  expect([tried.values > 500, tried.unknown > 300]).toEqual([true, true]);
});
