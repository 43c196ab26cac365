/** The text of `docs/states/README.md`: what the Engine metrics view says in each state without metrics, with pictures. */

/** @typedef {{ command: string, title: string, question?: string }} Action */

/** @typedef {{ message: string, welcome?: string, actions: readonly Action[], welcomes?: Record<string, string> }} State */

/** What a click does, by command. @type {Record<string, string>} */
const effects = {
  'skyrl.scrape': 'looks for the run and reads its metrics once, at once',
  'skyrl.selectConfig': 'lists the configs of the workspace and lets you open another file; the choice is kept',
  'skyrl.openSettings': 'opens the settings of the extension',
  'skyrl.setToken': 'asks for the token, and keeps it in the secret storage for this dashboard only',
  'skyrl.diagnose': 'tries every step again and opens a report: what was looked for, where, and what answered',
  'skyrl.showLog': 'opens the log',
  'skyrl.openConfig': 'opens the config in use at its first problem',
  'skyrl.startTimer': 'scrapes from now on at the interval of the settings',
  'skyrl.scrapeAnyway': 'scrapes on the timer, which takes gauges from SkyRL’s own log',
  'workbench.trust.manage': 'opens VS Code’s page about trust in this folder',
  'skyrl.showLive': 'ends the replay and shows your own run',
  'skyrl.selectSource': 'lets you choose between the targets and Prometheus',
  'skyrl.selectPrometheus': 'asks for the URL of Prometheus',
  'skyrl.setPrometheusToken': 'asks for a token for Prometheus, and keeps it in the secret storage',
  'vscode.openFolder': 'asks for a folder',
  'skyrl.reachCluster': 'opens the step of the walkthrough with the ways: on the cluster, by SSH, by Prometheus',
  'skyrl.tryRecordedRun': 'plays a recorded run; nothing is requested',
};

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|');

/** @param {Action} action @param {number} index */
function actionText({ command, title, question }, index) {
  const effect =
    command === 'skyrl.scrape' && title !== 'Scrape Now' ? 'moves on to the next recorded scrape' : effects[command];
  if (effect === undefined) throw new Error(`no words for a click on ${command} (scripts/lib/statesPage.mjs)`);
  return `${index === 0 ? '**Button** ' : ''}${question ? `${question} ` : ''}*${title}*: ${effect}.`;
}

/** @param {string} file @param {string[]} pictures */
const picture = (file, pictures) =>
  pictures.includes(file) ? `![${file.replace('.png', '')}](${file})` : 'no picture';

/**
 * The page. Throws where the words of a click are missing.
 * @param {{ states: Record<string, State>, pictures: string[] }} source `pictures`: files beside the page
 */
export function statesPage({ states, pictures }) {
  const rows = Object.entries(states).flatMap(([id, { message, welcome = message, actions, welcomes }]) => {
    if (actions.length === 0) return [];
    const texts = welcomes
      ? Object.entries(welcomes).map(([place, text]) => ({ name: `${id}.${place}`, text }))
      : [{ name: id, text: welcome }];
    return texts.map(({ name, text }) => {
      const clicks = actions.map(actionText).join('<br>');
      return `| \`${name.replace('.', '`, ')}${name.includes('.') ? '' : '`'} | ${picture(`${name}.png`, pictures)} | ${cell(text)} | ${cell(clicks)} |`;
    });
  });
  return `# States without metrics

<!-- Generated from src/shared/states.ts by \`npm run docs\`. Do not edit. The pictures are made by \`npm run pictures -- states\`. -->

What the Engine metrics view says while something is missing, what its one button does, and the links below it. Where it
has metrics all the same, the text is above them, and the links are rows of the Connection view. Pictures are of a real
VS Code. All states are in the [reference](../reference.md#states).

| State | Picture | Text | Clicks |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
