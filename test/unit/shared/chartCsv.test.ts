/** The chart's data as CSV. */
import assert from 'node:assert/strict';
import { chartRows } from '../../../src/metrics/chartRows';
import { chartCsv } from '../../../src/shared/chartCsv';

const now = 1_760_000_000_000;
const rows = chartRows(() => true);

describe('The chart as CSV', () => {
  const series = {
    measure: 'num_requests_running',
    engine: { id: 'w1', name: '=cmd|" /C calc"' },
    at: [now, now + 1, now + 10_000],
    value: [3, null, 0],
  };

  const csv = (...all: Parameters<typeof chartCsv>): string => [...chartCsv(...all)].join('');

  it('has a line per point, with an empty value where nothing was measured', () => {
    const [header, ...lines] = csv([{ ...series, engine: { id: 'w1', name: 'engine 1' } }], rows)
      .trimEnd()
      .split('\r\n');
    assert.equal(header, 'time,metric,label,unit,engine,engine_id,value,lowest,highest');
    assert.deepEqual(lines, [
      '2025-10-09T08:53:20.000Z,num_requests_running,Requests running,requests,engine 1,w1,3,,',
      '2025-10-09T08:53:20.001Z,num_requests_running,Requests running,requests,engine 1,w1,,,',
      '2025-10-09T08:53:30.000Z,num_requests_running,Requests running,requests,engine 1,w1,0,,',
    ]);
  });

  it('turns no name into a formula or another column', () => {
    assert.match(csv([series], rows), /,"'=cmd\|"" \/C calc""",w1,3/);
  });
});
