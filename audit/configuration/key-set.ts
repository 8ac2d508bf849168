/** Sets of public keys (RFC 7517). */
import { canonicalJson } from '../../core/canonical-json';
import { broken, type Fault, strange } from './fault';
import { isObject, listAt, object, under } from './readers';
import { jsonOf } from './program';

/** Members that a public key may have: RFC 7517, section 4; RFC 7518, sections 6.2.1 and 6.3.1; RFC 8037, section 2. */
const PUBLIC_MEMBERS = [
  ...['kty', 'use', 'key_ops', 'alg', 'kid', 'x5u', 'x5c', 'x5t', 'x5t#S256'],
  ...['crv', 'x', 'y', 'n', 'e'],
];

const asText = (value: unknown): string => canonicalJson(value).toString('utf8');

/** Whether a set holds public keys alone, those of the enclave and no others. */
export function keySetFaults(value: unknown, declared: string): Fault[] {
  const wanted = jsonOf(declared);
  const keys = 'value' in wanted ? listAt(wanted.value, 'keys') : [];
  const known = new Set(keys.map(asText));
  const found = listAt(value, 'keys');
  return [
    ...object({ needed: { keys: () => [] } })(value, ''),
    ...found.flatMap((key, at): Fault[] => {
      const pointer = under('/keys', at);
      if (!isObject(key)) return [strange(pointer, 'this is no key', 'write a JSON Web Key')];
      const secret = Object.keys(key).filter((member) => !PUBLIC_MEMBERS.includes(member));
      return [
        ...secret.map((member) => broken(under(pointer, member), 'a public key has no such member', 'remove it')),
        ...(known.has(asText(key))
          ? []
          : [broken(pointer, 'the enclave does not name this key', 'write the keys of enclave.yaml')]),
      ];
    }),
    ...(found.length === keys.length ? [] : [broken('/keys', 'the enclave names other keys', 'write its keys')]),
  ];
}
