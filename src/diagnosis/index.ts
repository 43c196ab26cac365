/** The diagnosis: what a person should know of this snapshot, with the numbers that say so. Tables of rules; adding one is adding a row. */
import type { Finding } from '../api';
import { atOnce, type Sliced } from '../shared/timeSlice';
import { facts } from './availabilityRules';
import { loadRules } from './loadRules';
import { releaseRules } from './releases';
import { requestRules } from './requestRules';
import { trainingRules } from './trainingRules';
import type { DiagnosisInput, Memory, Rule, Sign } from './types';

export { isBefore, oldestRelease, releaseOf, releaseWords, versionOf } from './releases';

export const rules: readonly Rule[] = [...facts, ...loadRules, ...requestRules, ...trainingRules, ...releaseRules];

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** A sign that holds, or held a moment ago. */
interface Held {
  since: number;
  /** When it held last. */
  at: number;
  sign: Sign;
}

/** What is remembered of one rule. */
interface Course {
  /** By engine and what else the sign is about. */
  held: Map<string, Held>;
  memory: Memory;
}

const none: readonly Finding[] = [];

const keyOf = ({ engine = '', about = '' }: Sign): string => `${engine}${about}`;

const toFinding = ({ id }: Rule, since: number, { about: _, ...sign }: Sign): Finding => ({ id, since, ...sign });

/** From signs to findings: said when they have held long enough, and for a while after. Remembers a few numbers a rule and engine. */
export class Diagnosis {
  private readonly courses = new Map(
    rules.map(({ id }): [string, Course] => [id, { held: new Map(), memory: new Map() }]),
  );

  /** Findings of a snapshot, the worst first. */
  findings(input: DiagnosisInput): Finding[] {
    return atOnce(this.findingsInSlices(input));
  }

  /** The same, with pauses for others. */
  *findingsInSlices(input: DiagnosisInput): Sliced<Finding[]> {
    const found: Finding[] = [];
    for (const rule of rules) {
      for (const finding of this.apply(rule, input)) found.push(finding);
      yield;
    }
    return found.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  }

  private apply(rule: Rule, input: DiagnosisInput): readonly Finding[] {
    const { now, engines } = input;
    const { held, memory } = this.courses.get(rule.id) as Course;
    const said = (engine?: string): boolean =>
      [...held.values()].some(({ sign, since }) => sign.engine === engine && now - since >= rule.after);
    for (const sign of rule.signs(input, said, memory)) {
      const key = keyOf(sign);
      held.set(key, { since: held.get(key)?.since ?? sign.since ?? now, at: now, sign });
    }
    if (held.size === 0) return none;
    return [...held].flatMap(([key, { since, at, sign }]): Finding[] => {
      // A clock that went back, or an engine that is no longer listed, ends what was said of it.
      if (
        now - at > rule.linger ||
        now < at ||
        (sign.engine !== undefined && !engines.some(({ id }) => id === sign.engine))
      ) {
        held.delete(key);
        return [];
      }
      return at - since < rule.after ? [] : [toFinding(rule, since, sign)];
    });
  }
}
