/** docs/tutorial.md as data: its fenced blocks (CommonMark §4.5), in order. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

// Not __dirname: a TypeScript loader may give CommonJS modules a wrong one.
export const ROOT = path.resolve(path.dirname(__filename), '../..');
export const PAGE = 'docs/tutorial.md';

/**
 * What the word behind `sh` says of a block; none: it is typed and must succeed.
 *
 * checkout: done once in the checkout. fails: must be refused. far: nothing reaches the internet from here on. cluster: needs a
 * cluster. stays: runs on in a terminal of its own. terraform: needs Terraform, and the mirror under its own name. call: needs the
 * gateway of the plan on port 8080.
 */
export const WORDS = ['checkout', 'fails', 'far', 'cluster', 'stays', 'terraform', 'call'] as const;
export type Word = (typeof WORDS)[number];

export interface Block {
  /** Line of the page on which the block begins, from 1. */
  readonly line: number;
  /** `sh`, or the file that the block is the content of. */
  readonly language: string;
  /** What stands behind the language. */
  readonly words: readonly string[];
  readonly code: string;
}

export const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^```(\S+)(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language = '', 2: info = '', 3: code = '', index }) => ({
      line: text.slice(0, index).split('\n').length,
      language,
      words: info.split(' ').filter((word) => word !== ''),
      code,
    }),
  );

export const tutorial = (): Block[] => blocksOf(readFileSync(path.join(ROOT, PAGE), 'utf8'));

export const says = ({ words }: Block, word: Word): boolean => words.includes(word);

/** What a person does to a text that says `<EDIT …>`: writes the value of the key before it. */
export const filledIn = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\b(\w+): (?:sha256:)?<EDIT [^<>]+>/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`nobody has said what to write as ${key}`);
    return `${key}: ${value}`;
  });
