/** Code that is loaded with its first use. */

/**
 * Calls `load` once, with the first call of the result; later calls share what it loaded. After a failure the next call
 * tries again. Rejects with words for a person, as what was loaded later may have been removed since, e.g. by an update.
 */
export function loadOnce<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  return () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
      throw new Error(`A part of SkyRL Metrics could not be loaded. Reload the window. (${reason})`, { cause: error });
    }));
}

/** Calls `make` once, with the first call of the result. */
export function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}
