// @ts-check
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const SOURCES = ['**/*.{ts,tsx}'];
const SCRIPTS = ['**/*.{js,cjs}'];

/** Imports that a layer may not name; cycles and folder-to-folder direction are dependency-cruiser's part.
 * @typedef {{ regex: string, message: string }} Ban
 * @param {...Ban} patterns
 * @returns {import('eslint').Linter.RuleEntry} */
const banned = (...patterns) => ['error', { patterns }];

const ELECTRON = {
  regex: '^electron(/|$)',
  message: 'only main/hosts/electron and preload may import electron',
};
const NODE = { regex: '^node:', message: 'this layer runs where Node is not' };
const LEGACY_NODE = {
  regex: '^(fs|path|os|url|util|crypto|child_process|http|events)(/|$)',
  message: 'write node:…',
};

export default tseslint.config(
  { ignores: ['dist/**', 'release/**', 'node_modules/**', 'test/output/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: SOURCES,
    extends: [
      js.configs.recommended,
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: new URL('../..', import.meta.url).pathname },
    },
    rules: {
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-imports': banned(ELECTRON, LEGACY_NODE),
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // env['NAME'] says that the name is data; dotted access would claim a known property
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      // typed arrays are read by `column[row] as number`: the bound is known, and `!` stays rare
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // interfaces here are made of closures; classes keep their state in # fields
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
    },
  },
  { files: SCRIPTS, extends: [js.configs.recommended], rules: { 'no-console': 'error', 'no-undef': 'off' } },
  {
    files: ['main/hosts/electron/**', 'preload/**'],
    rules: { 'no-restricted-imports': banned(LEGACY_NODE) },
  },
  {
    files: ['shared/**', 'renderer/**'],
    rules: { 'no-restricted-imports': banned(ELECTRON, NODE, LEGACY_NODE) },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off' /* callbacks change what was just checked */,
    },
  },
  { files: ['*/vite.config.ts'], rules: { 'no-restricted-imports': banned(ELECTRON, LEGACY_NODE) } },
);
