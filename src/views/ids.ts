/** Every id the manifest and the code share; a test compares the two. */

export const commands = {
  scrape: 'skyrl.scrape',
  startTimer: 'skyrl.startTimer',
  stopTimer: 'skyrl.stopTimer',
  scrapeAnyway: 'skyrl.scrapeAnyway',
  selectConfig: 'skyrl.selectConfig',
  openConfig: 'skyrl.openConfig',
  openSettings: 'skyrl.openSettings',
  showLog: 'skyrl.showLog',
  showConnection: 'skyrl.showConnection',
  copyValue: 'skyrl.copyValue',
  copyPromql: 'skyrl.copyPromql',
} as const;

export const views = { metrics: 'skyrl.metrics', chart: 'skyrl.chart', connection: 'skyrl.connection' } as const;

/** Context keys that `when` clauses read. */
export const contexts = { state: 'skyrl.state', hasData: 'skyrl.hasData', timer: 'skyrl.timer' } as const;

export const statusItemId = 'skyrl.status';
