/** The two pages of the server itself. Plain markup: the policy of HOSTS §4.7 allows neither script nor style here. */

const page = (head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">${head}<title>Tidemark</title></head>` +
  `<body>${body}</body></html>`;

/** Answered with 200 and not as a redirect: after a redirect from another site or a file browsers withhold the Strict
 *  cookie that was just set. */
export const LOGGED_IN_PAGE = page(
  '<meta http-equiv="refresh" content="0;url=/">',
  '<p>Opening Tidemark…</p>',
);

export const messagePage = (message: string): string =>
  page(
    '',
    `<h1>Tidemark</h1><p>${message}</p><p>A fresh link: <code>npx tidemark link</code>, or press Enter where Tidemark runs.</p>`,
  );
