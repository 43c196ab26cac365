/** Checks a page against the rules of accessibility. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Violations of WCAG 2.2 AA that axe finds on the whole page. Landmarks belong to VS Code's workbench around it; so does
 * the first heading of a view, but a page in an editor `hasHeading` of its own.
 */
export async function accessibilityViolations(page: Page, { hasHeading }: { hasHeading: boolean }): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (rules) =>
      (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        rules,
      }),
    { 'page-has-heading-one': { enabled: hasHeading }, region: { enabled: false } },
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}
