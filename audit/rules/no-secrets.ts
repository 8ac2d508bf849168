/** AIR-SEC-1. */
import { once } from '../../core/remember';
import { placeOf, subjectOf, type KubernetesObject } from '../kubernetes/object';
import { type ObjectNode, type PlanNode, spelledOut } from '../plan/node';
import { type Place, placeIn, type PlanResource, type PlanStack } from '../plan/plan';
import { literalsIn } from '../../core/terraform-template';
import { at, entriesOf } from '../plan/access';
import { findSecrets, secretsInFile } from '../secrets/scan';
import { namesSecret } from '../secrets/patterns';
import { type Complaint, judge, type Rule, type Statement } from './rule';

const FIX = 'name a Secret that the enclave holds; its value belongs neither into the plan nor into the state';
const PROVEN = 'no value that is, or looks like, a secret';
/** Arguments of Secrets that carry values, in the provider's names and in those of the API. */
const SECRET_VALUES = [
  'data',
  'stringData',
  'string_data',
  'binaryData',
  'binary_data',
  'dataWo',
  'data_wo',
  'binaryDataWo',
  'binary_data_wo',
];

const isLiteral = (node: PlanNode): boolean =>
  node.kind === 'scalar'
    ? String(node.value) !== ''
    : node.kind === 'unresolved' && (!node.whole || node.expressions.flatMap(literalsIn).some((text) => text !== ''));

/** Every literal below the value fields of a Secret is one, whatever it looks like. */
function secretData(root: PlanNode): Complaint[] {
  if (root.kind !== 'object') return [];
  return SECRET_VALUES.flatMap((field) => {
    const data = root.entries.get(field);
    const entries = data?.kind === 'object' ? [...data.entries] : [];
    const literal = entries.filter(([, node]) => isLiteral(node));
    const complaints = literal.map(([key, node]): Complaint => ({
      check: 'secret-data',
      message: `the Secret's key "${key}" has a literal value`,
      fix: FIX,
      where: node.where,
    }));
    if (data === undefined || data.kind === 'object' || !isLiteral(data)) return complaints;
    return [{ check: 'secret-data', message: 'the Secret has literal values', fix: FIX, where: data.where }];
  });
}

const isHelmDocument = (name: string): boolean => name === 'values';

const resourceComplaints = once((resource: PlanResource): Complaint[] => {
  const { body, type } = resource;
  const documents = type === 'helm_release' ? isHelmDocument : undefined;
  const sensitive = body.entries.get('set_sensitive');
  const scanned = findSecrets(body, '', documents).map((found): Complaint => ({ ...found, fix: FIX }));
  return [
    ...(/^kubernetes_secret(?:_v1)?(?:_data)?$/.test(type) ? secretData(body) : []),
    ...(sensitive === undefined ? [] : sensitiveSettings(sensitive)),
    ...scanned,
  ];
});

/** Whoever uses set_sensitive says that the value is a secret. */
function sensitiveSettings(node: PlanNode): Complaint[] {
  const blocks = node.kind === 'list' ? node.items : [node];
  return blocks.flatMap((block) => {
    const value = block.kind === 'object' ? block.entries.get('value') : undefined;
    if (value === undefined || !isLiteral(value)) return [];
    return [{ check: 'set-sensitive', message: 'set_sensitive has a literal value', fix: FIX, where: value.where }];
  });
}

/** Variables and outputs: the block's own name tells, or its `sensitive` flag. */
function declaredComplaints(name: string, field: string, node: PlanNode): Complaint[] {
  if (node.kind !== 'object') return [];
  const value = node.entries.get(field);
  const flag = node.entries.get('sensitive');
  const sensitive = flag?.kind === 'scalar' && String(flag.value) === 'true';
  if (value === undefined || !isLiteral(value) || !(sensitive || namesSecret(name))) return [];
  return [
    {
      check: 'declared',
      message: `"${name}" is a secret by name or by flag, and has a literal ${field}`,
      fix: FIX,
      where: value.where,
    },
  ];
}

function blockStatements(stack: PlanStack): Statement[] {
  const place = (node: PlanNode): Place => ({ stack: stack.name, file: stack.file, ...spelledOut(node.where) });
  return [...stack.root.entries].flatMap(([block, node]) => {
    if (block === 'resource') return [];
    const name = block === '//' ? 'comments' : block;
    return judge({ subject: `stack ${stack.name} ${name}`, place: place(node), proven: PROVEN }, () => [
      ...findSecrets(node, '').map((found): Complaint => ({ ...found, fix: FIX })),
      ...(block === 'variable' || block === 'output'
        ? entriesBelow(node).flatMap(([name, child]) =>
            declaredComplaints(name, block === 'variable' ? 'default' : 'value', child),
          )
        : []),
    ]);
  });
}

const entriesBelow = (node: PlanNode): [string, PlanNode][] =>
  node.kind === 'list'
    ? node.items.flatMap(entriesBelow)
    : node.kind === 'object'
      ? [...(node satisfies ObjectNode).entries]
      : [];

/** Secrets inside manifests and releases: typed ones are resources, judged as such. */
const embedded = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter(({ kind, resource }) => kind === 'Secret' && !resource.type.startsWith('kubernetes_secret'));

/** Secrets in the files of a ConfigMap, by the names that they have there. */
const fileSecrets = once(({ root }: KubernetesObject): Complaint[] =>
  entriesOf(at(root, 'data')).flatMap(([name, node]) =>
    secretsInFile(name, node).map((found): Complaint => ({ ...found, fix: FIX })),
  ),
);

export const noSecrets: Rule = {
  id: 'AIR-SEC-1',
  title: 'The plan holds no secret value',
  explanation:
    'A plan is reviewed, copied and kept; whatever stands in it is no secret any more, and write-only or sensitive ' +
    'arguments protect the state, not the plan. Reads every string of every block, also inside Helm values: data of ' +
    'Secrets, variables and arguments whose names announce a secret, provider and backend credentials, defaults, outputs, ' +
    'and values in the published formats of keys and tokens. Findings name places, never values.',
  waivable: true,
  needs: ['secrets'],
  evaluate: ({ plan, objects }) => [
    ...plan.stacks.flatMap((stack) => [
      ...stack.resources.flatMap((resource) =>
        judge(
          {
            subject: `stack ${stack.name} ${resource.address}`,
            place: placeIn(resource, resource.body.where),
            proven: PROVEN,
          },
          () => resourceComplaints(resource),
        ),
      ),
      ...blockStatements(stack),
    ]),
    ...embedded(objects).flatMap((object) =>
      judge({ subject: subjectOf(object), place: placeOf(object), proven: PROVEN }, () => secretData(object.root)),
    ),
    ...objects
      .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'ConfigMap')
      .flatMap((object) =>
        judge({ subject: subjectOf(object), place: placeOf(object), proven: PROVEN }, () => fileSecrets(object)),
      ),
  ],
};
