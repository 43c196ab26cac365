/** Discovery over HTTP against a replayed cluster and other servers, which are closed after each test. */
import { discover, discoverActors, type Discovery, type DiscoveryInput } from '../../../src/discovery/discover';
import { noTokens } from '../../../src/discovery/token';
import { replay, serve, type FixtureServer, type Replay, type ReplayOptions } from '../../demonstration/index';
import { realAsking, type RealAsking } from '../support/client';

/** An environment without a Ray. */
export const emptyEnvironment = { RAY_TMPDIR: '/nonexistent', HOME: '/nonexistent' };

/** An input that names nothing, with these changes. */
const inputWith = (input: Partial<DiscoveryInput>): DiscoveryInput => ({
  metricsPath: 'ray',
  serverUrls: [],
  serverCount: 1,
  dashboardSetting: '',
  dashboardTyped: false,
  endpoints: [],
  endpointsTyped: false,
  environment: emptyEnvironment,
  tokens: noTokens,
  ...input,
});

/** What a test of discovery uses. */
export interface DiscoveryFixture {
  /** The client; `pauses` has the waiting times. */
  readonly client: RealAsking;
  /** Starts a replayed cluster of two nodes. */
  cluster(options?: Partial<ReplayOptions>): Promise<Replay>;
  server(handler: Parameters<typeof serve>[0]): Promise<FixtureServer>;
  discover(input: Partial<DiscoveryInput>): Promise<Discovery>;
  discoverActors(discovery: Discovery): ReturnType<typeof discoverActors>;
}

/** Prepares a fixture for the tests of the surrounding `describe`. */
export function useDiscoveryFixture(): DiscoveryFixture {
  let client: RealAsking;
  const opened: { close(): Promise<void> }[] = [];
  beforeEach(() => {
    client = realAsking();
  });
  afterEach(async () => {
    await Promise.all([client.client.close(), ...opened.splice(0).map((each) => each.close())]);
  });
  return {
    get client() {
      return client;
    },
    async cluster(options = {}) {
      const started = await replay({ recording: 'ray-2.57', rewriteDiscoveryFile: false, ...options });
      opened.push(started);
      return started;
    },
    async server(handler) {
      const started = await serve(handler);
      opened.push(started);
      return started;
    },
    discover: (input) =>
      discover(inputWith(input), { requestOptions: client, now: Date.now(), find: () => Promise.resolve([]) }),
    discoverActors: ({ dashboard }) => discoverActors(dashboard, inputWith({}), client),
  };
}

/** URLs of the targets. */
export const urlsOf = ({ targets }: Discovery): string[] => targets.map(({ url }) => url);
/** URLs of a replayed cluster's node agents. */
export const nodeUrlsOf = ({ nodes }: Replay): string[] => nodes.map(({ url }) => `${url}/metrics`);
/** The requests that a cluster's dashboard received. */
export const requestsOf = (cluster: Replay): string[] =>
  cluster.dashboard.requests.map(({ method, url }) => `${method} ${url}`);
