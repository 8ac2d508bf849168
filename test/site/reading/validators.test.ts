import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';

const FOLDER = path.join(__dirname, '..', '..', '..', 'site', 'schema');

describe('the schemas of the three files', () => {
  // The loaders take this for granted, since checking it takes longer than reading a site.
  it.each(readdirSync(FOLDER))('%s is a valid JSON Schema 2020-12', (name) => {
    const ajv = new Ajv2020();
    const valid = ajv.validateSchema(JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as object);
    expect([valid, ajv.errors]).toEqual([true, null]);
  });
});
