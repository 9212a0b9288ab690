import { writeFileSync } from 'node:fs';
import { launchBrowser } from '../support/browser.ts';
import { startHostOn } from '../support/sample-host.ts';
import { openWorkbench } from '../support/workbench.ts';
const view = process.argv[2] as never;
const [host, browser] = await Promise.all([startHostOn('/tmp/bench10m/data'), launchBrowser()]);
const w = await openWorkbench({ host, browser, view, prepare: () => Promise.resolve() });
await w.settled();
await w.page.waitForTimeout(2000);
const cdp = await w.page.context().newCDPSession(w.page);
await cdp.send('Profiler.enable');
await cdp.send('Profiler.setSamplingInterval', { interval: 200 });
await cdp.send('Profiler.start');
await cdp.send('Performance.enable');
const m0 = await cdp.send('Performance.getMetrics');
for (const l of ['en-US', 'de-DE', 'fr-FR', 'es-ES']) {
  await w.page.evaluate((h) => { location.hash = h; }, `#/${String(view)}?locale=${l}`);
  await new Promise((r) => setTimeout(r, 30));
  await w.settled();
}
const m1 = await cdp.send('Performance.getMetrics');
for (const { name, value } of m1.metrics) if (/Duration|Count|Nodes/.test(name)) console.log(name, (value - (m0.metrics.find((m) => m.name === name)?.value ?? 0)).toFixed(3));
const { profile } = await cdp.send('Profiler.stop');
writeFileSync('/tmp/page.cpuprofile', JSON.stringify(profile));
console.log('dom', await w.page.evaluate(() => document.querySelectorAll('*').length));
const self = new Map<string, number>();
const total = new Map<string, number>();
const byId = new Map(profile.nodes.map((n) => [n.id, n]));
const parent = new Map<number, number>();
for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
profile.samples!.forEach((id, i) => {
  const dt = profile.timeDeltas![i]! / 1000;
  const key = (n: number) => { const c = byId.get(n)!.callFrame; return `${c.functionName || '(anon)'} ${c.url.split('/').pop()}:${c.lineNumber}:${c.columnNumber}`; };
  self.set(key(id), (self.get(key(id)) ?? 0) + dt);
  const seen = new Set<string>();
  for (let n: number | undefined = id; n !== undefined; n = parent.get(n)) { const k = key(n); if (!seen.has(k)) { seen.add(k); total.set(k, (total.get(k) ?? 0) + dt); } }
});
const top = (m: Map<string, number>, n: number) => [...m].sort((a, b) => b[1] - a[1]).slice(0, n).forEach(([k, v]) => console.log(v.toFixed(0).padStart(7), k));
console.log('SELF'); top(self, 30); console.log('TOTAL'); top(total, 60);
await browser.close(); await host.stop(); process.exit();
