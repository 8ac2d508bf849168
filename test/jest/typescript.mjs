/** Lets Node load TypeScript in the workers of the unit suite, as the scripts of the project do. */
import { register as requires } from 'tsx/cjs/api';
import { register as imports } from 'tsx/esm/api';

requires();
imports();
