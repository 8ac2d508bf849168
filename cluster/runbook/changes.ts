/** What differs between the objects of two plans. */
import type { PlainObject } from '../../audit/kubernetes/plain';
import { subjectOf } from '../drift/drift';
import { differences, formatPath } from '../../core/field-path';
import type { StackObject } from '../planned-objects';

export interface ObjectChange {
  readonly stack: string;
  /** `Deployment airlock-serving/chat`. */
  readonly subject: string;
  readonly action: 'add' | 'change' | 'remove';
  /** Fields that differ, e.g. `spec.template.spec.containers[engine].image`. */
  readonly fields: readonly string[];
  readonly before?: PlainObject;
  readonly after?: PlainObject;
}

const byKey = (objects: readonly StackObject[]): Map<string, StackObject> =>
  new Map(objects.map((one) => [`${one.object.apiVersion} ${subjectOf(one.object)}`, one]));

/** In the order of the new plan; what it does not have any more comes last. */
export function changesBetween(before: readonly StackObject[], after: readonly StackObject[]): ObjectChange[] {
  const [old, fresh] = [byKey(before), byKey(after)];
  const kept = [...fresh].flatMap(([key, { stack, object }]): ObjectChange[] => {
    const was = old.get(key)?.object;
    const subject = subjectOf(object);
    if (was === undefined) return [{ stack, subject, action: 'add', fields: [], after: object }];
    const fields = differences(was, object).map(({ path }) => formatPath(path));
    return fields.length === 0 ? [] : [{ stack, subject, action: 'change', fields, before: was, after: object }];
  });
  const gone = [...old].flatMap(([key, { stack, object }]): ObjectChange[] =>
    fresh.has(key) ? [] : [{ stack, subject: subjectOf(object), action: 'remove', fields: [], before: object }],
  );
  return [...kept, ...gone];
}
