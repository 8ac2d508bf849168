/** Several pieces of work at once, begun in order. */

/**
 * Runs `work` over all items, at most `limit` at a time. After a failure no further item begins; what runs ends first,
 * so the caller never cleans up under it.
 *
 * @returns the results in the order of the items
 * @throws the first failure
 */
export async function inParallel<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [at, item] of queue) {
      if (failures.length > 0) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}

/**
 * {@link inParallel}, the largest item first: with little left to do, no lane is alone with a large one.
 *
 * @returns the results in the order of the items
 */
export async function largestFirst<T extends { readonly size: number }, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const order = [...items.entries()].sort(([, a], [, b]) => b.size - a.size);
  await inParallel(limit, order, async ([at, item]) => {
    results[at] = await work(item);
  });
  return results;
}
