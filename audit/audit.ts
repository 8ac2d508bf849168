/** `audit`: what a plan proves, from files to a report. */
import { digestOf } from '../core/digest';
import { AirlockError, badInput } from '../core/errors';
import { visible } from '../core/visible';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { checkEnclave, parseEnclave } from '../site/load-enclave';
import { parseSite } from '../site/load-site';
import { parseLock } from '../site/lock/lock-file';
import { readTextFile } from '../site/reading/read-file';
import { filesOf, located } from '../site/reading/located';
import { together } from '../site/reading/together';
import { auditContext, evaluateRules } from './evaluate';
import { readLeftFiles } from './files/read-left-files';
import { buildPlan } from './plan/build-plan';
import type { Plan } from './plan/plan';
import { readPlanFiles } from './plan/read-files';
import { type AuditReport, buildReport } from './report/report';
import { RULES } from './rules';
import type { AuditContext, Rule } from './rules/rule';
import { applyWaivers } from './waivers/apply-waivers';
import { parseWaivers } from './waivers/parse-waivers';
import type { Waiver } from './waivers/waiver';

/** What is judged, and by what: paths of files. */
export interface AuditOptions {
  /** Folder that `cdktf synth` wrote, or one with a cdk.tf.json in it. */
  readonly plan: string;
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly waivers?: string;
  /** Ids of the rules to run; all by default. */
  readonly rules?: readonly string[];
  /** Day against which waivers are held, YYYY-MM-DD; it becomes part of the report. */
  readonly asOf?: string;
  /** Day to decide by where `asOf` is absent; it does not become part of the report. */
  readonly today: string;
}

interface FileRead<T> {
  readonly value: T;
  readonly text: string;
}

interface FilesRead {
  readonly site: FileRead<Site>;
  readonly enclave: FileRead<Enclave>;
  readonly lock: FileRead<Lock>;
  readonly waivers: { readonly value: readonly Waiver[]; readonly text?: string };
}

const SITE_HINT = '`airlock init` writes a first one, `airlock bundle extract-record` takes it out of a bundle';
const LOCK_HINT = '`airlock lock` writes it, `airlock bundle extract-record` takes it out of a bundle';

/** Reads a file and keeps its text: the report names what was judged by digest. */
const reading =
  <T>(parse: (text: string, file: string) => T, hint = 'docs/audit.md shows its form') =>
  async (file: string): Promise<FileRead<T>> => {
    const text = await readTextFile(file, hint);
    return { value: parse(text, file), text };
  };

const waiversOf = (text: string, file: string): readonly Waiver[] => parseWaivers(text, file, RULES);

/** @throws AirlockError (input) where it is no file of waivers */
export const readWaivers = async (file: string): Promise<readonly Waiver[]> => (await reading(waiversOf)(file)).value;

function chosenRules(ids: readonly string[] | undefined): readonly Rule[] {
  if (ids === undefined || ids.length === 0) return RULES;
  const unknown = ids.filter((id) => RULES.every((rule) => rule.id !== id));
  if (unknown.length > 0) {
    throw badInput(
      'USAGE_UNKNOWN_NAME',
      `there is no rule ${unknown.join(', ')}`,
      `rules: ${RULES.map(({ id }) => id).join(', ')}`,
    );
  }
  return RULES.filter(({ id }) => ids.includes(id));
}

/** Reads a plan; what is said of a broken one quotes names of it, and is made visible. */
export async function readPlan(folder: string): Promise<Plan> {
  try {
    const files = await readPlanFiles(folder);
    return buildPlan(files, await readLeftFiles(folder, files));
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    const { code, message, fix } = error;
    throw new AirlockError(code, visible(message), {
      ...(fix === undefined ? {} : { fix: visible(fix) }),
      cause: error,
    });
  }
}

/** What was said of a plan, and the plan as the rules read it. */
export interface Audited {
  readonly report: AuditReport;
  readonly context: AuditContext;
  readonly waivers: readonly Waiver[];
}

/**
 * The audit, with what it read: for whoever shows more of a plan than its findings.
 *
 * @throws AirlockError (input) when a file is missing or malformed, of another site, or the plan is empty
 */
export async function auditWithContext(options: AuditOptions): Promise<Audited> {
  const rules = chosenRules(options.rules);
  const { waivers: waiversFile } = options;
  const read = await together<FilesRead>({
    site: [options.site, reading(parseSite, SITE_HINT)],
    enclave: [options.enclave, reading(parseEnclave, '`airlock init` writes a first enclave.yaml')],
    lock: [options.lock, reading(parseLock, LOCK_HINT)],
    waivers: [waiversFile ?? '', waiversFile === undefined ? () => Promise.resolve({ value: [] }) : reading(waiversOf)],
  });
  const [site, enclave, lock, waivers] = [read.site.value, read.enclave.value, read.lock.value, read.waivers.value];
  await located(filesOf(options), () => checkEnclave(enclave, site));
  if (lock.site !== site.name) {
    throw badInput(
      'SITE_MISMATCH',
      `the lock is for site "${lock.site}", the site is "${site.name}"`,
      'pass the files of one site',
    );
  }
  const plan = await readPlan(options.plan);
  const context = auditContext(plan, { site, enclave, lock });
  const found = evaluateRules(rules, context);
  const { findings, expired, unbound, unused } = applyWaivers(
    found,
    waivers,
    options.asOf ?? options.today,
    enclave.waivers?.longestDays,
  );
  const ran = new Set(rules.map(({ id }) => id));
  const report = buildReport({
    site: site.name,
    inputs: {
      site: digestOf(read.site.text),
      enclave: digestOf(read.enclave.text),
      lock: digestOf(read.lock.text),
      ...(read.waivers.text === undefined ? {} : { waivers: digestOf(read.waivers.text) }),
      plan: Object.fromEntries(plan.stacks.map(({ file, digest }) => [file, digest])),
    },
    exampleLock: lock.example === true,
    ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
    rules,
    findings,
    expiredWaivers: expired,
    unboundWaivers: unbound,
    // A waiver of a rule that did not run may well be needed.
    unusedWaivers: unused.filter(({ rule }) => ran.has(rule.replace(/\[.*$/, ''))),
  });
  return { report, context, waivers };
}

/**
 * Audits a synthesized plan against site, enclave and lock. Reads files, and nothing else.
 *
 * @throws AirlockError (input) when a file is missing or malformed, of another site, or the plan is empty
 *
 * @example
 * const report = await audit({ plan: 'cdktf.out', site, enclave, lock, today: '2026-11-29' });
 * if (report.gate === 'fail') console.log(report.findings);
 */
export const audit = async (options: AuditOptions): Promise<AuditReport> => (await auditWithContext(options)).report;
