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
  private earlierNames: ReadonlyMap<string, string> = new Map();

  /**
   * Names the engines that have no name yet, in this order. `earlierNames` are names by id from before a reload, which
   * are kept for them, since an engine may be missing only because its node does not answer. If none of these engines is
   * there, as with another job on the same cluster, numbers begin at 0. True if engines that had a name got another one:
   * earlier names that are late, because reading them took long, count more than what was given meanwhile.
   */
  assign(ids: readonly string[], earlierNames: ReadonlyMap<string, string>): boolean {
    const areLate =
      earlierNames !== this.earlierNames &&
      [...this.nameById].some(
        ([id, name]) => numberIn(earlierNames.get(id)) !== undefined && earlierNames.get(id) !== name,
      );
    this.earlierNames = earlierNames;
    const namedIds = areLate ? [...this.nameById.keys()] : [];
    if (areLate) {
      this.nameById.clear();
      this.nextNumber = 0;
    }
    this.nameNew([...namedIds, ...ids], earlierNames);
    return areLate;
  }

  private nameNew(ids: readonly string[], earlierNames: ReadonlyMap<string, string>): void {
    const newIds = [...new Set(ids)].filter((id) => !this.nameById.has(id));
    const taken = new Set(this.nameById.values());
    const keptNumbers = newIds.map((id) => {
      const number = numberIn(earlierNames.get(id));
      if (number === undefined || taken.has(numberedName(number))) return undefined;
      taken.add(numberedName(number));
      this.nextNumber = Math.max(this.nextNumber, number + 1);
      return number;
    });
    const isSameJob = keptNumbers.some((number) => number !== undefined);
    const reserved = new Set(isSameJob ? earlierNames.values() : []);
    newIds.forEach((id, index) => this.nameById.set(id, numberedName(keptNumbers[index] ?? this.takeNumber(reserved))));
  }

  /** The next number whose name is not reserved. */
  private takeNumber(reserved: ReadonlySet<string>): number {
    while (reserved.has(numberedName(this.nextNumber))) this.nextNumber += 1;
    return this.nextNumber++;
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
