import assert from 'node:assert/strict';
import { composeRecord } from '../../../src/generation/composeRecord';
import { parseRecord, serializeRecord } from '../../../src/generation/generationRecord';
import { newRecordInputs } from '../../../src/generation/recordInputs';

const record = composeRecord(
  newRecordInputs({ id: '2026-11-01T00-00-00-000Z', from: 1, startedBy: 'command', phase: null }),
  undefined,
  { config: undefined, configName: undefined, raySession: undefined, replayed: false, isLocalRun: false },
  'command',
);

describe('a generation record', () => {
  it('is the same after being written and read', () => {
    assert.deepEqual(parseRecord(serializeRecord(record)), record);
  });

  it('names the config by its path in the workspace, and by its name alone outside of it', () => {
    const configOf = (configName: string): string | null =>
      composeRecord(
        newRecordInputs({ id: '2026-11-01T00-00-00-000Z', from: 1, startedBy: 'command', phase: null }),
        undefined,
        { config: undefined, configName, raySession: undefined, replayed: false, isLocalRun: false },
        'command',
      ).config;
    assert.equal(configOf('jobs/train.sh'), 'jobs/train.sh');
    assert.equal(configOf('/home/someone/train.sh'), 'train.sh');
  });

  it('is refused with a malformed or unknown field, also in its event', () => {
    const changed = (change: object): string => JSON.stringify({ ...record, ...change });
    assert.throws(() => parseRecord(changed({ version: 2 })), /version/);
    assert.throws(() => parseRecord(changed({ id: '../x' })), /id/);
    assert.throws(() => parseRecord(changed({ more: 1 })), /more/);
    assert.throws(() => parseRecord(changed({ event: { more: 1 } })), /more/);
    assert.throws(() => parseRecord('[]'), TypeError);
  });
});
