import { digestOf } from '../../../core/digest';
import type { Inputs } from '../../stacks/synthesized';
import { example } from '../configuration/documents';
import { auditOf } from '../own-plan';
import { Draft, ENGINE, POD, testRule, VALUES } from '../plans/draft';

const RULE = 'AIR-CFG-1';
const MAP = `${VALUES}/objects/2`;
const INIT = `${POD}/initContainers/0`;
const MOUNT = `${INIT}/volumeMounts/1`;
const VOLUME = `${POD}/volumes/1`;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nbm90IGEgcmVhbCBjZXJ0aWZpY2F0ZQ==\n-----END CERTIFICATE-----\n';

/** The kit of the hand-written plan with an authority from a ConfigMap of the plan. */
const withAuthority = (plan: Draft): Draft =>
  plan
    .put(MAP, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ca', namespace: 'airlock-serving' },
      data: { 'ca.pem': CERTIFICATE },
    })
    .put(`${POD}/volumes/-`, { name: 'ca', configMap: { name: 'ca' } })
    .put(`${INIT}/volumeMounts/-`, { name: 'ca', mountPath: '/etc/airlock/ca', readOnly: true });

const unknown = { check: 'unknown', verdict: 'UNPROVEN' } as const;

describe('files of ConfigMaps that programs of the platform mount', () => {
  testRule(RULE, [
    {
      name: 'a private key beside an authority',
      twin: withAuthority,
      fault: (plan) => plan.put(`${MAP}/data/ca.pem`, `${CERTIFICATE}-----BEGIN PRIVATE KEY-----\nMIIB\n`),
      ...unknown,
      at: `${MAP}/data/ca.pem`,
    },
    {
      name: 'a manifest that the lock does not have',
      twin: withAuthority,
      fault: (plan) => plan.put(`${MAP}/data/tiny.json`, '{}'),
      check: 'promise',
      at: `${MAP}/data/tiny.json`,
    },
    {
      name: 'bytes under binaryData',
      twin: withAuthority,
      fault: (plan) => plan.put(`${MAP}/binaryData`, { 'more.pem': 'AAAA' }),
      ...unknown,
      at: `${MAP}/binaryData`,
    },
    {
      name: 'a field that no ConfigMap has',
      twin: withAuthority,
      fault: (plan) => plan.put(`${MAP}/stringData`, { more: 'text' }),
      ...unknown,
      at: `${MAP}/stringData`,
    },
    {
      name: 'a ConfigMap that comes and goes',
      twin: withAuthority,
      fault: (plan) => plan.put(`${MAP}/metadata/annotations`, { 'helm.sh/hook': 'pre-install' }),
      ...unknown,
      at: MAP,
    },
    {
      name: 'a file that the ConfigMap lacks',
      twin: (plan) =>
        withAuthority(plan).put(`${MOUNT}/mountPath`, '/etc/airlock/ca/ca.pem').put(`${MOUNT}/subPath`, 'ca.pem'),
      fault: (plan) => plan.put(`${MOUNT}/subPath`, 'other.pem'),
      ...unknown,
      at: MOUNT,
    },
    {
      name: 'an item that the ConfigMap lacks',
      twin: (plan) => withAuthority(plan).put(`${VOLUME}/configMap/items`, [{ key: 'ca.pem', path: 'ca.crt' }]),
      fault: (plan) => plan.put(`${VOLUME}/configMap/items/0/key`, 'other.pem'),
      ...unknown,
      at: MOUNT,
    },
    {
      name: 'a field of the volume that nobody knows',
      twin: withAuthority,
      fault: (plan) => plan.put(`${VOLUME}/configMap/template`, 'x'),
      ...unknown,
      at: `${VOLUME}/configMap/template`,
    },
    {
      name: 'several sources in one volume',
      twin: withAuthority,
      fault: (plan) =>
        plan.drop(`${VOLUME}/configMap`).put(`${VOLUME}/projected`, { sources: [{ configMap: { name: 'ca' } }] }),
      ...unknown,
      at: VOLUME,
    },
    {
      name: 'a second source beside the first',
      twin: withAuthority,
      fault: (plan) => plan.put(`${VOLUME}/projected`, { sources: [{ secret: { name: 'x' } }] }),
      ...unknown,
      at: VOLUME,
    },
    {
      name: 'another volume over a part of it',
      twin: withAuthority,
      fault: (plan) => plan.put(`${INIT}/volumeMounts/-`, { name: 'weights', mountPath: '/etc/airlock/ca/ca.pem' }),
      ...unknown,
      at: MOUNT,
    },
    {
      name: 'a manifest from a ConfigMap that the plan does not make',
      twin: withAuthority,
      fault: (plan) =>
        plan.put(`${MOUNT}/mountPath`, '/etc/airlock/manifests').put(`${VOLUME}/configMap/name`, 'elsewhere'),
      ...unknown,
      at: VOLUME,
    },
    {
      name: 'a ConfigMap over the code of an engine',
      twin: withAuthority,
      fault: (plan) =>
        plan.put(`${ENGINE}/volumeMounts/-`, { name: 'ca', mountPath: '/usr/lib/python3/site.py', subPath: 'ca.pem' }),
      ...unknown,
      at: `${MAP}/data/ca.pem`,
    },
    {
      name: 'variables of an engine from a ConfigMap',
      twin: withAuthority,
      fault: (plan) => plan.put(`${ENGINE}/envFrom`, [{ configMapRef: { name: 'ca' } }]),
      ...unknown,
      at: `${ENGINE}/envFrom/0`,
    },
    {
      name: 'a variable of an engine from a key of a ConfigMap',
      twin: withAuthority,
      fault: (plan) =>
        plan.put(`${ENGINE}/env/-`, { name: 'X', valueFrom: { configMapKeyRef: { name: 'ca', key: 'ca.pem' } } }),
      ...unknown,
      at: `${ENGINE}/env/11`,
    },
  ]);

  it('may hold an authority of the site that the plan does not make: what is fetched is held against a digest', () => {
    const plan = withAuthority(new Draft()).put(`${VOLUME}/configMap/name`, 'elsewhere');
    expect(plan.findings(RULE).map(({ verdict }) => verdict)).toEqual(['N/A']);
  });

  it('are nobody’s business where no program of the platform reads them', () => {
    const plan = withAuthority(new Draft()).drop(MOUNT).put(`${MAP}/data/other`, 'text');
    expect(plan.findings(RULE).map(({ verdict }) => verdict)).toEqual(['N/A']);
  });
});

describe('the plan of a site with a gateway and traces', () => {
  /** Messages of the rule about a plan that was made for one site and is held against another. */
  const found = async (change: (judged: Inputs) => unknown): Promise<string[]> => {
    const judged = example('h100-single');
    change(judged);
    const { findings } = await auditOf(example('h100-single'), judged);
    return findings
      .filter(({ rule, verdict }) => rule === RULE && verdict !== 'PROVEN')
      .map(({ verdict, subject, message }) => `${verdict} ${subject}: ${message}`);
  };

  it('lets in nobody whose key the enclave does not name', async () => {
    const lines = await found(({ enclave }) => {
      enclave.callers!.keys![0]!.hash = digestOf('another key');
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^VIOLATED .*gateway: .*at \/llm\/policies\/apiKey\/keys\/0: the enclave declares no such key/,
        ),
      ]),
    );
  });

  it('redacts what the site says in calls, and in traces', async () => {
    const lines = await found(({ site }) => {
      site.workflows![0]!.redaction!.packs.push('de');
    });
    expect(lines.some((line) => /gateway: .*\/guardrails\/request\/0\/regex\/rules: pattern de-/.test(line))).toBe(
      true,
    );
    expect(lines.some((line) => /collector: .*\/processors\/redaction\/blocked_values/.test(line))).toBe(true);
  });

  it('forgets traces after the days of the enclave', async () => {
    const lines = await found(({ enclave }) => {
      enclave.traces = { ...enclave.traces, retentionDays: 7 };
    });
    expect(lines).toEqual([
      'VIOLATED Deployment airlock-telemetry/trace-store container phoenix: PHOENIX_DEFAULT_RETENTION_POLICY_DAYS: traces are kept for another time than the enclave says',
    ]);
  });
});
