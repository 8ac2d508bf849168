import { examples, loadFiles } from '../../../tools/examples';
import { type Json, OwnDraft, resourcesOf, type Stacks, valueOn } from '../plans/own-draft';

let own: OwnDraft;
beforeAll(async () => {
  own = await OwnDraft.of(await loadFiles(examples().find(({ name }) => name === 'datacenter')!.folder));
});

/** A policy of a stack, by the end of its name. */
const policy = (stacks: Stacks, stack: string, end: string): Json => {
  const [, found] = Object.entries(resourcesOf(stacks[stack], 'kubernetes_network_policy_v1')).find(([name]) =>
    name.endsWith(end),
  ) ?? ['', undefined];
  if (found === undefined) throw new Error(`there is no policy ${end} in ${stack}`);
  return found;
};
const ingress = (stacks: Stacks, stack: string, end: string): Json =>
  valueOn(policy(stacks, stack, end), 'spec', 'ingress', 0);

/** Policies that let somebody in, by stack, with the part of the platform and its port. */
const OPENED = [
  ['gateway', 'allow-rate-limit-ingress', 'rate-limit'],
  ['gateway', 'allow-rate-limit-store-ingress', 'rate-limit-store'],
  ['mirror', 'allow-weights-ingress', 'weight-mirror'],
  ['traces', 'allow-traces-ingress', 'trace-collector'],
  ['traces', 'allow-trace-store-ingress', 'trace-store'],
  ['traces', 'allow-trace-store-database-ingress', 'trace-database'],
] as const;

describe('parts of the platform call each other as their contracts say', () => {
  it('is proven of the kit’s own plan', () => {
    expect(own.failures('AIR-NET-8')).toEqual([]);
    expect(own.findings('AIR-NET-8').length).toBeGreaterThan(10);
  });

  it.each(OPENED)('and not on another port: %s %s', (stack, name, part) => {
    const found = own.findings('AIR-NET-8', (stacks) => {
      valueOn(ingress(stacks, stack, name), 'ports', 0)['port'] = '9999';
    });
    const failing = found.filter(({ verdict }) => verdict === 'UNPROVEN');
    expect(failing.map(({ check }) => check)).toEqual(failing.map(() => 'flow'));
    expect(failing.some(({ message }) => message.includes(` call ${part} `) && message.includes('9999'))).toBe(true);
  });

  it.each(OPENED)('nor on all ports, nor on a port by name, nor on a range: %s %s', (stack, name) => {
    for (const change of [
      (rule: Json) => delete rule['ports'],
      (rule: Json) => (rule['ports'] = [{ port: 'http', protocol: 'TCP' }]),
      (rule: Json) => (rule['ports'] = [{ port: '1', end_port: 65535, protocol: 'TCP' }]),
    ])
      expect(own.failures('AIR-NET-8', (stacks) => change(ingress(stacks, stack, name)))).not.toEqual([]);
  });

  it.each(OPENED)('nor for another part: %s %s', (stack, name, part) => {
    const found = own.findings('AIR-NET-8', (stacks) => {
      const rule = ingress(stacks, stack, name);
      rule['from'] = [
        {
          namespace_selector: { match_labels: { 'kubernetes.io/metadata.name': 'airlock-telemetry' } },
          pod_selector: { match_labels: { 'app.kubernetes.io/component': 'trace-database' } },
        },
      ];
    });
    const failing = found.filter(({ verdict }) => verdict === 'UNPROVEN').map(({ message }) => message);
    expect(failing).toContainEqual(expect.stringContaining(`no contract lets trace-database call ${part} `));
  });

  it('nor for a declared caller of something else', () => {
    const found = own.findings('AIR-NET-8', (stacks) => {
      const callers = ingress(stacks, 'gateway', 'allow-caller-claims-ingress')['from'];
      ingress(stacks, 'traces', 'allow-trace-store-database-ingress')['from'] = callers;
    });
    const failing = found.filter(({ verdict }) => verdict === 'UNPROVEN').map(({ message }) => message);
    expect(failing).toContainEqual(
      expect.stringContaining('no contract lets a declared caller of gateway call trace-database'),
    );
  });

  it('and a wider selector opens what others have: the policy speaks of every pod that it selects', () => {
    const found = own.failures('AIR-NET-8', (stacks) => {
      const { spec } = policy(stacks, 'traces', 'allow-trace-store-ingress') as { spec: Json };
      spec['pod_selector'] = {};
    });
    expect(found[0]).toBe('UNPROVEN [flow] NetworkPolicy airlock-telemetry/allow-trace-store-ingress');
  });
});
