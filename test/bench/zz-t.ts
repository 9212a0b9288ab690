import { readFileSync } from 'node:fs';
import { launchBrowser } from '../support/browser.ts';
import { startHostOn } from '../support/sample-host.ts';
import { openWorkbench } from '../support/workbench.ts';
const view = process.argv[2] as never;
const [host, browser] = await Promise.all([startHostOn('/tmp/bench10m/data'), launchBrowser()]);
const w = await openWorkbench({ host, browser, view, prepare: () => Promise.resolve() });
await w.settled();
await w.page.waitForTimeout(2000);
await browser.startTracing(w.page, { path: '/tmp/tr.json', categories: ['toplevel', 'devtools.timeline', '__metadata', 'blink', 'cc'] });
for (const l of ['en-US', 'de-DE', 'fr-FR', 'es-ES']) {
  await w.page.evaluate((h) => { location.hash = h; }, `#/${String(view)}?locale=${l}`);
  await new Promise((r) => setTimeout(r, 30));
  await w.settled();
}
await browser.stopTracing();
const ev = (JSON.parse(readFileSync('/tmp/tr.json', 'utf8')) as any).traceEvents as any[];
const mains = new Set(ev.filter((e) => e.name === 'thread_name' && e.args?.name === 'CrRendererMain').map((e) => e.pid + '/' + e.tid));
const by = new Map<string, any[]>();
for (const e of ev) if (e.ph === 'X' && mains.has(e.pid + '/' + e.tid)) { const k = e.pid + '/' + e.tid; by.set(k, [...(by.get(k) ?? []).length ? by.get(k)! : [], ]); }
const lists = new Map<string, any[]>();
for (const e of ev) { const k = e.pid + '/' + e.tid; if (e.ph !== 'X' || !mains.has(k)) continue; let l = lists.get(k); if (!l) lists.set(k, (l = [])); l.push(e); }
const main = [...lists.values()].sort((a, b) => b.length - a.length)[0]!;
main.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
const self = new Map<string, [number, number]>();
const stack: any[] = [];
for (const e of main) { while (stack.length && stack.at(-1).ts + stack.at(-1).dur <= e.ts) stack.pop(); const p = stack.at(-1); e.self = e.dur; if (p) p.self -= e.dur; stack.push(e); }
for (const e of main) { const s = self.get(e.name) ?? [0, 0]; s[0] += e.self / 1000; s[1]++; self.set(e.name, s); }
for (const [k, [ms, n]] of [...self].sort((a, b) => b[1][0] - a[1][0]).slice(0, 25)) console.log(ms.toFixed(0).padStart(7), String(n).padStart(6), k);
await browser.close(); await host.stop(); process.exit();
