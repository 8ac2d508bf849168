/** The three files that everything is decided from. */
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';

/** The three files, loaded. */
export interface Inputs {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}
