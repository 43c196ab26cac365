/** The names that an earlier VS Code window gave the engines of a run. */

/** Names by engine id; undefined if they are not read yet. Never rejects, and takes no long time. */
export type LoadEngineNames = (runId: string) => Promise<ReadonlyMap<string, string> | undefined>;

const noNames: ReadonlyMap<string, string> = new Map();

/** Loads the names once per run. */
export class PreviousNames {
  private loaded: { runId: string; names: ReadonlyMap<string, string> } | undefined;

  constructor(private readonly load: LoadEngineNames | undefined) {}

  /** Names by engine id, the same map each time; none while the run is unknown, or while its files are being read. */
  async namesOf(runId: string): Promise<ReadonlyMap<string, string>> {
    if (runId !== '' && this.loaded?.runId !== runId) {
      const names = this.load ? await this.load(runId) : noNames;
      this.loaded = names && { runId, names };
    }
    return this.loaded?.runId === runId ? this.loaded.names : noNames;
  }
}
