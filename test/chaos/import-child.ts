/**
 * The process that the chaos test kills: `node <this> <bundle> <store> <public key>`. It says `working` on a line of its
 * own when the copying begins, and ends with its result as JSON.
 */
import { type Progress, SILENT } from '../../core/progress';
import { importBundle } from '../../offline-bundle/import/import-bundle';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys';

const [dir = '', storeDir = '', key = ''] = process.argv.slice(2);

const progress: Progress = {
  ...SILENT,
  start: (phase) => {
    if (phase === 'import') process.stdout.write('working\n');
  },
};

void readTrustedKeys([key])
  .then((trusted) => importBundle({ dir, storeDir, trusted, threshold: 1, progress }))
  .then(({ result, copied }) => process.stdout.write(JSON.stringify({ result, copied })));
