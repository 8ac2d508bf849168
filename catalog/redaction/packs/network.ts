/** Addresses of machines, which the Court of Justice of the EU holds to be personal data (C-582/14, Breyer). */
import { alone } from '../parts';
import type { RedactionPack } from '../pattern';

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const PIECE = '[0-9A-Fa-f]{1,4}';

export const network: RedactionPack = {
  title: 'addresses of machines',
  patterns: [
    {
      name: 'network-ipv4',
      finds: 'IPv4 addresses',
      source: 'RFC 791; RFC 6943 section 3.1.1 for the dotted form',
      pattern: alone(`${OCTET}(?:\\.${OCTET}){3}`),
      limits: 'version numbers of four small parts have the same form',
      matches: ['from 192.0.2.17 to', '{"ip":"10.0.0.1"}'],
      spares: ['192.0.2', '300.1.1.1', 'version 1.24.3'],
    },
    {
      name: 'network-ipv6',
      finds: 'IPv6 addresses with all eight pieces, or with `::` between the second and the last',
      source: 'RFC 4291 section 2.2',
      pattern: alone(
        [
          `(?:${PIECE}:){7}${PIECE}`,
          `(?:${PIECE}:){2,6}:(?:${PIECE}:){0,4}${PIECE}`,
          `[Ff][Ee]80::(?:${PIECE}:){0,5}${PIECE}`,
        ].join('|'),
      ),
      limits: 'misses addresses with fewer than two pieces before `::` (but for link-local ones) or none after it',
      matches: ['2001:db8::8a2e:370:7334', '2001:0db8:0000:0000:0000:8a2e:0370:7334', 'fe80::1'],
      spares: ['at 12:30:45', 'std::vector', 'a::b'],
    },
    {
      name: 'network-mac',
      finds: 'hardware addresses of six octets',
      source: 'IEEE Std 802-2014 section 8',
      pattern: alone('[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})'),
      limits: 'fingerprints that begin with six octets in this form',
      matches: ['00:1B:44:11:3a:b7', '00-1b-44-11-3a-b7'],
      spares: ['00:1b:44:11:3a', '001b44113ab7'],
    },
  ],
};
