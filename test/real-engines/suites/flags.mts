/** Flags that a contract names although it sets none of them: a misspelt one would take or explain nothing. */
import type { Engine } from '../../../engines/contract.js';
import { expect, expectEqual, type Suite } from '../../harness/report.mjs';
import recorded from '../../engines/flags.json' with { type: 'json' };

/** Each is a flag of some version; an engine that knows less than three quarters of them has another command line. */
export async function knowsFlags(suite: Suite, engine: Engine, flags: () => Promise<readonly string[]>): Promise<void> {
  await suite.check('knows the flags that a site may add, or that a field stands for', async () => {
    const known = new Set(await flags());
    const named = [...Object.keys(engine.extraFlags), ...Object.keys(engine.fieldFlags)];
    const unknown = named.filter((flag) => !known.has(flag));
    expect(unknown.length < named.length / 4, `it does not know ${unknown.join(', ')}`);
    const missing = unknown.length === 0 ? '' : `; not ${unknown.join(', ')}`;
    return `${String(named.length - unknown.length)} of ${String(named.length)}${missing}`;
  });
  const { name } = engine;
  if (name === 'ollama') return;
  await suite.check('test/engines/flags.json has its flags: tests refuse each that no list has', async () => {
    expectEqual(recorded[name].flags, [...new Set(await flags())].toSorted(), `flags of ${name}`);
    return recorded[name].version;
  });
}
