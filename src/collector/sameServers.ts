/**
 * Servers that are reached under several addresses, such as `localhost:8000` and `10.0.0.5:8000`: their engines count
 * once (docs/decisions.md, One server under two addresses).
 */
import type { Finding } from '../api';
import type { Target } from '../discovery/targets';
import type { Exposition } from '../exposition/expositionReader';
import { gaugeStaleAfterMs } from '../metrics/gaugeValues';
import { isOtherProcess, isSameProcess } from '../metrics/processIdentity';
import type { SeriesMeta } from '../metrics/seriesMeta';
import { marksOf, type AnswerMarks } from './answerMarks';
import type { MetricsResponse } from './snapshotSource';

/** So many equal sums of measured times are no accident. */
const provingTimes = 3;
const noSeries: Exposition<SeriesMeta>['series'] = [];
const noValues = new Float64Array(0);

/** An address, as far as it has answered. */
interface Address {
  target: Target;
  /** When it answered last, Unix ms. */
  at: number;
  marks: AnswerMarks;
  /** Of the answer before; undefined if there was none. */
  before?: AnswerMarks | undefined;
}

const sharedTimes = ({ measuredTimes }: AnswerMarks, { measuredTimes: others }: AnswerMarks): number[] =>
  [...measuredTimes].filter((time) => others.has(time));

const isSubset = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].every((each) => b.has(each));

/** Whether two answers show the same engines, so that one of them can stand for both. */
function showSameEngines(a: AnswerMarks, b: AnswerMarks): boolean {
  // A worker reports to the agent of its node only. New workers may be in one of two answers.
  if (a.workers.size > 0 && b.workers.size > 0) return isSubset(a.workers, b.workers) || isSubset(b.workers, a.workers);
  return a.workers.size === b.workers.size && a.engines !== '' && a.engines === b.engines;
}

/** Whether the answers of two addresses are certainly of one process. */
const areCertainlyOne = (a: AnswerMarks, b: AnswerMarks): boolean =>
  showSameEngines(a, b) && (a.workers.size > 0 || isSameProcess(a, b));

/** Whether counters differ by no more than what one of the servers counted since the scrape before. */
function areCloseTogether(a: Address, b: Address): boolean {
  const grown = (id: string): number =>
    Math.max(
      (a.marks.counters.get(id) ?? NaN) - (a.before?.counters.get(id) ?? NaN) || 0,
      (b.marks.counters.get(id) ?? NaN) - (b.before?.counters.get(id) ?? NaN) || 0,
    );
  return [...a.marks.counters].every(([id, value]) => Math.abs(value - (b.marks.counters.get(id) ?? NaN)) <= grown(id));
}

/** Whether two addresses that were one server may still be. */
const mayStillBeOne = (a: Address, b: Address): boolean =>
  showSameEngines(a.marks, b.marks) &&
  !isOtherProcess(a.marks, b.marks) &&
  (a.marks.workers.size > 0 || areCertainlyOne(a.marks, b.marks) || areCloseTogether(a, b));

/** Follows which addresses lead to one server. */
export class SameServers {
  private readonly addresses = new Map<string, Address>();
  /** By URL, the URL under which its engines count. */
  private readonly countedAs = new Map<string, string>();
  /** By two URLs, the measured times that they last shared. */
  private readonly suspected = new Map<string, readonly number[]>();

  /** Moves the times of answers by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const address of this.addresses.values()) address.at += ms;
  }

  /**
   * The answers of one scrape, in the order of the targets. Of several addresses of one server one has its series; the
   * others have none, and say whose they are.
   */
  mark(answers: readonly MetricsResponse[]): MetricsResponse[] {
    this.note(answers);
    const answering = answers.flatMap(({ target: { url }, result }) => (result ? (this.addresses.get(url) ?? []) : []));
    this.separate(answering);
    this.join(answering);
    this.handOver(answers);
    return answers.map((answer): MetricsResponse => {
      const sameAs = this.countedAs.get(answer.target.url);
      if (sameAs === undefined) return answer;
      const { result } = answer;
      return { ...answer, sameAs, ...(result && { result: { ...result, series: noSeries, values: noValues } }) };
    });
  }

  /** Findings about the addresses of the newest scrape. */
  get findings(): Finding[] {
    const groups = new Map<string, string[]>();
    for (const [url, counted] of this.countedAs) groups.set(counted, [...(groups.get(counted) ?? []), url]);
    return [
      ...[...groups].map(([counted, others]): Finding => ({
        id: 'same-server',
        severity: 'info',
        message: `${[counted, ...others].join(' and ')} are one server: its engines count once.`,
        advice: 'Name it by one of these addresses.',
      })),
      ...[...this.suspected.keys()].map((pair): Finding => ({
        id: 'same-server',
        severity: 'warning',
        message: `${pair.split('\n').join(' and ')} may be one server, because their engines have spent the same times to the last digit: sums count them several times.`,
        advice: 'If they are one, name it by one of these addresses.',
      })),
    ];
  }

  /** By how many the servers that the config names are fewer than their addresses. */
  surplusIn(targets: readonly Target[]): number {
    const named = new Set(targets.filter(({ discoveredBy }) => discoveredBy === 'config').map(({ url }) => url));
    const servers = new Set([...named].map((url) => this.countedAs.get(url) ?? url));
    return named.size - servers.size;
  }

  /** Notes what the answers show; addresses that are no longer listed are forgotten. */
  private note(answers: readonly MetricsResponse[]): void {
    const listed = new Set(answers.map(({ target: { url } }) => url));
    for (const url of this.addresses.keys()) if (!listed.has(url)) this.forget(url);
    for (const { target, at, result } of answers) {
      if (!result) continue;
      const before = this.addresses.get(target.url)?.marks;
      this.addresses.set(target.url, { target, at, marks: marksOf(result), before });
    }
  }

  private forget(url: string): void {
    this.addresses.delete(url);
    this.countedAs.delete(url);
    for (const pair of this.suspected.keys()) if (pair.split('\n').includes(url)) this.suspected.delete(pair);
    const others = [...this.countedAs].flatMap(([other, counted]) => (counted === url ? [other] : []));
    const [heir] = others;
    for (const other of others) {
      if (other === heir) this.countedAs.delete(other);
      else if (heir !== undefined) this.countedAs.set(other, heir);
    }
  }

  /** Parts addresses that were one server and lead to different ones now. */
  private separate(answering: readonly Address[]): void {
    const byUrl = new Map(answering.map((address) => [address.target.url, address]));
    for (const [url, counted] of this.countedAs) {
      const [one, other] = [byUrl.get(url), byUrl.get(counted)];
      if (one && other && !mayStillBeOne(other, one)) this.countedAs.delete(url);
    }
  }

  /** Joins addresses whose answers show that they are one server. */
  private join(answering: readonly Address[]): void {
    const byMark = new Map<string, Address[]>();
    const compared = new Set<string>();
    for (const [pair] of this.suspected) if (!isPairOf(pair, answering)) this.suspected.delete(pair);
    for (const address of answering) {
      if (this.countedAs.has(address.target.url)) continue;
      for (const mark of namesOf(address.marks)) {
        const others = byMark.get(mark) ?? [];
        for (const other of others) this.compare(other, address, compared);
        if (others.length < maxOfOneMark) byMark.set(mark, [...others, address]);
      }
    }
  }

  private compare(first: Address, second: Address, compared: Set<string>): void {
    const pair = `${first.target.url}\n${second.target.url}`;
    if (compared.has(pair) || this.countedAs.has(second.target.url) || this.countedAs.has(first.target.url)) return;
    compared.add(pair);
    const shared = sharedTimes(first.marks, second.marks);
    const before = this.suspected.get(pair);
    const moveTogether = before !== undefined && shared.length >= provingTimes && before.join() !== shared.join();
    if (areCertainlyOne(first.marks, second.marks) || (moveTogether && mayStillBeOne(first, second))) {
      this.suspected.delete(pair);
      this.countAs(second.target.url, first.target.url);
      return;
    }
    const isSuspect =
      shared.length >= provingTimes &&
      showSameEngines(first.marks, second.marks) &&
      !isOtherProcess(first.marks, second.marks);
    if (isSuspect) this.suspected.set(pair, shared);
    else if (!before || !mayStillBeOne(first, second)) this.suspected.delete(pair);
  }

  private countAs(url: string, counted: string): void {
    this.countedAs.set(url, counted);
    for (const [other, as] of this.countedAs) if (as === url) this.countedAs.set(other, counted);
  }

  /** Lets another address stand for a server whose own has not answered for so long that its numbers are old. */
  private handOver(answers: readonly MetricsResponse[]): void {
    const failing = new Set(answers.flatMap(({ target: { url }, result }) => (result ? [] : [url])));
    for (const { target, at, result } of answers) {
      const { url } = target;
      const counted = this.countedAs.get(url);
      if (counted === undefined || !result || !failing.has(counted)) continue;
      if (at - (this.addresses.get(counted)?.at ?? -Infinity) < gaugeStaleAfterMs) continue;
      this.countedAs.delete(url);
      this.countAs(counted, url);
    }
  }
}

/** Addresses with one mark that are compared with each other. */
const maxOfOneMark = 16;

/** What answers of one process have in common. */
const namesOf = ({ workers, created, measuredTimes }: AnswerMarks): Set<string> =>
  new Set([
    ...workers,
    ...created.map((time) => `created ${time}`),
    ...[...measuredTimes].map((time) => `took ${time}`),
  ]);

const isPairOf = (pair: string, answering: readonly Address[]): boolean => {
  const urls = new Set(answering.map(({ target: { url } }) => url));
  return pair.split('\n').every((url) => urls.has(url));
};
