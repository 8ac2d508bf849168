import { holdCutStreams } from './cut-streams';
import { RECOGNIZERS } from './odd-forms';

const tried = holdCutStreams(RECOGNIZERS, 2000);

it('is tried at many cuts', () => {
  process.stderr.write(`${tried.streams} streams, ${tried.cuts} cuts\n`);
  expect(tried.cuts).toBeGreaterThan(10_000);
});
