import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const trackedFiles = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
})
  .toString()
  .split('\n')
  .filter((file) => file !== '');

describe('the house', () => {
  test('the top level holds the fixed names, dotfiles and the lock file only', () => {
    const fixed = ['package.json', 'electron-builder.yml', 'tsconfig.json', 'README.md', 'package-lock.json'];
    const layers = ['main', 'renderer', 'preload', 'shared', 'test'];
    const found = new Set(trackedFiles.map((file) => file.split('/')[0] ?? ''));
    const strangers = [...found].filter(
      (name) => !name.startsWith('.') && ![...fixed, ...layers].includes(name),
    );
    expect(strangers).toEqual([]);
  });

  test('the root tsconfig lists one project per layer and nothing else', () => {
    const config = readJson('tsconfig.json') as { files: unknown[]; references: { path: string }[] };
    expect(Object.keys(config).sort()).toEqual(['files', 'references']);
    expect(config.files).toEqual([]);
    expect(config.references.map((reference) => reference.path)).toEqual([
      'shared',
      'main',
      'main/hosts/electron',
      'preload',
      'renderer',
      'test',
    ]);
  });

  test('continuous integration runs the test command of the README and nothing else', () => {
    const commands = readFileSync(path.join(root, '.ci/run'), 'utf8').match(/^npm .*$/gm);
    expect(commands).toEqual(['npm ci </dev/null', 'npm test </dev/null']);
    expect(statSync(path.join(root, '.ci/run')).mode & 0o111).not.toBe(0);
    expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toMatch(/^npm ci && npm test\b/m);
  });

  test('every dependency has an exact version, the one in the lock file', () => {
    const lock = readJson('package-lock.json') as { packages: Record<string, { version?: string }> };
    const manifests = trackedFiles.filter((file) => path.basename(file) === 'package.json');
    expect(manifests).toContain('package.json');
    for (const file of manifests) {
      const manifest = readJson(file) as Partial<
        Record<'dependencies' | 'devDependencies', Record<string, string>>
      >;
      for (const [name, version] of Object.entries({
        ...manifest.dependencies,
        ...manifest.devDependencies,
      })) {
        expect(version, `${file}: ${name}`).toMatch(/^\d+\.\d+\.\d+(-[\w.-]+)?$/);
        if (file === 'package.json')
          expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
      }
    }
  });

  test('no file outside the Electron host and the preload imports electron', () => {
    const offenders = sourceFiles()
      .filter((file) => !file.startsWith('main/hosts/electron/') && !file.startsWith('preload/'))
      .filter((file) => importsOf(file).some((name) => name === 'electron' || name.startsWith('electron/')));
    expect(offenders).toEqual([]);
  });

  test('shared imports zod and its own files only', () => {
    const foreign = sourceFiles()
      .filter((file) => file.startsWith('shared/'))
      .flatMap((file) => importsOf(file).map((name) => ({ file, name, target: resolveRelative(file, name) })))
      .filter(({ name, target }) => name !== 'zod' && target?.startsWith('shared/') !== true);
    expect(foreign).toEqual([]);
  });
});

/** One forbidden import each: the file that holds it, what it says, and which rule must object. */
const PLANTED: readonly { file: string; text: string; rule: string }[] = [
  { file: 'shared/a.ts', text: `import 'ws';`, rule: 'shared-is-pure' },
  { file: 'shared/b.ts', text: `import 'node:fs';`, rule: 'shared-is-pure' },
  { file: 'shared/c.ts', text: `import '../main/fine.ts';`, rule: 'shared-is-pure' },
  { file: 'main/a.ts', text: `import 'electron';`, rule: 'electron-stays-in-its-shell' },
  {
    file: 'main/hosts/server/a.ts',
    text: `import type {} from 'electron';`,
    rule: 'electron-stays-in-its-shell',
  },
  { file: 'renderer/a.ts', text: `import 'electron';`, rule: 'electron-stays-in-its-shell' },
  { file: 'renderer/b.ts', text: `import '../main/fine.ts';`, rule: 'renderer-knows-no-node' },
  { file: 'renderer/c.ts', text: `import 'node:fs';`, rule: 'renderer-uses-no-node-module' },
  { file: 'preload/a.ts', text: `import 'ws';`, rule: 'preload-is-a-bridge' },
  { file: 'preload/b.ts', text: `import '../main/fine.ts';`, rule: 'preload-is-a-bridge' },
  { file: 'main/b.ts', text: `import '../test/fine.ts';`, rule: 'nothing-imports-tests' },
  { file: 'main/c.ts', text: `import '../renderer/fine.ts';`, rule: 'main-knows-no-interface' },
  { file: 'main/engine/a.ts', text: `import '../query/fine.ts';`, rule: 'engine-never-query' },
  { file: 'main/query/a.ts', text: `import '../engine/fine.ts';`, rule: 'query-never-engine' },
  { file: 'main/engine/b.ts', text: `import '../hosts/server/fine.ts';`, rule: 'no-one-imports-a-shell' },
  { file: 'main/query/b.ts', text: `import '../cli/fine.ts';`, rule: 'no-one-imports-a-shell' },
  { file: 'main/supervisor/a.ts', text: `import '../hosts/server/fine.ts';`, rule: 'no-one-imports-a-shell' },
  {
    file: 'main/engine/c.ts',
    text: `import '../supervisor/fine.ts';`,
    rule: 'engine-and-query-below-supervisor',
  },
  { file: 'main/catalogue/a.ts', text: `import '../engine/fine.ts';`, rule: 'stores-at-the-bottom' },
  { file: 'main/format/a.ts', text: `import '../catalogue/fine.ts';`, rule: 'format-below-catalogue' },
  { file: 'main/hosts/electron/a.ts', text: `import '../server/fine.ts';`, rule: 'shells-apart' },
  { file: 'main/hosts/server/b.ts', text: `import '../electron/fine.ts';`, rule: 'shells-apart-too' },
  { file: 'test/support/recount.ts', text: `import '../../shared/fine.ts';`, rule: 'recount-shares-nothing' },
  {
    file: 'test/support/oracle/planted.ts',
    text: `import '../../../shared/fine.ts';`,
    rule: 'recount-shares-nothing',
  },
  { file: 'main/ring-a.ts', text: `import './ring-b.ts';`, rule: 'no-cycles' },
  { file: 'main/d.ts', text: `import './nowhere.ts';`, rule: 'no-unresolvable' },
];

/** Imports that are as they should be, in the same tree: no rule may object to them. */
const ALLOWED: Readonly<Record<string, string>> = {
  'shared/fine.ts': `import 'zod';`,
  'main/fine.ts': `import '../shared/fine.ts'; import 'node:fs';`,
  'main/format/fine.ts': `import '../../shared/fine.ts';`,
  'main/catalogue/fine.ts': `import '../format/fine.ts';`,
  'main/engine/fine.ts': `import '../catalogue/fine.ts'; import '../format/fine.ts';`,
  'main/query/fine.ts': `import '../catalogue/fine.ts';`,
  'main/supervisor/fine.ts': `import '../../shared/fine.ts'; import '../fine.ts';`,
  'main/hosts/server/fine.ts': `import '../../supervisor/fine.ts'; import 'ws';`,
  'main/hosts/electron/fine.ts': `import '../../supervisor/fine.ts'; import 'electron';`,
  'main/cli/fine.ts': `import '../engine/fine.ts'; import '../query/fine.ts';`,
  'preload/fine.ts': `import '../shared/fine.ts'; import 'electron';`,
  'renderer/fine.ts': `import '../shared/fine.ts';`,
  'test/fine.ts': `import '../main/engine/fine.ts'; import '../renderer/fine.ts';`,
};

describe('import direction', () => {
  let violations: { from: string; rule: { name: string } }[];

  beforeAll(() => {
    const tree = plantTree({
      ...ALLOWED,
      'main/ring-b.ts': `import './ring-a.ts';`,
      ...Object.fromEntries(PLANTED.map(({ file, text }) => [file, text])),
    });
    for (const name of ['zod', 'ws', 'electron']) {
      put(tree, `node_modules/${name}/package.json`, `{ "name": "${name}", "main": "index.js" }`);
      put(tree, `node_modules/${name}/index.js`, '');
    }
    put(tree, 'package.json', '{ "dependencies": { "zod": "1.0.0", "ws": "1.0.0", "electron": "1.0.0" } }');
    const args = ['--config', path.join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'];
    const { stdout } = runTool(tree, 'depcruise', [...args, 'main', 'preload', 'renderer', 'shared', 'test']);
    violations = (JSON.parse(stdout) as { summary: { violations: typeof violations } }).summary.violations;
  }, 60_000);

  test.each(PLANTED)('$file: $text breaks $rule', ({ file, rule }) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(
      rule,
    );
  });

  test('leaves the imports alone that are as they should be', () => {
    expect(violations.filter(({ from }) => from in ALLOWED)).toEqual([]);
  });
});

describe('what a layer can name', () => {
  test('a DOM in main, Node in shared or renderer, a DOM in shared: none of them compiles', () => {
    const tree = plantTree({
      'shared/a.ts': 'export const a: unknown = process;',
      'shared/b.ts': 'export const b: unknown = document;',
      'main/a.ts': 'export const a: unknown = document;',
      'main/b.ts': 'export const b: unknown = process;',
      'renderer/a.ts': 'export const a: unknown = process;',
      'renderer/b.ts': 'export const b: unknown = document;',
    });
    for (const file of trackedFiles.filter((name) => /(^|\/)(\.tsconfig\.base|tsconfig)\.json$/.test(name))) {
      mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
      cpSync(path.join(root, file), path.join(tree, file));
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
    const { stdout } = runTool(tree, 'tsc', ['--build', 'shared', 'main', 'renderer']);
    const failing = [...stdout.matchAll(/^(\S+\.ts)\(\d+,\d+\): error TS(?:2304|2584|2580|2591)/gm)].map(
      ([, file]) => file,
    );
    expect(failing.sort()).toEqual(['main/a.ts', 'renderer/a.ts', 'shared/a.ts', 'shared/b.ts']);
  }, 60_000);

  test('the linter objects to console, floating promises, any, and foreign imports', () => {
    const tree = plantTree({
      'main/console.ts': 'export const say = (): void => console.log(1);',
      'main/floating.ts': 'export function start(): void { Promise.resolve(1).then(String); }',
      'main/any.ts': 'export const parse = (text: string) => JSON.parse(text).name;',
      'main/explicit.ts': 'export const anything = (value: any): unknown => value;',
      'main/electron.ts': `import 'electron';`,
      'renderer/node.ts': `import 'node:fs';`,
      'shared/node.ts': `import 'node:fs';`,
      'shared/fine.ts': 'export const fine = 1;',
      'tsconfig.json':
        '{ "compilerOptions": { "strict": true, "module": "esnext", "moduleResolution": "bundler" } }',
    });
    put(
      tree,
      'test/tooling/eslint.config.js',
      readFileSync(path.join(root, 'test/tooling/eslint.config.js'), 'utf8'),
    );
    put(tree, 'package.json', '{ "type": "module" }');
    symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
    const args = [
      '--config',
      'test/tooling/eslint.config.js',
      '--format',
      'json',
      'main',
      'renderer',
      'shared',
    ];
    const { stdout } = runTool(tree, 'eslint', args);
    const rules = Object.fromEntries(
      (JSON.parse(stdout) as { filePath: string; messages: { ruleId: string }[] }[]).map(
        ({ filePath, messages }) => [path.relative(tree, filePath), messages.map(({ ruleId }) => ruleId)],
      ),
    );
    expect(rules['main/console.ts']).toContain('no-console');
    expect(rules['main/floating.ts']).toContain('@typescript-eslint/no-floating-promises');
    expect(rules['main/any.ts']).toContain('@typescript-eslint/no-unsafe-member-access');
    expect(rules['main/explicit.ts']).toContain('@typescript-eslint/no-explicit-any');
    expect(rules['main/electron.ts']).toContain('no-restricted-imports');
    expect(rules['renderer/node.ts']).toContain('no-restricted-imports');
    expect(rules['shared/node.ts']).toContain('no-restricted-imports');
    expect(rules['shared/fine.ts']).toEqual([]);
  }, 60_000);
});

const trees: string[] = [];
afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true });
});

function plantTree(files: Readonly<Record<string, string>>): string {
  const tree = mkdtempSync(path.join(tmpdir(), 'tidemark-structure-'));
  trees.push(tree);
  for (const [file, text] of Object.entries(files)) put(tree, file, `${text}\n`);
  return tree;
}

function put(tree: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
  writeFileSync(path.join(tree, file), text);
}

/** Tools end with a failure when they object, so their words count and not their exit code. */
function runTool(cwd: string, tool: string, args: readonly string[]): { stdout: string } {
  const script = realpathSync(path.join(root, 'node_modules/.bin', tool));
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (stdout === '') throw new Error(`${tool} said nothing: ${stderr}`);
  return { stdout };
}

function sourceFiles(): string[] {
  return trackedFiles.filter((file) =>
    /^(main|preload|renderer|shared|test)\/.*\.(ts|tsx|js|cjs)$/.test(file),
  );
}

/** Every module name in static, dynamic and type-only imports, re-exports and require calls. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function resolveRelative(file: string, name: string): string | undefined {
  return name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : undefined;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}
