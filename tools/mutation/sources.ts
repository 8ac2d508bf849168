/** What is mutated, and the tests that must notice. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';

/** Where a mistake would make a claim of the kit untrue. */
export const MUTATED = [
  'core/*.ts',
  'offline-bundle/{trust,verify}/*.ts',
  'audit/rules/*.ts',
  'engines/fit/*.ts',
] as const;

/** Files of these folders that hold nothing to mutate, or whose mutants say nothing. */
export const LEFT_OUT = [
  // Names that specifications give: real clients are their test (npm run test:integration).
  'core/media-types.ts',
  // Re-exports.
  'core/index.ts',
  // The list of the rules.
  'audit/rules/index.ts',
  // Types alone.
  'core/{bundled-licenses,progress}.ts',
] as const;

const rules = (...names: string[]): string[] => [
  ...names.map((name) => `test/audit/rules/${name}.test.ts`),
  // Titles and explanations.
  'test/audit/docs.test.ts',
];

const BUNDLE = ['verify-bundle', 'bad-medium'].map((name) => `test/offline-bundle/verify/${name}.test.ts`);
const FIT = ['test/engines/fit/fit.test.ts'];

/** Tests of files that have none of the same name, or more than that. */
export const TESTS: Readonly<Record<string, readonly string[]>> = {
  'offline-bundle/trust/signed-payload.ts': ['test/offline-bundle/trust/seal.test.ts'],
  'audit/rules/admission-guardrails.ts': rules('guardrails'),
  'audit/rules/apply-order.ts': rules('apply-order'),
  'audit/rules/behind-gateway.ts': rules('gateway'),
  'audit/rules/data-at-rest.ts': rules('gateway'),
  'audit/rules/default-deny.ts': rules('network'),
  'audit/rules/destinations.ts': rules('network', 'gateway'),
  'audit/rules/exposed-services.ts': rules('guardrails'),
  'audit/rules/higher-tiers.ts': rules('guardrails'),
  'audit/rules/image-digests.ts': rules('image-digests'),
  'audit/rules/image-reference.ts': rules('image-digests'),
  'audit/rules/kit-arguments.ts': rules('weights'),
  'audit/rules/known-devices.ts': rules('run'),
  'audit/rules/known-flows.ts': rules('known-flows'),
  'audit/rules/known-names.ts': rules('names'),
  'audit/rules/known-programs.ts': rules('run'),
  'audit/rules/lock-used.ts': rules('lock'),
  'audit/rules/locked-digests.ts': rules('image-digests', 'lock'),
  'audit/rules/namespace-enforcement.ts': rules('pod-security'),
  'audit/rules/namespace-peers.ts': rules('network', 'gateway'),
  'audit/rules/no-secrets.ts': rules('no-secrets'),
  'audit/rules/owned-flows.ts': rules('owned-flows'),
  'audit/rules/plan-analyzed.ts': rules('plan'),
  'audit/rules/plan-runs-nothing.ts': rules('terraform-reach'),
  'audit/rules/pod-security.ts': rules('pod-security'),
  'audit/rules/policy-rules.ts': rules('network', 'gateway'),
  'audit/rules/provider-sources.ts': rules('terraform-reach'),
  'audit/rules/rights.ts': rules('rights'),
  'audit/rules/rule.ts': rules('network', 'plan'),
  'audit/rules/runs-for.ts': rules('weights'),
  'audit/rules/terraform-reach.ts': rules('terraform-reach'),
  'audit/rules/use-locked.ts': rules('lock'),
  'audit/rules/used-namespaces.ts': rules('network'),
  'audit/rules/verified-volumes.ts': rules('weights'),
  'audit/rules/verified-weights.ts': rules('weights'),
  'audit/rules/weight-arguments.ts': rules('weights'),
  'core/error-codes.ts': ['test/core/errors.test.ts'],
  'engines/fit/changes.ts': FIT,
  'engines/fit/estimate.ts': FIT,
  'engines/fit/fit.ts': FIT,
  'engines/fit/hardware.ts': FIT,
  'engines/fit/memory.ts': FIT,
  'engines/fit/understood.ts': [...FIT, 'test/engines/fit/understood.test.ts'],
  'offline-bundle/trust/dsse.ts': ['test/offline-bundle/trust/seal.test.ts'],
  'offline-bundle/verify/content.ts': BUNDLE,
  'offline-bundle/verify/extract-record.ts': ['test/offline-bundle/verify/extract-record.test.ts'],
  'offline-bundle/verify/inspect-bundle.ts': BUNDLE,
  'offline-bundle/verify/layout-check.ts': BUNDLE,
  'offline-bundle/verify/verify-bundle.ts': BUNDLE,
};

/** The files that are mutated, sorted. @param files paths of the checkout, with `/` between folders */
export function mutatedFiles(files: readonly string[]): string[] {
  const [isMutated, isLeftOut] = [picomatch([...MUTATED]), picomatch([...LEFT_OUT])];
  return files.filter((file) => isMutated(file) && !isLeftOut(file)).sort();
}

/** Tests of a source: those that are named for it, else the one that mirrors it; none where there is no such file. */
export function testsOf(source: string, root: string): readonly string[] {
  const mirrored = `test/${source.replace(/\.ts$/, '.test.ts')}`;
  return (TESTS[source] ?? [mirrored]).filter((file) => existsSync(path.join(root, file)));
}

/**
 * The files that a command line asks for: those named, or below a folder that is named; all where none is.
 *
 * @throws Error for a name that stands for no mutated file
 */
export function chosen(sources: readonly string[], named: readonly string[]): string[] {
  if (named.length === 0) return [...sources];
  const byName = named.map((name) => {
    const found = sources.filter((file) => file === name || file.startsWith(`${name.replace(/\/$/, '')}/`));
    if (found.length === 0) throw new Error(`${name} is no file that is mutated, nor a folder of such`);
    return found;
  });
  return [...new Set(byName.flat())].sort();
}

/**
 * One of n parts of a list, so that machines can share it: `2/3` is the second of three.
 *
 * @throws Error for anything but `i/n` with 1 ≤ i ≤ n
 */
export function shardOf<T>(list: readonly T[], shard: string): T[] {
  const [, index, count] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(shard) ?? [];
  if (index === undefined || Number(index) > Number(count)) throw new Error(`"${shard}" is no shard: write e.g. 1/4`);
  return list.filter((_, at) => at % Number(count) === Number(index) - 1);
}

/** Files that have the same tests belong together. */
export function byTests(sources: readonly string[], testsFor: (source: string) => readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const source of sources) {
    const key = testsFor(source).join('\n');
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  return [...groups.values()];
}
