/** Which subject a series is about, as a key that stays the same from scrape to scrape. */
import { hostOf } from '../http/hostNames';
import type { SubjectKind } from './catalog';

/** Anything that can look up a label's value. */
interface LabelLookup {
  get(label: string): string | undefined;
}

/** The host of a target's URL, an IPv6 address without brackets; the text itself if it is not a URL. */
export const targetHost = (url: string): string => hostOf(url) ?? url;

const keysByKind: Record<SubjectKind, (labels: LabelLookup, targetUrl: string) => string> = {
  engine: (labels, targetUrl) => labels.get('WorkerId') || `${targetUrl} ${labels.get('engine') ?? '0'}`,
  trainer: (labels, targetUrl) => `trainer ${labels.get('WorkerId') || targetUrl}`,
  node: (labels, targetUrl) => `node ${labels.get('ip') ?? targetHost(targetUrl)}`,
  gpu: (labels, targetUrl) => `gpu ${labels.get('ip') ?? targetHost(targetUrl)} ${labels.get('GpuIndex') ?? ''}`,
  server: (_, targetUrl) => `server ${targetUrl}`,
};

/**
 * The key of the subject of a series with these labels, shown by the target with this URL. An engine on Ray is its
 * `WorkerId`, an engine on a server the URL and its rank (docs/metrics.md, Engines).
 */
export const subjectKey = (subject: SubjectKind, labels: LabelLookup, targetUrl: string): string =>
  keysByKind[subject](labels, targetUrl);
