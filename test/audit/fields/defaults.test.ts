/**
 * A field that is absent has the value that the API server gives it: whatever a rule says of a plan with the default written
 * out, it says of the plan without it. The defaults are those of the OpenAPI document of Kubernetes.
 */
import { deepChanged, type Json, valueAt } from '../../audit-closed/changes';
import { evaluateRules } from '../../../audit/evaluate';
import { isFailure } from '../../../audit/report/report';
import { RULES } from '../../../audit/rules';
import { Draft, POD, VALUES } from '../plans/draft';
import { apiDefaults } from './api-types';
import openApi from './openapi-defaults.json';

const DEFAULTS = openApi.defaults as Readonly<Record<string, Readonly<Record<string, Json>>>>;

type Keys = readonly string[];
type Kubernetes = { kind: string; [key: string]: Json };

/** Where a path leads in an object: into every item that is there, and nowhere where its parent is missing. */
function placesOf(segments: Keys, value: Json | undefined, at: Keys): Keys[] {
  const [segment = '', ...rest] = segments;
  if (segments.length === 0) return [at];
  if (value === undefined) return [];
  if (segment === '[]')
    return Array.isArray(value) ? value.flatMap((item, index) => placesOf(rest, item, [...at, String(index)])) : [];
  return placesOf(rest, rest.length === 0 ? null : valueAt(value, [segment]), [...at, segment]);
}

const segmentsOf = (path: string): string[] => path.match(/\[\]|[^.[\]]+/g) ?? [];
const ONE_LABEL = { matchLabels: { app: 'x' } };
const metadata = { name: 'x', namespace: 'airlock-serving' };
const pod = (): Json => structuredClone(new Draft().get(POD)) as Json;

/** Of each kind with defaults, one object with every block in it that has some. */
const OBJECTS: readonly (readonly [file: string, object: Kubernetes])[] = [
  ...['Deployment', 'DaemonSet', 'StatefulSet'].map((kind) => {
    const template = { metadata: { labels: { app: 'x' } }, spec: pod() };
    return ['apps/v1', { apiVersion: 'apps/v1', kind, metadata, spec: { selector: ONE_LABEL, template } }] as const;
  }),
  ['batch/v1', { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: { spec: pod() } } }],
  [
    'batch/v1',
    {
      ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata },
      spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: pod() } } } },
    },
  ],
  ['core/v1', { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } }],
  [
    'networking/v1',
    {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata },
      spec: {
        podSelector: ONE_LABEL,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ podSelector: ONE_LABEL }], ports: [{ port: 80 }] }],
        egress: [{ to: [{ ipBlock: { cidr: '10.20.5.20/32' } }], ports: [{ port: 5443 }] }],
      },
    },
  ],
  ['scheduling/v1', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'x' }, value: 1 }],
  ...(new Draft().get('/resource/helm_release/guardrails/values/0/objects') as Kubernetes[])
    .filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'))
    .slice(0, 2)
    .map((object) => ['admissionregistration/v1', object] as const),
];

/** What rules say of a plan with an object in it, but for fields that nobody reads: whether one may stand there is another question. */
function saidOf(object: Json): string[] {
  const draft = new Draft().put(`${VALUES}/objects/-`, object);
  const failing = evaluateRules(RULES, draft.context()).filter(({ verdict }) => isFailure(verdict));
  return failing
    .filter(({ rule, check }) => rule !== 'AIR-PLAN-1' || check !== 'field')
    .map(({ rule, check = '', subject, verdict }) => `${verdict} ${rule} ${check} ${subject}`)
    .sort();
}

function without(object: Json, at: Keys): Json {
  const copy = structuredClone(object);
  const holder = valueAt(copy, at.slice(0, -1));
  if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, at.at(-1) ?? '');
  return copy;
}

/** The pod of a Deployment stands for all. */
const isOfOtherPod = (kind: string, path: string): boolean =>
  kind !== 'Deployment' && /template\.spec\.(?!template)/.test(path);

describe('a field that is absent has the default of the API server', () => {
  const cases = OBJECTS.flatMap(([file, object]) =>
    apiDefaults(file, object.kind, DEFAULTS)
      .filter(([path]) => !isOfOtherPod(object.kind, path))
      .flatMap(([path, value]) =>
        placesOf(segmentsOf(path), object, [])
          .slice(0, 1)
          .map((at) => ({ kind: object.kind, path, value, at, object })),
      ),
  );

  it('has cases of every kind', () => {
    expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(OBJECTS.map(([, { kind }]) => kind)));
    expect(cases.length).toBeGreaterThan(50);
  });

  it('is no other value: rules say something else of one', () => {
    const at = ['spec', 'template', 'spec', 'hostNetwork'];
    const [, deployment] = OBJECTS[0] ?? [];
    expect(saidOf(deepChanged(deployment, at, true))).not.toEqual(saidOf(deployment ?? {}));
  });

  it.each(cases)('$kind $path is $value', ({ object, at, value }) => {
    const absent = without(object, at);
    expect(saidOf(absent)).toEqual(saidOf(deepChanged(absent, at, value)));
  });
});
