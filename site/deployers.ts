/** Who may change what admission guards. */
import { ADMINISTRATORS } from '../catalog/administrators';
import type { Enclave } from './generated/enclave';
import type { Site } from './generated/site';

/** User names that the enclave names, else the administrator of the distribution; none where that one is not known. */
export function deployersOf({ deployers }: Enclave, { cluster }: Site): readonly string[] {
  const administrator = ADMINISTRATORS[cluster.distribution];
  return deployers ?? (administrator === undefined ? [] : [administrator]);
}
