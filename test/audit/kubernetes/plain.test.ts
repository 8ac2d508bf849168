import { buildPlan } from '../../../audit/plan/build-plan';
import { readPlanFiles } from '../../../audit/plan/read-files';
import { normalize } from '../../../audit/kubernetes/normalize';
import { plainObject, type PlainObject, qualifiedKind } from '../../../audit/kubernetes/plain';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blueprintOf } from '../../../blueprint/blueprint';
import { synthesize } from '../../../stacks/app';
import { inputs } from '../../stacks/synthesized';

describe('objects of a plan as plain JSON', () => {
  let objects: PlainObject[];

  beforeAll(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'airlock-plain-'));
    synthesize({ blueprint: blueprintOf(inputs()), outdir: path.join(folder, 'out') });
    objects = normalize(buildPlan(await readPlanFiles(path.join(folder, 'out')))).objects.map(plainObject);
    rmSync(folder, { recursive: true });
  });

  const find = (kind: string, name: string): PlainObject => {
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    return found;
  };

  it('writes ports of typed policies as the numbers that the API means', () => {
    expect(find('NetworkPolicy', 'allow-weights-ingress')).toMatchObject({
      apiVersion: 'networking.k8s.io/v1',
      metadata: { namespace: 'airlock-mirror' },
      spec: { ingress: [{ ports: [{ protocol: 'TCP', port: 8080 }] }] },
    });
  });

  it('drops what steers Terraform alone', () => {
    const keys = new Set(objects.flatMap((object) => Object.keys(object)));
    expect([...keys].filter((key) => /^(?:\/\/|dependsOn|lifecycle|wait.*)$/.test(key))).toEqual([]);
    expect(Object.keys(find('PersistentVolumeClaim', 'weight-mirror')).sort()).toEqual([
      'apiVersion',
      'kind',
      'metadata',
      'spec',
    ]);
  });

  it('gives objects of a release the release’s namespace', () => {
    expect(find('Deployment', 'weight-mirror').metadata.namespace).toBe('airlock-mirror');
  });

  it('qualifies kinds by their group', () => {
    expect(qualifiedKind(find('Deployment', 'weight-mirror'))).toBe('Deployment.apps');
    expect(qualifiedKind(find('Service', 'weight-mirror'))).toBe('Service');
  });
});
