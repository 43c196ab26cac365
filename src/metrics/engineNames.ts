/** The number in a name that a run gave; undefined for any other text. */
function numberIn(name: string | undefined): number | undefined {
  const digits = /^engine (\d{1,6})$/.exec(name ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** What the engines of one run are called: `engine 0`, `engine 1`, … as they are met; one that a window before this one named keeps its name. */
export class EngineNames {
  private next = 0;
  private readonly nameById = new Map<string, string>();

  /**
   * Gives names to those that have none, in their order. `before`: names that a window before gave, by id. No number is given twice, and where none
   * of those it knows is there (another job on the same cluster), numbers begin at 0.
   */
  assign(ids: readonly string[], before: ReadonlyMap<string, string>): void {
    const met = [...new Set(ids)].filter((id) => !this.nameById.has(id));
    const taken = new Set(this.nameById.values());
    const numbers = met.map((id) => {
      const number = numberIn(before.get(id));
      if (number === undefined || taken.has(`engine ${number}`)) return undefined;
      taken.add(`engine ${number}`);
      this.next = Math.max(this.next, number + 1);
      return number;
    });
    met.forEach((id, index) => this.nameById.set(id, `engine ${numbers[index] ?? this.next++}`));
  }

  /** The name of an engine that has been met. */
  nameOf(id: string): string {
    return this.nameById.get(id) ?? id;
  }
}
