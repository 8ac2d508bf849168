/** `host:port` as people write it after `--listen`. */
import { badInput } from '../../core/errors';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Parses `host:port`, `[::1]:port` or `:port` (all addresses).
 *
 * @throws AirlockError (input) for anything else
 */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain = '', digits = ''] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535)
    throw badInput(
      'USAGE_INVALID_VALUE',
      `"${text}" is not an address to listen on`,
      'write host:port, e.g. 0.0.0.0:8443 or [::]:8443',
    );
  const host = bracketed ?? plain;
  return { host: host === '' ? '::' : host, port };
}
