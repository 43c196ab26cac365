/** What a series means: its family, its sample kind, and the subject that it is about. */
import type { Labels } from '../exposition/parseLine';
import type { SubjectKind } from './catalog';
import type { SampleKind } from './sampleNames';

/** Shared by all series of one name and one label set without `le`. It stays the same from scrape to scrape. */
export interface SeriesMeta {
  /** Canonical name. */
  family: string;
  familyNumber: number;
  sampleKind: SampleKind;
  /** Precedence among the spellings of one family, as in `SampleName`. */
  rank: number;
  subject: SubjectKind;
  /** The subject's key. Undefined for a series about the answering process itself. */
  key: string | undefined;
  workerId?: string | undefined;
  /** Address of the subject's machine. */
  node: string;
  model?: string | undefined;
  rayVersion?: string | undefined;
  session?: string | undefined;
  /** The family has no row in the catalog, so that `OtherMetrics` reads it. */
  isOther?: true;
  /** The least value that a sample can have; absent if it may have any. */
  least?: number | undefined;
  /** All labels but `le`. */
  labels: Labels;
  /**
   * Family, sample kind and the labels that tell series apart. It stays the same when a target restarts or labels that
   * name the reporter change.
   */
  identity: string;
}

/** The length of a series' identity and labels. */
export function textLength({ identity, labels }: SeriesMeta): number {
  let length = identity.length;
  for (const [label, value] of labels) length += label.length + value.length;
  return length;
}
