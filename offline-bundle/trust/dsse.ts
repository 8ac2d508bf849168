/** DSSE: what is signed is the type and the payload together (secure-systems-lab/dsse, protocol.md v1.0). */

/** Payload type of in-toto statements (in-toto/attestation, spec/v1/envelope.md). */
export const IN_TOTO_PAYLOAD = 'application/vnd.in-toto+json';

/**
 * Pre-authentication encoding: `DSSEv1 SP LEN(type) SP type SP LEN(payload) SP payload`, lengths in bytes as decimal.
 * The signature is taken over this.
 */
export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const header = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(header, 'utf8'), payload]);
}
