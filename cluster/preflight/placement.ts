/** Whether pods find nodes: the part of the scheduler's rules that a plan can run into. */
import type { Container, Node, PodSpec, Taint, Toleration } from 'kubernetes-types/core/v1';
import { parseQuantity } from '../../core/quantity';

/** Amounts by resource name: cores, bytes, devices. */
export type Amounts = ReadonlyMap<string, number>;

const amountsOf = (quantities: Readonly<Record<string, string | number>> = {}): Amounts =>
  new Map(Object.entries(quantities).map(([name, quantity]) => [name, parseQuantity(quantity)]));

function combine(a: Amounts, b: Amounts, how: (x: number, y: number) => number): Amounts {
  return new Map(
    [...new Set([...a.keys(), ...b.keys()])].map((name) => [name, how(a.get(name) ?? 0, b.get(name) ?? 0)]),
  );
}

const add = (a: number, b: number): number => a + b;
const sum = (all: readonly Amounts[]): Amounts =>
  all.reduce<Amounts>((total, one) => combine(total, one, add), new Map());

/** Requests; where only a limit is given, the API server takes it as the request. */
const requestsOf = ({ resources = {} }: Container): Amounts =>
  new Map([...amountsOf(resources.limits), ...amountsOf(resources.requests)]);

/**
 * What the scheduler reserves for a pod: all containers together, or the largest init container where that is more
 * (Kubernetes documentation, "Init Containers", "Resource sharing within containers").
 */
export const podRequests = ({ containers, initContainers = [] }: PodSpec): Amounts =>
  initContainers.map(requestsOf).reduce((most, one) => combine(most, one, Math.max), sum(containers.map(requestsOf)));

const tolerates = (taint: Taint, { key, operator = 'Equal', value = '', effect }: Toleration): boolean =>
  (effect === undefined || effect === '' || effect === taint.effect) &&
  (key === undefined || key === ''
    ? operator === 'Exists'
    : key === taint.key && (operator === 'Exists' || value === (taint.value ?? '')));

/** Taints of a node that keep a pod away. */
export const untolerated = ({ spec = {} }: Node, { tolerations = [] }: PodSpec): Taint[] =>
  (spec.taints ?? []).filter(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(taint, toleration)),
  );

export const isSelected = ({ metadata = {} }: Node, { nodeSelector = {} }: PodSpec): boolean =>
  Object.entries(nodeSelector).every(([key, value]) => metadata.labels?.[key] === value);

export const isReady = ({ status = {} }: Node): boolean =>
  (status.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');

export const isCordoned = ({ spec = {} }: Node): boolean => spec.unschedulable === true;

export const allocatable = ({ status = {} }: Node): Amounts => amountsOf(status.allocatable);

/** Resources that a pod wants and that are not left on a node. */
export const lacking = (wanted: Amounts, left: Amounts): string[] =>
  [...wanted].filter(([name, amount]) => amount > (left.get(name) ?? 0)).map(([name]) => name);

export const without = (left: Amounts, taken: Amounts): Amounts => combine(left, taken, (a, b) => a - b);
