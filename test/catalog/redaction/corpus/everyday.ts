/** Text of every day that holds numbers and codes, none of them personal data. */
import { below, digits, draw, number, padded, pick, type Random } from './random';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const hex = (random: Random, count: number): string => draw(random, count, '0123456789abcdef');
const year = (random: Random): string => String(1990 + below(random, 40));
const month = (random: Random): string => padded(1 + below(random, 12));
const day = (random: Random): string => padded(1 + below(random, 28));
const clock = (random: Random): string =>
  `${padded(below(random, 24))}:${padded(below(random, 60))}:${padded(below(random, 60))}`;

/** What the everyday writes, each with other numbers every time. */
export const EVERYDAY: readonly ((random: Random) => string)[] = [
  (random) => `Rechnung Nr. ${year(random)}-${digits(random, 5)} vom ${day(random)}.${month(random)}.${year(random)}`,
  (random) => `Order ${number(random, 9)} shipped on ${month(random)}/${day(random)}/${year(random)}.`,
  (random) => `Bestellung ${number(random, 10)}, Kunde ${number(random, 6)}`,
  (random) => `ticket #${number(random, 7)} closed after ${below(random, 90)} days`,
  (random) => `order id ${number(random, 11)} is unknown`,
  (random) => `article ${number(random, 8)}, ${number(random, 3)} pieces`,
  (random) =>
    `${year(random)}-${month(random)}-${day(random)}T${clock(random)}Z INFO pid=${number(random, 5)} took ${digits(random, 3)} ms`,
  (random) => `[${number(random, 10)}] worker ${below(random, 64)}: ${number(random, 9)} bytes`,
  (random) => `{"ts":17${digits(random, 11)},"seq":${number(random, 12)},"ok":true}`,
  (random) => `backup-${year(random)}${month(random)}${day(random)}${digits(random, 4)}.tar.gz`,
  (random) => `id ${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  (random) => `sha256:${hex(random, 64)}`,
  (random) => `commit ${hex(random, 40)} and ${hex(random, 8)}`,
  (random) => `pod api-${hex(random, 10)}-${draw(random, 5, 'bcdfghjklmnpqrstvwxz2456789')} restarted`,
  (random) =>
    `v${below(random, 9)}.${below(random, 40)}.${below(random, 20)} of ${year(random)}, node ${below(random, 22)}.${below(random, 20)}`,
  (random) => `Total: ${number(random, 1)}.${digits(random, 3)}.${digits(random, 3)},${digits(random, 2)} EUR`,
  (random) => `USD ${number(random, 2)},${digits(random, 3)},${digits(random, 3)}.${digits(random, 2)}`,
  (random) => `${number(random, 3)} ${digits(random, 3)} ${digits(random, 3)} inhabitants`,
  (random) => `ISBN 978-3-${digits(random, 4)}-${digits(random, 4)}-${digits(random, 1)}`,
  (random) => `EAN 40${digits(random, 11)}`,
  (random) => `DOI 10.${digits(random, 4)}/j.${number(random, 6)}.${year(random)}.${digits(random, 2)}`,
  (random) => `CAS ${number(random, 4)}-${digits(random, 2)}-${digits(random, 1)}`,
  (random) => `tracking 1Z${draw(random, 6, `0123456789${CAPITALS}`)}${digits(random, 10)}`,
  (random) => `parcel ${number(random, 20)}`,
  (random) => `at ${below(random, 90)}.${digits(random, 6)}, ${below(random, 180)}.${digits(random, 6)}`,
  (random) => `VAT DE${digits(random, 9)}, ATU${digits(random, 8)}, NL${digits(random, 9)}B01`,
  (random) => `Az. ${below(random, 30)} O ${number(random, 3)}/${digits(random, 2)}, § ${below(random, 900)} BGB`,
  (random) => `pp. ${number(random, 3)}-${number(random, 3)}, vol. ${below(random, 99)} (${year(random)})`,
  (random) => `${clock(random)}.${digits(random, 3)} → ${clock(random)}.${digits(random, 3)}`,
  (random) =>
    `part ${draw(random, 2, CAPITALS)}-${digits(random, 4)}-${digits(random, 3)} rev. ${draw(random, 1, CAPITALS)}`,
  (random) => `serial ${draw(random, 4, CAPITALS)}${digits(random, 8)}`,
  (random) => `license plate ${draw(random, 1, CAPITALS)}-${draw(random, 2, CAPITALS)} ${number(random, 4)}`,
  (random) => `ZIP ${number(random, 5)}-${digits(random, 4)}`,
  (random) => `BLZ ${number(random, 3)} ${digits(random, 3)} ${digits(random, 2)}`,
  (random) => `GPU memory ${number(random, 11)} of ${number(random, 11)} bytes`,
  (random) => `std::vector<int> a(${number(random, 9)}); // 0x${hex(random, 8)}`,
  (random) => `score ${below(random, 9)}:${below(random, 9)}, odds ${below(random, 9)}.${digits(random, 2)}`,
  (random) =>
    `measured ${digits(random, 1)}.${digits(random, 12)} ± ${digits(random, 1)}.${digits(random, 3)}e-${digits(random, 2)}`,
  (random) =>
    `flight ${draw(random, 2, CAPITALS)}${number(random, 4)} at gate ${draw(random, 1, 'ABC')}${digits(random, 2)}`,
  (random) => `invoice ${draw(random, 2, CAPITALS)}${number(random, 12)}`,
  (random) => `matrix ${Array.from({ length: 6 }, () => digits(random, 3)).join(' ')}`,
  (random) => `case ${year(random)}/${digits(random, 6)} by office ${digits(random, 3)}/${digits(random, 2)}`,
  (random) => `${pick(random, ['GTIN', 'GLN', 'SSCC'])} ${digits(random, 14)}`,
];

/** Made to look like personal data of some pattern: what no expression can tell apart. */
export const TRAPS: readonly ((random: Random) => string)[] = [
  (random) => `IMEI 35${digits(random, 13)}`,
  (random) => `version ${below(random, 9)}.${below(random, 20)}.${below(random, 99)}.${below(random, 9)} of the driver`,
  (random) => `fingerprint ${Array.from({ length: 20 }, () => hex(random, 2)).join(':')}`,
  (random) => `batch ${day(random)}${month(random)}${digits(random, 2)}-${digits(random, 4)}`,
  (random) => `ref. ${digits(random, 8)}${draw(random, 1, CAPITALS)}`,
  (random) => `model ${number(random, 3)}-${digits(random, 2)}-${digits(random, 4)}`,
  (random) =>
    `a profit of +${number(random, 8)} units, phone calls since ${year(random)}-${month(random)}-${day(random)}`,
  (random) => `icon${digits(random, 2)}@2x.png, left-pad@${below(random, 9)}.${below(random, 9)}.0`,
  (random) => `git clone git@git${digits(random, 2)}.example.org:team/repo.git`,
  (random) =>
    `the numbers ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)} ${digits(random, 2)} were drawn`,
  (random) => `Umsatz ${number(random, 2)} ${digits(random, 3)} ${digits(random, 3)} ${digits(random, 3)} Euro`,
];
