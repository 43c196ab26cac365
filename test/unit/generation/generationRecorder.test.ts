import assert from 'node:assert/strict';
import { thisHost, type RecordContext } from '../../../src/generation/composeRecord';
import type { ProbedEngine } from '../../../src/generation/engineConfig';
import type { LoadAverage } from '../../../src/discovery/nodeLoads';
import { extractScrapeFacts, type ScrapeFacts } from '../../../src/generation/scrapeFacts';
import { GenerationRecorder } from '../../../src/generation/generationRecorder';
import type { VramResult } from '../../../src/generation/gpuPeaks';
import { manualClock } from '../support/clock';
import { replayRecording } from '../support/replay';

const gram = (node: string, used: number): Buffer =>
  Buffer.from(`ray_node_gram_used{GpuDeviceName="NVIDIA H100",GpuIndex="0",ip="${node}"} ${used}\n`);

/** All steps of a recording, each body changed before it is read. */
async function steps(
  recording: 'ray-2.57' | 'ray-2.57-speculation' = 'ray-2.57',
  change = (_step: string, body: Buffer): Buffer => body,
): Promise<ScrapeFacts[]> {
  const edit = (step: string, _node: number, body: Buffer): Buffer => change(step, body);
  return (await replayRecording(recording, { edit })).map(({ snapshot, answers }) =>
    extractScrapeFacts(snapshot, answers),
  );
}

interface World {
  recorder: GenerationRecorder;
  /** The results of the next scrapes on command. */
  scrapes: ScrapeFacts[];
  loads: ReadonlyMap<string, LoadAverage>;
  probed: ProbedEngine[];
  vram: VramResult | undefined;
  context: RecordContext;
  stopped: number;
  failures: unknown[];
}

function world(): World {
  const w: World = {
    scrapes: [],
    loads: new Map(),
    probed: [],
    vram: undefined,
    stopped: 0,
    failures: [],
    context: { config: undefined, configName: undefined, raySession: 'session_x', replayed: false, isLocalRun: true },
    recorder: new GenerationRecorder({
      clock: manualClock(Date.UTC(2026, 10, 25, 21, 15, 7, 120)),
      scrape: async () => {
        const next = w.scrapes.shift();
        if (!next) throw new Error('nothing answers');
        w.recorder.take(next);
      },
      pollVram: () =>
        w.vram && {
          result: () => w.vram as VramResult,
          stop: () => {
            w.stopped += 1;
            return w.vram as VramResult;
          },
        },
      readLoads: async () => w.loads,
      probe: async () => w.probed,
      context: () => w.context,
      onChange: () => undefined,
      onError: (error) => w.failures.push(error),
    }),
  };
  return w;
}

const gpu = { index: 0, uuid: 'GPU-0', name: 'NVIDIA H100', peak: 69_312 };

describe('GenerationRecorder', () => {
  it('records what happens between start and stop', async () => {
    const w = world();
    const all = await steps();
    w.vram = { devices: [gpu], chosenDevice: gpu, why: 'because', samples: 40 };
    w.loads = new Map([[thisHost, [1, 2, 3]]]);
    w.scrapes = [all[1]!];
    const begun = await w.recorder.start('command');
    assert.equal(begun.id, '2026-11-25T21-15-07-120Z');
    for (const facts of all.slice(2, 5)) w.recorder.take(facts);
    w.loads = new Map([[thisHost, [4, 5, 6]]]);
    w.scrapes = [all[5]!];
    const record = await w.recorder.stop('command');
    const highest = Math.max(
      ...all.slice(1, 6).flatMap(({ snapshot }) => snapshot.measures['kv_cache_usage_perc']?.value ?? []),
    );
    const last = all.slice(1, 6).findLast(({ snapshot }) => snapshot.measures['kv_cache_usage_perc'])!.snapshot
      .measures['kv_cache_usage_perc']!;
    assert.ok(record);
    assert.equal(record.event.peak_vram_gb, 67.6875);
    assert.deepEqual(
      [record.event.loadavg_pre, record.event.loadavg_post, record.load.host],
      [[1, 2, 3], [4, 5, 6], thisHost],
    );
    assert.equal(record.event.kv_cache_usage_perc, last.value);
    assert.equal(record.kvCache.highest?.value, highest);
    assert.ok(highest > 0 && (record.event.prefix_cache_hit_rate ?? 0) > 0);
    assert.equal(record.event.prefix_cache_hit_rate, record.prefixCache!.hits / record.prefixCache!.queries);
    assert.deepEqual([record.scrapes, record.from, record.to], [5, all[1]!.snapshot.at, all[5]!.snapshot.at]);
    assert.deepEqual(
      [record.startedBy, record.endedBy, w.stopped, w.recorder.current],
      ['command', 'command', 1, undefined],
    );
    assert.deepEqual(
      record.engines.map(({ name }) => name),
      ['engine 0', 'engine 1', 'engine 2'],
    );
  });

  it('has null for what was not measured', async () => {
    const w = world();
    await w.recorder.start('command');
    const record = await w.recorder.stop('command');
    assert.deepEqual(record?.event, {
      peak_vram_gb: null,
      kv_cache_usage_perc: null,
      prefix_cache_hit_rate: null,
      spec_accept_rate: null,
      loadavg_pre: null,
      loadavg_post: null,
      engine_runtime_config: {},
      flag_did_not_engage: false,
    });
    assert.equal(record?.flags.check, 'not checked');
    assert.ok(record?.vram.problem);
    assert.equal(w.failures.length, 2);
  });

  it('has the acceptance rate of drafts, and 0 if none was accepted', async () => {
    const w = world();
    const all = await steps('ray-2.57-speculation');
    w.scrapes = [all[0]!, all[3]!];
    await w.recorder.start('command');
    const record = await w.recorder.stop('command');
    assert.ok((record?.event.spec_accept_rate ?? 0) > 0.9);
    const other = world();
    const none = await steps('ray-2.57-speculation', (_, body) =>
      Buffer.from(
        body.toString('latin1').replaceAll(/^ray_vllm_spec_decode_num_accepted_tokens_total.*\n/gm, ''),
        'latin1',
      ),
    );
    other.scrapes = [none[0]!, none[3]!];
    await other.recorder.start('command');
    assert.equal((await other.recorder.stop('command'))?.event.spec_accept_rate, 0);
  });

  it('takes the highest GPU memory of all scrapes from Ray if this host reports none, in GiB', async () => {
    const w = world();
    const all = await steps('ray-2.57', (step, body) =>
      Buffer.concat([gram('192.0.2.2', step.startsWith('03') ? 40_960 : 10_240), body]),
    );
    w.vram = { devices: [], why: 'because', samples: 0, problem: 'there is no nvidia-smi on this host' };
    w.scrapes = [all[1]!, all[3]!];
    await w.recorder.start('command');
    w.recorder.take(all[2]!);
    const record = await w.recorder.stop('command');
    assert.equal(record?.event.peak_vram_gb, 40);
    assert.deepEqual(
      [record?.vram.source, record?.vram.device],
      ['ray_node_gram_used', 'GPU 0 (NVIDIA H100) on 192.0.2.2'],
    );
    assert.match(record?.vram.problem ?? '', /no nvidia-smi/);
  });

  it('does not use this host’s devices and load if it is not part of the run', async () => {
    const w = world();
    const all = await steps();
    w.context = { ...w.context, isLocalRun: false };
    w.vram = { devices: [gpu], chosenDevice: gpu, why: 'because', samples: 40 };
    w.loads = new Map<string, LoadAverage>([
      [thisHost, [9, 9, 9]],
      ['192.0.2.2', [1, 2, 3]],
      ['192.0.2.3', [7, 7, 7]],
    ]);
    w.scrapes = [all[1]!, all[2]!];
    await w.recorder.start('command');
    const record = await w.recorder.stop('command');
    assert.equal(record?.event.peak_vram_gb, null);
    assert.deepEqual([record?.load.host, record?.event.loadavg_pre], ['192.0.2.2', [1, 2, 3]]);
  });

  it('has one record if it is started twice or stopped twice', async () => {
    const w = world();
    const all = await steps();
    w.scrapes = [all[1]!, all[2]!, all[3]!];
    const [one, two] = await Promise.all([w.recorder.start('command'), w.recorder.start('command')]);
    assert.equal(one.id, two.id);
    const [first, second] = await Promise.all([w.recorder.stop('command'), w.recorder.stop('command')]);
    assert.equal(first, second);
    assert.equal(await w.recorder.stop('command'), undefined);
    assert.equal(w.scrapes.length, 1);
  });

  it('has the values before the work if it is stopped while it starts', async () => {
    const w = world();
    const all = await steps();
    w.loads = new Map([[thisHost, [1, 1, 1]]]);
    w.scrapes = [all[1]!, all[2]!];
    void w.recorder.start('command');
    const record = await w.recorder.stop('command');
    assert.deepEqual([record?.scrapes, record?.event.loadavg_pre], [2, [1, 1, 1]]);
  });

  it('keeps what was measured if it is cut off', async () => {
    const w = world();
    const all = await steps();
    w.scrapes = [all[1]!];
    await w.recorder.start('command');
    w.recorder.take(all[2]!);
    const draft = w.recorder.draft();
    const record = w.recorder.cutOff();
    assert.deepEqual(record, draft);
    assert.deepEqual([record?.endedBy, record?.scrapes, record?.event.loadavg_post], ['cut off', 2, null]);
    assert.ok(record?.event.kv_cache_usage_perc);
    assert.equal(w.recorder.cutOff(), undefined);
  });

  it('has the scrape before it as its base, and that time’s load, if work starts it', async () => {
    const w = world();
    const all = await steps();
    w.loads = new Map([[thisHost, [0, 0, 0]]]);
    w.recorder.take(all[6]!);
    await w.recorder.readIdleLoads();
    w.loads = new Map([[thisHost, [8, 8, 8]]]);
    await w.recorder.start('work');
    w.recorder.take(all[7]!);
    const record = w.recorder.cutOff();
    assert.equal(record?.from, all[6]!.snapshot.at);
    assert.ok((record?.tokens.generated ?? 0) > 0);
    assert.deepEqual(record?.event.loadavg_pre, [0, 0, 0]);
  });
});
