/** Every id the manifest and the code share; a test compares the two. */

export const commands = {
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
  selectPrometheus: 'skyrl.selectPrometheus',
  setPrometheusToken: 'skyrl.setPrometheusToken',
  clearPrometheusToken: 'skyrl.clearPrometheusToken',
  startRecord: 'skyrl.startRecord',
  stopRecord: 'skyrl.stopRecord',
  openRecord: 'skyrl.openRecord',
  deleteRecord: 'skyrl.deleteRecord',
  exportRecord: 'skyrl.exportRecord',
  recordScrapes: 'skyrl.recordScrapes',
  stopScrapes: 'skyrl.stopScrapes',
  replayScrapes: 'skyrl.replayScrapes',
  showLive: 'skyrl.showLive',
  exportData: 'skyrl.export',
  importData: 'skyrl.import',
  copyValue: 'skyrl.copyValue',
  copyPromql: 'skyrl.copyPromql',
} as const;

export const views = { metrics: 'skyrl.metrics', chart: 'skyrl.chart', connection: 'skyrl.connection' } as const;

/** Context keys that `when` clauses read. */
export const contexts = { state: 'skyrl.state', hasData: 'skyrl.hasData', timer: 'skyrl.timer', queryRunning: 'skyrl.queryRunning', recording: 'skyrl.recording', scrapes: 'skyrl.scrapes', foreign: 'skyrl.foreign' } as const;

export const statusItemId = 'skyrl.status';
