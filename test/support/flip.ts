import { readFile, writeFile } from 'node:fs/promises';

/** Changes one bit of a file. @param at the byte, by default the middle one */
export async function flip(file: string, at?: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[at ?? bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
}
