/** Changes a hand-written plan by JSON pointers, writes it as Terraform would read it, and audits it. */
import { digestOf } from '../../../core/digest';
import { auditContext, evaluateRules, type Finding } from '../../../audit/evaluate';
import { ENVELOPE_CHARTS } from '../../../audit/kubernetes/envelope-charts';
import { buildPlan } from '../../../audit/plan/build-plan';
import type { LeftFile, Plan } from '../../../audit/plan/plan';
import type { PlanFiles } from '../../../audit/plan/read-files';
import { RULES } from '../../../audit/rules';
import type { AuditContext } from '../../../audit/rules/rule';
import type { Enclave } from '../../../site/generated/enclave';
import type { Lock } from '../../../site/generated/lock';
import type { Site } from '../../../site/generated/site';
import { cleanPlan, enclave, lock, site } from './clean-plan';

type Holder = Record<string, unknown>;

const segments = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Pointer of the values of the engine's release, and of the pod spec and engine in it. */
export const VALUES = '/resource/helm_release/chat/values/0';
export const WORKLOAD = `${VALUES}/objects/0`;
export const POD = `${WORKLOAD}/spec/template/spec`;
export const ENGINE = `${POD}/containers/0`;
/** The typed pod of the mirror. */
export const MIRROR_POD = '/resource/kubernetes_deployment_v1/mirror/spec/template/0/spec'.replace('/0/', '/');
export const POLICIES = '/resource/kubernetes_network_policy_v1';

/** Terraform's escapes, as a plan must hold them. */
export const escaped = (text: string): string => text.replace(/([$%])\{/g, (_, char: string) => `${char}${char}{`);

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A release whose values are texts, as in a plan. A test may put anything in place of a release. */
function withTextValues(release: unknown): unknown {
  if (!isHolder(release) || !Array.isArray(release['values'])) return release;
  const values = release['values'].map((document: unknown) =>
    typeof document === 'string' ? document : escaped(JSON.stringify(document)),
  );
  return { ...release, values };
}

/** A short file as the audit reads it. */
export const leftText = (text: string): LeftFile => ({ digest: digestOf(text), text });

/** Terraform's dependency lock file, as `terraform providers lock` writes it. */
export const dependencyLock = ({ providers }: Lock): string =>
  [
    '# This file is maintained automatically by "terraform init".',
    '# Manual edits may be lost in future updates.',
    ...providers.map(
      ({ source, version, packages }) => `
provider "${source}" {
  version     = "${version}"
  constraints = "${version}"
  hashes = [
${packages.flatMap(({ h1, sha256 }) => [`    "${h1}",`, `    "zh:${sha256}",`]).join('\n')}
  ]
}`,
    ),
    '',
  ].join('\n');

export class Draft {
  public site: Site = site();
  public enclave: Enclave = enclave();
  public lock: Lock = lock();
  /** Files beside the configuration, by path. */
  public readonly assets = new Map(
    Object.entries(ENVELOPE_CHARTS[0] ?? {}).map(([file, digest]) => [
      `stacks/serving/assets/envelope/0/${file}`,
      digest,
    ]),
  );
  /** What Terraform left beside the configurations, by path; each stack has a dependency lock file by itself. */
  public readonly left = new Map<string, LeftFile>();
  private readonly root = cleanPlan() as Holder;
  private readonly further: { stack: string; value: unknown }[] = [];

  public get(pointer: string): unknown {
    return segments(pointer).reduce<unknown>((value, key) => (value as Holder | undefined)?.[key], this.root);
  }

  /** Sets a value, making the objects on the way; `-` appends to a list. */
  public put(pointer: string, value: unknown): this {
    const keys = segments(pointer);
    const last = keys.pop() ?? '';
    const holder = keys.reduce<Holder>((current, key) => (current[key] ??= {}) as Holder, this.root);
    if (Array.isArray(holder) && last === '-') holder.push(value);
    else holder[last] = value;
    return this;
  }

  public drop(pointer: string): this {
    const keys = segments(pointer);
    const last = keys.pop() ?? '';
    const holder = this.get(`/${keys.join('/')}`.replace(/^\/$/, '')) as Holder;
    if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else Reflect.deleteProperty(holder, last);
    return this;
  }

  /** Moves a value to another place of the plan. */
  public move(from: string, to: string): this {
    const value = this.get(from);
    return this.drop(from).put(to, value);
  }

  public addStack(stack: string, value: unknown): this {
    this.further.push({ stack, value });
    return this;
  }

  /** The configuration as it would stand on disk. */
  public text(): string {
    const resource = this.root['resource'];
    if (!isHolder(resource) || !isHolder(resource['helm_release'])) return JSON.stringify(this.root);
    const helm_release = Object.fromEntries(
      Object.entries(resource['helm_release']).map(([name, release]) => [name, withTextValues(release)]),
    );
    return JSON.stringify({ ...this.root, resource: { ...resource, helm_release } });
  }

  public files(): PlanFiles {
    const configuration = (stack: string, text: string): PlanFiles['configurations'][number] => ({
      stack,
      file: `stacks/${stack}/cdk.tf.json`,
      digest: digestOf(text),
      value: JSON.parse(text) as unknown,
    });
    return {
      configurations: [
        configuration('serving', this.text()),
        ...this.further.map(({ stack, value }) => configuration(stack, JSON.stringify(value))),
      ],
      assets: this.assets,
      strange: [],
      unlisted: [],
      left: [],
    };
  }

  public plan(): Plan {
    const files = this.files();
    const locks = files.configurations.map(({ stack }): [string, LeftFile] => [
      `stacks/${stack}/.terraform.lock.hcl`,
      leftText(dependencyLock(this.lock)),
    ]);
    return buildPlan(files, new Map([...locks, ...this.left]));
  }

  public context(): AuditContext {
    return auditContext(this.plan(), this);
  }

  /** Findings of one rule. */
  public findings(rule: string): Finding[] {
    return evaluateRules(
      RULES.filter(({ id }) => id === rule),
      this.context(),
    );
  }

  /** Findings of every rule. */
  public allFindings(): Finding[] {
    return evaluateRules(RULES, this.context());
  }
}

const nextOf = (list: string): string => `${list}/${String((new Draft().get(list) as unknown[]).length)}`;
/** Where an argument or a variable of the engine stands that is appended to those of the clean plan. */
export const NEXT_ARGUMENT = nextOf(`${ENGINE}/args`);
export const NEXT_VARIABLE = nextOf(`${ENGINE}/env`);

/** A place as one pointer into the draft, the values of a release included. */
export const draftPointer = ({ place }: Finding): string => `${place?.pointer ?? ''}${place?.inner ?? ''}`;

const summary = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ verdict }) => verdict === 'VIOLATED' || verdict === 'UNPROVEN')
    .map((finding) => `${finding.verdict} [${finding.check ?? ''}] ${finding.subject} ${draftPointer(finding)}`);

/** Findings are for people: no text of them is empty, or shows what the code had in its hands instead of words. */
function expectWords(findings: readonly Finding[]): void {
  for (const { subject, message, fix, value } of findings)
    for (const text of [subject, message, ...(fix === undefined ? [] : [fix])]) {
      expect({ text, message, value }).toEqual({
        text: expect.stringMatching(/^\S(?:.*\S)?$/s) as string,
        message,
        value,
      });
      expect(text).not.toMatch(/\bundefined\b|\[object |\bNaN\b/);
    }
}

export interface Fault {
  readonly rule: string;
  readonly check: string;
  /** Where the finding must point, as a pointer into the draft. */
  readonly at: string;
  /** Part of the subject that must be named. */
  readonly subject?: string;
  /** @default VIOLATED */
  readonly verdict?: 'VIOLATED' | 'UNPROVEN';
}

/** Expects exactly this fault of the rule, at this place, with a fix. */
export function expectFault(draft: Draft, { rule, check, at, subject = '', verdict = 'VIOLATED' }: Fault): void {
  const failures = draft
    .findings(rule)
    .filter((finding) => finding.verdict === 'VIOLATED' || finding.verdict === 'UNPROVEN');
  const lines = summary(failures);
  expect(lines).not.toHaveLength(0);
  expect({ lines, ok: lines.every((line) => line.startsWith(`${verdict} [${check}] `)) }).toEqual({ lines, ok: true });
  expect({ lines, at: failures.map(draftPointer) }).toEqual({ lines, at: expect.arrayContaining([at]) as string[] });
  expect(failures.some((finding) => finding.subject.includes(subject))).toBe(true);
  expect(failures.every(({ fix }) => fix !== undefined)).toBe(true);
  expectWords(failures);
}

/** Expects the rule to be proven for at least one subject, and nothing else. */
export function expectProven(draft: Draft, rule: string): void {
  const findings = draft.findings(rule);
  expect(summary(findings)).toEqual([]);
  expect(findings.some(({ verdict }) => verdict === 'PROVEN')).toBe(true);
  expectWords(findings);
}

export interface Case {
  readonly name: string;
  /** Prepares a variant of the clean plan that is still without fault. */
  readonly twin?: (draft: Draft) => unknown;
  readonly fault: (draft: Draft) => unknown;
  readonly check: string;
  readonly at: string;
  readonly subject?: string;
  readonly verdict?: 'VIOLATED' | 'UNPROVEN';
}

/** One test per case: the faulty plan fails at its place, its corrected twin is proven; the clean plan once for all of them. */
export function testRule(rule: string, cases: readonly Case[]): void {
  let cleanProven = false;
  it.each(cases)('$name', ({ twin, fault, ...expected }) => {
    const good = new Draft();
    twin?.(good);
    if (twin !== undefined || !cleanProven) expectProven(good, rule);
    cleanProven ||= twin === undefined;
    const bad = new Draft();
    twin?.(bad);
    fault(bad);
    expectFault(bad, { rule, ...expected });
  });
}
