/** Pages whose blocks a test of their own types, all of them, in order; their samples say what a person writes beside them. */
import type { Block } from './page';

/** Page → the test that goes its way. */
export const TYPED_WHOLE: Readonly<Record<string, string>> = {
  'docs/tutorial.md': 'npm run test:tutorial, and test/docs/tutorial.slow.test.ts',
};

export const isTypedWhole = ({ page }: Pick<Block, 'page'>): boolean => TYPED_WHOLE[page] !== undefined;
