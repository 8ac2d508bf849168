/** What a sample of a file must look like: what its schema says, but that a part of a file need not be a whole one. */
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import guard from '../../../guard/config/guard.schema.json';
import waivers from '../../../audit/waivers/waivers.schema.json';
import enclave from '../../../site/schema/enclave.schema.json';
import lock from '../../../site/schema/lock.schema.json';
import site from '../../../site/schema/site.schema.json';
import trust from '../../../site/schema/trust.schema.json';

const SCHEMAS: Readonly<Record<string, object>> = {
  'site.yaml': site,
  'enclave.yaml': enclave,
  'waivers.yaml': waivers,
  'trust.yaml': trust,
  'guard.yaml': guard,
  'airlock.lock.json': lock,
};

/** Files by the kind that they say they are. */
const KINDS: Readonly<Record<string, string>> = {
  Site: 'site.yaml',
  Enclave: 'enclave.yaml',
  Waivers: 'waivers.yaml',
  Lock: 'airlock.lock.json',
  Trust: 'trust.yaml',
  Guard: 'guard.yaml',
};

/** Without what makes a part of a file incomplete. */
function ofParts(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(ofParts);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === 'required' && Array.isArray(value) ? [] : [[key, ofParts(value)]],
    ),
  );
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(file: string, schema: object, isWhole: boolean): ValidateFunction {
  const key = `${file} ${String(isWhole)}`;
  const found = validators.get(key);
  if (found !== undefined) return found;
  const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true, validateSchema: false }), ['date']);
  const made = ajv.compile((isWhole ? schema : ofParts(schema)) as object);
  validators.set(key, made);
  return made;
}

/** Where a page leaves digits out. */
const filled = (text: string): string => text.replace(/sha256:…/g, `sha256:${'0'.repeat(64)}`);

/** A sample cut where a comment of its own names the file that goes on: `# site.yaml`. */
function partsOf(code: string): { readonly file: string | undefined; readonly text: string }[] {
  const [before = '', ...rest] = code.split(/^# (\w+\.yaml)$/m);
  const named = rest.flatMap((file, at) => (at % 2 === 0 ? [{ file, text: rest[at + 1] ?? '' }] : []));
  return [...(before.replace(/^#.*$/gm, '').trim() === '' ? [] : [{ file: undefined, text: before }]), ...named];
}

function faultsOfPart(file: string | undefined, text: string): string[] {
  const value = parse(filled(text)) as Record<string, unknown>;
  const isWhole = 'apiVersion' in value;
  const name = file ?? KINDS[String(value['kind'])] ?? '';
  const schema = SCHEMAS[name];
  if (schema === undefined)
    return ['the sample does not say of which file it is: begin it with `# site.yaml` or another, or give it a kind'];
  const validate = validatorOf(name, schema, isWhole);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message ?? ''}`);
}

/** @returns what is wrong with a sample of YAML or JSON, which is YAML too */
export const fileFaults = (code: string): string[] =>
  partsOf(code).flatMap(({ file, text }) => faultsOfPart(file, text));
