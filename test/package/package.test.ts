import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ELECTRON_HINT } from '../../main/electron-binary.ts';
import { type AsarEntry, listAsar, readAsarFile } from './asar.ts';
import { type Fuse, readFuses } from './fuse-wire.ts';
import { packageDir } from './run-packager.ts';

const root = path.resolve(import.meta.dirname, '../..');
const NATIVE = 'node_modules/better-sqlite3/';

const EXPECTED_FUSES: Record<Fuse, boolean> = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
  wasmTrapHandlers: true, // as Electron ships it
};

/** What may travel, and nothing else. */
const MAY_BE_PACKED = [
  /^package\.json$/,
  /^dist\/main\/(electron|engine|query|query-worker)\.mjs$/,
  /^dist\/main\/chunks\/[\w-]+\.mjs$/,
  /^dist\/preload\/index\.cjs$/,
  /^dist\/renderer\/index\.html$/,
  /^dist\/renderer\/assets\/[\w.-]+\.(js|css|svg|png|woff2?)$/,
  /^node_modules\/better-sqlite3\/(LICENSE|package\.json)$/,
  /^node_modules\/better-sqlite3\/lib\/[\w/-]+\.js$/,
  /^node_modules\/better-sqlite3\/prebuilds\/linux-x64\.node$/,
];

const MUST_BE_PACKED = [
  'package.json',
  'dist/main/electron.mjs',
  'dist/main/engine.mjs',
  'dist/main/query.mjs',
  'dist/main/query-worker.mjs',
  'dist/preload/index.cjs',
  'dist/renderer/index.html',
  `${NATIVE}LICENSE`,
  `${NATIVE}lib/index.js`,
  `${NATIVE}prebuilds/linux-x64.node`,
];

interface PackagedApp {
  dir: string;
  archive: Buffer;
  files: AsarEntry[];
}

function openPackage(dir: string): PackagedApp {
  const archive = readFileSync(path.join(dir, 'resources/app.asar'));
  return { dir, archive, files: listAsar(archive) };
}

const fusesOf = ({ dir }: PackagedApp): Record<string, boolean> =>
  Object.fromEntries(readFuses(readFileSync(path.join(dir, 'tidemark'))));

describe('npm run package:dir without the Electron binary', () => {
  let said: string;
  let app: PackagedApp;

  beforeAll(() => {
    said = execFileSync(process.execPath, [path.join(root, 'test/package/package-dir.ts')], {
      cwd: root,
      env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: path.join(root, 'no-such-folder') },
      encoding: 'utf8',
    });
    app = openPackage(path.join(root, 'release/linux-unpacked'));
  });

  const pathsOf = (isWanted: (file: AsarEntry) => boolean): string[] =>
    app.files.filter(isWanted).map((file) => file.path);

  test('says that the result does not start, and so does the result', () => {
    expect(said).toContain(ELECTRON_HINT);
    expect(said).toContain('it does not start');
    expect(() => execFileSync(path.join(app.dir, 'tidemark'), { stdio: 'pipe' })).toThrow(
      'This is not Electron',
    );
  });

  test('packs what runs and nothing else', () => {
    expect(pathsOf(({ path: each }) => !MAY_BE_PACKED.some((pattern) => pattern.test(each)))).toEqual([]);
    expect(pathsOf(() => true)).toEqual(expect.arrayContaining(MUST_BE_PACKED));
  });

  test('packs everything that the bundles import', () => {
    const packed = new Set(pathsOf(() => true));
    for (const file of pathsOf(({ path: each }) => /^dist\/main\/.*\.mjs$/.test(each))) {
      const source = readAsarFile(app.archive, file).toString('utf8');
      for (const [, specifier = ''] of source.matchAll(/^(?:import|export) [^'"]*['"]([^'"]+)['"];?$/gm)) {
        if (specifier.startsWith('node:') || specifier === 'electron' || specifier === 'better-sqlite3')
          continue;
        expect(specifier, `${file} imports ${specifier}`).toMatch(/^\.\.?\//);
        expect(packed, `${file} imports ${specifier}`).toContain(
          path.posix.join(path.posix.dirname(file), specifier),
        );
      }
    }
  });

  test('puts the one native package beside the archive, whole, with the binary of its target alone', () => {
    expect(pathsOf(({ unpacked }) => unpacked)).toEqual(pathsOf(({ path: each }) => each.startsWith(NATIVE)));
    expect(pathsOf(({ path: each }) => each.endsWith('.node'))).toEqual([
      `${NATIVE}prebuilds/linux-x64.node`,
    ]);
    for (const file of app.files.filter(({ unpacked }) => unpacked)) {
      const beside = path.join(app.dir, 'resources/app.asar.unpacked', file.path);
      expect(statSync(beside).size, file.path).toBe(file.sizeBytes);
    }
  });

  test.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'the native package works from there',
    () => {
      const require = createRequire(path.join(app.dir, 'resources/app.asar.unpacked/package.json'));
      const Database = require('better-sqlite3') as new (file: string) => {
        prepare: (sql: string) => { get: () => unknown };
        close: () => void;
      };
      const database = new Database(':memory:');
      expect(database.prepare('select 6 * 7 as answer').get()).toEqual({ answer: 42 });
      database.close();
    },
  );

  test('sets the fuses', () => {
    expect(fusesOf(app)).toEqual(EXPECTED_FUSES);
  });

  test('its package.json starts the Electron shell and names the window for the desktop', () => {
    const manifest = JSON.parse(readAsarFile(app.archive, 'package.json').toString('utf8')) as Record<
      string,
      unknown
    >;
    expect(manifest).toMatchObject({
      main: 'dist/main/electron.mjs',
      type: 'module',
      desktopName: 'tidemark.desktop',
    });
    expect(manifest['devDependencies']).toBeUndefined();
  });

  test('keeps the licences beside the executable', () => {
    for (const name of ['LICENSE.electron.txt', 'LICENSES.chromium.html']) {
      expect(existsSync(path.join(app.dir, name)), name).toBe(true);
    }
  });

  test('leaves no update address', () => {
    expect(existsSync(path.join(app.dir, 'resources/app-update.yml'))).toBe(false);
  });
});

describe('the package for another processor, with the inspector allowed for tests', () => {
  let outputDir: string;
  let app: PackagedApp;

  beforeAll(async () => {
    outputDir = mkdtempSync(path.join(tmpdir(), 'tidemark-package-'));
    const overrides = { electronFuses: { enableNodeCliInspectArguments: true } };
    app = openPackage(await packageDir({ outputDir, electronDist: 'made-up', arch: 'arm64', overrides }));
  });
  afterAll(() => rmSync(outputDir, { recursive: true }));

  test('holds the binary of that processor alone', () => {
    const binaries = app.files.map((file) => file.path).filter((each) => each.endsWith('.node'));
    expect(binaries).toEqual([`${NATIVE}prebuilds/linux-arm64.node`]);
  });

  test('differs in that fuse alone', () => {
    expect(fusesOf(app)).toEqual({ ...EXPECTED_FUSES, enableNodeCliInspectArguments: true });
  });
});
