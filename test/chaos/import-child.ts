/** The process that the chaos test kills: `node <this> <bundle> <store> <public key>`. */
import { importBundle } from '../../offline-bundle/import/import-bundle';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys';

const [dir = '', storeDir = '', key = ''] = process.argv.slice(2);

void readTrustedKeys([key])
  .then((trusted) => importBundle({ dir, storeDir, trusted, threshold: 1 }))
  .then(({ result, copied }) => process.stdout.write(JSON.stringify({ result, copied })));
