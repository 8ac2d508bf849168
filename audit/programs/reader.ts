/** The values that an argument or a variable of a program may have. */
import type { Site } from '../../site/generated/site';
import type { PodTemplate, Container } from '../kubernetes/pods';
import type { AuditContext } from '../rules/rule';
import type { Placed } from './mounts';

type Serving = Site['servings'][number];

/** What a value is held against. */
export interface ProgramScope {
  readonly context: AuditContext;
  readonly pod: PodTemplate;
  readonly container: Container;
  /** Servings of the site that the pod may be of: by the image of its engine, and the weights that it holds. */
  readonly servings: readonly Serving[];
  /** What lies at an absolute path in the container. */
  readonly placed: (path: string) => Placed;
}

/** What is wrong with a value, for a rule that has its own name for it. */
export interface WeightsFault {
  /** The value names weights that nobody verified: AIR-WGT-2 says so. */
  readonly weights: string;
}

/** What is wrong with a value; undefined where nothing is. */
export type Reader = (value: string, scope: ProgramScope) => string | WeightsFault | undefined;

const wanted = (what: string): string => `expected ${what}`;

/** One of these texts alone. */
export const exactly =
  (...texts: readonly string[]): Reader =>
  (value) =>
    texts.includes(value) ? undefined : wanted(texts.map((text) => JSON.stringify(text)).join(' or '));

const matching =
  (pattern: RegExp, what: string): Reader =>
  (value) =>
    pattern.test(value) ? undefined : wanted(what);

/** Sizes, counts and times: they decide how much and how long, not what. */
export const number: Reader = matching(/^-?\d{1,12}(?:\.\d{1,6})?$/, 'a number');
export const port: Reader = (value) =>
  /^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) < 65_536 ? undefined : wanted('a port');
/** A name that the program knows by itself, such as that of a parser: no path, and nothing of several parts. */
export const word: Reader = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'a single word');
export const duration: Reader = matching(/^-?\d{1,9}(?:ms|s|m|h)?$/, 'a duration');
/** Paths of its own API, with commas between. */
export const apiPaths: Reader = matching(/^\/[a-z0-9/_-]+(?:,\/[a-z0-9/_-]+)*$/, 'paths of the API');
export const serviceAddress: Reader = matching(
  /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/,
  'a host of the cluster',
);
export const memory: Reader = matching(/^\d{1,12}(?:[kmg]b|B|[KMG]i?B)?$/, 'an amount of memory');

/** The name by which one of the pod's servings is called. */
export const servedName: Reader = (value, { servings }) =>
  servings.some(({ name, servedName: served = name }) => served === value)
    ? undefined
    : wanted(
        `the name of a serving that this engine and this model are of: ${servings.map(({ name, servedName: served = name }) => served).join(', ') || 'there is none'}`,
      );

/** A path of verified weights, or of verified files beside them. */
export const verifiedPath: Reader = (value, { placed }) => {
  const place = placed(value);
  return place === 'verified' ? undefined : { weights: `what lies at ${value} was not verified: it is ${place}` };
};

/** `name=path` of an adapter. */
export const adapter: Reader = (value, scope) => {
  const [name = '', path = ''] = value.split('=', 2);
  return word(name, scope) ?? verifiedPath(path, scope);
};

/** A folder that ends with the pod. */
export const scratchPath: Reader = (value, { placed }) => {
  const place = placed(value);
  return place === 'scratch' ? undefined : `${value} should be a folder that ends with the pod: it is ${place}`;
};

/** A folder of configuration, which AIR-CFG-1 judges. */
export const configuredPath: Reader = (value, { placed }) => {
  const place = placed(value);
  return place === 'configuration' ? undefined : `${value} should be configuration of the plan: it is ${place}`;
};

/** A path inside the image, over which nothing is mounted. */
export const imagePath: Reader = (value, { placed }) => {
  const place = placed(value);
  return value.startsWith('/') && place === 'image' ? undefined : `${value} should lie in the image: it is ${place}`;
};

/** Storage that outlives the pod. */
export const keptPath: Reader = (value, { placed }) => {
  const place = placed(value);
  return place === 'kept' ? undefined : `${value} should be a claim of the plan: it is ${place}`;
};
