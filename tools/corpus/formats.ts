/** The formats of what a release left, as the files themselves say it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { filesBelow, PARTS } from './places';

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null;

/** What a text of ours or of others names a format by: a media type, or the address of a type. */
export const FORMAT_NAME =
  /application\/vnd\.[a-z0-9.+-]*[a-z0-9]|https:\/\/(?:airlock\.[a-z]+|in-toto\.io)\/[\w/.-]*\w|(?<![/.\w])vnd\.airlock\.[a-z]+/g;

/** Files that say a bare number, by their place below the release. */
const NUMBERED: readonly (readonly [RegExp, string])[] = [
  [/^store\/store\.json$/, 'store'],
  [/^store\/roots\//, 'root record'],
  [/^store\/derived\//, 'image record'],
  [/^store\/sequences\//, 'sequence mark'],
];

/** The plan is Terraform's, blueprint and history name no format, and neither may stand for one of ours. */
const WITHOUT: readonly string[] = [PARTS.plan, PARTS.byHand, PARTS.blueprint, PARTS.history, PARTS.manifest];

function parsed(file: string, text: string): unknown {
  try {
    return file.endsWith('.yaml') ? parse(text) : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Statements inside of seals are base64. */
const sealed = (value: Members): string => {
  const envelope = value['dsseEnvelope'];
  const payload = isMembers(envelope) ? envelope['payload'] : undefined;
  return typeof payload === 'string' ? Buffer.from(payload, 'base64').toString('utf8') : '';
};

function formatsOfFile(file: string, text: string): string[] {
  const label = /-----BEGIN ([A-Z ]+)-----/.exec(text)?.[1];
  if (label !== undefined) return [label];
  const value = parsed(file, text);
  if (!isMembers(value)) return [];
  const { apiVersion, kind, format } = value;
  const numbered = NUMBERED.find(([where]) => where.test(file))?.[1];
  return [
    ...(typeof apiVersion === 'string' && apiVersion.startsWith('airlock/') ? [`${apiVersion} ${String(kind)}`] : []),
    ...(numbered === undefined ? [] : [`${numbered} format ${String(format)}`]),
    ...[...`${text} ${sealed(value)}`.matchAll(FORMAT_NAME)].map(([name]) => name),
  ];
}

/** Every format that occurs below the folder of a release, sorted. */
export function formatsBelow(folder: string): string[] {
  const files = filesBelow(folder).filter((file) => !WITHOUT.includes(file.split('/')[0] ?? ''));
  const found = files.flatMap((file) => formatsOfFile(file, readFileSync(path.join(folder, file), 'utf8')));
  return [...new Set(found)].sort();
}
