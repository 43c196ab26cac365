/** The families without a row in the catalog that the targets of one source have shown, with their rows. */
import type { OtherFamily } from '../api';
import { canonicalName } from '../exposition/canonicalName';
import type { Labels } from '../exposition/parseLine';
import { isOlderRelease } from '../shared/version';
import type { CatalogIndex, GrowingCatalogIndex } from './catalogIndex';
import { buildCatalogIndex } from './catalogIndex';
import { DeclaredTypes } from './declaredTypes';
import { extraSelectors } from './extraSelectors';
import { otherRows } from './otherRows';
import { isOtherExporter, otherSampleName, type OtherSampleName } from './otherSampleNames';
import type { SampleName } from './sampleNames';

/** Most families that are read: a list of more is not looked through, and each costs time in every scrape. */
export const maxOtherFamilies = 200;
/** Names of families beyond these are counted up to this number. */
const maxOmitted = 10_000;

/** A family whose type is not the one that the catalog has for it. */
export interface TypeContradiction {
  /** Canonical name. */
  family: string;
  /** What the catalog takes it for, and what the exposition declares. */
  known: string;
  declared: string;
}

/** Releases of Ray up to this one declare counters without `_total` as gauges (docs/decisions.md, Ray versions). */
const firstRayWithCounters = '2.53';

/** Finds and numbers other families. One for each source, because it grows with what its targets show. */
export class OtherFamilies {
  readonly declared = new DeclaredTypes();
  /** The index of their rows. */
  readonly index: GrowingCatalogIndex = buildCatalogIndex([], extraSelectors);
  readonly contradictions = new Map<string, TypeContradiction>();
  private list: readonly OtherFamily[] = [];
  private readonly byName = new Map<string, OtherFamily>();
  /** By family and kind, each held once. */
  private readonly sampleNames = new Map<string, SampleName>();
  private readonly takenIds = new Set<string>();
  private readonly omittedNames = new Set<string>();

  constructor(private readonly catalogIndex: CatalogIndex) {}

  /** In the order in which they were first seen; the same array until one is new. */
  get families(): readonly OtherFamily[] {
    return this.list;
  }

  /** How many families are not read, because there are too many. */
  get omitted(): number {
    return this.omittedNames.size;
  }

  /** Reads one comment of an exposition. */
  noteComment(line: string): void {
    this.declared.noteComment(line);
  }

  /** What a sample's name means; undefined if it is of no such family. Adds the family if it is new. */
  resolve(name: string): SampleName | undefined {
    if (!isOtherExporter(name)) return undefined;
    const sample = otherSampleName(name, this.declared, (family) => this.catalogIndex.families.has(family));
    if (!sample || this.isDoubledCounter(sample)) return undefined;
    const family = this.byName.get(canonicalOf(sample.name)) ?? this.add(sample);
    if (!family) return undefined;
    const canonical = canonicalOf(family.name);
    const indexed = this.index.families.get(canonical);
    if (!indexed) return undefined;
    const { number: familyNumber } = indexed;
    const key = `${canonical} ${sample.sampleKind}`;
    const sampleName = this.sampleNames.get(key) ?? {
      family: canonical,
      familyNumber,
      subject: family.subject,
      sampleKind: sample.sampleKind,
      rank: 0,
    };
    this.sampleNames.set(key, sampleName);
    return sampleName;
  }

  /**
   * Whether a sample that the catalog knows is declared as something else, so that it is read as another family. Ray up
   * to 2.52 declares the counters that it exposes without `_total` as gauges.
   */
  contradicts(name: string, { family, sampleKind }: SampleName, labels: Labels): boolean {
    if (sampleKind !== 'gauge' && sampleKind !== 'counter') return false;
    const declared = this.declared.get(name)?.type;
    const isOther = sampleKind === 'gauge' ? declared === 'counter' : declared === 'gauge';
    if (declared === undefined || !isOther || !isOtherExporter(name)) return false;
    if (name.startsWith('ray_') && sampleKind === 'counter' && !name.endsWith('_total')) {
      const version = labels.get('Version');
      if (version === undefined || isOlderRelease(version, firstRayWithCounters)) return false;
    }
    this.contradictions.set(family, { family, known: sampleKind, declared });
    return true;
  }

  /** Ray 2.51 and older expose a counter with `_total`, and then as a gauge without it. */
  private isDoubledCounter({ name, type }: OtherSampleName): boolean {
    return (
      type === 'gauge' && name.startsWith('ray_') && this.byName.get(`${canonicalOf(name)}_total`)?.type === 'counter'
    );
  }

  private add({ name, type }: OtherSampleName): OtherFamily | undefined {
    const canonical = canonicalOf(name);
    if (this.list.length >= maxOtherFamilies) {
      if (this.omittedNames.size < maxOmitted) this.omittedNames.add(canonical);
      return undefined;
    }
    const bareName = type === 'counter' ? canonical.replace(/_total$/, '') : canonical;
    const declaration = this.declared.get(name) ?? this.declared.get(name.replace(/_total$/, ''));
    const family: OtherFamily = {
      id: this.uniqueId(`other/${bareName}`, type),
      name,
      type,
      help: declaration?.help ?? '',
      subject: canonical.startsWith('dynamo_') ? 'server' : 'engine',
    };
    this.noteContradiction(bareName, type);
    this.takenIds.add(family.id);
    for (const row of otherRows(family)) {
      this.takenIds.add(row.id);
      this.index.addRow(row);
    }
    this.byName.set(canonical, family);
    this.list = [...this.list, family];
    return family;
  }

  /** A gauge `x` and a counter `x_total` may have one id, or a gauge `x_avg` that of a histogram's mean: the later one gets a number. */
  private uniqueId(id: string, type: OtherFamily['type']): string {
    const isFree = (candidate: string): boolean =>
      !this.takenIds.has(candidate) &&
      otherRows({ id: candidate, name: 'x', type, help: '', subject: 'engine' }).every(
        (row) => !this.takenIds.has(row.id),
      );
    let candidate = id;
    for (let number = 2; !isFree(candidate); number += 1) candidate = `${id}_${number}`;
    return candidate;
  }

  /** A family of the catalog whose samples are now those of another type. */
  private noteContradiction(family: string, type: OtherFamily['type']): void {
    const indexed = this.catalogIndex.families.get(family);
    if (!indexed || type === 'unknown' || this.contradictions.has(family)) return;
    const known = indexed.isHistogram ? 'histogram' : ([...indexed.scalarKinds][0] ?? 'gauge');
    if (known !== type && !(known === 'gauge' && type === 'info'))
      this.contradictions.set(family, { family, known, declared: type });
  }
}

const canonicalOf = (name: string): string => canonicalName(name) ?? name;
