import fc from 'fast-check';
import { hostFolder, imageRepository } from '../../site/enclave-names';
import { parseOciReference } from '../../core/oci-reference';

/** distribution-spec, "Pulling manifests". */
const COMPONENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;

it('the folder of any host is a name that registries take', () => {
  const port = fc.option(fc.integer({ min: 1, max: 65_535 }));
  const host = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
  );
  fc.assert(
    fc.property(host, port, (name, number) => {
      // Addresses that embed one of version 4 are written by no registry.
      fc.pre(!/^\[.*\./.test(name));
      expect(hostFolder(number === null ? name : `${name}:${number}`)).toMatch(COMPONENT);
    }),
  );
});

it.each([
  ['[::1]:39201', 'ipv6-0-0-0-0-0-0-0-1-39201'],
  ['[::1]', 'ipv6-0-0-0-0-0-0-0-1'],
  ['[2001:DB8::00ff]:5000', 'ipv6-2001-db8-0-0-0-0-0-ff-5000'],
  ['[2001:db8:0:0:0:0:0:ff]:5000', 'ipv6-2001-db8-0-0-0-0-0-ff-5000'],
  ['registry.example:5000', 'registry.example-5000'],
])('the folder of %s is %s', (host, folder) => {
  expect(hostFolder(host)).toBe(folder);
});

it('an image keeps its path below the folder of its host', () => {
  expect(imageRepository(parseOciReference('[::1]:39201/odd/app:1.2'))).toBe('ipv6-0-0-0-0-0-0-0-1-39201/odd/app');
});
