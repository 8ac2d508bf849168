/** Trust policies, as people read about them. */
import type { Page } from '../../core/page';
import { show } from '../../core/visible';
import type { PolicySignature } from '../../offline-bundle/trust/policy-signatures';

export const policySignaturePage = ({ file, keyId, previous, policy, signers, threshold }: PolicySignature): Page => [
  show`key ${keyId} says that a policy follows another`,
  show`  new  ${policy}`,
  show`  old  ${previous}`,
  show`  in   ${file}`,
  signers.length >= threshold
    ? show`signed by ${signers.length} of ${threshold}: bring it to the far side beside the new policy`
    : show`signed by ${signers.length} of ${threshold}: the others sign it, too`,
];
