/** What a tool for language models is, and what it reads of the VS Code window. */
import { toJSONSchema, type core, type ZodMiniType } from 'zod/mini';
import type { Snapshot, Status } from '../api';
import type { ComparableRun } from '../comparison/comparableRun';
import type { ComparableChoice } from '../comparison/comparables';
import type { EffectiveFacts } from '../config/effectiveConfig';
import type { QueryResponse, RangeOptions } from '../prometheus/client';
import type { ChartData, ChartQuery } from '../shared/chartData';
import { isObject } from '../shared/guards';
import type { Rollout } from '../shared/rollout';

/** The window as tools see it. Times are Unix ms. */
export interface ToolHost {
  /** Nothing is told about a workspace that is not trusted. */
  readonly isTrusted: boolean;
  now(): number;
  readonly status: Status;
  /** Of the newest scrape; undefined before the first one. */
  readonly snapshot: Snapshot | undefined;
  readonly timer: 'running' | 'stopped' | 'on command';
  /** By the config in use; undefined if unknown. */
  readonly expectedEngines: number | undefined;
  /** The config in use; undefined if there is none. */
  readonly config: EffectiveFacts | undefined;
  /** Oldest first. */
  readonly rollouts: readonly Rollout[];
  queryHistory(query: ChartQuery): ChartData;
  /** What can be compared. */
  listComparables(): Promise<readonly ComparableChoice[]>;
  /** Rejects with an error whose message is for people. */
  loadComparables(ids: readonly string[]): Promise<readonly ComparableRun[]>;
  /** Scrapes now. Rejects only after disposal. */
  scrape(): Promise<Snapshot>;
  /** Address of the configured Prometheus without credentials; undefined if there is none. */
  readonly prometheusUrl: string | undefined;
  /** Rejects with an error whose message is for people. */
  queryPrometheus(query: string, range: RangeOptions | undefined, signal: AbortSignal): Promise<QueryResponse>;
}

/** What a tool answers: the same once for reading and once for programs. */
export interface ToolAnswer {
  text: string;
  data: Record<string, unknown>;
}

/** An error that a model can act on: the message says what to ask instead. */
export class ToolError extends Error {}

/** A tool. Its texts are in the manifest. */
export interface Tool<Input = unknown> {
  /** As in the manifest. */
  name: string;
  title: string;
  /** For models: when to use it, and what an absent value means. */
  modelDescription: string;
  /** Checked again here, because models invent arguments. */
  input: ZodMiniType<Input>;
  /** Whether the person is asked before it runs. */
  asksFirst?: true;
  /** Rejects with a ToolError. */
  run(host: ToolHost, input: Input, signal: AbortSignal): Promise<ToolAnswer> | ToolAnswer;
}

/** The arguments of a tool in words, for a model that named others. */
function describeArguments(input: ZodMiniType): string {
  const { properties = {}, required = [] } = toJSONSchema(input, { io: 'input' });
  const names = Object.keys(properties).map((name) => (required.includes(name) ? `${name} (required)` : name));
  return names.length === 0 ? 'It takes no arguments' : `Its arguments are: ${names.join(', ')}`;
}

function describeProblems({ name, input }: Tool, { issues }: core.$ZodError): string {
  const problems = issues.map(({ path, message }) => `${path.join('.') || 'the input'}: ${message}`);
  return `${name} cannot be called like this. ${problems.join('; ')}. ${describeArguments(input)}.`;
}

/** Many models write null for an argument that they leave out. */
const withoutNulls = (input: unknown): unknown =>
  isObject(input) ? Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)) : input;

/** A tool that checks its input by its own schema before it runs. */
export const defineTool = <Input>(tool: Tool<Input>): Tool => ({
  ...tool,
  run: (host, input, signal) => {
    const parsed = tool.input.safeParse(withoutNulls(input));
    if (!parsed.success) throw new ToolError(describeProblems(tool, parsed.error));
    return tool.run(host, parsed.data, signal);
  },
});
