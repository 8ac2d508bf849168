/** The metadata at the head of a model's README (hub-docs, "Model Cards": YAML front matter). */
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { openContent } from './content-bytes';
import type { HubRevision } from './hub-model';
import type { MirrorContext } from './protocol';

/** Cards above this are not read; the largest real ones hold some hundred kilobytes of metrics. Bytes. */
const MAX_CARD_BYTES = 4 * 1024 * 1024;

export type ModelCard = Readonly<Record<string, unknown>>;

/** @returns an empty card for a text without valid front matter */
export function parseModelCard(card: string): ModelCard {
  const front = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(card)?.[1];
  if (front === undefined) return {};
  try {
    // Aliases are not expanded beyond measure: the text comes from strangers (yaml, `maxAliasCount`).
    const value: unknown = parse(front, { maxAliasCount: 100, logLevel: 'error' });
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ModelCard) : {};
  } catch {
    return {};
  }
}

/** The card of a revision; empty where it carries no README. @throws DamagedBlobError when the store has it damaged */
export async function readModelCard(context: MirrorContext, revision: HubRevision): Promise<ModelCard> {
  const readme = revision.files.get('README.md');
  if (readme === undefined || readme.content.size > MAX_CARD_BYTES) return {};
  const bytes = await openContent(context, readme.content);
  try {
    return parseModelCard(await text(bytes.chunks(0, readme.content.size - 1)));
  } finally {
    await bytes.close();
  }
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');

/** Tags as the Hub derives them from a card; some clients fail without the field. */
export function tagsOf(card: ModelCard): string[] {
  const tags = [
    ...texts(card['tags']),
    ...texts(card['library_name']),
    ...texts(card['pipeline_tag']),
    ...texts(card['license']).map((license) => `license:${license}`),
    ...texts(card['base_model']).map((base) => `base_model:${base}`),
  ];
  return [...new Set(tags)];
}
