import { formatBytes } from '../../core/format-bytes';

it.each([
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [1500, '1.50 kB'],
  [9_994, '9.99 kB'],
  [10_000, '10.0 kB'],
  [999_900, '999.9 kB'],
  [4_700_000, '4.70 MB'],
  [25_000_000_000, '25.0 GB'],
  [2_000_000_000_000, '2.00 TB'],
  // There is no larger unit.
  [3_000_000_000_000_000, '3000.0 TB'],
])('%d bytes are %s, as media state it', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
