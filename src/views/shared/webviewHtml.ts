/** The HTML of the webview. Untrusted text never becomes part of it: data comes by messages. */

/** What the HTML is made from. */
export interface WebviewPage {
  title: string;
  /** `webview.cspSource`. */
  cspSource: string;
  /** New for each page, from a cryptographic source. */
  nonce: string;
  /** URL of the bundled script. */
  script: string;
  /** URL of the bundled style sheet. */
  style: string;
}

/**
 * The HTML of a page whose content security policy has no `unsafe-inline`.
 *
 * The webview toolkit reads the nonce of `<meta property="csp-nonce">` for the one style element that it inserts.
 */
export function webviewHtml({ title, cspSource, nonce, script, style }: WebviewPage): string {
  const policy = `default-src 'none'; style-src ${cspSource} 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>${title}</title>
</head>
<body>
<main id="page"></main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
