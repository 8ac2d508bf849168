/** Defaults that several rooms must agree on, each with its reason. */

/** Node LTS line that `airlock.mjs` supports; slim variant, glibc, with `node` on the PATH. */
export const DEFAULT_KIT_BASE_IMAGE = 'docker.io/library/node:22-bookworm-slim';
/** Name of that image in the lock. */
export const KIT_BASE_IMAGE_NAME = 'kit-base';
