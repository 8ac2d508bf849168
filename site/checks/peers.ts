/** Pods of the site that the platform talks to are not the platform's own: its namespaces open no flows for others. */
import { NAMESPACES } from '../../catalog/platform/names';
import type { Enclave } from '../generated/enclave';
import type { YamlDocument } from '../reading/yaml-document';

const OWN: readonly string[] = Object.values(NAMESPACES);

/** Every namespace that an enclave names as one of others, with its place. */
function namedBy({ callers, monitoring, traces }: Enclave): (readonly [path: (string | number)[], name: string])[] {
  return [
    ...(callers?.workloads ?? []).map(
      ({ namespace }, at) => [['callers', 'workloads', at, 'namespace'], namespace] as const,
    ),
    ...(monitoring === undefined ? [] : [[['monitoring', 'namespace'], monitoring.namespace] as const]),
    ...(traces?.readers ?? []).map(({ namespace }, at) => [['traces', 'readers', at, 'namespace'], namespace] as const),
  ].map(([path, name]) => [[...path], name]);
}

export function checkPeers(document: YamlDocument, enclave: Enclave): void {
  for (const [path, name] of namedBy(enclave)) {
    if (OWN.includes(name))
      document.fault(path, `"${name}" is a namespace of the platform`, 'name the namespace in which those pods run');
  }
}
