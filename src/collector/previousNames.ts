/** The names that an earlier VS Code window gave the engines of a run. */

const noNames: ReadonlyMap<string, string> = new Map();

/** Loads the names once per run. */
export class PreviousNames {
  private loaded: { runId: string; names: ReadonlyMap<string, string> } | undefined;

  /** `load`: names by engine id; never rejects, and takes no long time. */
  constructor(private readonly load: ((runId: string) => Promise<ReadonlyMap<string, string>>) | undefined) {}

  /** Names by engine id; none while the run is unknown. */
  async namesOf(runId: string): Promise<ReadonlyMap<string, string>> {
    if (runId !== '' && this.loaded?.runId !== runId)
      this.loaded = { runId, names: (await this.load?.(runId)) ?? noNames };
    return this.loaded?.runId === runId ? this.loaded.names : noNames;
  }
}
