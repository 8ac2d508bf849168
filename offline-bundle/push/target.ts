/** Where a push goes: a registry, and a folder in it. */
import { badInput } from '../../core/errors';
import { parseOciReference } from '../../core/oci-reference';
import { isLoopback } from '../fetch/hosts';

export interface PushTarget {
  /** Address of the registry, without a path. */
  readonly base: URL;
  /** Below which repositories lie, `` or e.g. `airlock`. */
  readonly prefix: string;
}

const FORM = 'write HOST[:PORT][/FOLDER], e.g. registry.site.example/airlock; the login comes from the Docker config';

/** A repository of ours at the target. */
export const repositoryAt = ({ prefix }: PushTarget, name: string): string =>
  prefix === '' ? name : `${prefix}/${name}`;

/** As a person writes it. */
export const shownTarget = ({ base, prefix }: PushTarget): string => `${base.host}${prefix === '' ? '' : `/${prefix}`}`;

/**
 * Parses a target. TLS everywhere but on this machine, unless plain http is asked for.
 *
 * @param plainHttp whether somebody said that plain http is meant
 * @throws AirlockError (input) for anything else
 */
export function parseTarget(text: string, plainHttp: boolean): PushTarget {
  const [, scheme, rest = ''] = /^(?:(https?):\/\/)?(.*)$/i.exec(text) ?? [];
  const [authority = '', ...folders] = rest.replace(/\/+$/, '').split('/');
  const prefix = folders.join('/');
  const local = isLoopback(authority);
  const isPlain = scheme?.toLowerCase() === 'http' || (scheme === undefined && (local || plainHttp));
  const base = `${isPlain ? 'http' : 'https'}://${authority}`;
  if (isPlain && !local && !plainHttp)
    throw badInput(
      'USAGE_INVALID_VALUE',
      `${base.replace(/\/\/.*@/, '//…@')}: content and login would travel without TLS`,
      'name an https address, or say that plain http is meant: --plain-http',
    );
  try {
    // A host and a repository are what a reference says they are; `localhost` and addresses count as hosts there, too.
    const { host, path } = parseOciReference(
      `${/[.:]/.test(authority) ? authority : `${authority}:443`}/${prefix || 'x'}`,
    );
    if (URL.canParse(base) && path === (prefix || 'x') && host.startsWith(authority))
      return { base: new URL(base), prefix };
  } catch {
    // said below
  }
  throw badInput('USAGE_INVALID_VALUE', `"${text.replace(/^.*@/, '…@')}" is no registry`, FORM);
}
