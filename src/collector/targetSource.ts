/** The targets themselves as the source: each is asked, and what they answer becomes a run's snapshot. */
import type { Snapshot } from '../api';
import type { Discovery } from '../discovery/discover';
import type { HttpError } from '../http/httpGet';
import type { Target } from '../discovery/targets';
import { ExpositionReader, type Exposition } from '../exposition/expositionReader';
import { Backoff } from './backoff';
import type { Clock } from '../shared/clock';
import { scrapeTargets } from './scrapeTargets';
import { exporterOf, resolveTargetKind, type Exporter } from '../metrics/targetKind';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { SeriesDescriber } from '../metrics/seriesDescriber';
import type { SeriesMeta } from '../metrics/seriesMeta';
import { SnapshotBuilder } from './snapshotBuilder';
import type { MetricsResponse, RoundContext, SourceRequest, SourceResponse, SnapshotSource } from './snapshotSource';

/** How long a service-discovery file whose targets refuse all is not believed. */
const distrustMs = 60_000;
const noAnswerKinds = new Set<HttpError['kind']>(['refused', 'unreachable', 'time-out']);

/** Whether the targets are the file's and none of them is there. */
function allFileTargetsFailed({ targets }: Discovery, answers: readonly MetricsResponse[]): boolean {
  const own = answers.filter(({ target }) => target.discoveredBy === 'file');
  return (
    own.length > 0 &&
    own.length === targets.filter(({ discoveredBy }) => discoveredBy === 'file').length &&
    own.every(({ error }) => error && noAnswerKinds.has(error.kind))
  );
}

/** Says in words why a complete answer is no exposition. */
function checkExposition(exposition: Exposition<SeriesMeta>, framed: boolean): string | undefined {
  if (!framed && exposition.endsInLine && !exposition.sawEof) return 'the answer broke off in the middle of a line';
  const first = exposition.badLines[0];
  if (exposition.samples === 0 && first)
    return `not in Prometheus’s text format: line ${first.line + 1}, ${first.reason}`;
  return undefined;
}

/** What the series of the answers mean; buckets of one histogram share it, so that it is far less than there are series. */
function metasOf(answers: readonly MetricsResponse[]): SeriesMeta[] {
  const metas: SeriesMeta[] = [];
  for (const { result } of answers)
    for (const {
      group: { meta },
    } of result?.series ?? [])
      if (meta !== metas.at(-1)) metas.push(meta);
  return metas;
}

export class TargetSource implements SnapshotSource {
  private snapshotBuilder: SnapshotBuilder;
  private readonly describer: SeriesDescriber;
  private readonly readers = new Map<string, ExpositionReader<SeriesMeta>>();
  private readonly backoff = new Backoff<Exposition<SeriesMeta>>();
  /** By target URL, what its names show. */
  private readonly contents = new Map<string, Set<Exporter>>();
  /** By target URL, when the answer began that its reader holds whole: a broken one leaves parts of two. Unix ms. */
  private readonly answeredAt = new Map<string, number>();
  private distrustedUntil = 0;

  constructor(
    private readonly clock: Clock,
    private readonly catalogIndex: CatalogIndex,
  ) {
    this.snapshotBuilder = new SnapshotBuilder(catalogIndex);
    this.describer = new SeriesDescriber(catalogIndex);
  }

  /** The targets of the service-discovery file refused all a moment ago. */
  get distrustsFile(): boolean {
    return this.clock.now() < this.distrustedUntil;
  }

  reset(): void {
    this.snapshotBuilder = new SnapshotBuilder(this.catalogIndex);
  }

  forgetFailures(): void {
    this.backoff.clear();
    this.distrustedUntil = 0;
  }

  /** Targets as what they showed themselves to be when they last answered. */
  withKnownKinds(discovery: Discovery): Discovery {
    return { ...discovery, targets: discovery.targets.map((target) => this.withKnownKind(target)) };
  }

  /** The body of a target's newest answer, as text; undefined where that was none. Not while it is being asked. */
  lastBody(url: string): { text: string; at: number } | undefined {
    const [reader, at] = [this.readers.get(url), this.answeredAt.get(url)];
    return reader && at !== undefined ? { text: new TextDecoder().decode(reader.lastBody), at } : undefined;
  }

  async collect(looking: SourceRequest): Promise<SourceResponse> {
    const first = await this.scrape(looking.discovery.targets, looking);
    const refused = allFileTargetsFailed(looking.discovery, first);
    const { discovery, answers } = refused
      ? await this.collectWithoutFile(looking, first)
      : { discovery: looking.discovery, answers: first };
    const metas = metasOf(answers);
    return {
      discovery,
      answers,
      sessions: new Set(metas.flatMap(({ session }) => session ?? [])),
      rayVersion: metas.find(({ rayVersion }) => rayVersion !== undefined)?.rayVersion,
      models: new Map(
        metas.flatMap(({ workerId, model }) =>
          workerId !== undefined && model !== undefined ? [[workerId, model] as const] : [],
        ),
      ),
      errors: new Map(answers.flatMap(({ target, error }) => (error ? [[target.url, error] as const] : []))),
      measure: (known) => this.measure(known, answers),
    };
  }

  private measure(
    { discovery, loads, ...known }: RoundContext,
    answers: readonly MetricsResponse[],
  ): Promise<Snapshot> {
    return this.snapshotBuilder.buildInSlices({
      ...known,
      targets: discovery.targets,
      answers,
      ...(loads && { loads }),
    });
  }

  /** The file is fresh, but nobody answers where it leads: its cluster has just ended. Whom does the dashboard name? */
  private async collectWithoutFile(
    looking: SourceRequest,
    answers: MetricsResponse[],
  ): Promise<{ discovery: Discovery; answers: MetricsResponse[] }> {
    this.distrustedUntil = this.clock.now() + distrustMs;
    const found = this.withKnownKinds(await looking.rediscover());
    if (found.targets.length === 0) return { discovery: { ...looking.discovery, reason: found.reason }, answers };
    return { discovery: found, answers: await this.scrape(found.targets, looking) };
  }

  private async scrape(
    targets: readonly Target[],
    { trigger, intervalMs, timeoutMs, get, signal }: SourceRequest,
  ): Promise<MetricsResponse[]> {
    const now = this.clock.now();
    const standIns = targets.map((target) =>
      trigger === 'timer' ? this.backoff.pendingFailure(target.url, now, intervalMs) : undefined,
    );
    const asked = targets.filter((_, index) => !standIns[index]);
    const answers = await scrapeTargets(asked, {
      get,
      timeoutMs,
      signal,
      clock: this.clock,
      reader: (target) => this.readerOf(target),
      check: checkExposition,
    });
    this.backoff.add(answers);
    for (const {
      target: { url },
      at,
      result,
    } of answers) {
      if (result) this.answeredAt.set(url, at);
      else this.answeredAt.delete(url);
    }
    const byUrl = new Map(answers.map((answer) => [answer.target.url, answer]));
    const listed = new Set(targets.map(({ url }) => url));
    for (const url of this.readers.keys()) if (!listed.has(url)) this.readers.delete(url);
    for (const known of [this.contents, this.answeredAt])
      for (const url of known.keys()) if (!listed.has(url)) known.delete(url);
    return targets
      .flatMap((target, index) => standIns[index] ?? byUrl.get(target.url) ?? [])
      .map((answer) => ({ ...answer, target: this.withKnownKind(answer.target) }));
  }

  private withKnownKind(target: Target): Target {
    const contents = this.contents.get(target.url);
    return contents ? { ...target, ...resolveTargetKind(target, contents) } : target;
  }

  private readerOf({ url }: Target): ExpositionReader<SeriesMeta> {
    let reader = this.readers.get(url);
    if (!reader) {
      const contents = new Set<Exporter>();
      this.contents.set(url, contents);
      const wanted = (name: string): boolean => {
        const content = exporterOf(name);
        if (content) contents.add(content);
        return this.describer.isWanted(name);
      };
      reader = new ExpositionReader(wanted, (name, labels) => this.describer.describe(url, name, labels));
      this.readers.set(url, reader);
    }
    return reader;
  }
}
