/** Engine versions, as far as flags depend on them. */

/** Whether a dotted version is at least another; a tag that is no dotted version counts as newest. */
export function atLeast(version: string, wanted: readonly [number, number]): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  if (match === null) return true;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}
