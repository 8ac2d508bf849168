/** Keys of signers and of callers, as people read them. */
import type { Page } from '../../core/page';
import { type Line, show } from '../../core/visible';
import type { CallerKey } from '../../gateway/caller-key';
import type { EncryptedKeyFile, KeyFiles } from '../../offline-bundle/trust/key-files';

export const keyPairPage = ({ keyId, privateFile, publicFile }: KeyFiles): Page => [
  show`key ${keyId}`,
  show`  private  ${privateFile}  (keep it, and its passphrase apart from it)`,
  show`  public   ${publicFile}  (bring it to the far side by another path than the bundle)`,
];

export const encryptedKeyPage = ({ keyId, privateFile, before }: EncryptedKeyFile): Page => [
  show`key ${keyId}`,
  show`  private  ${privateFile}  (encrypted anew)`,
  ...(before === undefined ? [] : [show`  before   ${before}`]),
  show`  copies of the file stay as they were: remove them, or encrypt them, too`,
];

/** An id or a hash alone, for people and for scripts. */
export const idLine = (id: string): Line => show`${id}`;

export const callerKeyPage = ({ key, hash }: CallerKey): Page => [show`key   ${key}`, show`hash  ${hash}`];
