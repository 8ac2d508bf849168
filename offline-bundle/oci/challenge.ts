/** Reads `WWW-Authenticate` (RFC 9110 §11.6.1), as registries write it (distribution-spec, "Token Authentication"). */

/** One way in that a server offers. */
export interface Challenge {
  /** Lower case, e.g. `bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/;
const TOKEN68 = /^[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/;
const PARAMETER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))/;

/** The challenges of a header, in order; text that is no challenge ends the reading. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let rest = header;
  const skip = (pattern: RegExp): void => {
    rest = rest.replace(pattern, '');
  };
  for (;;) {
    skip(/^[\s,]+/);
    const scheme = TOKEN.exec(rest)?.[0];
    if (scheme === undefined) return challenges;
    rest = rest.slice(scheme.length);
    const parameters: Record<string, string> = {};
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
    if (rest !== '' && !/^[\s,]/.test(rest)) return challenges;
    if (/^\s*,/.test(rest)) continue;
    skip(/^\s+/);
    const token68 = PARAMETER.test(rest) ? undefined : TOKEN68.exec(rest)?.[0];
    if (token68 !== undefined) {
      rest = rest.slice(token68.length);
      continue;
    }
    for (;;) {
      const match = PARAMETER.exec(rest);
      if (match === null) break;
      const [all, name = '', quoted, plain = ''] = match;
      // Own properties only: a parameter called __proto__ must not reach the prototype.
      Object.defineProperty(parameters, name.toLowerCase(), {
        value: quoted?.replace(/\\(.)/g, '$1') ?? plain,
        enumerable: true,
        configurable: true,
      });
      rest = rest.slice(all.length);
      const comma = /^\s*,[\s,]*/.exec(rest)?.[0];
      if (comma === undefined || !PARAMETER.test(rest.slice(comma.length))) break;
      rest = rest.slice(comma.length);
    }
  }
}
