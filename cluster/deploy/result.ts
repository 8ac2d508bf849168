/**
 * What a deployment did, signed by whoever deployed: `results/<number>/` of the archive holds the statement, the approvals that
 * it rests on, and what was judged.
 */
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { PREDICATE_TYPES } from '../../core/identifiers';
import { makeFolders } from '../../core/make-folders';
import { parseJson, partsOf, signPayload, STATEMENT_TYPE } from '../../offline-bundle/trust/signed-payload';
import type { Signer } from '../../offline-bundle/trust/signer';
import type { EnclaveDeployment } from '../../site/generated/enclave';
import type { PrivateCopy } from '../approval/private-copy';
import { approvalFileName } from '../approval/sign';
import { statementTime, subjectOf } from '../approval/statement';
import type { AcceptedApproval } from '../approval/verify';
import type { StackResult } from './deploy-stacks';

export interface ResultToKeep {
  readonly archive: string;
  readonly signer: Signer;
  readonly now: Date;
  readonly copy: PrivateCopy;
  readonly site: string;
  readonly deployment: EnclaveDeployment;
  readonly emergency: boolean;
  readonly approvals: ReadonlyMap<string, Buffer>;
  readonly accepted: readonly AcceptedApproval[];
  readonly terraform: Digest;
  readonly airlock: string;
  readonly stacks: readonly StackResult[];
}

/** A kept result, as far as a list shows it. */
export interface KeptResult {
  readonly number: number;
  readonly deployedAt: string;
  readonly emergency: boolean;
  readonly approvedBy: readonly string[];
  readonly whole: boolean;
}

const RESULT = 'deployment.sigstore.json';
const NUMBER = /^\d{6}$/;
const MAX_RESULT_BYTES = 4 * 1024 * 1024;

const resultsFolder = (archive: string): string => path.join(archive, 'results');

const numbers = async (archive: string): Promise<string[]> =>
  (await readdir(resultsFolder(archive)).catch(() => [])).filter((name) => NUMBER.test(name)).sort();

/** The bytes that the deployer signs, in RFC 8785 form. */
function resultPayload({
  now,
  copy,
  site,
  deployment,
  emergency,
  approvals,
  accepted,
  terraform,
  airlock,
  stacks,
}: ResultToKeep): Buffer {
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject: subjectOf(copy.digests),
    predicateType: PREDICATE_TYPES.deployment.written,
    predicate: {
      ...{ site, airlock, terraform },
      deployedAt: statementTime(now),
      inputs: copy.inputs,
      cluster: deployment.cluster,
      emergency: emergency ? accepted.map(({ statement }) => statement.emergency) : null,
      approvals: accepted.map(({ keyId, name }) => ({
        ...{ keyId, name },
        digest: digestOf(approvals.get(approvalFileName(keyId)) ?? Buffer.alloc(0)),
      })),
      stacks,
    },
  });
}

/**
 * Signs and keeps a result; it appears whole.
 *
 * @returns its folder
 */
export async function keepResult(result: ResultToKeep): Promise<string> {
  const { archive, signer, copy, approvals, accepted } = result;
  const signed = await signPayload(resultPayload(result), signer);
  const next = String(Number((await numbers(archive)).at(-1) ?? '0') + 1).padStart(6, '0');
  const folder = path.join(resultsFolder(archive), next);
  const unfinished = `${folder}.partial`;
  await rm(unfinished, { recursive: true, force: true });
  await makeFolders(path.join(unfinished, 'approvals'));
  await writeFile(path.join(unfinished, RESULT), signed);
  for (const { keyId } of accepted) {
    const name = approvalFileName(keyId);
    await writeFile(path.join(unfinished, 'approvals', name), approvals.get(name) ?? '');
  }
  for (const file of [copy.site, copy.enclave, copy.lock, ...(copy.waivers === undefined ? [] : [copy.waivers])])
    await cp(file, path.join(unfinished, path.basename(file)));
  await rename(unfinished, folder);
  return folder;
}

interface RawResult {
  readonly deployedAt?: unknown;
  readonly emergency?: unknown;
  readonly approvals?: readonly { readonly name?: unknown }[];
  readonly stacks?: readonly { readonly outcome?: unknown }[];
}

/** What a result says of itself; its signature is for whoever holds the deployer's key to check. */
async function keptResult(archive: string, name: string): Promise<KeptResult> {
  const bytes = await readFile(path.join(resultsFolder(archive), name, RESULT)).catch(() => Buffer.alloc(0));
  const said = parseJson(partsOf(bytes, MAX_RESULT_BYTES)?.payload ?? Buffer.alloc(0));
  const { predicate = {} } = (said ?? {}) as { readonly predicate?: RawResult };
  const { deployedAt, emergency, approvals = [], stacks = [{}] } = predicate;
  return {
    number: Number(name),
    deployedAt: typeof deployedAt === 'string' ? deployedAt : 'unknown',
    emergency: emergency !== null,
    approvedBy: approvals.map((one) => (typeof one.name === 'string' ? one.name : 'unknown')),
    whole: stacks.every(({ outcome }) => outcome === 'applied'),
  };
}

/** All results of an archive, the last one last. */
export const keptResults = async (archive: string): Promise<KeptResult[]> =>
  Promise.all((await numbers(archive)).map((name) => keptResult(archive, name)));

/** Whether what runs was deployed in an emergency, and nothing that was approved came after it. */
export const isIrregular = (results: readonly KeptResult[]): boolean =>
  results.findLast(({ whole, emergency }) => whole || emergency)?.emergency ?? false;
