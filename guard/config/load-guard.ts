/** Reads the configuration of the guard; every fault at once, with its line. */
import path from 'node:path';
import { badInput } from '../../core/errors';
import { checkKeySet } from '../../site/checks/callers';
import { checkRedaction } from '../../site/checks/workflows';
import { readTextFile } from '../../site/reading/read-file';
import { compile } from '../../site/reading/validators';
import { YamlDocument } from '../../site/reading/yaml-document';
import { ENDPOINTS, type EndpointName } from '../endpoints';
import type { Guard } from '../generated/guard';
import schema from './guard.schema.json';
import { type GuardPolicy, policyOf, type Role } from './policy';

const validator = compile<Guard>(schema);

/** What a header can carry: RFC 6750, section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

type Path = readonly (string | number)[];

/** @param url as the schema takes it */
function checkAddress(document: YamlDocument, at: Path, url: string | undefined): void {
  if (url !== undefined && !URL.canParse(url))
    document.fault(at, 'this is no address', 'write http://host:port or https://host:port');
}

function checkUnique(document: YamlDocument, at: Path, field: string, values: readonly string[]): void {
  values.forEach((value, index) => {
    if (values.indexOf(value) !== index)
      document.fault([...at, index, field], `this ${field} stands twice`, `give each a ${field} of its own`);
  });
}

function checkWorkflows(document: YamlDocument, { workflows }: Guard, role: Role): void {
  checkUnique(
    document,
    ['workflows'],
    'name',
    workflows.map(({ name }) => name),
  );
  workflows.forEach(({ endpoints, allowFields = {}, set = {}, redaction }, at) => {
    const here: Path = ['workflows', at];
    checkRedaction(document, [...here, 'redaction'], redaction);
    if (role === 'back' && redaction?.requests === 'pseudonym')
      document.fault([...here, 'redaction', 'requests'], 'only the front can give values back', 'remove it');
    for (const [field, entries] of [
      ['allowFields', allowFields],
      ['set', set],
    ] as const)
      for (const name of Object.keys(entries) as EndpointName[]) {
        const names = Object.keys(entries[name] ?? {});
        if (!endpoints.includes(name))
          document.fault([...here, field, name], `the workflow does not offer ${name}`, 'remove it, or offer it');
        if (field === 'set' && names.some((one) => one === 'model' || one === 'stream'))
          document.fault([...here, field, name], 'model and stream are no fields that a site sets', 'remove them');
      }
    for (const name of Object.keys(allowFields) as EndpointName[])
      for (const [index, field] of (allowFields[name] ?? []).entries()) {
        if (Object.hasOwn(ENDPOINTS[name].request, field))
          document.fault([...here, 'allowFields', name, index], `${field} is allowed without it`, 'remove it');
        if (Object.hasOwn(set[name] ?? {}, field))
          document.fault([...here, 'allowFields', name, index], `${field} stands under set, too`, 'remove one');
      }
  });
}

function checkCallers(document: YamlDocument, { callers, workflows }: Guard, role: Role): void {
  const { keys = [], issuers = [] } = callers;
  const known = workflows.map(({ name }) => name);
  const lists = { keys, issuers };
  for (const list of ['keys', 'issuers'] as const) {
    checkUnique(
      document,
      ['callers', list],
      'name',
      lists[list].map(({ name }) => name),
    );
    lists[list].forEach((caller, at) =>
      caller.workflows.forEach((name, index) => {
        if (!known.includes(name))
          document.fault(
            ['callers', list, at, 'workflows', index],
            `there is no workflow "${name}"`,
            `workflows: ${known.join(', ')}`,
          );
      }),
    );
  }
  checkUnique(
    document,
    ['callers', 'keys'],
    'hash',
    keys.map(({ hash }) => hash),
  );
  checkUnique(
    document,
    ['callers', 'issuers'],
    'issuer',
    issuers.map(({ issuer }) => issuer),
  );
  issuers.forEach((issuer, at) => checkKeySet(document, ['callers', 'issuers', at, 'jwks'], issuer));
  if (role === 'back' && issuers.length > 0)
    document.fault(['callers', 'issuers'], 'the back is called by the gateway alone, with a key', 'remove them');
  if (keys.length + issuers.length === 0)
    document.fault(
      ['callers'],
      'nobody may call',
      'add keys: [{ name, hash, workflows }]; `airlock gateway key` makes a key',
    );
}

/**
 * Parses the configuration of the guard for one of its roles.
 *
 * @throws AirlockError (input) with every fault, its line and column
 */
export function parseGuard(text: string, file: string, role: Role): Guard {
  const document = new YamlDocument(text, file);
  const guard = document.validate(validator());
  if (guard !== undefined) {
    checkAddress(document, ['upstream', 'url'], guard.upstream.url);
    guard.workflows.forEach(({ upstream }, at) => checkAddress(document, ['workflows', at, 'upstream'], upstream));
    checkWorkflows(document, guard, role);
    checkCallers(document, guard, role);
  }
  document.throwFaults('GUARD_FILE_INVALID', `configuration of the guard, as ${role}`);
  return guard as Guard;
}

async function readToken(file: string): Promise<string> {
  const token = (await readTextFile(file, 'it is named as upstream.tokenFile')).trim();
  if (TOKEN.test(token)) return token;
  throw badInput('GUARD_FILE_INVALID', `${file} holds no token that a header carries`, 'write one line of ASCII');
}

/**
 * Reads a configuration, and the token that it names.
 *
 * @throws AirlockError (input) see {@link parseGuard}; for a token that is missing or that no header carries
 */
export async function loadGuard(file: string, role: Role): Promise<GuardPolicy> {
  const guard = parseGuard(await readTextFile(file, 'docs/guard.md shows one'), file, role);
  const { tokenFile } = guard.upstream;
  const token = tokenFile === undefined ? undefined : await readToken(path.resolve(path.dirname(file), tokenFile));
  return policyOf(guard, role, token);
}
