/** The controller of LeaderWorkerSets, and the objects with which its project deploys it. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { PlainObject } from '../../../audit/kubernetes/plain.js';
import { exists, installGoProgram, moduleFolder } from '../../harness/go.mjs';
import { mustRun } from '../../harness/processes.mjs';
import { DEFINITIONS_FOLDER } from './definitions.mjs';
import { kubernetesProgram } from './kubernetes.mjs';
import { LWS } from './versions.mjs';

const MANIFEST = path.join(DEFINITIONS_FOLDER, `lws-${LWS.version}.yaml`);

/** Builds the controller, and renders its manifest; after the definitions and kubectl. */
export async function installLeaderWorkerSets(): Promise<string> {
  const built = await installGoProgram(LWS);
  if (!(await exists(MANIFEST))) {
    const folder = await moduleFolder(LWS.copyOf, LWS.version, DEFINITIONS_FOLDER);
    const { stdout } = await mustRun(kubernetesProgram('kubectl'), [
      'kustomize',
      path.join(folder, 'config', 'default'),
    ]);
    await writeFile(MANIFEST, stdout);
  }
  return built;
}

/** Its manifest as upstream renders it, but for its definition. */
export async function leaderWorkerSetObjects(): Promise<PlainObject[]> {
  const documents = parseAllDocuments(await readFile(MANIFEST, 'utf8'));
  return documents
    .map((document) => document.toJS() as PlainObject)
    .filter(({ kind }) => kind !== 'CustomResourceDefinition');
}
