/** Where clients find a mirror: 0.0.0.0 and [::] say where it listens, and nobody can connect to them. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** What this machine is called, and where it is on its networks. */
export interface Machine {
  readonly hostname: string;
  /** Addresses of interfaces but loopback, as the system lists them. */
  readonly addresses: readonly string[];
}

/** Names of a certificate that one machine has: a wildcard names none (Node, X509Certificate, `subjectAltName`). */
const namesOf = (cert: string): { readonly dns: string[]; readonly ips: string[] } => {
  const names = (new X509Certificate(cert).subjectAltName ?? '').split(', ').map((name) => name.split(':'));
  const of = (kind: string): string[] =>
    names.flatMap(([type, ...value]) => (type === kind ? [value.join(':').toLowerCase()] : []));
  return { dns: of('DNS').filter((name) => !name.includes('*')), ips: of('IP Address') };
};

/** Link-local addresses mean something on one link alone, and only with its name (RFC 4291, section 2.5.6; RFC 3927). */
const isLocal = (address: string): boolean => /^(?:fe[89ab][0-9a-f]:|169\.254\.)/i.test(address);

/**
 * The address of a mirror for its clients: a name that its certificate has, else an address of this machine.
 *
 * @param url where it listens; as it is where that is one address
 * @param cert PEM of its certificate; clients accept no other name
 */
export function clientUrl(url: string, { hostname, addresses }: Machine, cert?: string): string {
  const at = new URL(url);
  if (at.hostname !== '0.0.0.0' && at.hostname !== '[::]') return url;
  const family = at.hostname === '0.0.0.0' ? 4 : undefined;
  const reachable = addresses.filter((one) => !isLocal(one) && (family === undefined || isIP(one) === family));
  const { dns, ips } = cert === undefined ? { dns: [], ips: [] } : namesOf(cert);
  const named = dns.find((name) => name === hostname.toLowerCase()) ?? dns.find((name) => name !== 'localhost');
  const host = named ?? reachable.find((one) => ips.includes(one.toLowerCase())) ?? reachable[0] ?? hostname;
  at.hostname = isIP(host) === 6 ? `[${host}]` : host;
  return at.href.replace(/\/$/, '');
}
