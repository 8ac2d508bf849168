/** What a server says beside a status, in its own words, and who it was that said it. */
import { type AirlockError, environmentFailed } from '../../core/errors';
import type { HttpAnswer } from './http';
import { isObject } from './small-json';

/** Longer explanations than anyone reads in an error; characters. */
const MAX_CHARACTERS = 200;

const shortened = (text: string): string | undefined => {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return undefined;
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
};

/** Sentences of a registry (distribution-spec, "Error Codes"), or of another server that answers in JSON. */
function sentences(body: unknown): string[] {
  if (!isObject(body)) return [];
  const errors = Array.isArray(body['errors']) ? (body['errors'] as unknown[]) : [];
  const listed = errors.flatMap((error) => {
    if (!isObject(error)) return [];
    const { code, message } = error;
    const said = [code, message].filter((part) => typeof part === 'string' && part !== '');
    return said.length === 0 ? [] : [said.join(', ')];
  });
  return [...listed, ...[body['error'], body['message']].filter((text) => typeof text === 'string')];
}

const TITLE = /<(title|h1|body)\b[^>]*>([\s\S]*?)<\/\1>/i;

/**
 * What the body of a refusal says, in one short line that is still as the server wrote it: whoever prints it makes it visible.
 *
 * @returns undefined where it says nothing
 */
export function explanation({ headers, bytes }: Pick<HttpAnswer, 'headers' | 'bytes'>): string | undefined {
  const stated = headers['x-error-message'];
  if (stated !== undefined) return shortened(stated);
  const text = bytes.toString('utf8');
  try {
    return shortened(sentences(JSON.parse(text) as unknown).join('; '));
  } catch {
    if (/^\s*</.test(text)) return shortened((TITLE.exec(text)?.[2] ?? text).replace(/<[^>]*>/g, ' '));
    return (headers['content-type'] ?? '').startsWith('text/plain') ? shortened(text) : undefined;
  }
}

/**
 * The error for a refusal by a host that downloads are sent on to: no login of the first one goes there.
 *
 * @param url the address that refused @param from where the download began @param why status and what was said
 */
export const refusedElsewhere = (url: URL, from: URL, name: string, why: string): AirlockError =>
  environmentFailed(
    'UPSTREAM_ACCESS_DENIED',
    `${url.host}, to which ${from.host} sends this download, refuses ${name} (${why})`,
    `allow ${url.host} in proxy and firewall, or run the command again where the address has run out; no token and no login of ${from.host} is sent there`,
  );
