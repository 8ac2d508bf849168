import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnclave } from '../../site/load-enclave';
import { parseSite } from '../../site/load-site';
import { parseLock } from '../../site/lock/lock-file';
import { tracePatterns } from '../../blueprint/traces';
import { auditOf } from '../audit/own-plan';
import { type Inputs, type Stack, synth } from './synthesized';

const FOLDER = path.join(__dirname, '..', '..', 'examples', 'datacenter');
const text = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');
const example = (): Inputs => ({
  site: parseSite(text('site.yaml'), 'site.yaml'),
  enclave: parseEnclave(text('enclave.yaml'), 'enclave.yaml'),
  lock: parseLock(text('airlock.lock.json'), 'airlock.lock.json'),
});

const policiesOf = (stack: Stack): string[] =>
  Object.keys(stack.resource['kubernetes_network_policy_v1'] ?? {}).map((name) => name.replace(/^.*lockdown_/, ''));

describe('calls in the plan of a site', () => {
  it('go from declared callers to the gateway, and from it to servings, the collector and its database', () => {
    const { stack } = synth(example());
    const policies = policiesOf(stack('gateway'));
    expect(policies.filter((name) => name.includes('caller'))).toEqual([
      'allow-caller-claims-ingress',
      'allow-caller-ingress-ingress',
    ]);
    expect(policies).toEqual(expect.arrayContaining(['allow-traces-egress', 'allow-to-budgets', 'allow-dns']));
    expect(policies.filter((name) => name.startsWith('allow-gateway-'))).toHaveLength(8);
    expect(policiesOf(stack('serving')).filter((name) => name.startsWith('allow-gateway-'))).toHaveLength(8);
    expect(policiesOf(stack('traces'))).toContain('allow-traces-ingress');
  });

  it('leave a serving alone that no workflow names', () => {
    const made = example();
    made.site.workflows = made.site.workflows!.filter(({ name }) => name !== 'batch');
    made.enclave.callers!.keys![1]!.workflows = ['drafts'];
    expect(policiesOf(synth(made).stack('serving'))).not.toContain('allow-gateway-night-batch-ingress');
  });

  it('are redacted in traces by everything that any workflow redacts', () => {
    const names = tracePatterns(example().site).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['contact-email', 'case-number']));
    expect(names.some((name) => name.startsWith('network-'))).toBe(true);
    expect(
      tracePatterns({ ...example().site, workflows: [], traces: { collector: { version: '1.0.0' } } }),
    ).not.toEqual([]);
  });
});

describe('the Prometheus of the enclave', () => {
  const metrics = (made: Inputs): string[] => {
    const { stack } = synth(made);
    return ['mirror', 'serving', 'traces', 'gateway']
      .flatMap((name) => policiesOf(stack(name)))
      .filter((name) => name.includes('metrics'));
  };

  it('reaches what stands around the engines, and finds rules and dashboards', () => {
    expect(metrics(example()).sort()).toEqual([
      'allow-metrics-gateway-agentgateway-ingress',
      'allow-metrics-trace-collector-ingress',
      'allow-metrics-trace-store-ingress',
      'allow-metrics-weight-mirror-ingress',
    ]);
    expect(JSON.stringify(synth(example()).stack('traces'))).toContain('airlock-dashboards');
  });

  it('reaches nothing where the enclave names none', () => {
    const made = example();
    delete made.enclave.monitoring;
    expect(metrics(made)).toEqual([]);
    expect(JSON.stringify(synth(made).stack('traces'))).not.toContain('airlock-dashboards');
  });

  it('is a caller past the gateway where it scrapes engines, as the audit says', async () => {
    const made = example();
    made.enclave.monitoring!.engines = true;
    expect(metrics(made)).toContain('allow-metrics-engine-vllm-ingress');
    const { findings } = await auditOf(made);
    const violated = findings.filter(({ verdict, rule }) => verdict === 'VIOLATED' && rule === 'AIR-NET-5');
    expect(violated.map(({ subject }) => subject)).toContain('Deployment airlock-serving/analyst');
  });
});
