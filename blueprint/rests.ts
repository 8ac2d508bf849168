/** On what a decision rests: lines of the three files, as paths. */

/** A decision, with the places of the files that it follows from. */
export interface Rests {
  /** e.g. `site.yaml: servings[0].engine`, `airlock.lock.json: images[engine-vllm]`. */
  readonly restsOn: readonly string[];
}

export const siteAt = (path: string): string => `site.yaml: ${path}`;
export const enclaveAt = (path: string): string => `enclave.yaml: ${path}`;
export const lockAt = (path: string): string => `airlock.lock.json: ${path}`;

/** Those that are there, each once. */
export const restsOn = (...places: readonly (string | false | undefined)[]): readonly string[] => [
  ...new Set(places.filter((place): place is string => typeof place === 'string')),
];
