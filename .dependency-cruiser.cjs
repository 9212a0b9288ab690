/** Import direction: hosts -> supervisor -> engine | query -> catalogue, format -> shared; renderer -> shared.
 *  Arrows point down only; test/unit/structure.test.ts proves that each rule bites. */

const SHELLS = '^main/(hosts|cli|launch\\.ts|dev\\.ts|build)(/|$)';

/** A layer may import only what `allowed` matches. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});

/** Files in `from` may not import files in `to`. */
const never = (name, from, to, comment, exceptFrom) => ({
  name,
  comment,
  severity: 'error',
  from: exceptFrom === undefined ? { path: from } : { path: from, pathNot: exceptFrom },
  to: { path: to },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      comment: 'the engines that are measured against live in test/engines, installed on demand',
      severity: 'error',
      from: { pathNot: '^test/bench/peers/' },
      to: { couldNotResolve: true },
    },
    only(
      'shared-is-pure',
      '^shared/',
      '^shared/|^node_modules/zod/',
      'shared imports zod and itself, nothing else',
    ),
    never(
      'electron-stays-in-its-shell',
      '^(main|renderer|shared|test|preload)/',
      '^node_modules/electron/|^electron$',
      'only the Electron host and the preload may import electron',
      '^main/hosts/electron/|^preload/',
    ),
    only(
      'preload-is-a-bridge',
      '^preload/(?!vite\\.config)',
      '^(preload|shared)/|^node_modules/electron/|^electron$',
    ),
    never('renderer-knows-no-node', '^renderer/(?!vite\\.config)', '^(main|preload|test)/'),
    {
      name: 'renderer-uses-no-node-module',
      severity: 'error',
      from: { path: '^renderer/(?!vite\\.config)' },
      to: { dependencyTypes: ['core'] },
    },
    never('nothing-imports-tests', '^(main|preload|renderer|shared)/', '^test/'),
    never('main-knows-no-interface', '^main/', '^(preload|renderer)/'),
    never('engine-never-query', '^main/engine/', '^main/query/', 'they share main/catalogue and main/format'),
    never('query-never-engine', '^main/query/', '^main/engine/', 'they share main/catalogue and main/format'),
    never('no-one-imports-a-shell', '^main/(engine|query|catalogue|format|supervisor)/', SHELLS),
    never('engine-and-query-below-supervisor', '^main/(engine|query|catalogue|format)/', '^main/supervisor/'),
    never('stores-at-the-bottom', '^main/(catalogue|format)/', '^main/(engine|query)/'),
    never('format-below-catalogue', '^main/format/', '^main/catalogue/'),
    never('shells-apart', '^main/hosts/electron/', '^main/hosts/server/|^main/cli/'),
    never('shells-apart-too', '^main/hosts/server/', '^main/hosts/electron/|^main/cli/'),
    never(
      'recount-shares-nothing',
      '^test/support/(recount|oracle/)',
      '^(main|shared|renderer|preload)/',
      'the recount and the oracle must not repeat a defect of the product',
    ),
  ],
  options: {
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '^test/(output|engines)/' }, // what tests leave behind; other people's programs
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
    },
  },
};
