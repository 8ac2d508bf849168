/** What a person does to the files that `airlock init` writes: edit each placeholder, uncomment paragraphs. */
import type { StarterFiles } from '../../site/starter-files';

/** By what is wanted, where one key has several. */
const WANTED: Readonly<Record<string, string>> = {
  'the address of your registry as a range with /32': '10.20.5.20/32',
  'the address of your identity provider as a range with /32': '10.20.5.10/32',
};

const EDITS: Readonly<Record<string, string>> = {
  reviewedBy: 'counsel@bank.example',
  reviewedOn: '2026-11-02',
  owner: 'platform@bank.example',
  reason: 'dm-crypt below every disk',
  hash: 'a1'.repeat(32),
  sha256: 'b2'.repeat(32),
};

/** A placeholder, with the key that it is the value of. */
const PLACEHOLDER = /(?<=(\w+): "?(?:sha256:)?)<EDIT [^<>]+>/g;

/** Places of placeholders in a text, from its start on. */
export const placeholderOffsets = (text: string): number[] => [...text.matchAll(PLACEHOLDER)].map(({ index }) => index);

/** @param spared offset of a placeholder that is left alone */
export const edited = (text: string, spared?: number): string =>
  text.replace(PLACEHOLDER, (found, key: string, at: number) => {
    const site = /^(?:name|site): (\S+)$/m.exec(text)?.[1] ?? '';
    const value = key === 'registry' ? `registry.${site}.internal:5443` : (WANTED[found.slice(6, -1)] ?? EDITS[key]);
    if (value === undefined) throw new Error(`nobody has said what to write as ${key}`);
    return at === spared ? found : value;
  });

const YAML = /^# (?=[a-z]\w*:| )/;

/** A paragraph that stands in comments. */
export interface Paragraph {
  readonly file: keyof StarterFiles;
  /** Its keys at the top level. */
  readonly keys: readonly string[];
  /** Keys of other paragraphs that it says it needs. */
  readonly needs: readonly string[];
}

const split = (text: string): string[] => text.split('\n\n');

export const paragraphs = (files: StarterFiles): Paragraph[] =>
  (['site.yaml', 'enclave.yaml'] as const).flatMap((file) =>
    split(files[file])
      .filter((text) => text.split('\n').some((line) => YAML.test(line)))
      .map((text) => ({
        file,
        keys: [...text.matchAll(/^# ([a-z]\w*):/gm)].map(([, key = '']) => key),
        needs: (/Needs ([\w, ]+)\./.exec(text)?.[1] ?? '').split(', ').filter((key) => key !== ''),
      })),
  );

/** A paragraph, with all that it needs, and what that needs. */
export function closure(chosen: readonly Paragraph[], all: readonly Paragraph[]): readonly Paragraph[] {
  const more = all.filter(
    (one) => !chosen.includes(one) && chosen.some(({ needs }) => needs.some((key) => one.keys.includes(key))),
  );
  return more.length === 0 ? chosen : closure([...chosen, ...more], all);
}

/** The files with some paragraphs out of their comments. */
export const uncommented = (files: StarterFiles, chosen: readonly Paragraph[]): StarterFiles => {
  const open = (file: keyof StarterFiles): string =>
    split(files[file])
      .map((text) => {
        const wanted = chosen.some((one) => one.file === file && text.includes(`# ${one.keys[0] ?? ''}:`));
        return wanted
          ? text
              .split('\n')
              .map((line) => line.replace(YAML, ''))
              .join('\n')
          : text;
      })
      .join('\n\n');
  return { 'site.yaml': open('site.yaml'), 'enclave.yaml': open('enclave.yaml') };
};
