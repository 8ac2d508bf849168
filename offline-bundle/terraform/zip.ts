/** ZIP archives as Terraform's packages come in. */
import { open as openZip, type Entry, type ZipFile } from 'yauzl';

/** Opens an archive; whoever opens it closes it. */
export const openArchive = (file: string): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    // Names stay bytes: Go hashes them as they stand in the archive, in whatever encoding.
    openZip(file, { lazyEntries: true, autoClose: false, decodeStrings: false }, (error, zip) =>
      error === null ? resolve(zip) : reject(error),
    );
  });

export const entriesOf = (zip: ZipFile): Promise<Entry[]> =>
  new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.readEntry();
  });

/** What an entry holds, unpacked, piece by piece. */
export const contentOf = (zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> =>
  new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, body) => (error === null ? resolve(body) : reject(error)));
  });
