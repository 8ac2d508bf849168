/** Repositories under which the enclave's registry and the mirror serve what the bundle carries. */
import type { OciReference } from '../core/oci-reference';

/** Groups of an IPv6 address in full, `0` for those that `::` stands for: two ways to write one address are one folder. */
function ipv6Groups(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] =>
    text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const between =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...between, ...after].join('-');
}

/**
 * Folder of an upstream host's images below the enclave's registry, as repositories are named (distribution-spec, "Pulling
 * manifests": `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`).
 *
 * @param host with a port or without; IPv6 in brackets
 */
export function hostFolder(host: string): string {
  const [, address, port] = /^\[([0-9a-f:]+)\](?::(\d+))?$/.exec(host.toLowerCase()) ?? [];
  if (address !== undefined) return ['ipv6', ipv6Groups(address), ...(port === undefined ? [] : [port])].join('-');
  return host.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
}

/** An upstream image keeps its full name below the enclave's registry, so that two hosts never collide. */
export const imageRepository = (reference: OciReference): string => `${hostFolder(reference.host)}/${reference.path}`;

export const modelRepository = (model: string): string => `models/${model}`;
/** The model as an image, for image volumes. */
export const modelImageRepository = (model: string): string => `model-images/${model}`;
/** The Ollama store of a serving. */
export const storeRepository = (serving: string): string => `ollama/${serving}`;
export const fileRepository = (file: string): string => `files/${file}`;
/**
 * A chart keeps its address below the enclave's registry, and ends in its name: Helm takes that for the name of the chart.
 *
 * @param repository `https://…` or `oci://…`
 */
export function chartRepository(repository: string, chart: string): string {
  const [host = '', ...path] = repository.replace(/^[a-z]+:\/\//, '').split('/');
  const folders = path.map((part) => part.toLowerCase().replace(/[^a-z0-9]+/g, '-'));
  return ['charts', hostFolder(host), ...folders, chart].join('/');
}
export const providerRepository = (source: string): string => `providers/${source}`;

export const KIT_REPOSITORY = 'airlock/kit';
export const BUNDLE_REPOSITORY = 'airlock/bundle';
export const RECORD_REPOSITORY = 'airlock/record';
