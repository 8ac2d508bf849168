/** Texts of trust policies for the tests. */
import { stringify } from 'yaml';
import type { TestSigner } from './signers';

export interface PolicyEntry {
  readonly name: string;
  readonly signer: TestSigner;
  readonly roles: readonly string[];
  readonly notBefore?: string;
  readonly notAfter?: string;
}

/** @param more fields beside site and keys, or in place of them */
export const policyText = (keys: readonly PolicyEntry[], more: Readonly<Record<string, unknown>> = {}): string =>
  stringify({
    ...{ apiVersion: 'airlock/v1alpha1', kind: 'Trust', sites: ['nordlicht'] },
    keys: keys.map(({ signer, ...entry }) => ({ ...entry, publicKey: signer.publicPem })),
    ...more,
  });
