// Doing something with many things, some at once.

/** Calls `action` for each item, `width` at once, in order. */
export async function eachWide<T>(
  items: readonly T[],
  width: number,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of queue) await action(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
