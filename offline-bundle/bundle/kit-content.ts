/** The kit's own image in a bundle: assembled here, and held against what the lock says it must be. */
import { canonicalJson } from '../../core/canonical-json';
import type { Digest } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import type { Lock } from '../../site/generated/lock';
import { type MadeContent, madeContent } from '../layout/artifacts';
import { assembleKitImage } from '../layout/kit-image';

/** Makes the blobs of the kit image once the configs of its base image are there. */
export interface KitImageSource {
  /** Config blobs of the base image. */
  readonly needs: readonly Digest[];
  /** @throws AirlockError (check) when the result is not the image of the lock */
  make(configs: ReadonlyMap<Digest, Buffer>): Promise<readonly MadeContent[]>;
}

const REMAKE = 'the lock was made with another airlock or by hand: run `airlock lock` again and review the change';

/** @throws AirlockError (check) when the lock names a base image that it does not hold, or another program */
export function kitImageSource(lock: Lock, airlockMjs: Buffer): KitImageSource {
  const { kit } = lock.derived;
  const base = lock.images.find((image) => image.name === kit.base);
  if (base === undefined)
    throw checkFailed('LOCK_OUT_OF_DATE', `the lock names no image "${kit.base}", the base of the kit image`, REMAKE);
  const program = madeContent('text/javascript', airlockMjs);
  if (program.descriptor.digest !== kit.airlockMjs.digest) {
    throw checkFailed(
      'KIT_DIFFERS_FROM_LOCK',
      `airlock.mjs is ${program.descriptor.digest} here, ${kit.airlockMjs.digest} in the lock`,
      REMAKE,
    );
  }
  return {
    needs: base.manifests.map((manifest) => manifest.config.digest),
    async make(configs) {
      const byPlatform = base.manifests.flatMap(({ platform, config }): [string, Buffer][] => {
        const bytes = configs.get(config.digest);
        return bytes === undefined ? [] : [[platform, bytes]];
      });
      const { section, contents } = await assembleKitImage(base, new Map(byPlatform), program, kit.version);
      if (!canonicalJson(section).equals(canonicalJson(kit))) {
        const digest = (section.index ?? section.manifests[0])?.digest ?? 'empty';
        const expected = (kit.index ?? kit.manifests[0])?.digest ?? 'empty';
        throw checkFailed(
          'KIT_DIFFERS_FROM_LOCK',
          `the kit image comes out as ${digest}, the lock says ${expected}`,
          REMAKE,
        );
      }
      return contents;
    },
  };
}
