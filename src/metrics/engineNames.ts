/** Names of the engines of one run: `engine 0`, `engine 1`, … */

const numberedName = (number: number): string => `engine ${number}`;

/** The number in a name that a run gave; undefined for any other text. */
function numberIn(name: string | undefined): number | undefined {
  const digits = /^engine (\d{1,6})$/.exec(name ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Gives each engine a name, and never the same name twice. */
export class EngineNames {
  private nextNumber = 0;
  private readonly nameById = new Map<string, string>();

  /**
   * Names the engines that have no name yet, in this order. `earlierNames` are names by id from before a reload, which
   * are kept. If none of these engines is there, as with another job on the same cluster, numbers begin at 0.
   */
  assign(ids: readonly string[], earlierNames: ReadonlyMap<string, string>): void {
    const newIds = [...new Set(ids)].filter((id) => !this.nameById.has(id));
    const taken = new Set(this.nameById.values());
    const keptNumbers = newIds.map((id) => {
      const number = numberIn(earlierNames.get(id));
      if (number === undefined || taken.has(numberedName(number))) return undefined;
      taken.add(numberedName(number));
      this.nextNumber = Math.max(this.nextNumber, number + 1);
      return number;
    });
    newIds.forEach((id, index) => this.nameById.set(id, numberedName(keptNumbers[index] ?? this.nextNumber++)));
  }

  /** Forgets the name of an engine. No other engine gets it. */
  forget(id: string): void {
    this.nameById.delete(id);
  }

  /** The name of an engine; its id if it has none. */
  nameOf(id: string): string {
    return this.nameById.get(id) ?? id;
  }
}
