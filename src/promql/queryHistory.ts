/** The queries that were run, newest first; a query stands in it once. */

export interface PastQuery {
  query: string;
  /** Unix ms when it was last run. */
  at: number;
}

const most = 100;

/** From storage, where anything may stand. */
export function readHistory(stored: unknown): PastQuery[] {
  if (!Array.isArray(stored)) return [];
  return stored
    .filter((entry: unknown): entry is PastQuery => {
      const { query, at } = (entry ?? {}) as Partial<PastQuery>;
      return typeof query === 'string' && typeof at === 'number';
    })
    .slice(0, most);
}

export function remember(history: readonly PastQuery[], query: string, at: number): PastQuery[] {
  return [{ query, at }, ...history.filter((past) => past.query !== query)].slice(0, most);
}
