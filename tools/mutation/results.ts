/** What mutation of each file came to, as it is committed. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { reviewJson } from '../../core/canonical-json';

/** A mutant as Stryker tells of it. */
export interface Mutant {
  readonly mutator: string;
  readonly status: string;
  readonly original: string;
  readonly replacement: string;
}

/** A mutant that no test noticed, known by what it changes and not by where: lines move. */
export interface Survivor {
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  /** How many of them there are in the file. */
  readonly count: number;
  /** Why no test can or need notice, written by a person; carried over as long as the mutant survives. */
  readonly reason?: string;
}

export interface FileResult {
  /** Of the source and its tests: as long as it is the same, the file is not run again. */
  readonly digest: string;
  readonly mutants: number;
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly noCoverage: number;
  /** Per cent of the mutants that were noticed. */
  readonly score: number;
  readonly survivors: readonly Survivor[];
}

export type Results = Readonly<Record<string, FileResult>>;

/** A mutant that does not run says nothing of the tests. */
const JUDGED = ['Killed', 'Timeout', 'Survived', 'NoCoverage'];

const identity = ({ mutator, original, replacement }: Pick<Survivor, 'mutator' | 'original' | 'replacement'>): string =>
  JSON.stringify([mutator, original, replacement]);

/** Indentation moves, too; blocks are known by how they begin. */
const told = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
};

function survivorsOf(mutants: readonly Mutant[], before: readonly Survivor[]): Survivor[] {
  const reasons = new Map(before.map((survivor) => [identity(survivor), survivor.reason]));
  const found = new Map<string, Survivor>();
  for (const mutant of mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')) {
    const { mutator } = mutant;
    const known = { mutator, original: told(mutant.original), replacement: told(mutant.replacement) };
    const key = identity(known);
    const reason = reasons.get(key);
    const count = (found.get(key)?.count ?? 0) + 1;
    found.set(key, { ...known, count, ...(reason === undefined ? {} : { reason }) });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, survivor]) => survivor);
}

/** @param before what the file came to last: reasons of survivors are taken over */
export function resultOf(digest: string, all: readonly Mutant[], before: FileResult | undefined): FileResult {
  const mutants = all.filter(({ status }) => JUDGED.includes(status));
  const count = (status: string): number => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timeout] = [count('Killed'), count('Timeout')];
  const share = mutants.length === 0 ? 1 : (killed + timeout) / mutants.length;
  return {
    digest,
    mutants: mutants.length,
    killed,
    timeout,
    survived: count('Survived'),
    noCoverage: count('NoCoverage'),
    // Cut, so that 100 is said only where nothing survived.
    score: Math.floor(share * 1000) / 10,
    survivors: survivorsOf(mutants, before?.survivors ?? []),
  };
}

/** Survivors that nobody explained. */
export const unexplained = ({ survivors }: Pick<FileResult, 'survivors'>): Survivor[] =>
  survivors.filter(({ reason }) => reason === undefined);

export const parseResults = (text: string): Results => JSON.parse(text) as Results;

/** Empty where there is no such file yet. */
export const readResults = (file: string): Results =>
  existsSync(file) ? parseResults(readFileSync(file, 'utf8')) : {};

export function writeResults(file: string, results: Results): void {
  writeFileSync(`${file}.new`, reviewJson(results));
  renameSync(`${file}.new`, file);
}
