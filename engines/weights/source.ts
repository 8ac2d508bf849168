/** An OCI server outside the cluster that has the models: how pods reach it, and how they trust it. */
import { isIP } from 'node:net';
import type { HostAlias } from 'kubernetes-types/core/v1';
import type { Destination } from '../../catalog/platform/flow';

/** Where models come from that are not in the cluster. */
export interface WeightSource {
  /** `host[:port]`, reached over TLS. */
  readonly host: string;
  /** The same as an address that policies can name. */
  readonly destination: Destination;
  /**
   * CA certificate, PEM.
   *
   * @default - the CAs that Node brings
   */
  readonly ca?: string;
}

export const sourceUrl = ({ host }: WeightSource): string => `https://${host}`;

/** `host` of `host[:port]`. */
const nameOf = ({ host }: WeightSource): string => host.replace(/:\d+$/, '');

/** The address of a destination that is exactly one, else undefined. */
const singleAddress = (cidr: string): string | undefined => /^(.*)\/(?:32|128)$/.exec(cidr)?.[1];

/** Where the source is one address, pods need no DNS for it. */
export function sourceAliases(source: WeightSource): HostAlias[] {
  const ip = singleAddress(source.destination.cidr);
  return ip === undefined || isIP(nameOf(source)) !== 0 ? [] : [{ ip, hostnames: [nameOf(source)] }];
}

/** Whether pods must ask the cluster's resolver for the source. */
export const sourceNeedsDns = (source: WeightSource): boolean =>
  sourceAliases(source).length === 0 && isIP(nameOf(source)) === 0;
