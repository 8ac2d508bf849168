import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { acceptedTypes, AUTHORITY, HISTORY_FIELDS, PREDICATE_TYPES } from '../../core/identifiers';

const ROOT = path.join(__dirname, '..', '..');
const ROOMS = readdirSync(ROOT, { withFileTypes: true })
  .filter(
    (entry) =>
      entry.isDirectory() && !/^(?:\.|node_modules|dist|test|docs|api|examples|cdktf\.out|coverage)/.test(entry.name),
  )
  .map(({ name }) => name);
const files = ROOMS.flatMap((room) =>
  readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:m?ts|cjs|json|py)$/.test(name))
    .map((name) => path.join(room, name)),
);
const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

describe('identifiers of formats', () => {
  it.each(Object.entries(PREDICATE_TYPES))('of %s is written under a name of our own', (_name, type) => {
    expect(type.written.startsWith(`${AUTHORITY}/`)).toBe(true);
    expect(type.written).toMatch(/\/[a-z-]+\/v\d+$/);
    expect(acceptedTypes(type)).toEqual([type.written, ...type.earlier]);
    expect(acceptedTypes(type).filter((one) => one.includes('.example/'))).toEqual(type.earlier);
  });

  it('of fields in the predicates of others stand under it, too', () => {
    expect(HISTORY_FIELDS).toBe(`${AUTHORITY}/history/v1`);
  });

  it('stand in one file; but for the schemas, which are no code', () => {
    expect(files.length).toBeGreaterThan(300);
    const named = files.filter((file) => /https:\/\/airlock\.(?:dev|example)\//.test(textOf(file)));
    expect(named.filter((file) => !file.endsWith('.schema.json'))).toEqual([path.join('core', 'identifiers.ts')]);
  });

  it.each(files.filter((file) => file.endsWith('.schema.json')).map((file) => [file]))(
    '%s has an id under that name, or none',
    (file) => {
      const { $id: id } = JSON.parse(textOf(file)) as { $id?: string };
      if (id !== undefined) expect(id.startsWith(`${AUTHORITY}/schema/`)).toBe(true);
    },
  );
});
