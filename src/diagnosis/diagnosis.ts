/** The diagnosis: from the rules' symptoms to findings, over time. */
import type { Finding } from '../api';
import { runToEnd, type SlicedWork } from '../shared/timeSlice';
import { availabilityRules } from './availabilityRules';
import { comparisonRules } from './comparisonRules';
import { loadRules } from './loadRules';
import { releaseRules } from './releaseRules';
import { requestRules } from './requestRules';
import type { DiagnosisInput, DiagnosisRule, IsReported, RuleMemory, Symptom } from './rule';
import { trainingRules } from './trainingRules';

/** All rules; a new one is a row in one of these tables. */
export const diagnosisRules: readonly DiagnosisRule[] = [
  ...availabilityRules,
  ...loadRules,
  ...comparisonRules,
  ...requestRules,
  ...trainingRules,
  ...releaseRules,
];

/** The worst first. */
const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** A symptom that holds, or held a moment ago. Times are Unix ms. */
interface ActiveSymptom {
  since: number;
  /** When it held last. */
  at: number;
  symptom: Symptom;
}

/** What is kept for one rule from snapshot to snapshot. */
interface RuleState {
  /** By engine and target. */
  activeSymptoms: Map<string, ActiveSymptom>;
  memory: RuleMemory;
}

const noFindings: readonly Finding[] = [];

const symptomKey = ({ engine = '', targetUrl = '' }: Symptom): string => `${engine}${targetUrl}`;

const toFinding = ({ id }: DiagnosisRule, since: number, { targetUrl: _, ...symptom }: Symptom): Finding => ({
  id,
  since,
  ...symptom,
});

/**
 * Reports a symptom as a finding once it has held long enough, and for a while after it ended. Keeps a few numbers per
 * rule and engine.
 */
export class Diagnosis {
  private readonly ruleStates = new Map(
    diagnosisRules.map(({ id }): [string, RuleState] => [id, { activeSymptoms: new Map(), memory: new Map() }]),
  );

  /** The findings of a snapshot, the worst first. Snapshots have to come in the order of time. */
  findings(input: DiagnosisInput): Finding[] {
    return runToEnd(this.findingsInSlices(input));
  }

  /** The same as `findings`, in slices. */
  *findingsInSlices(input: DiagnosisInput): SlicedWork<Finding[]> {
    const findings: Finding[] = [];
    for (const rule of diagnosisRules) {
      for (const finding of this.apply(rule, input)) findings.push(finding);
      yield;
    }
    return findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  }

  private apply(rule: DiagnosisRule, input: DiagnosisInput): readonly Finding[] {
    const { now, engines } = input;
    const { activeSymptoms, memory } = this.ruleStates.get(rule.id) as RuleState;
    const isReported: IsReported = (engine) =>
      [...activeSymptoms.values()].some(
        ({ symptom, since }) => symptom.engine === engine && now - since >= rule.holdForMs,
      );
    for (const symptom of rule.detect(input, isReported, memory)) {
      const key = symptomKey(symptom);
      activeSymptoms.set(key, { since: activeSymptoms.get(key)?.since ?? symptom.since ?? now, at: now, symptom });
    }
    if (activeSymptoms.size === 0) return noFindings;
    return [...activeSymptoms].flatMap(([key, { since, at, symptom }]): Finding[] => {
      const isOver = now - at > rule.keepFiringMs;
      const wentBack = now < at;
      const isUnlisted = symptom.engine !== undefined && !engines.some(({ id }) => id === symptom.engine);
      if (isOver || wentBack || isUnlisted) {
        activeSymptoms.delete(key);
        return [];
      }
      return at - since < rule.holdForMs ? [] : [toFinding(rule, since, symptom)];
    });
  }
}
