/** Fields of `metadata`, and the labels on which nothing hangs. */
import { ANY_TEXT, type FieldTable, type Form, harmless, judged } from './disposition';

/**
 * Labels select: the pods of a policy, the peers of another. A label that no selector asks for opens nothing, and one that it
 * asks for is judged where that selector stands.
 */
const SELECTED = ['AIR-NET-1', 'AIR-NET-2', 'AIR-NET-5'] as const;

export const METADATA: FieldTable = {
  'metadata.name': judged('AIR-PLAN-1'),
  'metadata.namespace': judged('AIR-NET-1'),
  'metadata.annotations.*': judged('AIR-PLAN-1'),
  'metadata.labels.*': judged('AIR-PLAN-1', ...SELECTED),
};

/** Of a template, whose pods are named by what makes them. */
export const TEMPLATE_METADATA: FieldTable = {
  'metadata.annotations.*': judged('AIR-PLAN-1'),
  'metadata.labels.*': judged('AIR-PLAN-1', ...SELECTED),
};

/** A selector of labels (LabelSelector), below its own path. */
export const selector = (by: FieldTable[string]): FieldTable => ({
  'matchLabels.*': by,
  'matchExpressions[].key': by,
  'matchExpressions[].operator': by,
  'matchExpressions[].values[]': by,
});

const PLACEMENT = 'it decides which nodes, all of one cluster, run the pods, and how they are spread over them';
export const PLACED = harmless(ANY_TEXT, PLACEMENT);
export const placed = (form: Form): FieldTable[string] => harmless(form, PLACEMENT);
