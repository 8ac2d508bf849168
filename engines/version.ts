/** Engine versions, as far as flags and images depend on them. */

/** Major and minor number of a dotted version; undefined for a tag that is none. */
function numbers(version: string): readonly [number, number] | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** Whether a dotted version is at least another; a tag that is no dotted version counts as newest. */
export function atLeast(version: string, wanted: readonly [number, number]): boolean {
  const [major, minor] = numbers(version) ?? [Infinity, 0];
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}

/** CUDA release that a tag names, as vLLM and SGLang write it: `0.27.1-cu130` is `13.0`. */
export function cudaOfTag(tag: string): string | undefined {
  const [, major, minor] = /-cu(\d{2})(\d)(?:-|$)/.exec(tag) ?? [];
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`;
}
