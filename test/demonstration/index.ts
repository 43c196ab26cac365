/** The cluster-shaped fixture: what tests import. */
export { serve, type FixtureServer, type Place, type RecordedRequest } from './http/server';
export { json, text, type Answer } from './http/answer';
export type { Fault } from './http/faults';
export { startNodeAgent } from './parts/nodeAgent';
export { startDashboard, type Dashboard, type DashboardData, type DashboardOptions } from './parts/dashboard';
export { startSmallDashboard, type SmallDashboard } from './parts/smallDashboard';
export { bodies } from './parts/bodies';
export { ownAddress } from './http/ownAddress';
export { createRayTmpDir, type RayTmpDir, type RayTmpDirOptions } from './parts/rayTmpDir';
export { startCluster, type Cluster, type ClusterOptions, type ClusterSource } from './parts/cluster';
export {
  loadRecording,
  rayRecordings,
  type RayRecording,
  type RecordedStep,
  type Recording,
  type RecordingName,
} from './replay/recording';
export { replay, type Replay, type ReplayOptions, type Steps } from './replay/replay';
export { replayNative, type NativeAnswers, type NativeReplay } from './replay/native';
export { createLive, startLive, type Live, type LiveOptions, type LiveSource } from './live/live';
export { writeWorkspace } from './demo/workspace';
