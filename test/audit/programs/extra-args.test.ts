/** Arguments that the site adds to a serving, as the audit finds them at the end of a container. */
import { ENGINE_PROGRAMS } from '../../../audit/programs/engines';
import type { EngineName } from '../../../catalog/engines';
import { ENGINES } from '../../../engines';
import type { EngineSpec } from '../../../engines/contract';
import { misspelt, taken, unlisted } from '../../engines/further-arguments';
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

/** Whether the audit has nothing to say about the arguments of a container that ends with these, as the site says it. */
const passes = (name: EngineName, extra: readonly string[]): boolean =>
  !saidOf(name, extra).some(({ check, at }) => /^(?:argument|unverified-path)$/.test(check) && at.startsWith('/args'));

/** A part of a long list, always the same: each costs a judgment of a whole pod. */
const some = <T>(list: readonly T[], count: number): T[] =>
  list.filter((_, at) => at % Math.max(1, Math.floor(list.length / count)) === 0);

describe.each(NAMES)('arguments that a site adds to %s', (name) => {
  const program = ENGINE_PROGRAMS[name];
  const [known = []] = taken(name);

  it('are known where the site says them, at the end, and the list has them', () => {
    expect(saidOf(name, known)).toEqual([]);
    expect(taken(name).filter((extra) => !passes(name, extra))).toEqual([]);
  });

  it('are not known where the site does not say them, says others, or where something follows', () => {
    const planned = plannedFor(name, program, specOf(name), { extraArgs: known });
    const change = (...words: readonly string[]) =>
      said(planned, (one: Json) => (one['args'] as string[]).push(...words));
    expect(change('--other').map(({ check }) => check)).toContain('argument');
    const [serving] = planned.engineOf!;
    const [flag = '', ...values] = known;
    for (const extraArgs of [[], [flag], [flag, 'x'], [...values, flag]].filter(
      (other) => String(other) !== String(known),
    )) {
      const other = said({ ...planned, engineOf: [{ ...serving!, extraArgs }] });
      expect(other.map(({ check }) => check)).toContain('argument');
    }
  });

  it('are violations where the list does not have them, or not like this', () => {
    const all = [...some(unlisted(name), 200), ...some(misspelt(name), 200)];
    expect(all.filter((extra) => passes(name, extra))).toEqual([]);
    expect(saidOf(name, ['--no-such-flag']).some(({ unproven }) => !unproven)).toBe(true);
  });

  it('are violations where the contract sets them, or has a field for them, also shortened', () => {
    const set = specOf(name).args.filter((word) => word.startsWith('--'));
    const flags = [...Object.keys(ENGINES[name].fieldFlags), ...set];
    const shortened = flags.filter((flag) => flag.length > 6).map((flag) => flag.slice(0, -1));
    const all = [...flags, ...shortened].flatMap((flag) => [[flag], [`${flag}=1`]]);
    expect(all.filter((extra) => passes(name, extra))).toEqual([]);
  });
});
