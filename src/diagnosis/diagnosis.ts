/** The diagnosis: from the rules' symptoms to findings, over time. */
import type { Finding } from '../api';
import { formatDuration } from '../shared/format';
import { runToEnd, type SlicedWork } from '../shared/timeSlice';
import { availabilityRules } from './availabilityRules';
import { comparisonRules } from './comparisonRules';
import { typeRules } from './contradictedTypes';
import { EvidenceBuilder, isGap, isWorkExpected } from './evidence';
import { valueRules } from './impossibleValues';
import { loadRules } from './loadRules';
import { releaseRules } from './releaseRules';
import { requestRules } from './requestRules';
import { rolloutRules } from './rolloutRules';
import type { DiagnosisInput, DiagnosisRule, IsReported, RuleInput, RuleMemory, Symptom } from './rule';
import { standstillRules } from './standstillRules';
import { targetRules } from './targetRules';
import { trainingRules } from './trainingRules';
import { mayWork } from './workStates';

/** All rules; a new one is a row in one of these tables. */
export const diagnosisRules: readonly DiagnosisRule[] = [
  ...standstillRules,
  ...availabilityRules,
  ...targetRules,
  ...loadRules,
  ...comparisonRules,
  ...requestRules,
  ...trainingRules,
  ...rolloutRules,
  ...releaseRules,
  ...typeRules,
  ...valueRules,
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
  /** By engine, target and node. */
  activeSymptoms: Map<string, ActiveSymptom>;
  memory: RuleMemory;
}

const newRuleStates = (): Map<string, RuleState> =>
  new Map(diagnosisRules.map(({ id }) => [id, { activeSymptoms: new Map(), memory: new Map() }]));

const noFindings: readonly Finding[] = [];

const symptomKey = ({ engine = '', targetUrl = '', node = '' }: Symptom): string => `${engine} ${targetUrl} ${node}`;

function toFinding({ id }: DiagnosisRule, { since, at, symptom }: ActiveSymptom, now: number): Finding {
  const { targetUrl: _url, node: _node, namedEngines: _engines, ...fields } = symptom;
  // The numbers of a symptom that is over are of the past, and the text has to say so.
  const message = at === now ? symptom.message : `${symptom.message} Last seen ${formatDuration(now - at)} ago.`;
  return { id, since, ...fields, message };
}

/** Whether the engines of a symptom that no longer holds are there, and still judged. */
function areJudged({ engine, namedEngines = [] }: Symptom, input: RuleInput): boolean {
  const ids = [...(engine === undefined ? [] : [engine]), ...namedEngines];
  return ids.every((id) => {
    const named = input.engineById.get(id);
    return named !== undefined && mayWork(named) && named.isCurrent;
  });
}

/**
 * Reports a symptom as a finding once it has held long enough, and for a while after it ended. Keeps a few numbers per
 * rule and engine.
 */
export class Diagnosis {
  private ruleStates = newRuleStates();
  private evidence = new EvidenceBuilder();
  private previousAt = -Infinity;

  /** The findings of a snapshot, the worst first. Snapshots have to come in the order of time. */
  findings(input: DiagnosisInput): Finding[] {
    return runToEnd(this.findingsInSlices(input));
  }

  /** The same as `findings`, in slices. If time goes back, as in a replay that begins again, all before is forgotten. */
  *findingsInSlices(input: DiagnosisInput): SlicedWork<Finding[]> {
    if (input.now < this.previousAt) {
      this.ruleStates = newRuleStates();
      this.evidence = new EvidenceBuilder();
    }
    this.previousAt = input.now;
    const ruleInput = yield* this.evidence.build(input);
    const findings: Finding[] = [];
    for (const rule of diagnosisRules) {
      for (const finding of yield* this.apply(rule, ruleInput)) findings.push(finding);
      yield;
    }
    return findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  }

  private *apply(rule: DiagnosisRule, input: RuleInput): SlicedWork<readonly Finding[]> {
    const { now } = input;
    const { activeSymptoms, memory } = this.ruleStates.get(rule.id) as RuleState;
    const reported = new Set(
      [...activeSymptoms.values()].flatMap(({ symptom: { engine }, since, at }) =>
        at - since >= rule.holdForMs ? [engine] : [],
      ),
    );
    const isReported: IsReported = (engine) => reported.has(engine);
    const isJudged = rule.judges === 'fact' || isWorkExpected(input);
    const holding = new Set<string>();
    const symptoms = isJudged ? rule.detect(input, isReported, memory) : [];
    yield;
    for (const symptom of symptoms) {
      const key = symptomKey(symptom);
      holding.add(key);
      const earlier = activeSymptoms.get(key);
      // It may not have held all the time between two scrapes that are far apart.
      const since = earlier && !isGap(earlier.at, now) ? earlier.since : (symptom.since ?? now);
      activeSymptoms.set(key, { since, at: now, symptom });
    }
    if (activeSymptoms.size === 0) return noFindings;
    yield;
    return [...activeSymptoms].flatMap(([key, active]): Finding[] => {
      const { since, at, symptom } = active;
      // Two snapshots can be of the same moment, so that `at` does not tell.
      if (!holding.has(key) && (now - at > rule.keepFiringMs || !isJudged || !areJudged(symptom, input))) {
        activeSymptoms.delete(key);
        return [];
      }
      return at - since < rule.holdForMs ? [] : [toFinding(rule, active, now)];
    });
  }
}
