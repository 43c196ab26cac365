/** Entry of the chart page: connects the page to the host. */
import './chart.css';
import type { DrawnReport, ToPage } from '../src/shared/protocol';
import { defaultViewOptions } from '../src/shared/viewOptions';
import { Page } from './page';
import { onThemeChange } from './theme';
import { onMessage, restoreOptions, send, storeOptions } from './vscodeApi';

/** How often the time axis moves on between scrapes. */
const tickMs = 5_000;
const minReportIntervalMs = 1_000;

/** Sends the latest report, at most once a second. `snapshot`: the number of the snapshot that was drawn. */
function createReporter(): (report: DrawnReport, snapshot: number | undefined) => void {
  let latest: { report: DrawnReport; snapshot?: number } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    if (!latest) return;
    send({ type: 'drawn', ...latest });
    latest = undefined;
    timer = setTimeout(flush, minReportIntervalMs);
  };
  return (report, snapshot) => {
    latest = { report, ...(snapshot !== undefined && { snapshot }) };
    if (!timer) flush();
  };
}

function handleMessage(page: Page, message: ToPage): void {
  switch (message.type) {
    case 'snapshot':
      return page.replaceData(message.data, message.now, message.id);
    case 'append':
      return page.appendData(message.data, message.now);
    case 'status':
      return page.setStatus(message.message, message.notice ?? '');
    case 'options':
      storeOptions(message.options);
      return page.setOptions(message.options);
    case 'choices':
      return page.setChoices(message);
    case 'range':
      return page.showRange(message.range);
    case 'capture':
      return send({ type: 'picture', request: message.request, png: page.picture() });
  }
}

function start(root: HTMLElement): void {
  const page = new Page(root, restoreOptions() ?? defaultViewOptions, {
    choose: (options) => {
      storeOptions(options);
      send({ type: 'setOptions', options });
    },
    zoom: (range) => send({ type: 'zoom', ...(range && { range }) }),
    requestExport: (what) => send({ type: 'take', what }),
    selectEngine: (engine) => send({ type: 'selectEngine', engine }),
    reportDrawn: createReporter(),
  });
  onMessage((message) => handleMessage(page, message));
  onThemeChange(() => page.updateTheme());
  setInterval(() => page.tick(), tickMs);
  send({ type: 'ready' });
}

const root = document.getElementById('page');
if (root) start(root);
