/**
 * Plans of any size for the audit benchmark: an example's, with more teams in it. Each has a namespace of its own with its
 * policies, its quota and a serving, in a stack of its own, and a second serving in the namespace that all share. Everything
 * in it is proven.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

type Fields = Record<string, unknown>;
type Resources = Record<string, Record<string, Fields>>;

interface Stack {
  readonly resource: Resources;
}

const NAMESPACE = 'airlock-serving';
const SERVING = 'chat';
const RELEASE = `serving-${SERVING}_release`;
const INGRESS = `namespace_lockdown_allow-gateway-${SERVING}-ingress`;
const POLICIES = 'kubernetes_network_policy_v1';

const parse = (text: string): Fields => JSON.parse(text) as Fields;
const count = ({ resource }: Stack): number =>
  Object.values(resource).reduce((sum, named) => sum + Object.keys(named).length, 0);

/** Values of a release, which Terraform reads as a template. */
const valuesOf = (release: Fields): Fields => parse((release['values'] as string[])[0]?.replaceAll('$${', '${') ?? '');
const withValues = (release: Fields, values: unknown): Fields => ({
  ...release,
  values: [JSON.stringify(values, null, 2).replaceAll('${', '$${')],
});

/** The serving under another name, beside its own in the same namespace. */
function addServing({ resource }: Stack, name: string): void {
  const renamed = (value: unknown): Fields =>
    parse(
      JSON.stringify(value)
        .replaceAll(`"name":"${SERVING}"`, `"name":"${name}"`)
        .replaceAll(`"app.kubernetes.io/instance":"${SERVING}"`, `"app.kubernetes.io/instance":"${name}"`)
        .replaceAll(INGRESS, INGRESS.replace(SERVING, name))
        .replaceAll(`allow-gateway-${SERVING}-ingress`, `allow-gateway-${name}-ingress`),
    );
  const release = resource['helm_release']?.[RELEASE] ?? {};
  const policy = resource[POLICIES]?.[INGRESS] ?? {};
  const rest = Object.fromEntries(Object.entries(release).filter(([key]) => key !== 'values'));
  (resource['helm_release'] ??= {})[RELEASE.replace(SERVING, name)] = withValues(
    renamed(rest),
    renamed(valuesOf(release)),
  );
  (resource[POLICIES] ??= {})[INGRESS.replace(SERVING, name)] = renamed(policy);
}

/** Admission of the guardrails holds in these namespaces, too. */
function addNamespaces({ resource }: Stack, names: readonly string[]): void {
  const releases = resource['helm_release'] ?? {};
  for (const [name, release] of Object.entries(releases)) {
    const list = `"values":["`;
    const text = JSON.stringify(valuesOf(release)).replaceAll(list, `${list}${names.join('","')}","`);
    releases[name] = withValues(release, parse(text));
  }
}

/** The mirror lets the pods of these namespaces in. */
function addWeightReaders({ resource }: Stack, names: readonly string[]): void {
  const spec = resource[POLICIES]?.['namespace_lockdown_allow-weights-ingress']?.['spec'] as
    { ingress: { from: Fields[] }[] } | undefined;
  const [rule] = spec?.ingress ?? [];
  const [peer] = rule?.from ?? [];
  for (const name of names) rule?.from.push(parse(JSON.stringify(peer).replaceAll(`"${NAMESPACE}"`, `"${name}"`)));
}

/**
 * Copies a plan that CDKTF wrote, with as many teams as make about so many resources.
 *
 * @returns how many there are
 */
export async function growPlan(from: string, to: string, resources: number): Promise<number> {
  await cp(from, to, { recursive: true });
  const file = (stack: string): string => path.join(to, 'stacks', stack, 'cdk.tf.json');
  const read = async (stack: string): Promise<Stack> => parse(await readFile(file(stack), 'utf8')) as unknown as Stack;
  const manifest = parse(await readFile(path.join(to, 'manifest.json'), 'utf8')) as { stacks: Record<string, Fields> };
  const stacks = await Promise.all(Object.keys(manifest.stacks).map(async (name) => [name, await read(name)] as const));
  const before = stacks.reduce((sum, [, stack]) => sum + count(stack), 0);
  const [shared, guardrails, mirror] = await Promise.all([read('serving'), read('guardrails'), read('mirror')]);
  const each = count(shared) + 2;
  const teams = Array.from({ length: Math.max(0, Math.round((resources - before) / each)) }, (_, at) =>
    String(at).padStart(5, '0'),
  );
  const original = await readFile(file('serving'), 'utf8');
  for (const team of teams) {
    const name = `serving-${team}`;
    await mkdir(path.dirname(file(name)), { recursive: true });
    await cp(path.join(to, 'stacks/serving'), path.dirname(file(name)), { recursive: true });
    const text = original
      .replaceAll(NAMESPACE, `${NAMESPACE}-${team}`)
      .replaceAll('"stackName": "serving"', `"stackName": "${name}"`)
      .replaceAll('serving.tfstate', `${name}.tfstate`)
      .replaceAll('"path": "serving/', `"path": "${name}/`);
    await writeFile(file(name), text);
    manifest.stacks[name] = parse(
      JSON.stringify(manifest.stacks['serving'])
        .replaceAll('"serving"', `"${name}"`)
        .replaceAll('stacks/serving', `stacks/${name}`),
    );
    addServing(shared, `${SERVING}-${team}`);
  }
  const names = teams.map((team) => `${NAMESPACE}-${team}`);
  addNamespaces(guardrails, names);
  addWeightReaders(mirror, names);
  const write = (stack: string, value: Stack): Promise<void> => writeFile(file(stack), JSON.stringify(value, null, 2));
  await write('serving', shared);
  await write('guardrails', guardrails);
  await write('mirror', mirror);
  await writeFile(path.join(to, 'manifest.json'), JSON.stringify(manifest, null, 2));
  return before + teams.length * each;
}
