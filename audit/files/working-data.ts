/**
 * What `terraform init` and `terraform workspace select` remember in `.terraform` (hashicorp/terraform,
 * internal/command/workdir): a later run takes it up again, whatever the configuration says now.
 */
import path from 'node:path';
import { plainValue } from '../kubernetes/plain';
import type { Where } from '../plan/node';
import type { LeftFile, PlanStack } from '../plan/plan';
import { parseStrictJson } from '../../core/strict-json';
import type { Complaint } from '../rules/rule';
import { backendsOf } from '../terraform/backends';
import { inFolder } from './file-kinds';

/** A file of a stack with what there is to say about it; its complaints may throw Unproven. */
export interface Remembered {
  readonly file: string;
  readonly complaints: () => readonly Complaint[];
}

type LeftFiles = ReadonlyMap<string, LeftFile>;

const AT_START: Where = { pointer: '' };
const FIX = 'remove .terraform, and audit the plan before `terraform init`';

const unread = (message: string): Complaint[] => [
  { check: 'unread', message, fix: FIX, where: AT_START, unproven: true },
];

/** A file of the stack's folder, where it is there. */
function remembered(
  { file: configuration }: PlanStack,
  left: LeftFiles,
  name: string,
  judge: (text: string) => readonly Complaint[],
): Remembered[] {
  const file = inFolder(path.posix.dirname(configuration), `.terraform/${name}`);
  const found = left.get(file);
  if (found === undefined) return [];
  const text = found === 'link' ? undefined : found.text;
  return [
    {
      file,
      complaints: () => (text === undefined ? unread('a link, or too long to be what its name says') : judge(text)),
    },
  ];
}

type Value = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for what Terraform writes where there is nothing. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** The value with sorted keys; absent and null are the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const kept = Object.keys(value).filter((key) => (value[key] ?? undefined) !== undefined);
  return Object.fromEntries(kept.sort().map((key) => [key, sorted(value[key])]));
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** Keys that say nothing of where state is kept. */
const QUIET = new Set(['version', 'terraform_version', 'serial', 'lineage', 'backend']);
/** What versions before 1.9 write beside it: a root module without anything in it. */
const ROOT_MODULE = { path: ['root'], outputs: {}, resources: {}, depends_on: [] };

function backendComplaints(stack: PlanStack, text: string): readonly Complaint[] {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    return unread((error as Error).message);
  }
  if (!isObject(value)) return unread('no object');
  const odd = Object.keys(value).find(
    (key) => !QUIET.has(key) && !isEmpty(value[key]) && !(key === 'modules' && same(value[key], [ROOT_MODULE])),
  );
  if (odd !== undefined) return unread(`the audit does not know "${odd}" in it`);
  const saved = value['backend'];
  const [block] = backendsOf(stack);
  const planned = block && { type: block.label, config: plainValue(block.body) };
  const { hash, ...kept } = isObject(saved) ? saved : {};
  if (isEmpty(saved) ? planned === undefined : typeof hash === 'number' && same(kept, planned)) return [];
  const message = 'Terraform would keep the state elsewhere than the plan says, as an earlier run did';
  return [{ check: 'state', message, fix: FIX, where: AT_START }];
}

/** The backend that `terraform init` saved: Terraform uses it instead of the configuration while their hashes agree. */
export const savedBackendComplaints = (stack: PlanStack, left: LeftFiles): Remembered[] =>
  remembered(stack, left, 'terraform.tfstate', (text) => backendComplaints(stack, text));

/** The chosen workspace: any other than the default one has a state of its own. */
export const workspaceComplaints = (stack: PlanStack, left: LeftFiles): Remembered[] =>
  remembered(stack, left, 'environment', (text) =>
    text.trim() === 'default'
      ? []
      : [
          {
            check: 'state',
            message: 'another workspace is chosen, which has another state',
            fix: FIX,
            where: AT_START,
          },
        ],
  );
