import type { AirlockError } from '../../core/errors';
import { checkEnclave, parseEnclave } from '../../site/load-enclave';
import { starterFiles } from '../../site/starter-files';
import { site } from './fixtures';
import { edited } from './starter';

const ENCLAVE = edited(starterFiles('nordlicht')['enclave.yaml']);

const changed = (from: string, to: string): string => {
  expect(ENCLAVE).toContain(from);
  return ENCLAVE.replace(from, to);
};

describe('parseEnclave', () => {
  it('accepts the starter file', () => {
    expect(parseEnclave(ENCLAVE, 'enclave.yaml').network.destinations).toHaveLength(2);
  });

  it.each([
    ['10.42.0.0/16', '10.42.0.1/16', 'network.podCidrs[0]', /has bits set beyond its prefix/],
    ['10.42.0.0/16', '10.42.0.0/33', 'network.podCidrs[0]', /not an address range/],
    ['10.20.5.10/32', '10.20.5.300/32', 'network.destinations[1].cidr', /not an address range/],
    [
      '10.43.0.0/16',
      '10.42.128.0/17',
      'network.serviceCidrs[0]',
      /overlaps network\.podCidrs\[0\], which is 10\.42\.0\.0\/16/,
    ],
    ['10.20.0.0/24', '10.43.0.0/24', 'network.nodeCidrs[0]', /overlaps network\.serviceCidrs\[0\]/],
    ['10.20.5.10/32', '10.42.5.10/32', 'network.destinations[1].cidr', /lies in network\.podCidrs/],
    ['10.20.5.10/32', '10.43.0.0/24', 'network.destinations[1].cidr', /lies in network\.serviceCidrs/],
    ['10.20.5.10/32', '0.0.0.0/0', 'network.destinations[1].cidr', /too wide/],
    ['10.20.5.10/32', '"2001:db8::/32"', 'network.destinations[1].cidr', /too wide/],
    ['10.20.5.10/32', '169.254.169.254/32', 'network.destinations[1].cidr', /link-local/],
    [
      '10.20.5.10/32, port: 443',
      '10.20.5.10/32, port: 443, endPort: 442',
      'network.destinations[1].endPort',
      /below port 443/,
    ],
    ['destinations:', 'apiServers: { cidrs: [0.0.0.0/0] }\n  destinations:', 'network.apiServers.cidrs[0]', /too wide/],
    [
      'destinations:',
      'nodeLocalDns: [10.20.0.5]\n  destinations:',
      'network.nodeLocalDns[0]',
      /neither link-local nor/,
    ],
    [
      'destinations:',
      'nodeLocalDns: [169.254.169.254]\n  destinations:',
      'network.nodeLocalDns[0]',
      /metadata service/,
    ],
    ['destinations:', 'nodeLocalDns: ["1.2"]\n  destinations:', 'network.nodeLocalDns[0]', /is no address/],
    ['name: idp', 'name: registry', 'network.destinations[1].name', /stands twice/],
    ['pools:', 'state: { backend: http }\npools:', 'state', /needs address/],
    [
      'pools:',
      'state: { backend: pg, directory: /srv }\npools:',
      'state.directory',
      /belongs to backend local, not pg/,
    ],
    ['pools:', 'providers: { mirror: "https://m/tf" }\npools:', 'providers.mirror', /does not match/],
    ['pools:', 'providers: { mirror: "https://m/tf/", directory: /p }\npools:', 'providers', /more than 1/],
  ])('refuses %s written as %s', (from, to, path, message) => {
    let faults: AirlockError['faults'] = [];
    try {
      parseEnclave(changed(from, to), 'enclave.yaml');
    } catch (error) {
      faults = (error as AirlockError).faults;
    }
    expect(faults).toHaveLength(1);
    expect(faults[0]?.path).toBe(path);
    expect(faults[0]?.message).toMatch(message);
  });
});

describe('checkEnclave', () => {
  const enclave = () => parseEnclave(ENCLAVE, 'enclave.yaml');

  it('accepts the enclave of its site', () => {
    expect(() => checkEnclave(enclave(), site())).not.toThrow();
  });

  it('refuses the enclave of another site, naming both', () => {
    expect(() => checkEnclave({ ...enclave(), site: 'other' }, site())).toThrow(/"other".*"nordlicht"/);
  });

  it('refuses pools that the site does not have, and pools without nodes', () => {
    expect(() => checkEnclave({ ...enclave(), pools: { ...enclave().pools, b200: { nodes: ['x'] } } }, site())).toThrow(
      /b200/,
    );
    expect(() => checkEnclave({ ...enclave(), pools: { h100: { nodes: ['x'] } } }, site())).toThrow(/edge/);
  });
});
