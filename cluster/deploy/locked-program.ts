/** The terraform or tofu that the lock names, copied to where nobody else can change it. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
import { readRegular } from '../../core/read-regular';
import { unpackedFile } from '../../offline-bundle/terraform/unpack';
import type { Lock } from '../../site/generated/lock';

export interface LockedProgram {
  /** Path of the copy. */
  readonly program: string;
  /** Digest of the file that the lock names. */
  readonly digest: Digest;
}

/** Names of the program inside of the ZIP that it comes in. */
const PROGRAMS = ['terraform', 'tofu'];
/** Local file header of a ZIP (PKWARE APPNOTE, 4.3.7). */
const ZIP = Buffer.from('PK\u0003\u0004');

/**
 * Copies the program, and demands that the copy is what the lock names.
 *
 * @param given path of the program, or of the ZIP that it comes in
 * @param name of the file in the lock
 * @throws AirlockError (check) when it is another program, or the lock names none; (input) when it is not there
 */
export async function lockedProgram(
  given: string,
  { files }: Lock,
  name: string,
  folder: string,
): Promise<LockedProgram> {
  const locked = files.find((file) => file.name === name);
  if (locked === undefined) {
    throw checkFailed(
      'DEPLOY_PROGRAM_UNLOCKED',
      `the lock has no file "${name}", so nothing says which Terraform may act`,
      'list terraform or tofu under files of site.yaml, lock again, and say its name in deployment.terraform of enclave.yaml',
    );
  }
  const copy = path.join(folder, 'terraform-as-locked');
  const bytes = await readRegular(given).catch(() => {
    throw badInput(
      'PROGRAM_MISSING',
      `there is no program ${given}`,
      'name the file of the lock with --terraform <path>',
    );
  });
  await writeFile(copy, bytes, { mode: 0o700, flag: 'wx' });
  const digest = digestOf(bytes);
  if (digest !== `sha256:${locked.sha256}`) {
    throw checkFailed(
      'DEPLOY_PROGRAM_UNLOCKED',
      `${given} is ${digest}, the lock names sha256:${locked.sha256} as "${name}"`,
      'pass the file that the bundle brought: `airlock import` keeps it in the store',
    );
  }
  if (!bytes.subarray(0, ZIP.length).equals(ZIP)) return { program: copy, digest };
  const program = path.join(folder, 'terraform');
  await writeFile(program, await unpackedFile(copy, PROGRAMS), { mode: 0o700, flag: 'wx' });
  return { program, digest };
}
