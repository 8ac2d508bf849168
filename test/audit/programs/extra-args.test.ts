/** Arguments that the site adds to a serving, as the audit finds them at the end of a container. */
import { ENGINE_PROGRAMS } from '../../../audit/programs/engines';
import type { EngineName } from '../../../catalog/engines';
import { ENGINES } from '../../../engines';
import type { EngineSpec } from '../../../engines/contract';
import { request, VERSIONS } from '../../engines/requests';
import { plannedFor } from './contract-pods';
import { type Json, type Said, said } from './planned';

// Ollama takes no arguments but its own.
const NAMES = (Object.keys(ENGINES) as EngineName[]).filter((name) => name !== 'ollama');

const specOf = (name: EngineName): EngineSpec =>
  ENGINES[name].specify(
    request({
      version: VERSIONS[name],
      ...(name === 'llama.cpp' ? { described: { source: 'gguf', architecture: 'llama' } } : {}),
    }),
  );

const saidOf = (name: EngineName, extraArgs: readonly string[]): Said[] =>
  said(plannedFor(name, ENGINE_PROGRAMS[name], specOf(name), { extraArgs }));

/** Arguments that the audit takes although they are among these. */
const taken = (name: EngineName, all: readonly (readonly string[])[]): string[] =>
  all
    .filter((extra) => {
      const complaints = saidOf(name, extra);
      return !complaints.some(
        ({ check, at }) => /^(?:argument|unverified-path)$/.test(check) && at.startsWith('/args'),
      );
    })
    .map((extra) => extra.join(' '));

describe.each(NAMES)('arguments that a site adds to %s', (name) => {
  const { forbiddenFlags, fieldFlags } = ENGINES[name];
  const program = ENGINE_PROGRAMS[name];
  const set = specOf(name).args.filter((word) => word.startsWith('--'));

  it('are known where the site says them, at the end', () => {
    expect(saidOf(name, ['--batch-limit', '4096'])).toEqual([]);
  });

  it('are not known where the site does not say them, says others, or where something follows', () => {
    const planned = plannedFor(name, program, specOf(name), { extraArgs: ['--batch-limit', '4096'] });
    const change = (...words: readonly string[]) =>
      said(planned, (one: Json) => (one['args'] as string[]).push(...words));
    expect(change('--other').map(({ check }) => check)).toContain('argument');
    const [serving] = planned.engineOf!;
    for (const extraArgs of [[], ['--batch-limit'], ['--batch-limit', '1'], ['4096', '--batch-limit']]) {
      const other = said({ ...planned, engineOf: [{ ...serving!, extraArgs }] });
      expect(other.map(({ check }) => check)).toContain('argument');
    }
  });

  it('are violations where the contract forbids them, has a field for them, or sets them, also shortened', () => {
    const flags = [...forbiddenFlags, ...Object.keys(fieldFlags), ...set];
    const shortened = flags.filter((flag) => flag.length > 6).map((flag) => flag.slice(0, -1));
    const all = [...flags, ...shortened];
    expect(taken(name, [...all.map((flag) => [flag]), ...all.map((flag) => [`${flag}=1`])])).toEqual([]);
    expect(saidOf(name, [forbiddenFlags[0]!]).some(({ unproven }) => !unproven)).toBe(true);
  });

  it('are held against what is known of their values, where something is', () => {
    const options = Object.entries(program.options).flatMap(([option, value]) => (value === 'flag' ? [] : [option]));
    expect(
      taken(
        name,
        options.flatMap((option) => [[option, '$(HOME)/x'], [`${option}=$(HOME)/x`]]),
      ),
    ).toEqual([]);
  });
});
