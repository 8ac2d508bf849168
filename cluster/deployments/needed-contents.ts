/** What a plan pulls from outside of the cluster: manifests that must still be there before one goes back to it. */
import type { Container } from 'kubernetes-types/core/v1';
import type { PlainObject } from '../../audit/kubernetes/plain';
import { type Digest, isDigest } from '../../core/digest';
import { fileRepository, modelRepository } from '../../site/enclave-names';
import { podsOf } from '../pod-specs';

export interface NeededContent {
  /** Host and port of the registry or mirror. */
  readonly host: string;
  readonly repository: string;
  readonly digest: Digest;
}

const REFERENCE = /^([^/@\s]+)\/([^@\s]+)@(sha256:[0-9a-f]{64})$/;
/** Flags of the kit's own commands, by the repository of what they name. */
const FLAGS: Readonly<Record<string, (name: string) => string>> = {
  '--pin': (repository) => repository,
  '--model': modelRepository,
  '--file': fileRepository,
};
/** Where a container pulls from: `airlock mirror`, `airlock weights fetch`. */
const SOURCES = ['--fill-from', '--mirror'];
/** Services of the cluster; what they serve is pinned by the mirror itself. */
const INSIDE = /\.svc(?:\.|:|$)/;

function image(reference: string): NeededContent[] {
  const [, host = '', repository = '', digest = ''] = REFERENCE.exec(reference) ?? [];
  return isDigest(digest) ? [{ host, repository, digest }] : [];
}

function pulled({ args = [] }: Container): NeededContent[] {
  const source = args[args.findIndex((argument) => SOURCES.includes(argument)) + 1];
  if (source === undefined || !URL.canParse(source)) return [];
  const { host } = new URL(source);
  if (INSIDE.test(host)) return [];
  return args.flatMap((argument, at) => {
    const [name = '', digest = ''] = (args[at + 1] ?? '').split('@');
    const repository = FLAGS[argument]?.(name);
    return repository !== undefined && isDigest(digest) ? [{ host, repository, digest }] : [];
  });
}

/** Every image and every pinned content of a plan, once, sorted. */
export function neededContents(objects: readonly PlainObject[]): NeededContent[] {
  const found = objects
    .flatMap(podsOf)
    .flatMap(({ spec: { initContainers = [], containers, volumes = [] } }) => [
      ...[...initContainers, ...containers].flatMap((container) => [
        ...image(container.image ?? ''),
        ...pulled(container),
      ]),
      ...volumes.flatMap((volume) =>
        image((volume as { readonly image?: { readonly reference?: string } }).image?.reference ?? ''),
      ),
    ]);
  const unique = new Map(found.map((one) => [`${one.host}/${one.repository}@${one.digest}`, one]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, content]) => content);
}
