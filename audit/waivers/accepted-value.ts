/** The value that a waiver accepts: what stands at a finding's place, and for a container all that it is. */
import { canonicalJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { documentIn } from '../plan/document';
import type { PlanNode } from '../plan/node';
import { type Place, type Plan, stackOf } from '../plan/plan';

const CONTAINERS: readonly string[] = [
  ...['containers', 'initContainers', 'ephemeralContainers'],
  ...['container', 'init_container', 'ephemeral_container'],
];

/** RFC 6901, section 4. */
const segmentsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A container’s image and command are part of whatever is accepted of it. */
function untilContainer(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex((segment) => CONTAINERS.includes(segment));
  if (at < 0) return segments;
  return segments.slice(0, /^\d+$/.test(segments[at + 1] ?? '') ? at + 2 : at + 1);
}

/** The deepest value on a path that is there: a finding may be about what is absent. */
function deepest(node: PlanNode, segments: readonly string[]): PlanNode {
  let current = node;
  for (const segment of segments) {
    const next =
      current.kind === 'object'
        ? current.entries.get(segment)
        : current.kind === 'list'
          ? current.items[Number(segment)]
          : undefined;
    if (next === undefined) return current;
    current = next;
  }
  return current;
}

/** As JSON, with what only Terraform knows as it is written; comments are left out. */
export function valueOf(node: PlanNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(valueOf);
    case 'object':
      return Object.fromEntries(
        [...node.entries].flatMap(([key, child]) => (key === '//' ? [] : [[key, valueOf(child)]])),
      );
    case 'unresolved':
      return node.source;
  }
}

function documentAt(node: PlanNode): PlanNode | undefined {
  if (node.kind !== 'scalar') return undefined;
  try {
    return documentIn(node);
  } catch {
    return undefined;
  }
}

/**
 * Digest of the value at a place, over its JSON (RFC 8785). A file that is no configuration stands for itself, by its digest.
 *
 * @param message of a finding without a place, which is then all that there is to accept
 */
export function acceptedDigest(plan: Plan, place: Place | undefined, message: string): Digest {
  const stack = place === undefined ? undefined : stackOf(plan, place.file);
  if (place === undefined) return digestOf(canonicalJson({ message }));
  if (stack === undefined) return plan.assets.get(place.file) ?? digestOf(canonicalJson({ message, file: place.file }));
  const outer = segmentsOf(place.pointer);
  if (place.inner === undefined) return digestOf(canonicalJson(valueOf(deepest(stack.root, untilContainer(outer)))));
  const text = deepest(stack.root, outer);
  const document = documentAt(text) ?? text;
  return digestOf(canonicalJson(valueOf(deepest(document, untilContainer(segmentsOf(place.inner))))));
}
