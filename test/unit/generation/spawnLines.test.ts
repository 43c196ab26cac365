import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnLines } from '../../../src/generation/spawnLines';
import { pollVram, type VramPoll } from '../../../src/generation/vramPoll';
import { systemClock } from '../../../src/shared/clock';
import { smiLine, installFakeNvidiaSmi, type FakeNvidiaSmi } from './fakeNvidiaSmi';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a process on PATH', () => {
  let smi: FakeNvidiaSmi;
  let poll: VramPoll | undefined;

  const start = (): VramPoll => {
    poll = pollVram({ spawn: spawnLines, clock: systemClock, setting: '', visibleDevices: undefined });
    return poll;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 400 && !holds(); turn += 1) await sleep(20);
    assert.ok(holds(), JSON.stringify(poll?.result()));
  };

  beforeEach(() => {
    smi = installFakeNvidiaSmi();
  });
  afterEach(() => {
    poll?.stop();
    smi.end();
  });

  it('is read line by line while it runs', async () => {
    smi.script(`for used in 100 900 400; do echo "${smiLine(0, '$used')}"; done\nexec sleep 60`);
    const polled = start();
    await until(() => polled.result().samples === 3);
    assert.equal(polled.stop().chosenDevice?.peak, 900);
  });

  it('is started again and again if it prints once and ends', async () => {
    smi.script(`echo "${smiLine(0, 321)}"`);
    const polled = start();
    await until(() => polled.result().samples >= 3);
    assert.equal(polled.stop().chosenDevice?.peak, 321);
  });

  it('is reported with its error output if it fails', async () => {
    smi.script('echo "Unable to determine the device handle for GPU0: Unknown Error" >&2\nexit 15');
    const polled = start();
    await until(() => polled.result().problem !== undefined);
    assert.match(polled.stop().problem ?? '', /code 15: Unable to determine the device handle/);
  });

  it('is reported if it does not exist', async () => {
    process.env['PATH'] = smi.folder;
    const polled = start();
    await until(() => polled.result().problem !== undefined);
    assert.match(polled.stop().problem ?? '', /no nvidia-smi/);
  });

  it('is ended with the poll if it hangs', async () => {
    const pidFile = path.join(smi.folder, 'pid');
    smi.script(`echo $$ > ${pidFile}\necho "${smiLine(0, 1)}"\nexec sleep 600`);
    const polled = start();
    await until(() => polled.result().samples === 1);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    assert.ok(isAlive(pid));
    polled.stop();
    await until(() => !isAlive(pid));
  });
});
