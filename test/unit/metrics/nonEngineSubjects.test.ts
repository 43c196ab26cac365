import { strict as assert } from 'node:assert';
import { targetA, targetB, at, newScene, measureOf } from './scene';

describe('NonEngineSubjects', () => {
  it('takes load averages from the dashboard, keeps their age, and ignores nodes that report nothing', () => {
    const scene = newScene();
    const node = (ip: string): string => `ray_node_cpu_utilization{ip="${ip}",Version="2.57.0"} 50\n`;
    scene.scrape(
      0,
      { [targetA]: node('192.0.2.2'), [targetB]: node('192.0.2.3') },
      { loads: { '192.0.2.2': 3, '192.0.2.3': 9, '192.0.2.4': 99 } },
    );
    const snapshot = scene.scrape(60, { [targetA]: node('192.0.2.2'), [targetB]: node('192.0.2.3') });
    const { value, to, highest, counted, of } = measureOf(snapshot, 'node_load') ?? {};
    assert.deepEqual([value, to, highest, counted, of], [9, at(0), { engine: 'node 192.0.2.3', value: 9 }, 2, 2]);
    assert.equal(measureOf(snapshot, 'node_cpu')?.value, 0.5, 'Ray’s percent is a fraction');
  });

  it('reads GPU memory in MiB, although Ray’s help text says bytes', () => {
    const gpu = (index: number, used: number, free: number): string => {
      const labels = `ip="192.0.2.2",GpuIndex="${index}",Version="2.57.0"`;
      return `ray_node_gram_used{${labels}} ${used}\nray_node_gram_available{${labels}} ${free}\n`;
    };
    const snapshot = newScene().scrape(0, { [targetA]: gpu(0, 60 * 1024, 20 * 1024) + gpu(1, 20 * 1024, 60 * 1024) });
    assert.equal(measureOf(snapshot, 'gpu_memory_used')?.value, 80 * 2 ** 30);
    assert.deepEqual(
      [measureOf(snapshot, 'gpu_memory_share')?.value, measureOf(snapshot, 'gpu_memory_share')?.highest?.engine],
      [0.75, 'gpu 192.0.2.2 0'],
    );
    assert.deepEqual(
      snapshot.parts?.map(({ kind, name }) => [kind, name]),
      [
        ['gpu', 'GPU 0 on 192.0.2.2'],
        ['gpu', 'GPU 1 on 192.0.2.2'],
      ],
    );
  });
});
