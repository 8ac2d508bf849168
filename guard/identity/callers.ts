/** Who calls: an application with a key, or somebody with a token. */
import { hashOfKey } from '../../gateway/caller-key';
import { AirlockError } from '../../core/errors';
import type { GuardPolicy } from '../config/policy';
import type { GuardKey } from '../generated/guard';
import { Refusal } from '../refusal';
import { isToken, Tokens } from './tokens';

export interface Caller {
  /** Of the site's own words: of a key or an issuer. */
  readonly name: string;
  readonly workflows: ReadonlySet<string>;
}

/** Header fields of a request, as far as they say who calls. */
export interface Credentials {
  readonly authorization?: string | undefined;
  /** Anthropic's SDKs send keys so. */
  readonly 'x-api-key'?: string | string[] | undefined;
}

const UNKNOWN = new Refusal(401, 'invalid_api_key', 'no such API key');

/** RFC 6750, section 2.1; the scheme in any case (RFC 9110, 11.1). */
function sent({ authorization, 'x-api-key': key }: Credentials): string {
  if (authorization !== undefined && key !== undefined) throw UNKNOWN;
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  const found = bearer ?? (typeof key === 'string' ? key : undefined);
  if (found === undefined)
    throw new Refusal(401, 'invalid_api_key', 'the call has no API key: send Authorization: Bearer <key>');
  return found;
}

export class Callers {
  private readonly keys: ReadonlyMap<string, GuardKey>;
  private readonly tokens: Tokens;

  public constructor({ keys, issuers }: Pick<GuardPolicy, 'keys' | 'issuers'>) {
    this.keys = new Map(keys.map((key) => [key.hash, key]));
    this.tokens = new Tokens(issuers);
  }

  /** @throws Refusal 401 */
  public async identify(credentials: Credentials): Promise<Caller> {
    const text = sent(credentials);
    const key = this.keyOf(text);
    if (key === undefined && !isToken(text)) throw UNKNOWN;
    const { name, workflows } = key ?? (await this.tokens.verify(text)).issuer;
    return { name, workflows: new Set(workflows) };
  }

  private keyOf(text: string): GuardKey | undefined {
    try {
      return this.keys.get(hashOfKey(text));
    } catch (error) {
      // Too short to be a key, or no word of a header.
      if (error instanceof AirlockError) return undefined;
      throw error;
    }
  }
}
