/** Side artifacts: files that engines would fetch from the internet at run time, and where they look for them instead. */

/** OpenAI's vocabularies, which Harmony models (gpt-oss) need and their repositories lack (openai/harmony README). */
export const HARMONY_VOCABULARIES = 'harmony-vocabularies';
/** Compiled kernels of FlashInfer (flashinfer-ai/flashinfer README, "flashinfer-cubin"). */
export const FLASHINFER_CUBINS = 'flashinfer-cubins';

const VARIABLES: Readonly<Record<string, string>> = {
  [HARMONY_VOCABULARIES]: 'TIKTOKEN_ENCODINGS_BASE',
  [FLASHINFER_CUBINS]: 'FLASHINFER_CUBIN_DIR',
};

/**
 * Environment that points an engine to its side artifacts.
 *
 * A variable without its folder would be worse than none: it turns the download off, and what is missing is missed in
 * silence. So only folders that the pod holds are named.
 *
 * @param artifacts absolute folder of each set that the pod holds
 */
export const artifactEnvironment = (artifacts: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(artifacts).flatMap(([set, folder]) => {
      const variable = VARIABLES[set];
      return variable === undefined ? [] : [[variable, folder]];
    }),
  );
