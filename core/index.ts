/**
 * What every part of the kit speaks: its one error, digests, canonical JSON, references of images, quantities.
 *
 * @packageDocumentation
 */
export { ADDRESS_FAMILIES, type AddressFamily, AddressSet } from './address-set';
export { kitVersion } from './assets';
export { canonicalJson, type Json, reviewJson } from './canonical-json';
export type { Descriptor, OciIndex, OciManifest, Platform } from './descriptor';
export { type Digest, digestOf, hexOf, isDigest, parseDigest } from './digest';
export {
  AirlockError,
  type AirlockErrorDetails,
  type ErrorCode,
  EXIT_CODES,
  type FailureKind,
  type SourceFault,
} from './errors';
export { formatOciReference, type OciReference, parseOciReference } from './oci-reference';
export type { Progress } from './progress';
export { parseQuantity } from './quantity';
export { type Line, type Text, visible } from './visible';
