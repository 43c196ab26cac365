/** Whether hostile text stayed text in every frame of a page. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** Collects what the policies of webviews that are loaded from now on refuse; the list grows. */
export async function watchPolicies(page: Page): Promise<string[]> {
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('skyrl-csp')) violations.push(message.text());
  });
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      if (document.querySelector('main#page')) console.log(`skyrl-csp ${violatedDirective} ${blockedURI}`);
    }),
  );
  return violations;
}

/** Asserts that no element was made of hostile text, in any frame, and that no policy was broken. */
export async function assertOnlyText(page: Page, violations: readonly string[]): Promise<void> {
  for (const frame of page.frames()) {
    const made = await frame
      .evaluate(() => ({
        elements: document.querySelectorAll(
          'img[src="x"], img[src*="127.0.0.1"][src*="x.png"], a[href^="command:workbench.action.quit"], a[data-href^="command:workbench.action.quit"]',
        ).length,
        title: document.title,
      }))
      .catch(() => ({ elements: 0, title: '' }));
    assert.equal(made.elements, 0, frame.url());
    assert.notEqual(made.title, '1', frame.url());
  }
  assert.deepEqual(violations, []);
}
