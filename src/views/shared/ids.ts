/** Every ID that the manifest and the code share; a test compares the two. */

/** Commands, by the name the code uses for them. */
export const commandIds = {
  scrape: 'skyrl.scrape',
  startTimer: 'skyrl.startTimer',
  stopTimer: 'skyrl.stopTimer',
  scrapeAnyway: 'skyrl.scrapeAnyway',
  selectConfig: 'skyrl.selectConfig',
  selectRun: 'skyrl.selectRun',
  openConfig: 'skyrl.openConfig',
  showConfig: 'skyrl.showConfig',
  openSettings: 'skyrl.openSettings',
  setToken: 'skyrl.setToken',
  clearToken: 'skyrl.clearToken',
  diagnose: 'skyrl.diagnose',
  showLog: 'skyrl.showLog',
  showExposition: 'skyrl.showExposition',
  clearHistory: 'skyrl.clearHistory',
  showConnection: 'skyrl.showConnection',
  openChart: 'skyrl.openChart',
  chartMetric: 'skyrl.chartMetric',
  exportChart: 'skyrl.exportChart',
  copyChartPromql: 'skyrl.copyChartPromql',
  showRollouts: 'skyrl.showRollouts',
  exportRollouts: 'skyrl.exportRollouts',
  copyRollouts: 'skyrl.copyRollouts',
  compareRuns: 'skyrl.compareRuns',
  exportComparison: 'skyrl.exportComparison',
  listRuns: 'skyrl.listRuns',
  renameRun: 'skyrl.renameRun',
  pinRun: 'skyrl.pinRun',
  unpinRun: 'skyrl.unpinRun',
  deleteRun: 'skyrl.deleteRun',
  exportRun: 'skyrl.exportRun',
  importRun: 'skyrl.importRun',
  newScratchpad: 'skyrl.newScratchpad',
  runQuery: 'skyrl.runQuery',
  plotQuery: 'skyrl.plotQuery',
  cancelQuery: 'skyrl.cancelQuery',
  exploreMetrics: 'skyrl.exploreMetrics',
  queryHistory: 'skyrl.queryHistory',
  copyCurl: 'skyrl.copyCurl',
  openInPrometheus: 'skyrl.openInPrometheus',
  saveResult: 'skyrl.saveResult',
  showRawResult: 'skyrl.showRawResult',
  setQueryTime: 'skyrl.setQueryTime',
  setQueryRange: 'skyrl.setQueryRange',
  selectSource: 'skyrl.selectSource',
  writeScrapeConfig: 'skyrl.writeScrapeConfig',
  selectPrometheus: 'skyrl.selectPrometheus',
  setPrometheusToken: 'skyrl.setPrometheusToken',
  clearPrometheusToken: 'skyrl.clearPrometheusToken',
  startRecord: 'skyrl.startRecord',
  stopRecord: 'skyrl.stopRecord',
  openRecord: 'skyrl.openRecord',
  deleteRecord: 'skyrl.deleteRecord',
  exportRecord: 'skyrl.exportRecord',
  startWindow: 'skyrl.startWindow',
  pauseWindow: 'skyrl.pauseWindow',
  resumeWindow: 'skyrl.resumeWindow',
  stopWindow: 'skyrl.stopWindow',
  recordScrapes: 'skyrl.recordScrapes',
  stopScrapes: 'skyrl.stopScrapes',
  replayScrapes: 'skyrl.replayScrapes',
  showLive: 'skyrl.showLive',
  tryRecordedRun: 'skyrl.tryRecordedRun',
  reachCluster: 'skyrl.reachCluster',
  exportData: 'skyrl.export',
  importData: 'skyrl.import',
  copyValue: 'skyrl.copyValue',
  copyPromql: 'skyrl.copyPromql',
  copyMcpConfig: 'skyrl.copyMcpConfig',
} as const;

/** The ID of a command. */
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** Views of the SkyRL container; the chart's panel has the ID of its view. */
export const viewIds = { metrics: 'skyrl.metrics', chart: 'skyrl.chart', connection: 'skyrl.connection' } as const;

/** The editor panel with the rollouts. */
export const rolloutsPanelId = 'skyrl.rollouts';

/** The editor panel with a comparison. */
export const comparisonPanelId = 'skyrl.comparison';

/** Context keys that `when` clauses of the manifest read. */
export const contextKeys = {
  state: 'skyrl.state',
  place: 'skyrl.place',
  hasConfig: 'skyrl.hasConfig',
  connected: 'skyrl.connected',
  timer: 'skyrl.timer',
  queryRunning: 'skyrl.queryRunning',
  recording: 'skyrl.recording',
  window: 'skyrl.window',
  scrapes: 'skyrl.scrapes',
  foreign: 'skyrl.foreign',
} as const;

/** The status bar item. */
export const statusBarItemId = 'skyrl.status';
