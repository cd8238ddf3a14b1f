import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Data flows one way; a layer sees only those before it, and only through their index.ts. */
const layers = ['rocksdb', 'quixstreams', 'statefolder', 'app', 'ui'];

const layerRules = layers.map((layer, position) => ({
  files: [`src/${layer}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths:
          layer === 'ui'
            ? []
            : [{ name: 'vscode', message: 'Only ui and extension.ts know vscode.' }],
        patterns: [
          ...layers.slice(position + 1).map((later) => ({
            group: [`**/${later}`, `**/${later}/**`],
            message: `${layer} comes before ${later}.`,
          })),
          ...layers.slice(0, position).map((earlier) => ({
            group: [`**/${earlier}/**`, `!**/${earlier}/index`],
            message: `Import ${earlier} through its index.ts.`,
          })),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'test/fixtures/',
      '.vscode-test/',
      '.demo/',
      'src/app/broker/wasm_exec.js',
      'src/rocksdb/kernel/assembly/', // AssemblyScript
      'src/rocksdb/zstd/assembly/',
    ],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
    },
  },
  ...layerRules,
  {
    files: ['src/cli.ts', 'src/cli/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: ['vscode'], patterns: ['**/ui', '**/ui/**'] }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      // mocha's describe and it take async functions
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        document: 'readonly',
        getComputedStyle: 'readonly',
        navigator: 'readonly',
        window: 'readonly',
        MutationObserver: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        structuredClone: 'readonly',
      },
    },
  },
  {
    files: ['esbuild.js', 'src/**/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
        globalThis: 'readonly',
        WebAssembly: 'readonly',
      },
    },
  },
);
