import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { ENVELOPE_CHARTS } from '../../../audit/kubernetes/envelope-charts';
import { envelopeObjects } from '../../../audit/kubernetes/envelope';
import { Unproven } from '../../../audit/plan/access';
import { type PlanNode, spelledOut } from '../../../audit/plan/node';
import type { Plan, PlanResource } from '../../../audit/plan/plan';
import { Draft, escaped, VALUES } from '../plans/draft';

const CHART = path.join(__dirname, '../../../charts/envelope');

const release = (plan: Plan): PlanResource =>
  plan.stacks[0]!.resources.find(({ address }) => address === 'helm_release.chat')!;

/** A node as the value it was read from. */
function plain(node: PlanNode): unknown {
  if (node.kind === 'object') return Object.fromEntries([...node.entries].map(([key, child]) => [key, plain(child)]));
  if (node.kind === 'list') return node.items.map(plain);
  return node.kind === 'scalar' ? node.value : undefined;
}

describe('the envelope chart', () => {
  it('is known to the audit file by file; after a change, read it and enter its digests', () => {
    const files = readdirSync(CHART, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));
    const digests = files.map((file) => [
      path.relative(CHART, file),
      `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`,
    ]);
    expect(ENVELOPE_CHARTS[0]).toEqual(Object.fromEntries(digests));
  });
});

/** A plan of this release and nothing else, for tests that read hundreds of them. */
function alone(): Draft {
  const draft = new Draft();
  return draft.put('/resource', { helm_release: { chat: draft.get('/resource/helm_release/chat') } });
}

describe('decoding a release of the envelope chart', () => {
  it('gives back whatever objects were put in, with the places they stand at', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('$', '%', '{', '}', '"', '\\', '\n', '\t', 'n', 'é', '\u2028', '/', '~', "'", '`'),
    });
    const key = nasty.filter((text) => text !== '__proto__');
    const value = fc.letrec<{ value: unknown; scalar: unknown }>((tie) => ({
      scalar: fc.oneof(nasty, fc.integer(), fc.boolean()),
      value: fc.oneof(
        { maxDepth: 3 },
        tie('scalar'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, value, { noNullPrototype: true }), { maxLength: 3 }), (objects) => {
        const plan = alone().put(VALUES, { objects }).plan();
        const nodes = envelopeObjects(release(plan), plan);
        expect(nodes.map(plain)).toEqual(objects);
        expect(nodes.map(({ where }) => spelledOut(where))).toEqual(
          objects.map((_, at) => ({ pointer: VALUES, inner: `/objects/${String(at)}` })),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('never takes an expression for a text', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '%', '{', '}', 'x', ' ') });
    fc.assert(
      fc.property(text, fc.constantFrom('${', '%{'), text, (before, opening, after) => {
        // An expression opens where the run of the same character before the brace is exactly one long.
        const source = `${escaped(before)} ${opening}x}${escaped(after)}`;
        const plan = alone()
          .put(VALUES, JSON.stringify({ objects: [{ a: source }] }))
          .plan();
        expect(() => envelopeObjects(release(plan), plan)).toThrow(Unproven);
      }),
      { numRuns: 300 },
    );
  });

  it('expects one chart folder below the plan', () => {
    const draft = new Draft().put('/resource/helm_release/chat/chart', '../../../elsewhere');
    const plan = draft.plan();
    expect(() => envelopeObjects(release(plan), plan)).toThrow(/chart not rendered/);
  });
});
