/** Codes of plans: what is synthesized, audited and deployed. */
import type { ErrorCodeGroup } from './facts';

export const PLAN = {
  CONSTRUCT_PROPS_INVALID: {
    kind: 'input',
    cause: 'A construct got props that it cannot build from.',
    fix: 'Pass what the message and the documentation of the construct state.',
  },
  PLAN_VALUE_UNSAFE: {
    kind: 'input',
    cause: 'A value would not arrive in the cluster as it was written.',
    fix: 'Use plain data; write large integers as strings, and text in Unicode form NFC.',
  },
  RELEASE_TOO_LARGE: {
    kind: 'input',
    cause: 'A Helm release is larger than the Secret in which Helm stores it.',
    fix: 'Split it into several releases.',
  },
  CROSS_STACK_REFERENCE: {
    kind: 'input',
    cause: 'A stack refers to something of another stack.',
    fix: 'Pass the plain value, or make the resource in this stack.',
  },
  SYNTHESIS_FAILED: {
    kind: 'input',
    cause: 'A construct refused to be synthesized.',
    fix: 'Change what the message names, then synthesize again.',
  },
  STATE_PLACE_CONFLICT: {
    kind: 'input',
    cause: 'AIRLOCK_STATE and the enclave name two places for the state of Terraform.',
    fix: 'Unset AIRLOCK_STATE, or remove state from enclave.yaml.',
  },
  STATE_INSIDE_PLAN: {
    kind: 'check',
    cause: 'The state of Terraform lies inside of the plan, where a new plan meets it.',
    fix: 'Keep it beside cdktf.out: enclave.state.',
  },
  PLAN_INVALID: {
    kind: 'input',
    cause: 'A folder is no synthesized plan, or one that was changed or cut off.',
    fix: 'Synthesize it afresh, and pass the folder that was written.',
  },
  PLAN_EMPTY: {
    kind: 'input',
    cause: 'The plan has no resources, so nothing was judged.',
    fix: 'Synthesize the stacks first; an empty plan proves nothing.',
  },
  PLAN_HOLDS_LINKS: {
    kind: 'check',
    cause: 'The plan holds links or other things that are no files.',
    fix: 'Synthesize it afresh.',
  },
} as const satisfies ErrorCodeGroup;
