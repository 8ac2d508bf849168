import { windowUnit } from '../../catalog/rate-limit';

describe('windowUnit', () => {
  it.each([
    ['1m', 'minute'],
    ['60m', 'hour'],
    ['1h', 'hour'],
    ['24h', 'day'],
    ['1d', 'day'],
    ['7d', 'week'],
    ['720h', 'month'],
    ['30d', 'month'],
  ])('calls %s a %s', (window, unit) => {
    expect(windowUnit(window)).toBe(unit);
  });

  it.each(['2h', '12h', '31d', '1s', '', 'day'])('refuses %p, which the service does not count in', (window) => {
    expect(() => windowUnit(window)).toThrow('does not count in windows');
  });
});
