import { gunzipSync } from 'node:zlib';
import { digestOf } from '../../../core/digest';
import { storedGzip } from '../../../offline-bundle/layout/stored-gzip';
import { seededBytes } from '../../outside-world/bytes';

describe('storedGzip', () => {
  it.each([0, 1, 65_534, 65_535, 65_536, 131_070, 1_000_003])('is read back by zlib: %d bytes', (size) => {
    const bytes = seededBytes(`gzip ${size}`, size);
    expect(gunzipSync(storedGzip(bytes)).equals(bytes)).toBe(true);
  });

  it('is fixed once and for all, since locks name images made of it', () => {
    expect(digestOf(storedGzip(Buffer.from('airlock')))).toBe(
      'sha256:6d0c60b46dc48f9f2b9cdee0935bb87345822cfdab7cdc835b3089b300d635e3',
    );
  });
});
