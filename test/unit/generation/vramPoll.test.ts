import assert from 'node:assert/strict';
import type { ProcessEnd, SpawnLines } from '../../../src/generation/spawnLines';
import { pollVram, type VramPoll } from '../../../src/generation/vramPoll';
import { manualClock, type ManualClock } from '../support/clock';
import { smiLine as line, smiUuid as uuid } from './fakeNvidiaSmi';

interface Fake {
  clock: ManualClock;
  poll: VramPoll;
  started: {
    args: readonly string[];
    line: (text: string) => void;
    end: (how: Partial<ProcessEnd>) => void;
    killed: boolean;
  }[];
}

function fake({ setting = '', visibleDevices }: { setting?: string; visibleDevices?: string } = {}): Fake {
  const clock = manualClock();
  const started: Fake['started'] = [];
  const spawn: SpawnLines = (command, args, on) => {
    assert.equal(command, 'nvidia-smi');
    const process = {
      args,
      line: on.line,
      end: (how: Partial<ProcessEnd>) => on.end({ code: 0, stderrTail: '', ...how }),
      killed: false,
    };
    started.push(process);
    return () => {
      process.killed = true;
    };
  };
  return { clock, started, poll: pollVram({ spawn, clock, setting, visibleDevices }) };
}

describe('the highest GPU memory', () => {
  it('is polled every 250 ms by one process for all devices', () => {
    const { started, poll } = fake();
    assert.equal(started.length, 1);
    assert.ok(started[0]?.args.includes('--loop-ms=250'));
    for (const used of [100, 300, 200]) started[0]?.line(line(0, used));
    started[0]?.line(line(1, 5000));
    const { chosenDevice, devices, samples } = poll.stop();
    assert.deepEqual([chosenDevice?.index, chosenDevice?.peak, chosenDevice?.total], [0, 300, 81559]);
    assert.deepEqual(
      devices.map(({ peak }) => peak),
      [300, 5000],
    );
    assert.equal(samples, 4);
    assert.ok(started[0]?.killed);
  });

  for (const [visibleDevices, setting, index] of [
    [undefined, '', 0],
    ['', '', 0],
    ['3,1', '', 3],
    [' 5', '', 5],
    [uuid(6), '', 6],
    [`${uuid(2).slice(0, 12)},0`, '', 2],
    ['3', '1', 1],
    ['3', uuid(4), 4],
    [`MIG-${uuid(7)}/1/0`, '', 7],
  ] as const) {
    it(`is of device ${index} for CUDA_VISIBLE_DEVICES=${visibleDevices} and the setting “${setting}”`, () => {
      const { started, poll } = fake({ setting, ...(visibleDevices !== undefined && { visibleDevices }) });
      const query = started.at(-1);
      for (let gpu = 0; gpu < 8; gpu += 1) query?.line(line(gpu, 1000 + gpu));
      assert.equal(poll.stop().chosenDevice?.peak, 1000 + index);
    });
  }

  it('of a MIG device is its whole device’s, which nvidia-smi -L names', () => {
    const { started, poll } = fake({ visibleDevices: 'MIG-aaaaaaaa-5555-5555-5555-555555555555' });
    assert.deepEqual(started[0]?.args, ['-L']);
    started[0]?.line(`GPU 0: NVIDIA H100 80GB HBM3 (UUID: ${uuid(0)})`);
    started[0]?.line(`GPU 1: NVIDIA H100 80GB HBM3 (UUID: ${uuid(1)})`);
    started[0]?.line('  MIG 1g.10gb     Device  0: (UUID: MIG-aaaaaaaa-5555-5555-5555-555555555555)');
    started[0]?.end({});
    for (const gpu of [0, 1]) started[1]?.line(line(gpu, 10 + gpu));
    assert.equal(poll.stop().chosenDevice?.index, 1);
  });

  it('is missing with the reason for a device that is not listed', () => {
    for (const setting of ['9', '-1', 'GPU-', 'MIG-nowhere', 'first']) {
      const { started, poll } = fake({ setting });
      started.at(-1)?.line(line(0, 10));
      const { chosenDevice, problem } = poll.stop();
      assert.equal(chosenDevice, undefined, setting);
      assert.match(problem ?? '', /lists no device/);
    }
  });

  it('is missing with the reason if the driver reports [N/A]', () => {
    const { started, poll } = fake();
    started[0]?.line(line(0, '[N/A]'));
    started[0]?.line(line(0, '[Not Supported]'));
    const { chosenDevice, devices, problem, samples } = poll.stop();
    assert.deepEqual([chosenDevice, devices, samples], [undefined, [], 2]);
    assert.match(problem ?? '', /\[N\/A\]/);
  });

  it('is not polled again without nvidia-smi', async () => {
    const { clock, started, poll } = fake();
    started[0]?.end({ code: null, error: 'ENOENT' });
    await clock.advance(60_000);
    assert.equal(started.length, 1);
    assert.match(poll.result().problem ?? '', /no nvidia-smi/);
  });

  it('is polled again after an error, which is reported as long as there is no number', async () => {
    const { clock, started, poll } = fake();
    started[0]?.line('NVIDIA-SMI has failed because it couldn’t communicate with the NVIDIA driver.');
    started[0]?.end({ code: 9 });
    assert.match(poll.result().problem ?? '', /code 9: NVIDIA-SMI has failed/);
    await clock.advance(5_000);
    started[1]?.line(line(0, 77));
    assert.equal(poll.stop().chosenDevice?.peak, 77);
  });

  it('is polled again after 250 ms if the process prints once and ends', async () => {
    const { clock, started } = fake();
    started[0]?.line(line(0, 1));
    started[0]?.end({});
    await clock.advance(249);
    assert.equal(started.length, 1);
    await clock.advance(1);
    assert.equal(started.length, 2);
  });

  it('is polled again after a process that hangs was ended', async () => {
    const { clock, started, poll } = fake();
    started[0]?.line(line(0, 5));
    await clock.advance(4_999);
    assert.equal(started[0]?.killed, false);
    await clock.advance(1);
    assert.equal(started[0]?.killed, true);
    assert.match(poll.result().problem ?? '', /said nothing for 5 s/);
    await clock.advance(5_000);
    started[1]?.line(line(0, 9));
    assert.equal(poll.stop().chosenDevice?.peak, 9);
  });

  it('does not change after the poll was stopped, which leaves nothing running', async () => {
    const { clock, started, poll } = fake();
    started[0]?.line(line(0, 5));
    poll.stop();
    started[0]?.line(line(0, 500));
    started[0]?.end({});
    await clock.advance(60_000);
    assert.deepEqual([started.length, clock.pending, poll.result().chosenDevice?.peak], [1, 0, 5]);
  });
});
