/** Environment that every Python engine gets: no hub, no telemetry, caches in writable places. */

/**
 * huggingface_hub docs, "Environment variables"; transformers docs, "Offline mode"; https://consoledonottrack.com;
 * PyTorch, Triton, Numba: their documented cache variables.
 *
 * @param home writable directory; the root file system is read-only
 */
export const offlinePythonEnvironment = (home: string): Readonly<Record<string, string>> => ({
  HF_HUB_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  HF_HUB_DISABLE_TELEMETRY: '1',
  DO_NOT_TRACK: '1',
  TELEMETRY_DISABLED: '1',
  BNB_DISABLE_TELEMETRY: '1',
  // What lacks a kernel fails with its name, in place of waiting for a server that no pod reaches (flashinfer/jit/cubin_loader.py).
  FLASHINFER_NO_DOWNLOAD: '1',
  HOME: home,
  // A numeric user without a passwd entry breaks getpwuid, which PyTorch calls for its cache path.
  USER: 'airlock',
  LOGNAME: 'airlock',
  HF_HOME: `${home}/.cache/huggingface`,
  XDG_CACHE_HOME: `${home}/.cache`,
  XDG_CONFIG_HOME: `${home}/.config`,
  TRITON_CACHE_DIR: `${home}/.cache/triton`,
  TORCHINDUCTOR_CACHE_DIR: `${home}/.cache/inductor`,
  NUMBA_CACHE_DIR: `${home}/.cache/numba`,
  OUTLINES_CACHE_DIR: `${home}/.cache/outlines`,
});
