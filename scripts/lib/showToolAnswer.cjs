/** Runs in the extension host: asks a tool about the recorded run as an agent does, and shows its answer in an editor. */
const { setTimeout: wait } = require('node:timers/promises');
const vscode = require('vscode');

const tool = 'skyrl_get_findings';
/** By then the recording has findings. */
const settledMs = 10_000;

exports.run = async () => {
  await vscode.commands.executeCommand('skyrl.tryRecordedRun');
  await wait(settledMs);
  const { content } = await vscode.lm.invokeTool(tool, { input: {}, toolInvocationToken: undefined });
  const text = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('\n\n');
  const document = await vscode.workspace.openTextDocument({
    language: 'markdown',
    content: `# ${tool}({})\n\n${text}\n`,
  });
  await vscode.window.showTextDocument(document);
  // The window stays for the picture.
  await wait(60_000);
};
