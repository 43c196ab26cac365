/** One target's answer, by subject: engines and parts, each with its values by place. */
import type { Exposition } from '../exposition/reader';
import type { SeriesMeta } from './families';
import type { Layouts, SeriesLayout } from './layout';
import { wantedFamilies } from './plan';

export interface SubjectReading {
  key: string;
  /** Any series of the subject: names node, model, worker. */
  meta: SeriesMeta;
  layout: SeriesLayout;
  /** By place of the layout; NaN where nothing was said. */
  values: Float64Array;
}

export interface TargetReading {
  url: string;
  /** Unix ms at which the response began. */
  at: number;
  engines: Map<string, SubjectReading>;
  /** Nodes, GPUs, the trainer, the server itself. */
  parts: Map<string, SubjectReading>;
  /** Of the answering process, Unix s. */
  processStart?: number;
}

const highestRank = 255;

/** The lowest rank that each family has in this answer; gives every series its place. */
function lowestRanks(series: Exposition<SeriesMeta>['series'], layouts: Layouts): Uint8Array {
  const ranks = new Uint8Array(wantedFamilies.size).fill(highestRank);
  for (const { meta } of series) {
    const { key, familyNumber, rank } = meta;
    if (key === undefined) continue;
    if (rank < (ranks[familyNumber] ?? highestRank)) ranks[familyNumber] = rank;
    layouts.layoutOf(meta, key);
  }
  return ranks;
}

/** Groups an answer by subject. A family that stands there in several spellings counts once; what is not finite is not there. */
export function toReading(url: string, at: number, { series, values }: Exposition<SeriesMeta>, layouts: Layouts): TargetReading {
  const reading: TargetReading = { url, at, engines: new Map(), parts: new Map() };
  const ranks = lowestRanks(series, layouts);
  const bySubject: (SubjectReading | undefined)[] = [];
  for (let index = 0; index < series.length; index++) {
    const meta = series[index]?.meta;
    const value = values[index];
    if (!meta || value === undefined || !Number.isFinite(value)) continue;
    const { slot, key } = meta;
    if (key === undefined || !slot) {
      reading.processStart = value;
      continue;
    }
    if (meta.rank !== ranks[meta.familyNumber]) continue;
    const subject = (bySubject[slot.layout.number] ??= begin(meta, key, slot.layout, reading));
    subject.values[slot.place] = value;
  }
  return reading;
}

function begin(meta: SeriesMeta, key: string, layout: SeriesLayout, reading: TargetReading): SubjectReading {
  const subject = { key, meta, layout, values: new Float64Array(layout.size).fill(NaN) };
  (meta.subject === 'engine' ? reading.engines : reading.parts).set(key, subject);
  return subject;
}
