/** The identity of a series: family, sample kind and the labels that tell it from others of the same subject. */
import type { Labels } from '../exposition/parseLine';
import type { SampleKind, SampleName } from './sampleNames';

/**
 * Labels that name the subject, its reporter or a release. They may change while the series continues
 * (docs/decisions.md, Identity of series). `model` and `model_name` are not among them, because one engine can serve
 * several models; `engine` is not, because it tells the data-parallel ranks of one worker apart.
 */
const noiseLabels = new Set([
  'Component',
  'NodeAddress',
  'ReplicaId',
  'SessionName',
  'Version',
  'WorkerId',
  'JobId',
  'ip',
  'IsHeadNode',
  'RayNodeType',
  'GpuIndex',
  'GpuDeviceName',
]);

/**
 * Whether a label is no part of a series' identity. `pid` is one for gauges only: processes that share a server have a
 * gauge each, while their counters are summed before they are exposed.
 */
export const isNoiseLabel = (label: string, sampleKind: SampleKind): boolean =>
  noiseLabels.has(label) || label.startsWith('otel_scope_') || (label === 'pid' && sampleKind !== 'gauge');

/** The config among the labels of an info gauge, which is the same for all ranks. */
export const isConfigLabel = (label: string): boolean => label !== 'engine' && !isNoiseLabel(label, 'gauge');

/** The labels that are part of an identity, as text, and the identities of all families with these labels. */
export interface IdentityLabels {
  readonly text: string;
  readonly identities: Map<SampleName, string>;
}

const maxCachedLabels = 1_000;
/** Labels of engines have some hundred characters; other exporters' labels may be of any length. */
const maxCachedLength = 500;
/** Identities of all families with all cached labels. The engines of a model have some hundred. */
const maxCachedIdentities = 10_000;

/** Engines of one model have equal identities. Each is held once. */
export class IdentityCache {
  private readonly byText = new Map<string, IdentityLabels>();
  private identityCount = 0;

  /** The identifying labels among all labels of a series. */
  labelsFor(labels: Labels, sampleKind: SampleKind): IdentityLabels {
    const text = JSON.stringify(
      [...labels].filter(([label]) => !isNoiseLabel(label, sampleKind)).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const identityLabels = this.byText.get(text) ?? { text, identities: new Map<SampleName, string>() };
    if (this.byText.size < maxCachedLabels && text.length <= maxCachedLength) this.byText.set(text, identityLabels);
    return identityLabels;
  }

  /** The identity of a series with this name and these labels. */
  identityOf(name: SampleName, { text, identities }: IdentityLabels): string {
    let identity = identities.get(name);
    if (identity === undefined) {
      identity = `${name.family}\n${name.sampleKind}\n${text}`;
      if (this.identityCount < maxCachedIdentities && text.length <= maxCachedLength) {
        this.identityCount += 1;
        identities.set(name, identity);
      }
    }
    return identity;
  }
}

/** The identity by all labels, which tells series apart that differ in labels of their reporter only. */
export const fullIdentity = ({ identity, labels }: { identity: string; labels: Labels }): string =>
  `${identity}\n${JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))}`;
