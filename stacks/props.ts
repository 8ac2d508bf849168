/** What every stack of a platform builds from. */
import type { Blueprint } from '../blueprint/blueprint';
import type { BaseStackProps } from './base-stack';

export interface PlatformProps extends BaseStackProps {
  readonly blueprint: Blueprint;
}
