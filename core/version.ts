/** Versions of numbers and dots. */

/** Whether a version is at least another; both have the same form, such as `<major>.<minor>.<patch>`. */
export function isAtLeast(version: string, least: string): boolean {
  const [left, right] = [version, least].map((one) => one.split('.').map(Number)) as [number[], number[]];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at === -1 || (left[at] ?? 0) > (right[at] ?? 0);
}
