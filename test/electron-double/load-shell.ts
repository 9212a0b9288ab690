import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type DoubleSettings, ElectronDouble } from './double/electron-double.ts';

const root = path.resolve(import.meta.dirname, '../..');
const copies = path.join(root, 'test/output/electron-double');

export interface LoadedShell {
  double: ElectronDouble;
  dataDir: string;
  /** Modules outside the bundle that it asked for. */
  imports: ReadonlySet<string>;
}

export interface LoadOptions extends Partial<DoubleSettings> {
  /** Further command-line arguments. */
  argv?: readonly string[];
  env?: Readonly<Record<string, string>>;
  dataDir?: string;
  /** Changes the text of the bundle, to see whether anybody would notice. */
  mutate?: (source: string) => string;
}

/** Loads the built shell with `electron` resolved to a fresh double. Each load is a copy of its own, because Node
 *  evaluates a module once. Loading is synchronous: a bundle that awaits at its top level cannot be loaded at all. */
export function loadShell(options: LoadOptions = {}): LoadedShell {
  const { argv = [], env = {}, dataDir = newDataDir(), mutate, ...settings } = options;
  const double = new ElectronDouble(settings);
  playProcess(['/opt/tidemark/tidemark', root, '--data-dir', dataDir, ...argv], env);
  const imports = evaluateWith(double, path.join(copyBundle(mutate), 'electron.mjs'));
  onTestFinished(() => endShell(double));
  return { double, dataDir, imports };
}

/** Loads the shell and waits until `ready` and what follows it has run. */
export async function loadReadyShell(options?: LoadOptions): Promise<LoadedShell> {
  const shell = loadShell(options);
  await shell.double.app.whenReady();
  await new Promise((resolve) => setImmediate(resolve));
  return shell;
}

export function newDataDir(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-double-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Inside the project, because the bundle looks for package.json above itself. */
function copyBundle(mutate: LoadOptions['mutate']): string {
  mkdirSync(copies, { recursive: true });
  const folder = mkdtempSync(path.join(copies, 'bundle-'));
  cpSync(path.join(root, 'dist/main'), folder, { recursive: true });
  if (mutate !== undefined) mutateFile(path.join(folder, 'electron.mjs'), mutate);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function mutateFile(file: string, mutate: (source: string) => string): void {
  const source = readFileSync(file, 'utf8');
  const mutated = mutate(source);
  if (mutated === source) throw new Error('the mutation found nothing to change');
  writeFileSync(file, mutated);
}

const MODULES = Symbol.for('tidemark.electron-double');
const modules = new Map<string, Readonly<Record<string, unknown>>>();
Object.assign(globalThis, { [MODULES]: modules });

function evaluateWith(double: ElectronDouble, entry: string): ReadonlySet<string> {
  const url = `electron-double:${modules.size}`;
  const members = double.module;
  modules.set(url, members);
  const imports = new Set<string>();
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('.') && !path.isAbsolute(specifier)) imports.add(specifier);
      return specifier === 'electron' ? { url, shortCircuit: true } : next(specifier, context);
    },
    load(loaded, context, next) {
      if (loaded !== url) return next(loaded, context);
      return { format: 'module', source: moduleSource(url, Object.keys(members)), shortCircuit: true };
    },
  });
  try {
    createRequire(import.meta.url)(entry);
  } finally {
    hooks.deregister();
  }
  return imports;
}

const moduleSource = (url: string, names: readonly string[]): string =>
  `export const { ${names.join(', ')} } = globalThis[Symbol.for('tidemark.electron-double')].get('${url}');`;

function playProcess(argv: readonly string[], env: Readonly<Record<string, string>>): void {
  const before = { argv: process.argv, env: { ...process.env } };
  process.argv = [...argv];
  Object.assign(process.env, env);
  onTestFinished(() => {
    process.argv = before.argv;
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before.env);
  });
}

async function endShell({ app }: ElectronDouble): Promise<void> {
  if (app.exitCode !== undefined) return;
  const exited = new Promise((resolve) => app.once('exited', resolve));
  app.quit();
  await exited;
}
