// What a promise fails with, for expect().toMatchObject().

/** @throws when it does not fail */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the promise was to be rejected, but was fulfilled");
}
