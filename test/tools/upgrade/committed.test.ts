import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../../../tools/examples';
import { formatFaults } from '../../../tools/upgrade/committed';

describe('files of the last release', () => {
  it('are a fault when the kit no longer reads them', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'airlock-formats-'));
    try {
      cpSync(path.join(ROOT, 'test', 'fixtures', 'stack'), folder, { recursive: true });
      expect(await formatFaults(folder)).toEqual([]);
      const enclave = path.join(folder, 'enclave.yaml');
      writeFileSync(enclave, readFileSync(enclave, 'utf8').replace('registry:', 'registryHost:'));
      expect(await formatFaults(folder)).toEqual([
        expect.stringMatching(/^the kit no longer reads what sites have: .*enclave\.yaml.*registryHost/),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
