/** The diagnosis: what a person should know of this snapshot, with the numbers that say so. Tables of rules; adding one is adding a row. */
import type { Finding } from '../api';
import { runToEnd, type SlicedWork } from '../shared/timeSlice';
import { availabilityRules } from './availabilityRules';
import { loadRules } from './loadRules';
import { releaseRules } from './releases';
import { requestRules } from './requestRules';
import { trainingRules } from './trainingRules';
import type { DiagnosisInput, RuleMemory, DiagnosisRule, Symptom } from './types';

export {
  isOlderRelease as isBefore,
  oldestRelease,
  inferRelease as releaseOf,
  describeRelease as releaseWords,
  versionOf,
} from './releases';

export const rules: readonly DiagnosisRule[] = [
  ...availabilityRules,
  ...loadRules,
  ...requestRules,
  ...trainingRules,
  ...releaseRules,
];

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** A sign that holds, or held a moment ago. */
interface ActiveSymptom {
  since: number;
  /** When it held last. */
  at: number;
  symptom: Symptom;
}

/** What is remembered of one rule. */
interface RuleState {
  /** By engine and what else the sign is about. */
  activeSymptoms: Map<string, ActiveSymptom>;
  memory: RuleMemory;
}

const noFindings: readonly Finding[] = [];

const keyOf = ({ engine = '', targetUrl = '' }: Symptom): string => `${engine}${targetUrl}`;

const toFinding = ({ id }: DiagnosisRule, since: number, { targetUrl: _, ...sign }: Symptom): Finding => ({
  id,
  since,
  ...sign,
});

/** From signs to findings: said when they have held long enough, and for a while after. Remembers a few numbers a rule and engine. */
export class Diagnosis {
  private readonly ruleStates = new Map(
    rules.map(({ id }): [string, RuleState] => [id, { activeSymptoms: new Map(), memory: new Map() }]),
  );

  /** Findings of a snapshot, the worst first. */
  findings(input: DiagnosisInput): Finding[] {
    return runToEnd(this.findingsInSlices(input));
  }

  /** The same, with pauses for others. */
  *findingsInSlices(input: DiagnosisInput): SlicedWork<Finding[]> {
    const found: Finding[] = [];
    for (const rule of rules) {
      for (const finding of this.apply(rule, input)) found.push(finding);
      yield;
    }
    return found.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  }

  private apply(rule: DiagnosisRule, input: DiagnosisInput): readonly Finding[] {
    const { now, engines } = input;
    const { activeSymptoms, memory } = this.ruleStates.get(rule.id) as RuleState;
    const said = (engine?: string): boolean =>
      [...activeSymptoms.values()].some(
        ({ symptom, since }) => symptom.engine === engine && now - since >= rule.holdForMs,
      );
    for (const sign of rule.detect(input, said, memory)) {
      const key = keyOf(sign);
      activeSymptoms.set(key, { since: activeSymptoms.get(key)?.since ?? sign.since ?? now, at: now, symptom: sign });
    }
    if (activeSymptoms.size === 0) return noFindings;
    return [...activeSymptoms].flatMap(([key, { since, at, symptom }]): Finding[] => {
      // A clock that went back, or an engine that is no longer listed, ends what was said of it.
      if (
        now - at > rule.keepFiringMs ||
        now < at ||
        (symptom.engine !== undefined && !engines.some(({ id }) => id === symptom.engine))
      ) {
        activeSymptoms.delete(key);
        return [];
      }
      return at - since < rule.holdForMs ? [] : [toFinding(rule, since, symptom)];
    });
  }
}
