import fc from 'fast-check';
import { parseChallenges } from '../../../offline-bundle/oci/challenge';

const token = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/);
const quoted = fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, ' '));
const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

describe('WWW-Authenticate', () => {
  it('is read as registries write it', () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/busybox:pull,push",error=invalid_token';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/busybox:pull,push',
          error: 'invalid_token',
        },
      },
    ]);
  });

  it('may offer several ways', () => {
    const found = parseChallenges(
      'Negotiate, Basic realm="a, b", charset="UTF-8", NTLM TlRMTVNTUAAB==, Bearer realm="c"',
    );
    expect(found.map(({ scheme, parameters }) => [scheme, parameters['realm']])).toEqual([
      ['negotiate', undefined],
      ['basic', 'a, b'],
      ['ntlm', undefined],
      ['bearer', 'c'],
    ]);
  });

  it('may be empty or nonsense', () => {
    expect(parseChallenges('')).toEqual([]);
    expect(parseChallenges(' , ,')).toEqual([]);
    expect(parseChallenges('"realm"')).toEqual([]);
  });

  it('comes back from any challenge that was written by the rules', () => {
    const challenge = fc.record({
      scheme: token,
      parameters: fc.uniqueArray(fc.tuple(token, quoted), { selector: ([name]) => name.toLowerCase(), minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(challenge, { minLength: 1, maxLength: 3 }), (challenges) => {
        const header = challenges
          .map(
            ({ scheme, parameters }) =>
              `${scheme} ${parameters.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}`,
          )
          .join(', ');
        const parsed = parseChallenges(header);
        expect(parsed.map(({ scheme }) => scheme)).toEqual(challenges.map(({ scheme }) => scheme.toLowerCase()));
        parsed.forEach(({ parameters }, at) => {
          expect(Object.entries(parameters).sort()).toEqual(
            challenges[at]!.parameters.map(([name, value]) => [name.toLowerCase(), value]).sort(),
          );
        });
      }),
    );
  });

  it('ends for any text, and changes no prototype', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(Array.isArray(parseChallenges(text))).toBe(true);
      }),
    );
    parseChallenges('Bearer __proto__="x"');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
