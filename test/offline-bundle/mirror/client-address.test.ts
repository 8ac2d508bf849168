import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { clientUrl, type Machine } from '../../../offline-bundle/mirror/client-address';
import { witnessed } from '../../support/witness';

/** For localhost, 127.0.0.1 and ::1. */
const LOCAL = readFileSync(path.join(__dirname, '../../fixtures/tls/server.crt'), 'utf8');

/** A certificate of its own, for these names. */
function certificateFor(names: readonly string[]): string {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
  const args = ['req', '-x509', ...key, '-subj', '/CN=mirror', '-addext', `subjectAltName=${names.join(',')}`];
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

const machine: Machine = {
  hostname: 'mirror-1',
  addresses: ['fe80::1', '169.254.7.7', '10.20.5.20', '192.168.1.9', 'fd00::20'],
};

describe('the address of a mirror for its clients', () => {
  it.each(['http://127.0.0.1:5000', 'https://mirror.internal:8443', 'http://[::1]:5000', 'http://10.0.0.1:80'])(
    'is %s as it is, which is one address already',
    (url) => {
      expect(clientUrl(url, machine)).toBe(url);
      expect(clientUrl(url, machine, LOCAL)).toBe(url);
    },
  );

  it('is the first address of the machine that others reach, of the family that it listens on', () => {
    expect(clientUrl('http://0.0.0.0:5000', machine)).toBe('http://10.20.5.20:5000');
    const six = { ...machine, addresses: ['fe80::1', 'fd00::20'] };
    expect(clientUrl('http://[::]:5000', six)).toBe('http://[fd00::20]:5000');
    expect(clientUrl('http://[::]:5000', machine)).toBe('http://10.20.5.20:5000');
    expect(clientUrl('http://0.0.0.0:5000', six)).toBe('http://mirror-1:5000');
  });

  it('is the name of the machine where it has no address that others reach', () => {
    expect(clientUrl('https://0.0.0.0:8443', { ...machine, addresses: ['fe80::1'] })).toBe('https://mirror-1:8443');
  });

  witnessed('openssl', 'version')(
    'is a name of the certificate, that of the machine first, and never a wildcard or localhost',
    () => {
      const url = (...names: string[]): string => clientUrl('https://0.0.0.0:8443', machine, certificateFor(names));
      expect(url('DNS:mirror.internal', 'DNS:other.internal')).toBe('https://mirror.internal:8443');
      expect(url('DNS:other.internal', 'DNS:MIRROR-1')).toBe('https://mirror-1:8443');
      expect(url('DNS:*.internal', 'DNS:localhost', 'IP:192.168.1.9')).toBe('https://192.168.1.9:8443');
      expect(url('DNS:*.internal')).toBe('https://10.20.5.20:8443');
      expect(clientUrl('https://0.0.0.0:8443', machine, LOCAL)).toBe('https://10.20.5.20:8443');
    },
  );

  it('takes what this machine says of itself', () => {
    const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
    expect(clientUrl('http://[::]:1', { hostname: 'here', addresses })).toMatch(/^http:\/\/(?!0\.0\.0\.0|\[::\]).+:1$/);
  });
});
