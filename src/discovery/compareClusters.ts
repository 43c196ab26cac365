/**
 * Decides between Ray's service-discovery file and its dashboard, which may be of two clusters (docs/decisions.md,
 * Which cluster).
 */
import type { RayInfo } from './dashboard';
import type { DashboardAddress } from './dashboardAddress';
import type { DiscoveryFile } from './discoveryFile';
import { describeHint } from './scriptHints';
import type { Target } from './targets';

/** Two clusters, of which one is shown. */
export interface ClusterConflict {
  shown: 'file' | 'dashboard';
  /** Neither was named, so that the other one may be meant. */
  isGuess: boolean;
  dashboardUrl: string;
  filePath: string;
  /** Ray sessions, where they are known. */
  dashboardSession?: string;
  fileSession?: string;
}

/** What is compared. */
interface ComparedClusters {
  /** Undefined if there is no file, or none that counts. */
  file: DiscoveryFile | undefined;
  address: DashboardAddress;
  ray: RayInfo;
  /** Whether the dashboard answers. */
  isReachable: boolean;
  /** The dashboard's own list of targets; asked for at most once. */
  fetchList: () => Promise<{ result?: Target[] }>;
}

/** Which of both is used. */
export interface ClusterVerdict {
  use: 'file' | 'dashboard';
  /** Why, as a sentence; empty if there is nothing to say. */
  reason: string;
  isDashboardOfAnotherCluster?: boolean;
  conflict?: ClusterConflict;
}

/** Whether file and dashboard are of one cluster; undefined if nothing shows it. */
async function isSameCluster({ file, ray, isReachable, fetchList }: ComparedClusters): Promise<boolean | undefined> {
  if (!file || !isReachable) return undefined;
  if (file.session !== undefined && ray.session !== undefined) return file.session === ray.session;
  // Before Ray 2.57 the file is in no session's folder. Then the lists tell.
  const { result } = await fetchList();
  if (!result || result.length === 0) return undefined;
  const listed = new Set(result.map(({ url }) => url));
  return file.targets.some(({ url }) => listed.has(url));
}

/** How much a name counts: a person's most, then the script's; what is only guessed has none. */
const ranks: Record<DashboardAddress['configuredBy'] | DiscoveryFile['origin'], number> = {
  setting: 2,
  RAY_ADDRESS: 2,
  RAY_TMPDIR: 2,
  script: 1,
  default: 0,
};

/**
 * The file is used if it is shown to be of the dashboard's cluster. If it is of another one, the one
 * named with more right counts, and of equals the dashboard, which knows its cluster as a whole. If nothing shows either, a named
 * dashboard decides as long as it answers; one that does not gives way to a file whose folder was named with no less
 * right.
 */
export async function compareClusters(compared: ComparedClusters): Promise<ClusterVerdict> {
  const { file, address, ray, isReachable } = compared;
  if (!file) return { use: 'dashboard', reason: '' };
  const isSame = await isSameCluster(compared);
  const useFile: ClusterVerdict = { use: 'file', reason: fileReason(file) };
  const [dashboardRank, fileRank] = [ranks[address.configuredBy], ranks[file.origin]];
  if (isSame) return useFile;
  if (isSame === undefined) {
    if (dashboardRank === 0 || (!isReachable && fileRank >= Math.max(dashboardRank, 1))) return useFile;
    const reason = `Nothing shows that ${file.path} is of its cluster, so this file is not used.`;
    return { use: 'dashboard', reason: isReachable ? '' : reason };
  }
  const isFileShown = fileRank > dashboardRank;
  const conflict: ClusterConflict = {
    shown: isFileShown ? 'file' : 'dashboard',
    isGuess: dashboardRank === 0 && fileRank === 0,
    dashboardUrl: address.url,
    filePath: file.path,
    ...(ray.session !== undefined && { dashboardSession: ray.session }),
    ...(file.session !== undefined && { fileSession: file.session }),
  };
  // If a person named the dashboard, nothing has to be decided.
  const optional = dashboardRank === 2 ? {} : { conflict };
  if (!isFileShown)
    return { use: 'dashboard', reason: `${file.path} is of another Ray cluster and is not used.`, ...optional };
  const reason = `${useFile.reason} The dashboard at ${address.url} is of another Ray cluster and is not used.`;
  return { use: 'file', reason, isDashboardOfAnotherCluster: true, ...optional };
}

function fileReason({ hint }: DiscoveryFile): string {
  const reason = 'Ray’s service-discovery file on this machine is fresh.';
  return hint ? `${reason} Its folder is from ${describeHint(hint)}.` : reason;
}
