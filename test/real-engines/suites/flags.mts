/** Flags that a contract names although it sets none of them: a misspelt one would forbid nothing. */
import type { Engine } from '../../../engines/contract.js';
import { expect, type Suite } from '../../harness/report.mjs';

/** Each is a flag of some version; an engine that knows less than three quarters of them has another command line. */
export async function knowsFlags(suite: Suite, engine: Engine, flags: () => Promise<readonly string[]>): Promise<void> {
  await suite.check('knows the flags that the contract forbids or has a field for', async () => {
    const known = new Set(await flags());
    const named = [...engine.forbiddenFlags, ...Object.keys(engine.fieldFlags)];
    const unknown = named.filter((flag) => !known.has(flag));
    expect(unknown.length < named.length / 4, `it does not know ${unknown.join(', ')}`);
    const missing = unknown.length === 0 ? '' : `; not ${unknown.join(', ')}`;
    return `${String(named.length - unknown.length)} of ${String(named.length)}${missing}`;
  });
}
