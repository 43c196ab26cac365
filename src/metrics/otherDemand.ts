/** Who wants measures of families that the catalog does not know: they are computed only for these. */

/** All of them, or those with these ids; a histogram's id means all of its measures. */
export type WantedOthers = 'all' | readonly string[];

/** What views, charts and exports want, each under its own name. */
export class OtherDemand {
  private readonly wanted = new Map<string, () => WantedOthers>();

  /** `want` is asked at each scrape; nothing is wanted any more once the returned function is called. */
  add(name: string, want: () => WantedOthers): () => void {
    this.wanted.set(name, want);
    return () => void this.wanted.delete(name);
  }

  /** Whether a measure is wanted now, by its id. */
  wants(): (id: string) => boolean {
    const lists = [...this.wanted.values()].map((want) => want());
    if (lists.includes('all')) return () => true;
    const ids = new Set(lists.flat());
    // A histogram is wanted by its own id where its buckets are shown.
    return (id) => ids.has(id) || ids.has(id.replace(/_(?:avg|p\d+)$/, ''));
  }
}
