import { holdAnswerStreams } from './answer-streams';

const tried = holdAnswerStreams(1500);

it('is tried at many cuts', () => {
  process.stderr.write(`${tried.streams} streams, ${tried.cuts} cuts\n`);
  expect(tried.cuts).toBeGreaterThan(10_000);
});
