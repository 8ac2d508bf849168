/** A private certificate authority and a server certificate for loopback, made with openssl. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './processes.mjs';

export interface Certificates {
  /** PEM files. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function makeCertificates(folder: string): Promise<Certificates> {
  const [authority, authorityKey, certificate, key, request, extensions] = [
    'ca.pem',
    'ca.key',
    'server.pem',
    'server.key',
    'server.csr',
    'server.ext',
  ].map((name) => path.join(folder, name)) as [string, string, string, string, string, string];
  const subject = ['-subj', '/CN=Airlock test authority'];
  await mustRun('openssl', [
    'req',
    '-x509',
    ...NEW_KEY,
    ...subject,
    '-days',
    '2',
    '-keyout',
    authorityKey,
    '-out',
    authority,
  ]);
  await mustRun('openssl', ['req', ...NEW_KEY, '-subj', '/CN=mirror', '-keyout', key, '-out', request]);
  await writeFile(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const signing = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-days', '2', '-extfile', extensions];
  await mustRun('openssl', ['x509', '-req', '-in', request, ...signing, '-out', certificate]);
  return { authority, certificate, key };
}
