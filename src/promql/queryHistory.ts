/** The queries that were run, newest first, each listed once. */

interface PastQuery {
  query: string;
  /** When it was last run, in Unix ms. */
  at: number;
}

const maxQueries = 100;

/** The history as stored; entries of any other shape are dropped. */
export function readHistory(stored: unknown): PastQuery[] {
  if (!Array.isArray(stored)) return [];
  return stored
    .filter((entry: unknown): entry is PastQuery => {
      const { query, at } = (entry ?? {}) as Partial<PastQuery>;
      return typeof query === 'string' && typeof at === 'number';
    })
    .slice(0, maxQueries);
}

/** The history with a query that was run at a time (Unix ms). */
export function remember(history: readonly PastQuery[], query: string, at: number): PastQuery[] {
  return [{ query, at }, ...history.filter((past) => past.query !== query)].slice(0, maxQueries);
}
