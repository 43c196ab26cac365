import { strict as assert } from 'node:assert';
import { extractFamily } from '../../../src/exposition/extractFamily';
import { loadRecording } from '../../demonstration/index';

const body = loadRecording('ray-2.57').steps[0]?.bodies[0]?.bytes.toString('utf8') ?? '';

describe('extractFamily', () => {
  const cases: readonly (readonly [family: string, name: string, type: string])[] = [
    ['generation_tokens', 'ray_vllm_generation_tokens_total', 'counter'],
    ['ray_vllm_generation_tokens_total', 'ray_vllm_generation_tokens_total', 'counter'],
    ['vllm:generation_tokens', 'ray_vllm_generation_tokens_total', 'counter'],
    ['iteration_tokens_total', 'ray_vllm_iteration_tokens_total', 'histogram'],
    ['ray_vllm_iteration_tokens_total_bucket', 'ray_vllm_iteration_tokens_total', 'histogram'],
    ['time_to_first_token_seconds', 'ray_vllm_time_to_first_token_seconds', 'histogram'],
    ['node_cpu_utilization', 'ray_node_cpu_utilization', 'gauge'],
  ];
  for (const [family, name, type] of cases) {
    it(`finds help, type and every sample of ${name} by ${family}, and nothing else`, () => {
      const lines = extractFamily(body, family).trimEnd().split('\n');
      assert.match(lines[0] ?? '', new RegExp(`^# HELP ${name} `));
      assert.equal(lines[1], `# TYPE ${name} ${type}`);
      assert.deepEqual(
        lines,
        body
          .split('\n')
          .filter((line) => new RegExp(`^(# (HELP|TYPE) ${name} |${name}(_bucket|_sum|_count)?\\{)`).test(line)),
      );
    });
  }

  it('is empty for a family that the exposition does not have', () =>
    assert.equal(extractFamily(body, 'no_such_family'), ''));
});
