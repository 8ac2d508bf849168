import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkPattern } from '../../../catalog/redaction/compile';
import { IBAN_STRUCTURES } from '../../../catalog/redaction/iban';
import { REDACTION_PACKS } from '../../../catalog/redaction/packs';

const all = Object.entries(REDACTION_PACKS).flatMap(([pack, { patterns }]) =>
  patterns.map((pattern) => [pattern.name, pack, pattern] as const),
);

describe('redaction packs', () => {
  it('have names that tell the pack, each once', () => {
    expect(all.filter(([name, pack]) => !name.startsWith(`${pack}-`))).toEqual([]);
    expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
  });

  it.each(all)('%s is in the syntax that all gateways share, and cheap', (name, _pack, { pattern }) => {
    expect(() => checkPattern(name, pattern)).not.toThrow();
  });

  it.each(all)('%s finds its examples and spares the others', (_name, _pack, { pattern, matches, spares }) => {
    const expression = new RegExp(pattern, 'u');
    expect(matches.length * spares.length).toBeGreaterThan(0);
    expect(matches.filter((text) => !expression.test(text))).toEqual([]);
    expect(spares.filter((text) => expression.test(text))).toEqual([]);
  });

  // LiteLLM compiles patterns with IGNORECASE.
  it.each(all)('%s spares them also where case is ignored', (_name, _pack, { pattern, spares }) => {
    expect(spares.filter((text) => new RegExp(pattern, 'iu').test(text))).toEqual([]);
  });

  it('are all on the page of documentation', () => {
    const page = readFileSync(path.resolve(__dirname, '../../../docs/redaction.md'), 'utf8');
    const wanted = [...Object.keys(REDACTION_PACKS), ...all.map(([name]) => name)];
    expect(wanted.filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
  });

  it('know every country of the IBAN registry once', () => {
    const countries = Object.values(IBAN_STRUCTURES).flatMap((list) => list.split(' '));
    expect(countries).toHaveLength(89);
    expect(new Set(countries).size).toBe(89);
  });
});
