/** Every argument that a schema knows, at every place of a plan where it may stand and does not. Shares no code with the audit. */
import { apiLeaves } from '../audit/fields/api-types';
import { deepChanged, type Json, leaves, type Planned, valueAt } from './changes';
import type { Argument, ProviderSchemas, Schema } from './provider-schemas';
import {
  LIFECYCLE_ARGUMENTS,
  META_ARGUMENTS,
  ROOT_BLOCKS,
  TERRAFORM_ARGUMENTS,
  VALUE_ARGUMENTS,
} from './terraform-schemas';

type Keys = readonly string[];
interface Addition {
  /** The first keys that are there, then those that are made. */
  readonly at: Keys;
  readonly value: Json;
}

const isMap = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has = (root: Json, at: Keys): boolean => valueAt(root, at) !== undefined;

const SAMPLES: Readonly<Record<Exclude<Argument, Schema>, readonly Json[]>> = {
  string: ['x', '${path.module}'],
  number: [1, '${path.module}'],
  boolean: [true, false, '${path.module}'],
  list: [['x'], { x: 'x' }, '${path.module}'],
};

const isSchema = (argument: Argument): argument is Schema => typeof argument !== 'string';

/** Arguments that a body does not have; a block is one object, or a list of them. */
function ofBody(schema: Schema, body: Json | undefined, at: Keys): Addition[] {
  if (Array.isArray(body)) return body.flatMap((one, index) => ofBody(schema, one, [...at, String(index)]));
  const entries = isMap(body) ? body : {};
  return [...schema].flatMap(([name, argument]): Addition[] => {
    const place = [...at, name];
    if (isSchema(argument)) return ofBody(argument, entries[name], place);
    return entries[name] === undefined ? SAMPLES[argument].map((value) => ({ at: place, value })) : [];
  });
}

const each = (table: Readonly<Record<string, readonly Json[]>>, at: Keys): Addition[] =>
  Object.entries(table).flatMap(([name, values]) => values.map((value) => ({ at: [...at, name], value })));

function ofBlocks(root: Json, block: string, schemas: ReadonlyMap<string, Schema>): Addition[] {
  const types = valueAt(root, [block]);
  if (!isMap(types)) return [];
  return Object.entries(types).flatMap(([type, named]) => {
    const schema = schemas.get(type) ?? new Map<string, Argument>();
    const bodies: [string, Json][] = isMap(named) ? Object.entries(named) : [];
    return bodies.flatMap(([name, body]) => {
      const at = [block, type, name];
      return [
        ...ofBody(schema, body, at),
        ...each(META_ARGUMENTS, at),
        ...each(LIFECYCLE_ARGUMENTS, [...at, 'lifecycle']),
      ];
    });
  });
}

function ofProviders(root: Json, schemas: ReadonlyMap<string, Schema>): Addition[] {
  const providers = valueAt(root, ['provider']);
  return isMap(providers)
    ? Object.entries(providers).flatMap(([name, bodies]) => [
        ...ofBody(schemas.get(name) ?? new Map<string, Argument>(), bodies, ['provider', name]),
        ...(Array.isArray(bodies)
          ? bodies.flatMap((_, at) =>
              ['alias', 'version', 'for_each'].map((key) => ({ at: ['provider', name, String(at), key], value: 'x' })),
            )
          : []),
      ])
    : [];
}

const ofNamed = (root: Json, block: string): Addition[] => {
  const named = valueAt(root, [block]);
  return isMap(named) ? Object.keys(named).flatMap((name) => each(VALUE_ARGUMENTS, [block, name])) : [];
};

/** Blocks of the root, in a stack that has none of the kind, and beside those that it has. */
const ofRoot = (root: Json, { data, resources }: ProviderSchemas): Addition[] => [
  ...Object.entries(ROOT_BLOCKS).flatMap(([block, body]) =>
    isMap(body) && has(root, [block])
      ? Object.entries(body as Record<string, Json>).map(([label, value]) => ({ at: [block, label], value }))
      : [{ at: [block], value: body }],
  ),
  ...TERRAFORM_ARGUMENTS.map(([at, value]) => ({ at: ['terraform', ...at], value: value })),
  ...[...data.keys()].map((type) => ({ at: ['data', type, 'airlock-x'], value: { metadata: { name: 'x' } } })),
  ...[...resources.keys()].map((type) => ({ at: ['resource', type, 'airlock-x'], value: { count: 1 } })),
];

/** Kubernetes: what a field that nobody wrote may be. */
const FIELD_VALUES: readonly Json[] = [
  ...['x', '', '/x', '../x', '$(x)', '*', '0.0.0.0/0', 'https://x.example/x', 'true', 'false', '0'],
  ...[true, false, -1, 0, 0.5, 1, 4294967296],
  ...[['x'], [1], [['x']], [{ x: 'x' }], { x: 'x' }, { x: { x: 'x' } }],
];

/** Where a path of a type leads in an object: into every item that is there, and into one that is made where there is none. */
function placesOf(segments: Keys, value: Json | undefined, at: Keys): Keys[] {
  const [segment, ...rest] = segments;
  if (segment === undefined) return value === undefined ? [at] : [];
  if (segment === '[]') {
    const items = Array.isArray(value) ? value : [];
    if (rest.length === 0) return [[...at, String(items.length)]];
    return items.length === 0
      ? placesOf(rest, undefined, [...at, '0'])
      : items.flatMap((item, index) => placesOf(rest, item, [...at, String(index)]));
  }
  const key = segment === '*' || segment === '**' ? 'airlock.example/x' : segment;
  return placesOf(rest, isMap(value) ? value[key] : undefined, [...at, key]);
}

const segmentsOf = (leaf: string): string[] => leaf.match(/\[\]|[^.[\]]+/g) ?? [];

/** Leaves of a kind, as the API has them; of those that are no part of Kubernetes, their pods. */
function leavesOf(apiVersion: string, kind: string): readonly string[] {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  if (kind === 'LeaderWorkerSet')
    return ['leaderTemplate', 'workerTemplate'].flatMap((name) =>
      apiLeaves('core/v1', 'PodTemplateSpec').map((leaf) => `spec.leaderWorkerTemplate.${name}.${leaf}`),
    );
  const file = `${group.split('.')[0] ?? ''}/${version ?? ''}`;
  try {
    return apiLeaves(file, kind).filter((leaf) => leaf !== '');
  } catch {
    return [];
  }
}

const known = new Map<string, readonly string[]>();
function cachedLeaves(apiVersion: string, kind: string): readonly string[] {
  const key = `${apiVersion} ${kind}`;
  const found = known.get(key) ?? leavesOf(apiVersion, kind);
  known.set(key, found);
  return found;
}

function ofObject(object: Json, at: Keys): Addition[] {
  if (!isMap(object)) return [];
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  return cachedLeaves(apiVersion, kind).flatMap((leaf) =>
    placesOf(segmentsOf(leaf), object, at).flatMap((place) => FIELD_VALUES.map((value) => ({ at: place, value }))),
  );
}

const ofDocument = (document: Json): Addition[] => {
  const objects = valueAt(document, ['objects']);
  return Array.isArray(objects) ? objects.flatMap((object, at) => ofObject(object, ['objects', String(at)])) : [];
};

/** Below the first key that is made, everything is. */
function madeAt(root: Json, at: Keys): Keys {
  const length = at.findIndex((_, index) => !has(root, at.slice(0, index + 1)));
  return length < 0 ? at : at.slice(0, length + 1);
}

/** Keys from the first that is made to each leaf of what is put there; none for a leaf. */
const belowMade = ({ at, value }: Addition, made: Keys): Keys[] =>
  leaves(value)
    .map((keys) => [...at.slice(made.length), ...keys])
    .filter((keys) => keys.length > 0);

const whatOf = ({ at, value }: Addition, made: Keys): string =>
  `added ${[...at.slice(made.length), JSON.stringify(value)].join(' / ')}`;

/** Every addition to a configuration, those to the objects in its Helm values among them. */
export function additionsTo(file: string, configuration: unknown, schemas: ProviderSchemas): Planned[] {
  const root = configuration as Json;
  const outer = [
    ...ofRoot(root, schemas),
    ...ofBlocks(root, 'resource', schemas.resources),
    ...ofBlocks(root, 'data', schemas.data),
    ...ofProviders(root, schemas.providers),
    ...ofNamed(root, 'variable'),
    ...ofNamed(root, 'output'),
  ].filter(({ at, value }) => JSON.stringify(valueAt(root, at)) !== JSON.stringify(value));
  const releases = valueAt(root, ['resource', 'helm_release']);
  const inner = isMap(releases)
    ? Object.entries(releases).flatMap(([name, release]) => {
        const values = valueAt(release, ['values']);
        const texts = Array.isArray(values) ? values : [];
        return texts.flatMap((text, index) => {
          const at = ['resource', 'helm_release', name, 'values', String(index)];
          const document = JSON.parse(text as string) as Json;
          return ofDocument(document).map((addition): Planned => {
            const made = madeAt(document, addition.at);
            return {
              spot: { file, outer: at, inner: made },
              what: whatOf(addition, made),
              below: belowMade(addition, made),
              make: () => deepChanged(root, at, JSON.stringify(deepChanged(document, addition.at, addition.value))),
            };
          });
        });
      })
    : [];
  return [
    ...outer.map((addition): Planned => {
      const made = madeAt(root, addition.at);
      return {
        spot: { file, outer: made },
        what: whatOf(addition, made),
        below: belowMade(addition, made),
        make: () => deepChanged(root, addition.at, addition.value),
      };
    }),
    ...inner,
  ];
}
