/** Compiled JSON Schemas of the files that people write, and of the lock (JSON Schema 2020-12). */
import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Enclave } from '../generated/enclave';
import type { Lock } from '../generated/lock';
import type { Site } from '../generated/site';
import type { Trust } from '../generated/trust';
import enclaveSchema from '../schema/enclave.schema.json';
import lockSchema from '../schema/lock.schema.json';
import siteSchema from '../schema/site.schema.json';
import trustSchema from '../schema/trust.schema.json';

export type { ErrorObject };

/** Compiled when it is first asked for. */
export function compile<T>(schema: object): () => ValidateFunction<T> {
  let validate: ValidateFunction<T> | undefined;
  return () => {
    if (validate === undefined) {
      // verbose: messages name the value and the schema; allErrors: every fault at once. That the schemas are schemas
      // is for a test to say: compiling the meta-schema would take longer than everything else here.
      const options = { strict: true, allErrors: true, verbose: true, validateSchema: false, keywords: ['tsType'] };
      const ajv = new Ajv2020(options);
      addFormats(ajv, ['date']);
      validate = ajv.compile<T>(schema);
    }
    return validate;
  };
}

export const siteValidator = compile<Site>(siteSchema);
export const enclaveValidator = compile<Enclave>(enclaveSchema);
export const lockValidator = compile<Lock>(lockSchema);
export const trustValidator = compile<Trust>(trustSchema);
