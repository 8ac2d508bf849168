/** Configuration documents of synthesized plans, each with its judge. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Role } from '../../../audit/configuration/roles';
import { Unproven } from '../../../audit/plan/access';
import { parseEnclave } from '../../../site/load-enclave';
import { parseSite } from '../../../site/load-site';
import { parseLock } from '../../../site/lock/lock-file';
import { relock } from '../../stacks/relock';
import type { Inputs } from '../../stacks/synthesized';
import { containerOf, contextOf, type Known, programsOf, withContainer, withText } from './programs';

export interface JudgedDocument {
  readonly title: string;
  readonly role: Role;
  readonly name: string;
  readonly value: unknown;
  /** How many complaints a document gets in its place. */
  readonly complaints: (value: unknown) => number;
}

const EXAMPLES = path.join(__dirname, '..', '..', '..', 'examples');

export function example(name: string): Inputs {
  const text = (file: string): string => readFileSync(path.join(EXAMPLES, name, file), 'utf8');
  return {
    site: parseSite(text('site.yaml'), 'site.yaml'),
    enclave: parseEnclave(text('enclave.yaml'), 'enclave.yaml'),
    lock: parseLock(text('airlock.lock.json'), 'airlock.lock.json'),
  };
}

/** The datacenter with LiteLLM as its gateway: callers with keys, one replica. */
export function withLitellm(): Inputs {
  const { site, enclave, lock } = example('datacenter');
  site.gateway = { software: 'litellm', version: '1.84.0' };
  delete enclave.callers?.issuers;
  enclave.gateway = { replicas: 1, tlsSecret: 'gateway-tls' };
  return { site, enclave, lock: relock(site, lock) };
}

/** Plans whose documents are changed, by name. */
export const PLANS: Readonly<Record<string, () => Inputs>> = {
  'h100-single': () => example('h100-single'),
  datacenter: () => example('datacenter'),
  litellm: withLitellm,
};

interface Variable {
  readonly name: string;
}

/** Variables by their names, so that a pointer tells which. */
function variablesDocument(known: Known): JudgedDocument {
  const container = containerOf(known);
  const { env, args, command } = container as { env: Variable[]; args?: string[]; command?: string[] };
  const rest = Object.fromEntries(
    Object.entries(container).filter(([key]) => !['env', 'args', 'command'].includes(key)),
  );
  const listed = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([name, one]: [string, unknown]) =>
          typeof one === 'object' ? { name, ...one } : { name, value: one },
        )
      : value;
  return {
    title: `${known.program.container.pod.subject} variables`,
    role: known.role,
    name: 'variables',
    value: {
      env: Object.fromEntries(env.map(({ name, ...one }) => [name, one])),
      ...(args === undefined ? {} : { args }),
      ...(command === undefined ? {} : { command }),
    },
    complaints: (value) => {
      const { env: changed, ...others } = value as { env?: unknown };
      try {
        return withContainer(known, { ...rest, ...others, ...(changed === undefined ? {} : { env: listed(changed) }) })
          .length;
      } catch (error) {
        if (error instanceof Unproven) return 1;
        throw error;
      }
    },
  };
}

function fileDocuments(known: Known): JudgedDocument[] {
  return known.program.files.flatMap(({ path: place, text }): JudgedDocument[] => {
    const name = path.basename(place);
    const isJson = name.endsWith('.json') || text.startsWith('{');
    if (!isJson && !name.endsWith('.yaml')) return [];
    return [
      {
        title: `${known.program.container.pod.subject} ${name}`,
        ...{ role: known.role, name },
        value: isJson ? (JSON.parse(text) as unknown) : (parse(text) as unknown),
        complaints: (value) => withText(known, name, isJson ? JSON.stringify(value) : stringify(value)).length,
      },
    ];
  });
}

/** Every document of a plan that configures a program of the platform. */
export async function documentsOf(inputs: Inputs): Promise<JudgedDocument[]> {
  const context = await contextOf(inputs);
  return programsOf(context).flatMap((known) => [
    ...fileDocuments(known),
    ...(known.role === 'trace-store' || known.role === 'trace-database' ? [variablesDocument(known)] : []),
  ]);
}
