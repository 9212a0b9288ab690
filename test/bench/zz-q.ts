import { execSync } from 'node:child_process';
import { launchBrowser } from '../support/browser.ts';
import { startHostOn } from '../support/sample-host.ts';
import { openWorkbench } from '../support/workbench.ts';
let t0 = performance.now();
const view = process.argv[2] as never;
const [host, browser] = await Promise.all([startHostOn('/tmp/bench10m/data'), launchBrowser()]);
const cpu = () => Object.fromEntries(execSync(`ps -eo pid,time,cputimes,args --no-headers | grep -E "chrom|main/|dist/|zz-q" | grep -v grep`).toString().trim().split('\n').map((l) => { const [pid] = l.trim().split(/\s+/); const st = execSync(`cat /proc/${pid}/stat 2>/dev/null || true`).toString().split(') ')[1]?.split(' '); return [pid + ' ' + l.slice(30, 200).replace(/.*--type=(\w+).*/, 'chrome $1').slice(-110), st ? (Number(st[11]) + Number(st[12])) * 10 : 0]; }));
const w = await openWorkbench({ host, browser, view, prepare: () => Promise.resolve() });
await w.settled();
await w.page.waitForTimeout(3000);
for (const l of ['en-US', 'de-DE', 'fr-FR']) {
  const before = cpu(); const t = performance.now();
  await w.page.evaluate((h) => { location.hash = h; }, `#/${String(view)}?locale=${l}`);
  await new Promise((r) => setTimeout(r, 30));
  await w.settled();
  console.log(l, (performance.now() - t).toFixed(0));
  const after = cpu();
  for (const [k, v] of Object.entries(after)) { const d = (v as number) - ((before[k] as number) ?? 0); if (d > 20) console.log('   ', d, k); }
  await w.page.waitForTimeout(2000);
}
await browser.close(); await host.stop(); process.exit();
