/** The names that the engines of a run had before: in an earlier VS Code window, or before another run was watched. */

/** Names by engine id; undefined if they are not read yet. Never rejects, and takes no long time. */
export type LoadEngineNames = (runId: string) => Promise<ReadonlyMap<string, string> | undefined>;

const noNames: ReadonlyMap<string, string> = new Map();
/** Runs whose names are remembered: a dashboard may be that of another cluster for a moment. */
const maxRuns = 4;

/** Loads the names once per run, and remembers those that it is told of. */
export class PreviousNames {
  private loaded: { runId: string; names: ReadonlyMap<string, string> } | undefined;
  /** By run id, the run of the newest scrape last. */
  private readonly named = new Map<string, ReadonlyMap<string, string>>();

  constructor(private readonly load: LoadEngineNames | undefined) {}

  /** Names by engine id, the same map each time; none while the run is unknown, or while its files are being read. */
  async namesOf(runId: string): Promise<ReadonlyMap<string, string>> {
    if (runId !== '' && this.loaded?.runId !== runId) {
      const names = this.load ? await this.load(runId) : noNames;
      this.loaded = names && { runId, names: new Map([...names, ...(this.named.get(runId) ?? [])]) };
    }
    return this.loaded?.runId === runId ? this.loaded.names : (this.named.get(runId) ?? noNames);
  }

  /** Notes the names that the engines of a run have now; without effect as long as the names of its files may change them. */
  note(runId: string, engines: readonly { id: string; name: string }[]): void {
    if (this.loaded?.runId !== runId) return;
    this.named.delete(runId);
    this.named.set(runId, new Map(engines.map(({ id, name }) => [id, name])));
    const [longestAgo] = this.named.keys();
    if (this.named.size > maxRuns && longestAgo !== undefined) this.named.delete(longestAgo);
  }
}
