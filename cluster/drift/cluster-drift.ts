/** Drift of a cluster: reads the objects of a plan, asks the server what they would be, and puts them back. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import { AirlockError } from '../../core/errors';
import { linesOf } from '../../core/visible';
import type { Kubectl } from '../kubectl';
import { type Drift, driftOf, subjectOf } from './drift';

interface Listed extends PlainObject {
  readonly items?: readonly PlainObject[];
}

/** kubectl prints several objects as one list, or one after the other, each indented below its braces. */
const documentsOf = (text: string): PlainObject[] =>
  JSON.parse(`[${text.replace(/^\}\n\{/gm, '},{')}]`) as PlainObject[];

const keyOf = ({ apiVersion, kind, metadata }: PlainObject): string =>
  [apiVersion.split('/')[0], kind, metadata.namespace, metadata.name].join(' ');

/** Under another name, so that the server answers as if the object were new. */
const SUFFIX = '-drift-check';
const renamed = (object: PlainObject): PlainObject => ({
  ...object,
  metadata: { ...object.metadata, name: `${object.metadata.name.slice(0, 63 - SUFFIX.length)}${SUFFIX}` },
});

async function jsonOf(
  kubectl: Kubectl,
  args: readonly string[],
  objects: readonly PlainObject[],
): Promise<readonly PlainObject[]> {
  if (objects.length === 0) return [];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const ran = await kubectl.run([...args, '--filename=-', '--output=json'], list);
  if (ran.code !== 0) {
    throw new AirlockError('KUBECTL_FAILED', `kubectl ${args[0] ?? ''} failed:`, {
      items: linesOf(ran.stderr.trim()),
      fix: 'check that the cluster can be reached, as a deployer of the enclave: nobody else may ask what its policies would be',
    });
  }
  return documentsOf(ran.stdout).flatMap((document) => (document as Listed).items ?? [document]);
}

/**
 * Compares what is planned with what is there. The server itself says what the plan would make of each object, so its
 * defaults are no difference; nothing is changed.
 *
 * @param objects of the plan
 * @returns what differs, in the order of the plan; empty when nothing does
 * @throws AirlockError (environment) when the cluster cannot be reached, or refuses what the plan asks
 */
export async function findDrift(kubectl: Kubectl, objects: readonly PlainObject[]): Promise<Drift[]> {
  const read = ['get', '--ignore-not-found', '--show-managed-fields'];
  const live = new Map((await jsonOf(kubectl, read, objects)).map((object) => [keyOf(object), object]));
  const present = objects.filter((object) => live.has(keyOf(object)));
  const fresh = await jsonOf(kubectl, ['create', '--dry-run=server'], present.map(renamed));
  const expected = new Map(present.map((object, at) => [keyOf(object), fresh[at]]));
  return objects.flatMap((object): Drift[] => {
    const [found, wanted] = [live.get(keyOf(object)), expected.get(keyOf(object))];
    if (found === undefined || wanted === undefined)
      return [{ object, subject: subjectOf(object), missing: true, fields: [], patch: [] }];
    const drift = driftOf(object, wanted, found);
    return drift.fields.length === 0 ? [] : [drift];
  });
}

/**
 * Puts back what drifted: missing objects are created, changed fields get their planned value, added ones are removed.
 *
 * @throws AirlockError (environment) when the cluster refuses
 */
export async function restore(kubectl: Kubectl, drift: readonly Drift[]): Promise<void> {
  const missing = drift.filter((one) => one.missing).map(({ object }) => object);
  if (missing.length > 0) await kubectl.apply(missing, 'airlock-restore');
  for (const { object, subject, patch } of drift) {
    if (patch.length === 0) continue;
    const { apiVersion, kind, metadata } = object;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const resource = group === '' ? kind : `${kind}.${version ?? ''}.${group ?? ''}`;
    const where = metadata.namespace === undefined ? [] : ['--namespace', metadata.namespace];
    const ran = await kubectl.run([
      'patch',
      resource,
      metadata.name,
      ...where,
      '--type=json',
      `--patch=${JSON.stringify(patch)}`,
    ]);
    if (ran.code !== 0) {
      throw new AirlockError('KUBECTL_FAILED', `${subject} could not be restored:`, {
        items: linesOf(ran.stderr.trim()),
        fix: 'deploy the plan again, or delete the object and restore',
      });
    }
  }
}
