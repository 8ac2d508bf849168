/** The certificate that callers see is replaced without a gap. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { issueCertificate, type KeyPair, makeAuthority } from '../../../harness/certificates.mjs';
import { expectEqual, type Suite } from '../../../harness/report.mjs';
import { makeFolder } from '../../../harness/scratch.mjs';
import type { GatewayProgram } from '../../gateways/gateway.mjs';
import { startRollout } from '../../gateways/rollout.mjs';
import { withCallers } from '../../world/callers.mjs';
import { programs } from './calls.mjs';
import { type Checkpoints, CURRENT_KEY, operationsPolicy } from './policy.mjs';

export interface CertificateWorld {
  readonly program: GatewayProgram;
  readonly checkpoints: Checkpoints;
  readonly replicas: number;
}

const fingerprint = async ({ certificate }: KeyPair): Promise<string> =>
  new X509Certificate(await readFile(certificate)).fingerprint256;

/** Of the certificate that a connection is shown, by somebody who trusts the authority. */
const shown = (url: string, ca: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
    socket.once('error', reject);
  });

export async function certificate(suite: Suite, { program, checkpoints, replicas }: CertificateWorld): Promise<void> {
  const authority = await makeAuthority(await makeFolder('authority'));
  const ca = await readFile(authority.certificate);
  const before = await issueCertificate(authority, await makeFolder('certificate'));
  const after = await issueCertificate(authority, await makeFolder('certificate'));
  const policy = operationsPolicy(checkpoints, { tls: true, replicas });
  const { url, replace, stop } = await startRollout(program, policy, before);
  /** Every instance must show the same. */
  const all = async (): Promise<string[]> => {
    const found = new Set<string>();
    for (let at = 0; at < 2 * replicas; at += 1) found.add(await shown(url, ca));
    return [...found];
  };
  await suite.check('the certificate is replaced, and no call fails meanwhile', async () => {
    expectEqual(await all(), [await fingerprint(before)], 'before');
    const calls = await withCallers(programs(url, CURRENT_KEY, ca), () => replace(policy, after));
    expectEqual(await all(), [await fingerprint(after)], 'after');
    return `${String(calls)} calls, none failed`;
  });
  await stop();
}
