/** The pods of a plan as programs of this machine: their own arguments, variables and files, at other folders and an address of loopback. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.js';
import type { PlainObject } from '../../audit/kubernetes/plain.js';
import { isOk, mustRun, type Service, startService } from '../harness/processes.mjs';
import { makeFolder } from '../harness/scratch.mjs';

/** What the plan's own probe gives the gateway to start: 30 tries, 10 s apart. */
const READY_MS = 300_000;

/** How a container's image is started here; undefined where there is no such program. */
export type ProgramOf = (container: Container) => readonly string[] | undefined;

export interface Pod {
  readonly name: string;
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

export const podsOf = (objects: readonly PlainObject[]): Pod[] =>
  objects
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata, spec }) => {
      const { template } = spec as { template: { spec: PodSpec; metadata: { labels: Record<string, string> } } };
      return {
        name: `${metadata.namespace ?? ''}/${metadata.name}`,
        spec: template.spec,
        labels: template.metadata.labels,
      };
    });

/** Where each mount of a pod lies here. */
type Folders = ReadonlyMap<string, string>;

const foldersOf = ({ initContainers = [], containers }: PodSpec, home: string): Folders =>
  new Map(
    [...initContainers, ...containers].flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name, mountPath, subPath = '' }) => [mountPath, path.join(home, name, subPath)] as const),
    ),
  );

/** A text of the plan, with the pod's folders where this machine has them. In one pass: what is put in holds such paths itself. */
function moved(text: string, folders: Folders): string {
  const longestFirst = [...folders.keys()].sort((a, b) => b.length - a.length).map((one) => one.replace(/\W/g, '\\$&'));
  return longestFirst.length === 0
    ? text
    : text.replace(new RegExp(longestFirst.join('|'), 'g'), (found) => folders.get(found) ?? found);
}

/** Folders for all volumes, and the files of those that the plan fills. */
async function makeVolumes(spec: PodSpec, objects: readonly PlainObject[], home: string): Promise<Folders> {
  const folders = foldersOf(spec, home);
  for (const { name, configMap } of spec.volumes ?? []) {
    await mkdir(path.join(home, name), { recursive: true });
    const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap?.name);
    const { data = {} } = (found ?? {}) as { readonly data?: Readonly<Record<string, string>> };
    for (const [file, text] of Object.entries(data)) await writeFile(path.join(home, name, file), moved(text, folders));
  }
  return folders;
}

/**
 * Runs what comes before, starts what stays, and returns once it is ready by its own probe.
 *
 * @param address where it listens in place of all addresses
 */
export async function startPod(
  { name, spec }: Pod,
  { objects, programOf, address }: { objects: readonly PlainObject[]; programOf: ProgramOf; address: string },
): Promise<Service> {
  const home = await makeFolder('pod');
  const folders = await makeVolumes(spec, objects, home);
  const here = (text: string): string => moved(text.replaceAll('0.0.0.0', address), folders);
  const commandOf = (container: Container): readonly [string, readonly string[], Record<string, string>] => {
    const [program, ...first] = programOf(container) ?? [];
    if (program === undefined) throw new Error(`nothing here runs container "${container.name}" of ${name}`);
    // A Secret is what `airlock secrets create … --random` makes of it.
    const env = (container.env ?? []).map(
      ({ name: variable, value }) => [variable, here(value ?? randomBytes(32).toString('base64url'))] as const,
    );
    return [program, [...first, ...(container.args ?? []).map(here)], { HOME: home, ...Object.fromEntries(env) }];
  };
  for (const container of spec.initContainers ?? []) {
    const [program, args, env] = commandOf(container);
    await mustRun(program, args, { cwd: home, env });
  }
  const [container] = spec.containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  const [program, args, env] = commandOf(container);
  const { httpGet } = container.readinessProbe ?? {};
  const port = container.ports?.find(({ name: one }) => one === httpGet?.port)?.containerPort ?? httpGet?.port;
  return startService(program, args, {
    cwd: home,
    env,
    ready: () => isOk(`http://${address}:${String(port)}${httpGet?.path ?? '/'}`),
    withinMs: READY_MS,
  });
}
