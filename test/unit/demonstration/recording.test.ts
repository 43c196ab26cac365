/** The recordings as tests read them. */
import { strict as assert } from 'node:assert';
import { loadNativeAnswers, loadRecording, rayRecordings } from '../../demonstration/replay/recording';

describe('Recordings', () => {
  const sizes = {
    'ray-2.57': [12, 2],
    'ray-2.57-speculation': [5, 1],
    'ray-2.56': [6, 1],
    'ray-2.51': [6, 1],
    'vllm-0.32-native': [6, 1],
  } as const;
  for (const [name, [steps, nodes]] of Object.entries(sizes) as [keyof typeof sizes, readonly [number, number]][]) {
    it(`have ${steps} steps of ${nodes} node(s) in order: ${name}`, () => {
      const recording = loadRecording(name);
      assert.equal(recording.steps.length, steps);
      assert.deepEqual(
        [...recording.steps].sort((a, b) => a.at - b.at),
        recording.steps,
      );
      for (const step of recording.steps) {
        assert.deepEqual(
          step.bodies.map(({ node }) => node),
          Array.from({ length: nodes }, (_, node) => node),
        );
        for (const { bytes } of step.bodies) assert.equal(bytes.subarray(0, 6).toString(), '# HELP');
      }
    });
  }

  it('have SkyRL’s values of each step on Ray', () => {
    for (const name of rayRecordings) {
      for (const { skyrlValues } of loadRecording(name).steps.slice(1, 2))
        assert.ok('vllm/generation_throughput_tok_s' in skyrlValues, name);
    }
    assert.equal(loadRecording('ray-2.57').steps[0]?.skyrlValues['vllm/num_requests_running'], 21);
  });

  it('have the dashboard’s answers of a step', () => {
    const [first, second] = loadRecording('ray-2.57').steps;
    assert.deepEqual(Object.keys(first?.json ?? {}).sort(), [
      'logical-actors',
      'nodes-summary',
      'prometheus-sd',
      'version',
    ]);
    assert.deepEqual(second?.json, {});
  });

  it('have the answers of the native server by path', () => {
    const paths = [
      '/get_world_size',
      '/is_paused',
      '/is_sleeping',
      '/load',
      '/server_info',
      '/v1/models',
      '/version',
      '/weight_info',
    ];
    assert.deepEqual([...loadNativeAnswers().keys()].sort(), paths);
  });
});
