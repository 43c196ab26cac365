/** Numbers families, selectors and histograms while the catalog index is built. */
import type { Selector, SubjectKind } from './catalog';

/** A family whose series are read. */
export interface IndexedFamily {
  /** Its index in tables by family. */
  readonly number: number;
  readonly subject: SubjectKind;
  /** Whether its buckets, sum and count are read. */
  isHistogram: boolean;
  /** The other kinds of samples that are read. */
  readonly scalarKinds: Set<'gauge' | 'counter'>;
  /** The least value that its gauge can have. */
  least: number;
}

/** A selector with what its series are about. */
export interface SubjectSelector extends Selector {
  subject: SubjectKind;
}

/** The key of a table by family and sample kind. */
export const familyKindKey = (family: string, sampleKind: string): string => `${family} ${sampleKind}`;

const selectorKey = ({ family, sampleKind, where = {} }: Selector): string =>
  JSON.stringify([family, sampleKind, where]);

/** Gives equal families, selectors and histograms equal numbers, counted from 0. */
export class SelectorRegistry {
  /** By canonical name. */
  readonly families = new Map<string, IndexedFamily>();
  /** By number. */
  readonly selectors: Selector[] = [];
  /** Selector numbers by `familyKindKey`. */
  readonly numbersByFamilyKind = new Map<string, number[]>();
  /** By canonical name of the family. */
  readonly histogramNumbers = new Map<string, number>();
  private readonly numberByKey = new Map<string, number>();

  /** Adds a selector if it is new, and returns its number. */
  addSelector(selector: Selector, subject: SubjectKind): number {
    const { family, sampleKind } = selector;
    const indexed = this.addFamily(family, subject);
    if (sampleKind === 'gauge' || sampleKind === 'counter') indexed.scalarKinds.add(sampleKind);
    else indexed.isHistogram = true;
    const key = selectorKey(selector);
    const known = this.numberByKey.get(key);
    if (known !== undefined) return known;
    const number = this.selectors.push(selector) - 1;
    this.numberByKey.set(key, number);
    const siblings = this.numbersByFamilyKind.get(familyKindKey(family, sampleKind)) ?? [];
    this.numbersByFamilyKind.set(familyKindKey(family, sampleKind), [...siblings, number]);
    return number;
  }

  /** Adds a histogram if it is new, and returns its number. */
  addHistogram(family: string, subject: SubjectKind): number {
    this.addFamily(family, subject).isHistogram = true;
    const number = this.histogramNumbers.get(family) ?? this.histogramNumbers.size;
    this.histogramNumbers.set(family, number);
    return number;
  }

  /** Limits the values of a family's gauge to those that a row of it can have. */
  setLeast(family: string, least: number): void {
    const indexed = this.families.get(family);
    if (indexed) indexed.least = least;
  }

  /** The number of a selector that was added. Throws for any other, because nothing would read its series. */
  numberOf(selector: Selector): number {
    const number = this.numberByKey.get(selectorKey(selector));
    if (number === undefined) throw new Error(`no selector is indexed for ${selectorKey(selector)}`);
    return number;
  }

  private addFamily(family: string, subject: SubjectKind): IndexedFamily {
    const indexed = this.families.get(family) ?? {
      number: this.families.size,
      subject,
      isHistogram: false,
      scalarKinds: new Set(),
      least: -Infinity,
    };
    this.families.set(family, indexed);
    return indexed;
  }
}
