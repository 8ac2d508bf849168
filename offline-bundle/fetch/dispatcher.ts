/** Connections: trusted authorities, proxies, and timeouts that suit files of many gigabytes. */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { badInput } from '../../core/errors';
import { isLoopback } from './hosts';

/** Proxies as the environment states them; empty texts where it states none. */
export interface ProxySettings {
  readonly http: string;
  readonly https: string;
  /** Hosts that are reached without one, comma-separated. */
  readonly no: string;
}

/** Picks the connection pool for an address. */
export interface Dispatchers {
  forHost(hostname: string): Dispatcher;
  close(): Promise<void>;
}

/** Silence on an open connection, not the whole transfer: a slow 100 GB file is fine, a dead peer is not. */
const TIMEOUTS = { headersTimeout: 60_000, bodyTimeout: 60_000, connectTimeout: 20_000 };

/**
 * Reads authorities in PEM form.
 *
 * @throws AirlockError (input) when a file is missing or holds no certificate
 */
export function readAuthorities(files: readonly string[]): string[] {
  return files.map((file) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw badInput(
        'TLS_FILE_INVALID',
        `cannot read the CA file ${file}: ${String((error as NodeJS.ErrnoException).code)}`,
        'name a PEM file with --ca or SSL_CERT_FILE',
      );
    }
    if (!text.includes('-----BEGIN CERTIFICATE-----'))
      throw badInput(
        'TLS_FILE_INVALID',
        `${file} holds no certificate`,
        'a CA file is PEM text: -----BEGIN CERTIFICATE-----…',
      );
    return text;
  });
}

/**
 * Connection pools; loopback is never proxied (as Go's net/http does, so that a local registry works beside a proxy).
 *
 * @param authorities PEM texts trusted beside Node's own roots
 * @param connected told of each host (`name[:port]`) to which a connection, with its certificate, was made without a proxy
 */
export function createDispatchers(
  authorities: readonly string[],
  proxies: ProxySettings,
  connected: (host: string) => void = () => undefined,
): Dispatchers {
  const tls = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] };
  const { connectTimeout, ...timeouts } = TIMEOUTS;
  const connect = { ...tls, timeout: connectTimeout };
  const direct = new Agent({ ...timeouts, connect });
  direct.on('connect', (origin) => connected(new URL(origin).host));
  let outside: Dispatcher = direct;
  if (proxies.http !== '' || proxies.https !== '') {
    try {
      outside = new EnvHttpProxyAgent({
        ...timeouts,
        connect,
        requestTls: connect,
        proxyTls: connect,
        // Plain http goes through the proxy as such: many proxies refuse CONNECT to port 80.
        proxyTunnel: false,
        httpProxy: proxies.http,
        httpsProxy: proxies.https,
        noProxy: proxies.no,
      });
    } catch (error) {
      throw badInput(
        'UPSTREAM_SETTINGS_INVALID',
        `HTTP_PROXY or HTTPS_PROXY is not an address: ${(error as Error).message}`,
        'write http://proxy.example:3128',
      );
    }
  }
  return {
    forHost: (hostname) => (isLoopback(hostname) ? direct : outside),
    close: async () => {
      await direct.close();
      if (outside !== direct) await outside.close();
    },
  };
}
