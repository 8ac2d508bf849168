/** The terraform or tofu that the lock names, copied to where nobody else can change it. */
import { chmod, cp, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Digest, digestOf } from '../../core/digest';
import { badInput, checkFailed } from '../../core/errors';
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

async function isZip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(ZIP.length), 0, ZIP.length, 0);
    return buffer.equals(ZIP);
  } finally {
    await handle.close();
  }
}

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
  await cp(given, copy).catch(() => {
    throw badInput(
      'PROGRAM_MISSING',
      `there is no program ${given}`,
      'name the file of the lock with --terraform <path>',
    );
  });
  const digest = digestOf(await readFile(copy));
  if (digest !== `sha256:${locked.sha256}`) {
    throw checkFailed(
      'DEPLOY_PROGRAM_UNLOCKED',
      `${given} is ${digest}, the lock names sha256:${locked.sha256} as "${name}"`,
      'pass the file that the bundle brought: `airlock import` keeps it in the store',
    );
  }
  const program = path.join(folder, 'terraform');
  if (await isZip(copy)) await writeFile(program, await unpackedFile(copy, PROGRAMS));
  else await cp(copy, program);
  await chmod(program, 0o700);
  return { program, digest };
}
