/** A private certificate authority and server certificates for loopback, made with openssl. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './processes.mjs';

/** PEM files. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificates extends KeyPair {
  /** PEM file of the authority's certificate. */
  readonly authority: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export async function makeAuthority(folder: string): Promise<KeyPair> {
  const [certificate, key] = [path.join(folder, 'ca.pem'), path.join(folder, 'ca.key')];
  const subject = ['-subj', '/CN=Airlock test authority', '-days', '2'];
  await mustRun('openssl', ['req', '-x509', ...NEW_KEY, ...subject, '-keyout', key, '-out', certificate]);
  return { certificate, key };
}

export async function issueCertificate(authority: KeyPair, folder: string): Promise<KeyPair> {
  const file = (ending: string): string => path.join(folder, `server.${ending}`);
  const [certificate, key, request, extensions] = [file('pem'), file('key'), file('csr'), file('ext')];
  await mustRun('openssl', ['req', ...NEW_KEY, '-subj', '/CN=mirror', '-keyout', key, '-out', request]);
  await writeFile(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const by = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial'];
  const signing = [...by, '-days', '2', '-extfile', extensions];
  await mustRun('openssl', ['x509', '-req', '-in', request, ...signing, '-out', certificate]);
  return { certificate, key };
}

export async function makeCertificates(folder: string): Promise<Certificates> {
  const authority = await makeAuthority(folder);
  return { authority: authority.certificate, ...(await issueCertificate(authority, folder)) };
}
