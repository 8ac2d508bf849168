/** The CDKTF app: site, enclave and lock in, three stacks out. */
import { mkdirSync } from 'node:fs';
import { App } from 'cdktf';
import { AirlockError, checkFailed } from '../core/errors';
import type { Enclave } from '../site/generated/enclave';
import type { Lock } from '../site/generated/lock';
import type { Site } from '../site/generated/site';
import { checkEnclave } from '../site/load-enclave';
import { checkLock } from '../site/lock-file';
import { MirrorStack } from './mirror-stack';
import { PlatformStack } from './platform-stack';
import { ServingStack } from './serving-stack';

/** Seen from a stack's folder, `cdktf.out/stacks/<stack>`: a folder beside `cdktf.out`. */
export const DEFAULT_STATE_DIRECTORY = '../../../state';

export interface AirlockAppProps {
  readonly site: Site;
  readonly enclave: Enclave;
  readonly lock: Lock;
  /** Where the stacks are written. */
  readonly outdir: string;
  /**
   * Folder of Terraform's state files, relative to a stack's folder.
   *
   * @default DEFAULT_STATE_DIRECTORY
   */
  readonly stateDirectory?: string;
}

/**
 * Builds the app; `synth()` writes it.
 *
 * The stacks apply in the order platform, mirror, serving. None refers to another's resources, so each can be planned
 * and audited alone.
 *
 * @throws AirlockError (input) when the files contradict each other, (check) when the lock is out of date
 */
export function airlockApp(props: AirlockAppProps): App {
  const { site, enclave, lock, outdir, stateDirectory = DEFAULT_STATE_DIRECTORY } = props;
  checkEnclave(enclave, site);
  const differences = checkLock(lock, site);
  if (differences.length > 0) {
    throw checkFailed(`the lock does not fit the site: ${differences.join('; ')}`, 'run `airlock lock`');
  }
  mkdirSync(outdir, { recursive: true });
  // Traces would cost half the time and write paths of this machine into annotations.
  const app = new App({ outdir, stackTraces: false });
  const platform = new PlatformStack(app, 'platform', { site, enclave, stateDirectory });
  const mirror = new MirrorStack(app, 'mirror', { site, enclave, lock, stateDirectory });
  const pool = (name: string) => platform.pool(name);
  const serving = new ServingStack(app, 'serving', { site, enclave, lock, stateDirectory, pool });
  mirror.addDependency(platform);
  serving.addDependency(mirror);
  return app;
}

/**
 * Builds the app and writes it.
 *
 * @throws AirlockError, also for CDKTF's own refusals, which are plain errors
 */
export function synthesize(props: AirlockAppProps): void {
  try {
    airlockApp(props).synth();
  } catch (error) {
    if (error instanceof AirlockError || !(error instanceof Error)) throw error;
    throw new AirlockError('input', `synthesis failed: ${error.message}`, { cause: error });
  }
}
