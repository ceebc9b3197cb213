import js from '@eslint/js'
import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const features = ['chat', 'auth', 'approvals', 'api-review', 'dashboard', 'replay']

// What may be imported: shared → features → app; no feature imports another.
const shared = ['conversation', 'ws', 'api', 'components', 'config']
const zones = [
  ...features.map((feature) => ({
    target: `./src/features/${feature}`,
    from: './src/features',
    except: [`./${feature}`],
    message: 'A feature does not import another. Put what both need into a shared folder.',
  })),
  {
    target: './src/features',
    from: './src/app',
    message: 'Features do not know the app that composes them.',
  },
  {
    target: shared.map((folder) => `./src/${folder}`),
    from: ['./src/features', './src/app'],
    message: 'Shared code does not know features or the app.',
  },
  {
    target: './src/ws/connection.ts',
    from: './node_modules/react',
    message: 'The connection works without React.',
  },
  {
    target: './src/conversation/reducer.ts',
    from: ['./src/ws', './src/components'],
    message: 'The reducer is pure.',
  },
]

export default tseslint.config(
  { ignores: ['dist', 'test-results', 'playwright-report', '**/*.gen.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
      globals: globals.browser,
    },
    plugins: { 'import-x': importX, 'react-hooks': reactHooks },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js'] })],
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'max-lines': ['error', 200],
      'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An arrow that calls something for its effect is the plain way to write an event handler.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // One `describe` holds a whole story; its length says nothing about the functions in it.
    files: ['**/*.test.{ts,tsx}', 'e2e/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: { ...globals.node, ...globals.browser },
    },
  },
)
