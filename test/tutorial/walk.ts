/** Goes through the page as a new user does: types each block in order, writes each file, edits what says `<EDIT …>`. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Block, filledIn, says, type Word, WORDS } from './page';
import type { Shell } from './shell';

export interface Step {
  readonly line: number;
  /** First command of the block, or the file that it is. */
  readonly what: string;
  readonly outcome: 'typed' | 'refused' | 'written' | 'skipped';
  /** What it said, or why it was skipped. */
  readonly said: string;
  readonly seconds: number;
}

/** What came of a block. */
export type Done = Pick<Step, 'outcome' | 'said'>;

export interface Way {
  readonly shell: Shell;
  /** What to write in place of a placeholder, by the key before it; asked when a file is edited. */
  readonly values: () => Readonly<Record<string, string>>;
  /** Blocks of which a word says that they are done otherwise; returns what it did, or why nothing. */
  readonly otherwise: Partial<Record<Word, (block: Block) => Promise<Done>>>;
  /** Hears each step as it is done. */
  readonly tell: (step: Step) => void;
}

export const skipped = (why: string) => (): Promise<Done> => Promise.resolve({ outcome: 'skipped', said: why });

/** What a block that has to succeed, or to be refused, came to. */
async function typed(block: Block, shell: Shell): Promise<Done> {
  const { code, stdout, stderr } = await shell.type(block.code);
  const said = `${stdout}${stderr}`.trim();
  const refused = says(block, 'fails');
  if ((code !== 0) !== refused)
    throw new Error(
      `line ${String(block.line)} of the page ended with status ${String(code)}:\n${block.code}\n${said}`,
    );
  return { outcome: refused ? 'refused' : 'typed', said };
}

/** @throws Error at the first block that comes out otherwise than the page says */
export async function walk(blocks: readonly Block[], { shell, values, otherwise, tell }: Way): Promise<Step[]> {
  const steps: Step[] = [];
  const toEdit: string[] = [];
  const edit = (): void => {
    for (const file of toEdit.splice(0)) writeFileSync(file, filledIn(readFileSync(file, 'utf8'), values()));
  };
  for (const block of blocks) {
    const began = performance.now();
    const word = WORDS.find((one) => says(block, one) && otherwise[one] !== undefined);
    const [file] = block.words;
    let done: Done;
    if (block.language === 'yaml' && file !== undefined) {
      const target = path.join(shell.folder, file);
      writeFileSync(target, block.code);
      toEdit.push(target);
      done = { outcome: 'written', said: target };
    } else {
      if (!says(block, 'fails')) edit();
      done = await (word === undefined ? typed(block, shell) : otherwise[word]!(block));
    }
    const [first = ''] = block.language === 'yaml' ? [file] : block.code.split('\n');
    const step = { ...done, line: block.line, what: first, seconds: (performance.now() - began) / 1000 };
    steps.push(step);
    tell(step);
  }
  return steps;
}

/** One line of a step, for people. */
export const stepLine = ({ line, what, outcome, said, seconds }: Step): string =>
  `${outcome === 'skipped' ? 'SKIPPED' : outcome.padEnd(7)} line ${String(line)}: ${what}${outcome === 'skipped' ? ` (${said})` : ` ${seconds.toFixed(1)} s`}`;

/** How long the way took, and how much of it was gone. */
export const wayLine = (steps: readonly Step[]): string => {
  const left = steps.filter(({ outcome }) => outcome === 'skipped').length;
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  return `tried as a new user would: ${String(steps.length - left)} blocks in ${seconds.toFixed(0)} s, ${String(left)} skipped`;
};
