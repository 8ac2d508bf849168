/**
 * How bytes cross the gap, as the far side sees it: keys, seals, verification, import. `airlock lock` and
 * `airlock bundle create` make what is verified here.
 *
 * @packageDocumentation
 */
export type { Ledger, SealedBundle } from './bundle/ledger';
export { type SealChoices, signBundle, type SignOptions, type SignResult } from './bundle/sign';
export { type BlobTotal, importBundle, type ImportOptions, type ImportReport } from './import/import-bundle';
export type { RootTrust } from './store/root-record';
export { encryptKeyFile, type EncryptedKeyFile, type KeyFiles, writeKeyPair } from './trust/key-files';
export { keyId, loadPrivateKey, type LoadPrivateKeyOptions, loadPublicKey, type TrustedKey } from './trust/keys';
export { keysWith, loadTrustPolicy, type PolicyKey, type TrustPolicy } from './trust/policy';
export { readPolicySignatures } from './trust/policy-signatures';
export type { SealStatement } from './trust/seal';
export { commandSigner, keySigner, type Signer } from './trust/signer';
export { TRUST_REASONS, type TrustReason } from './verify/judge-trust';
export { type Check, type CheckId, failures, type Fault, type VerifyReport } from './verify/report';
export type { TrustOptions } from './verify/seal-check';
export { readTrustedKeys } from './verify/trusted-keys';
export { verifyBundle, type VerifyOptions } from './verify/verify-bundle';
