/** Findings of one rule: alone, or as one group. */
import assert from 'node:assert/strict';
import type { Finding } from '../../../src/api';
import { groupFindings, isFindingGroup, type FindingGroup } from '../../../src/diagnosis/findingGroups';
import { limitFindings } from '../../../src/diagnosis/limitFindings';

const full = (index: number, severity: Finding['severity'] = 'error'): Finding => ({
  id: 'kv-pressure',
  severity,
  message: `engine ${index}: KV cache 99 % full.`,
  engine: `w${index}`,
  since: 1000 + index,
  advice: 'Lower max_num_seqs.',
});
const dead: Finding = { id: 'engine-dead', severity: 'error', message: 'engine 9 is dead.', engine: 'w9' };
const fullEngines = (count: number): Finding[] => Array.from({ length: count }, (_, index) => full(index));

function groupsOf(findings: readonly Finding[]): FindingGroup[] {
  return groupFindings(findings).filter(isFindingGroup);
}

describe('Findings of one rule', () => {
  it('are a group from three on, in the place of the first, with what they share', () => {
    assert.deepEqual(groupFindings([dead, full(0), full(1)]), [dead, full(0), full(1)]);
    const entries = groupFindings([full(0), dead, ...fullEngines(12).slice(1)]);
    assert.equal(entries.length, 2);
    const [group, other] = entries;
    assert.ok(group && isFindingGroup(group));
    assert.equal(group.label, '12 engines: KV cache over 98 %');
    assert.deepEqual(
      [group.severity, group.since, group.advice, group.findings.length],
      ['error', 1000, 'Lower max_num_seqs.', 12],
    );
    assert.equal(other, dead);
  });

  it('say what holds for all of them', () => {
    const [mixed] = groupsOf([full(0), full(1, 'warning'), { ...full(2), advice: 'Another one.' }]);
    assert.equal(mixed?.label, '3 engines: KV cache over 90 %');
    assert.equal(mixed.severity, 'error');
    assert.equal(mixed.advice, undefined);
    const [unknown] = groupsOf(
      [1, 2, 3].map((n) => ({ id: 'another-rule', severity: 'info', message: `Number ${n}.` })),
    );
    assert.equal(unknown?.label, '3 findings: Number 1.');
  });

  it('count those that are not listed', () => {
    const [group] = groupsOf(limitFindings(fullEngines(512)));
    assert.equal(group?.label, '512 engines: KV cache over 98 %');
    assert.ok(group.findings.length < 40);
  });
});
