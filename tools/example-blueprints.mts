/** `npm run generate:blueprints`: writes the blueprint of each example beside it, so that a review shows what a change decides. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { blueprintOf } from '../blueprint/blueprint.js';
import { reviewJson } from '../core/canonical-json.js';
import { BLUEPRINT_FILE, examples, loadFiles } from './examples.js';

for (const { folder } of examples())
  writeFileSync(path.join(folder, BLUEPRINT_FILE), reviewJson(blueprintOf(await loadFiles(folder))));
