/** Formats as the sources name them, for the tables of docs/formats.md. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FORMAT_NAME } from '../../tools/corpus/formats';
import { ROOT } from './samples';

/** What is no source of the kit, or repeats one. */
const ELSEWHERE: readonly string[] = [
  'test',
  'docs',
  'examples',
  'bench',
  'tools',
  'node_modules',
  'dist',
  'generated',
];
const SOURCE = /\.(?:ts|mts|json)$/;

/** A file, as an object of JSON, YAML or TypeScript, says `apiVersion` and then `kind`. */
const VERSIONED =
  /apiVersion["']?: (?:\{ "const": )?["']?(airlock\/v\w+)[^\n]*\n\s*(?:readonly )?["']?kind["']?: (?:\{ "const": )?["']?(\w+)/g;
/** A predicate of an in-toto statement, whoever gave it its address. */
const PREDICATE = /(?:PREDICATE_TYPE\w* =|predicateType["']?:)\s+["'](https?:[^"']+)/g;
const NUMBERED = /(?:readonly format: |const FORMAT = )(\d+);/g;

export interface Source {
  /** Path below the root, with `/`. */
  readonly file: string;
  readonly text: string;
}

function sourcesBelow(folder: string): Source[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry): Source[] => {
    if (entry.name.startsWith('.') || ELSEWHERE.includes(entry.name)) return [];
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return sourcesBelow(file);
    // package.json and its neighbors are of npm and TypeScript.
    const isSource = SOURCE.test(file) && !(folder === '' && file.endsWith('.json'));
    return isSource ? [{ file, text: readFileSync(path.join(ROOT, file), 'utf8') }] : [];
  });
}

/** Every source file of the kit. */
export const sources = (): Source[] => sourcesBelow('');

/** Formats that a source names; a bare number as `format 1`. */
export const namedIn = ({ text }: Source): string[] => [
  ...[...text.matchAll(VERSIONED)].map(([, version, kind]) => `${String(version)} ${String(kind)}`),
  ...[...text.matchAll(NUMBERED)].map(([, number]) => `format ${String(number)}`),
  ...[...text.matchAll(PREDICATE)].map(([, type]) => String(type)),
  ...[...text.matchAll(FORMAT_NAME)].map(([name]) => name),
];

/** How often a source says an API version of ours, with or without a kind. */
export const versionsIn = ({ text }: Source): number => [...text.matchAll(/["' ]airlock\/v\d/g)].length;
export const kindsIn = ({ text }: Source): number => [...text.matchAll(VERSIONED)].length;
