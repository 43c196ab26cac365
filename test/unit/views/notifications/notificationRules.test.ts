/** What a person who looks elsewhere is told about the run. */
import assert from 'node:assert/strict';
import type { Engine, Finding, Snapshot, Status } from '../../../../src/api';
import { NotificationRules, type NotificationFacts } from '../../../../src/views/notifications/notificationRules';

const seconds = 1000;
const finding = (change: Partial<Finding> = {}): Finding => ({
  id: 'kv-pressure',
  severity: 'error',
  message: 'engine 2: KV cache 100 % full.',
  engine: 'w2',
  ...change,
});
const engine = (state: Engine['state']): Engine => ({ id: 'w', name: 'engine 0', node: 'n', state, measures: {} });

function snapshot(findings: Finding[], engines = [engine('active')]): Snapshot {
  return {
    at: 0,
    window: undefined,
    trigger: 'timer',
    values: {},
    measures: {},
    sinceStart: {},
    engines,
    targets: [],
    findings,
  };
}

/** Rules with a clock: `at` looks at the run at a second, and returns what is told. */
function watch(mode: NotificationFacts['mode'] = 'errors and run end') {
  const rules = new NotificationRules();
  const at = (
    second: number,
    seen: Snapshot | undefined,
    { isFocused = false, state = 'fresh' }: { isFocused?: boolean; state?: Status['state'] } = {},
  ): string | undefined => rules.update({ mode, isFocused, now: second * seconds, snapshot: seen, status: { state } });
  return { rules, at };
}

describe('notifications', () => {
  it('tell of an error once it has lasted a minute, and never twice', () => {
    const { at } = watch('errors');
    const bad = snapshot([finding()]);
    assert.deepEqual(
      [0, 30, 59].map((second) => at(second, bad)),
      [undefined, undefined, undefined],
    );
    assert.equal(at(60, bad), 'engine 2: KV cache 100 % full.');
    assert.deepEqual(
      [61, 300, 4000].map((second) => at(second, bad)),
      [undefined, undefined, undefined],
    );
  });

  it('tell nothing while the window has the focus, and count the minute from when it lost it', () => {
    const { at } = watch('errors');
    const bad = snapshot([finding()]);
    assert.equal(at(0, bad, { isFocused: true }), undefined);
    assert.equal(at(600, bad, { isFocused: true }), undefined);
    assert.equal(at(601, bad), undefined);
    assert.equal(at(650, bad), undefined);
    assert.equal(at(661, bad), 'engine 2: KV cache 100 % full.');
  });

  it('tell nothing of warnings, of what is off, and of an error that ends', () => {
    const { at } = watch('errors');
    const warning = snapshot([finding({ severity: 'warning' })]);
    assert.deepEqual(
      [0, 61, 200].map((second) => at(second, warning)),
      [undefined, undefined, undefined],
    );
    const off = watch('off');
    assert.deepEqual(
      [0, 61].map((second) => off.at(second, snapshot([finding()]))),
      [undefined, undefined],
    );
    const short = watch('errors');
    assert.equal(short.at(0, snapshot([finding()])), undefined);
    assert.equal(short.at(30, snapshot([])), undefined);
    assert.equal(short.at(61, snapshot([])), undefined);
  });

  it('are one for several errors, and do not repeat one that flickers', () => {
    const { at } = watch('errors');
    const bad = snapshot([finding(), finding({ id: 'preemption-thrash' }), finding({ engine: 'w3' })]);
    at(0, bad);
    assert.equal(at(60, bad), 'engine 2: KV cache 100 % full. And 2 more errors.');
    at(70, snapshot([]));
    assert.deepEqual(
      [80, 200].map((second) => at(second, bad)),
      [undefined, undefined],
    );
    at(200, snapshot([]));
    at(900, snapshot([]));
    at(901, snapshot([finding()]));
    assert.equal(at(962, snapshot([finding()])), 'engine 2: KV cache 100 % full.', 'a new one, ten minutes later');
  });

  it('tell that every engine is dead, or that the run has ended', () => {
    const dead = snapshot([], [engine('dead'), engine('gone')]);
    const { at } = watch();
    at(0, dead);
    assert.equal(at(100, dead), undefined, 'never seen alive');
    at(101, snapshot([]));
    at(110, dead);
    assert.equal(at(170, dead), 'Every engine of the run is dead.');
    assert.equal(at(400, dead), undefined);
    at(500, snapshot([]));
    at(510, snapshot([], []), { state: 'no-run-found' });
    assert.equal(
      at(570, snapshot([], []), { state: 'no-run-found' }),
      'No engine reports any more: the run has ended, or nothing leads to it.',
    );
    const errorsOnly = watch('errors');
    errorsOnly.at(0, snapshot([]));
    errorsOnly.at(1, dead);
    assert.equal(errorsOnly.at(100, dead), undefined);
  });

  it('take gone engines for the end of the run only if the connection to it is not what is lost', () => {
    const gone = snapshot([], [engine('gone'), engine('gone')]);
    const ended = 'No engine reports any more: the run has ended, or nothing leads to it.';
    for (const [state, text] of [
      ['fresh', ended],
      ['refused', ended],
      ['proxy-failed', undefined],
      ['time-out', undefined],
      ['unauthorised', undefined],
    ] as const) {
      const { at } = watch();
      at(0, snapshot([]));
      at(10, gone, { state });
      assert.equal(at(70, gone, { state }), text, state);
    }
  });

  it('begin anew with another run', () => {
    const { rules, at } = watch();
    at(0, snapshot([]));
    rules.reset();
    at(1, snapshot([], []), { state: 'no-run-found' });
    assert.equal(at(100, snapshot([], []), { state: 'no-run-found' }), undefined);
  });
});
