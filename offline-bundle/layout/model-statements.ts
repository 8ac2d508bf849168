/** The OMS statements about the models of a lock. */
import { fromHex } from '../../core/digest';
import type { Lock } from '../../site/generated/lock';
import { modelStatement } from '../trust/model-signature';

/** What signers say of each model, by its name: a pure function of the lock. */
export const modelStatements = ({ models }: Pick<Lock, 'models'>): Map<string, Buffer> =>
  new Map(
    models.map(({ name, files }) => [
      name,
      modelStatement(
        name,
        files.map(({ path, sha256 }) => ({ path, digest: fromHex(sha256) })),
      ),
    ]),
  );
