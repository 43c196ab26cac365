/** What the page of a webview is made from. No text of a stranger goes in here: data comes by messages. */
export interface WebviewPage {
  title: string;
  /** `webview.cspSource`. */
  cspSource: string;
  /** Fresh for each page, from a cryptographic source. */
  nonce: string;
  /** Addresses of the bundled script and style sheet. */
  script: string;
  style: string;
}

/**
 * The HTML of a webview under a policy without `unsafe-inline`.
 *
 * The toolkit puts the nonce of `<meta property="csp-nonce">` on the one style element it inserts.
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
