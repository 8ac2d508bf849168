/** Fields of `metadata`, and the labels on which nothing hangs. */
import { ANY_TEXT, type FieldTable, type Form, harmless, judged, judgedAs, NAME, orElse } from './disposition';

/** Keys on which something acts are AIR-PLAN-1’s. */
const NOTED = orElse(
  judgedAs(ANY_TEXT, 'AIR-PLAN-1', 'AIR-NET-6'),
  'a note for people, or a digest that restarts pods',
);

export const METADATA: FieldTable = {
  'metadata.name': orElse(
    judgedAs(ANY_TEXT, 'AIR-PLAN-1'),
    'another name is another object, which every rule reads anew',
  ),
  'metadata.namespace': orElse(
    judgedAs(NAME, 'AIR-NET-1'),
    'every rule reads the object in its namespace; of a release, Helm gives it',
  ),
  'metadata.annotations.*': NOTED,
  'metadata.labels.*': harmless(
    ANY_TEXT,
    'keys that others read are AIR-PLAN-1’s; of the rest nothing selects an object that is no pod',
  ),
};

/** Of a namespace, whose labels others act on: AIR-PLAN-1 knows the keys, AIR-POD-2 reads those of Pod Security. */
export const NAMESPACE_METADATA: FieldTable = {
  ...METADATA,
  'metadata.labels.*': judged('AIR-PLAN-1', 'AIR-POD-2'),
  ...Object.fromEntries(
    ['app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'app.kubernetes.io/managed-by'].map((key) => [
      `metadata.labels["${key}"]`,
      harmless(ANY_TEXT, 'policies select namespaces by their name alone'),
    ]),
  ),
  ...Object.fromEntries(
    ['audit', 'audit-version', 'warn', 'warn-version'].map((mode) => [
      `metadata.labels["pod-security.kubernetes.io/${mode}"]`,
      harmless(ANY_TEXT, 'it tells of pods that enforcement refuses anyway'),
    ]),
  ),
};

/** Of a template, whose pods are named by what makes them. */
export const TEMPLATE_METADATA: FieldTable = {
  'metadata.annotations.*': NOTED,
  'metadata.labels.*': harmless(
    ANY_TEXT,
    'a pod that no policy selects is shut; of one that others select, AIR-NET-5 and AIR-NET-8 ask by its image',
  ),
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
