/** What tests import of the demonstration cluster; `README.md` explains its parts. */
export { json, text } from './http/answer';
export type { Fault } from './http/faults';
export { freeLoopbackAddress } from './http/freeLoopbackAddress';
export { serve, type FixtureServer, type RecordedRequest } from './http/server';
export type { Cluster } from './cluster/cluster';
export type { Dashboard } from './cluster/dashboard';
export { startNodeAgent } from './cluster/nodeAgent';
export { createRayTmpDir, type RayTmpDir } from './cluster/rayTmpDir';
export { serverBodies } from './cluster/serverBodies';
export { startSmallDashboard, type SmallDashboard } from './cluster/smallDashboard';
export {
  loadRecording,
  rayRecordings,
  type RayRecording,
  type RecordedStep,
  type RecordingName,
} from './replay/recording';
export { replay, type Replay, type ReplayOptions } from './replay/replay';
export { replayNative, type NativeAnswers, type NativeReplay } from './replay/replayNative';
export { startLive, type Live } from './live/live';
