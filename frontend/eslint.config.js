import js from '@eslint/js'
import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'

const features = ['chat', 'staff', 'approvals', 'api-review', 'dashboard', 'model', 'replay']

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
    target: './src/conversation/*',
    from: ['./src/ws', './src/components'],
    message: 'What is known of a conversation is computed without the page.',
  },
]

// The rooms of a folder, in layers: a room may import what is directly in the folder and the rooms of earlier layers.
const rooms = {
  'src/conversation': [['schema-form'], ['approval'], ['messages']],
  'src/features/api-review': [
    ['connection', 'agents', 'history', 'operations', 'imports'],
    ['apis', 'review'],
  ],
  'src/features/api-review/operations': [['view'], ['panel'], ['list']],
  'src/features/dashboard': [['range', 'figures', 'tables', 'trends'], ['page']],
  'src/features/replay': [['frames'], ['list', 'steps', 'player', 'erase', 'live'], ['page']],
}
const roomZones = Object.entries(rooms).flatMap(([folder, layers]) => {
  const all = layers.flat()
  const message = `Rooms of ${folder} import downwards only. Put what two of them need directly into the folder.`
  const zone = (target, closed) => ({
    target,
    from: closed.map((room) => `./${folder}/${room}`),
    message,
  })
  return [
    zone(`./${folder}/*`, all),
    ...layers.flatMap((layer, at) =>
      layer.map((room) =>
        zone(
          `./${folder}/${room}`,
          layers
            .slice(at)
            .flat()
            .filter((other) => other !== room),
        ),
      ),
    ),
  ].filter(({ from }) => from.length > 0)
})

// Every line of a function counts. The callback of a `describe` holds a whole story, and its length says nothing about
// the functions in it.
const sizes = {
  rules: {
    'max-function-lines': {
      meta: { type: 'suggestion', schema: [{ type: 'integer' }] },
      create: (context) => {
        const [max] = context.options
        const isDescribe = ({ parent }) =>
          parent.type === 'CallExpression' &&
          /^(test\.)?describe\b/.test(context.sourceCode.getText(parent.callee))
        return {
          ':function': (node) => {
            const lines = node.loc.end.line - node.loc.start.line + 1
            if (lines <= max || isDescribe(node)) return
            context.report({ node, message: `This function has ${lines} lines, at most ${max}.` })
          },
        }
      },
    },
  },
}

export default tseslint.config(
  { ignores: ['dist', 'test-results', 'playwright-report', '**/*.gen.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
      globals: globals.browser,
    },
    plugins: { 'import-x': importX, 'react-hooks': reactHooks, sizes },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js'] })],
    },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'import-x/no-restricted-paths': ['error', { zones: [...zones, ...roomZones] }],
      'import-x/no-cycle': 'error',
      'max-lines': ['error', 200],
      'sizes/max-function-lines': ['error', 60],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An arrow that calls something for its effect is the plain way to write an event handler.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // A test may show a part on the page that it stands on.
    files: ['**/*.test.{ts,tsx}', 'e2e/**'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones }] },
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
