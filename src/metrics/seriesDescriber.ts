/** Describes the series that are read: from a sample's name and labels to a `SeriesMeta`. */
import type { Labels } from '../exposition/parseLine';
import type { SubjectKind } from './catalog';
import type { CatalogIndex } from './catalogIndex';
import type { OtherFamilies } from './otherFamilies';
import { IdentityCache, type IdentityLabels } from './seriesIdentity';
import type { SeriesMeta } from './seriesMeta';
import { subjectKey, targetHost } from './subjectKey';

/** Shows when the answering process started. It belongs to no subject. */
const startTimeFamily = 'process_start_time_seconds';
/** Show when Python's client created counters that every vLLM server has, to the microsecond. They belong to no subject. */
const createdNames: ReadonlySet<string> = new Set(
  ['prompt_tokens', 'generation_tokens', 'request_success', 'num_preemptions', 'prefix_cache_queries'].map(
    (family) => `vllm:${family}_created`,
  ),
);

/**
 * What the labels of a series say. All series of an engine share their labels, so that this is made once for them all.
 */
interface ParsedLabels extends Pick<SeriesMeta, 'node' | 'workerId' | 'model' | 'rayVersion' | 'session'> {
  readonly keys: Partial<Record<SubjectKind, string>>;
  gaugeIdentity: IdentityLabels | undefined;
  counterIdentity: IdentityLabels | undefined;
}

const parseLabels = (targetUrl: string, labels: Labels): ParsedLabels => ({
  node: labels.get('NodeAddress') ?? labels.get('ip') ?? targetHost(targetUrl),
  workerId: labels.get('WorkerId') || undefined,
  model: labels.get('model_name'),
  rayVersion: labels.get('Version'),
  session: labels.get('SessionName'),
  keys: {},
  gaugeIdentity: undefined,
  counterIdentity: undefined,
});

const processMeta = (targetUrl: string, family: string, labels: Labels): SeriesMeta => ({
  family,
  familyNumber: 0,
  sampleKind: 'gauge',
  rank: 0,
  subject: 'server',
  key: undefined,
  node: targetHost(targetUrl),
  labels,
  identity: family,
});

/** Whether a series without a subject shows when the answering process started; else it shows when a counter was created. */
export const isStartTime = ({ family }: SeriesMeta): boolean => family === startTimeFamily;

/** Describes series for the readers of all targets. Families without a row in the catalog are described if `others` are given. */
export class SeriesDescriber {
  private readonly sampleNames: CatalogIndex['sampleNames'];
  private readonly identities = new IdentityCache();
  /** By the labels' object, which belongs to one target. */
  private readonly parsedLabels = new WeakMap<Labels, ParsedLabels>();

  constructor(
    { sampleNames }: CatalogIndex,
    private readonly others?: OtherFamilies,
  ) {
    this.sampleNames = sampleNames;
  }

  /** Whether samples of this name are read. */
  isWanted(name: string): boolean {
    if (name === startTimeFamily || createdNames.has(name) || this.sampleNames.resolve(name) !== undefined) return true;
    return this.others?.resolve(name) !== undefined;
  }

  /** What series with this name and these labels (without `le`) mean. Undefined if they are not read. */
  describe(targetUrl: string, name: string, labels: Labels): SeriesMeta | undefined {
    if (name === startTimeFamily || createdNames.has(name)) return processMeta(targetUrl, name, labels);
    const known = this.sampleNames.resolve(name);
    const isKnown = known !== undefined && this.others?.contradicts(name, known, labels) !== true;
    const sampleName = isKnown ? known : this.others?.resolve(name);
    if (!sampleName) return undefined;
    const { family, familyNumber, subject, sampleKind, rank, least } = sampleName;
    const parsed = this.parsedLabelsOf(targetUrl, labels);
    const { node, workerId, model, rayVersion, session } = parsed;
    const identityLabels =
      sampleKind === 'gauge'
        ? (parsed.gaugeIdentity ??= this.identities.labelsFor(labels, sampleKind))
        : (parsed.counterIdentity ??= this.identities.labelsFor(labels, sampleKind));
    return {
      family,
      familyNumber,
      sampleKind,
      rank,
      subject,
      least: isKnown ? least : undefined,
      labels,
      node,
      workerId,
      model,
      rayVersion,
      session,
      key: (parsed.keys[subject] ??= subjectKey(subject, labels, targetUrl)),
      identity: this.identities.identityOf(sampleName, identityLabels),
      ...(!isKnown && { isOther: true }),
    };
  }

  private parsedLabelsOf(targetUrl: string, labels: Labels): ParsedLabels {
    let parsed = this.parsedLabels.get(labels);
    if (!parsed) {
      parsed = parseLabels(targetUrl, labels);
      this.parsedLabels.set(labels, parsed);
    }
    return parsed;
  }
}
