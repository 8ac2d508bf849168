/**
 * What a deployment did, signed by whoever deployed: `results/<number>/` of the archive holds the statement, the approvals that
 * it rests on, and what was judged.
 */
import { cp, mkdir as mkdirNew, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { PREDICATE_TYPES } from '../../core/identifiers';
import { makeFolders } from '../../core/make-folders';
import { readRegular } from '../../core/read-regular';
import { writeWhole } from '../../core/write-whole';
import type { TrustedKey } from '../../offline-bundle/trust/keys';
import {
  parseJson,
  partsOf,
  SignedPayload,
  signPayload,
  STATEMENT_TYPE,
} from '../../offline-bundle/trust/signed-payload';
import type { Signer } from '../../offline-bundle/trust/signer';
import type { EnclaveDeployment } from '../../site/generated/enclave';
import type { PrivateCopy } from '../approval/private-copy';
import { approvalFileName } from '../approval/sign';
import { statementTime, subjectOf } from '../approval/statement';
import type { AcceptedApproval } from '../approval/verify';
import { planDigest } from '../deployments/plan-tree';
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
}

/** A kept result, as far as a list shows it. */
export interface KeptResult {
  readonly number: number;
  readonly deployedAt: string;
  readonly emergency: boolean;
  readonly approvedBy: readonly string[];
  /** Whether every stack was applied. */
  readonly whole: boolean;
  /** Identity of the plan, as the archive keeps it. */
  readonly plan: string;
  /** By the key of a deployer that was given; undefined where none was. */
  readonly verified?: boolean;
}

const RESULT = 'deployment.sigstore.json';
const NUMBER = /^\d{6,12}$/;
const MAX_RESULT_BYTES = 4 * 1024 * 1024;

const resultsFolder = (archive: string): string => path.join(archive, 'results');

async function numbers(archive: string): Promise<string[]> {
  const names = await readdir(resultsFolder(archive)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => NUMBER.test(name)).sort((a, b) => Number(a) - Number(b));
}

/** The bytes that the deployer signs, in RFC 8785 form. */
function resultPayload(
  { now, copy, site, deployment, emergency, approvals, accepted, terraform, airlock }: ResultToKeep,
  { plan, previous }: { readonly plan: Digest; readonly previous: Digest | null },
  stacks: readonly StackResult[],
): Buffer {
  return canonicalJson({
    _type: STATEMENT_TYPE,
    subject: subjectOf(copy.digests),
    predicateType: PREDICATE_TYPES.deployment.written,
    predicate: {
      ...{ site, airlock, terraform, plan, previous },
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

const readResult = (archive: string, name: string): Promise<Buffer> =>
  readRegular(path.join(resultsFolder(archive), name, RESULT), { longest: MAX_RESULT_BYTES });

/** A result that is kept while it comes about, so that none is lost when the machine is. */
export interface OpenResult {
  readonly folder: string;
  readonly keep: (stacks: readonly StackResult[]) => Promise<void>;
}

/**
 * Makes room for a result; what was judged and who approved it is there before anything is applied.
 *
 * @throws AirlockError or Error of Node where the archive cannot be written
 */
export async function openResult(result: ResultToKeep): Promise<OpenResult> {
  const { archive, signer, copy, approvals, accepted } = result;
  const last = (await numbers(archive)).at(-1);
  const previous = last === undefined ? null : digestOf(await readResult(archive, last));
  const name = String(Number(last ?? '0') + 1).padStart(6, '0');
  const folder = path.join(resultsFolder(archive), name);
  await makeFolders(resultsFolder(archive));
  // It fails where another deployment has just begun with the same number.
  await mkdirNew(folder);
  await mkdirNew(path.join(folder, 'approvals'));
  for (const { keyId } of accepted) {
    const file = approvalFileName(keyId);
    await writeFile(path.join(folder, 'approvals', file), approvals.get(file) ?? '');
  }
  for (const file of [copy.site, copy.enclave, copy.lock, ...(copy.waivers === undefined ? [] : [copy.waivers])])
    await cp(file, path.join(folder, path.basename(file)));
  const plan = await planDigest(copy.plan);
  return {
    folder,
    keep: async (stacks) => {
      const signed = await signPayload(resultPayload(result, { plan, previous }, stacks), signer);
      await writeWhole(path.join(folder, RESULT), signed);
    },
  };
}

interface RawResult {
  readonly deployedAt?: unknown;
  readonly emergency?: unknown;
  readonly approvals?: unknown;
  readonly stacks?: unknown;
  readonly plan?: unknown;
  readonly previous?: unknown;
}

const listed = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'object' && one !== null ? { ...one } : {})) : [];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');

interface ReadResult {
  readonly kept: KeptResult;
  readonly digest: Digest;
  readonly previous: unknown;
}

/** What a result says of itself; it is sure where the key of a deployer verifies it. */
async function readKept(archive: string, name: string, trusted: readonly TrustedKey[]): Promise<ReadResult> {
  const bytes = await readResult(archive, name).catch(() => Buffer.alloc(0));
  const parts = partsOf(bytes, MAX_RESULT_BYTES);
  const said = parseJson(parts?.payload ?? Buffer.alloc(0)) as
    { readonly predicate?: RawResult | null } | null | undefined;
  const { deployedAt, emergency, approvals, stacks, plan, previous } = said?.predicate ?? {};
  const key = trusted.find(({ id }) => id === parts?.keyId);
  const verified =
    parts !== undefined && key !== undefined && new SignedPayload(parts).verified(key.publicKey) !== undefined;
  const outcomes = listed(stacks).map(({ outcome }) => outcome);
  const kept: KeptResult = {
    number: Number(name),
    deployedAt: textOf(deployedAt),
    emergency: emergency !== null,
    approvedBy: listed(approvals).map((one) => textOf(one['name'])),
    whole: outcomes.length > 0 && outcomes.every((outcome) => outcome === 'applied'),
    plan: textOf(plan),
    ...(trusted.length === 0 ? {} : { verified }),
  };
  return { kept, digest: digestOf(bytes), previous };
}

export interface KeptResults {
  readonly results: readonly KeptResult[];
  /** What is missing or was changed afterwards, by the results that come after it. */
  readonly broken: readonly string[];
}

/**
 * All results of an archive, the last one last, each held against the one after it.
 *
 * @param trusted keys of deployers; without any, nobody verifies the signatures
 */
export async function keptResults(archive: string, trusted: readonly TrustedKey[] = []): Promise<KeptResults> {
  const read = await Promise.all((await numbers(archive)).map((name) => readKept(archive, name, trusted)));
  const broken = read.flatMap(({ kept: { number, verified }, previous }, at) => {
    const before = read[at - 1];
    const follows =
      before === undefined
        ? number === 1 && previous === null
        : number === before.kept.number + 1 && previous === before.digest;
    const predecessor = before === undefined ? 'nothing' : String(before.kept.number);
    return [
      ...(follows ? [] : [`result ${String(number)} does not follow on ${predecessor}: one was removed or changed`]),
      ...(verified === false ? [`result ${String(number)} is not signed by a key that was given`] : []),
    ];
  });
  return { results: read.map(({ kept }) => kept), broken };
}

/** Whether what runs was deployed in an emergency, and nothing that was approved came after it. */
export const isIrregular = ({ results, broken }: KeptResults): boolean =>
  broken.length > 0 || (results.findLast(({ whole, emergency }) => whole || emergency)?.emergency ?? false);
