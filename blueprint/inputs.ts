/** The three files that everything is decided from. */
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';

export interface Inputs {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
}
