// What the compiler does not say: types at their strictest, templates that everybody can use, and who may import whom.
import angular from 'angular-eslint';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

const SHARED = ['shared'];
const same = (...layers) => layers.map((layer) => [layer, { domain: '${from.domain}' }]);

export default tseslint.config(
  { ignores: ['src/index.html', 'dist/', '.angular/', '.texts/', 'out-tsc/', 'test-results/', 'playwright-report/', 'src/app/shared/api/schema.ts'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    languageOptions: { parserOptions: { project: ['tsconfig.app.json', 'tsconfig.spec.json', 'tsconfig.e2e.json'], tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: {
      'import/resolver': { typescript: { alwaysTryTypes: true } },
      'boundaries/elements': [
        { type: 'shell', pattern: 'src/app/shell', mode: 'folder' },
        { type: 'shared', pattern: 'src/app/shared/*', mode: 'folder' },
        { type: 'feature', pattern: 'src/app/domains/*/feature-*', mode: 'folder', capture: ['domain', 'name'] },
        { type: 'ui', pattern: 'src/app/domains/*/ui', mode: 'folder', capture: ['domain'] },
        { type: 'data', pattern: 'src/app/domains/*/data', mode: 'folder', capture: ['domain'] },
        { type: 'util', pattern: 'src/app/domains/*/util', mode: 'folder', capture: ['domain'] },
      ],
      'boundaries/include': ['src/app/**/*.ts'],
    },
    rules: {
      // A domain sees itself and what is shared: feature, then ui, then data, then util. Domains meet in the routes.
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: [
            { from: ['shell'], allow: ['shell', 'shared', 'feature'] },
            { from: ['shared'], allow: SHARED },
            { from: ['feature'], allow: [...SHARED, ...same('ui', 'data', 'util')] },
            { from: ['ui'], allow: [...SHARED, ...same('ui', 'data', 'util')] },
            { from: ['data'], allow: [...SHARED, ...same('data', 'util')] },
            { from: ['util'], allow: [...SHARED, ...same('util', 'data')] },
          ],
        },
      ],
      'boundaries/no-unknown-files': 'error',
      '@angular-eslint/component-selector': ['error', { type: 'element', prefix: 'usher', style: 'kebab-case' }],
      '@angular-eslint/component-class-suffix': 'off',
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
      '@angular-eslint/prefer-signals': 'error',
      // The page allows no style inside it: see the policy in api/src/site.rs. Styles are in src/styles.
      'no-restricted-syntax': [
        'error',
        { selector: "Decorator[expression.callee.name='Component'] Property[key.name=/^style(s|Url|Urls)$/]", message: 'Styles are in src/styles: the page allows none inside it.' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      '@typescript-eslint/unbound-method': 'off',
      // Angular's own options are classes that are meant to be written as literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['**/*.spec.ts', 'e2e/**/*.ts'],
    rules: {
      // What a test relies on and does not get is its failure.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['**/*.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
    rules: {
      '@angular-eslint/template/i18n': ['error', { checkId: false, checkText: true, checkAttributes: true, ignoreTags: ['code', 'usher-icon'], ignoreAttributes: ['translate', 'role', 'd', 'rx', 'ry', 'viewBox', 'patternUnits', 'patternTransform', 'name', 'autocomplete', 'queryParamsHandling', 'ariaCurrentWhenActive', 'aria-live', 'aria-hidden', 'aria-describedby', 'aria-labelledby', 'aria-busy', 'rel', 'target', 'hreflang', 'src', 'for', 'class', 'type', 'id', 'width', 'height', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'offset', 'tabindex', 'href', 'routerLink', 'routerLinkActive', 'stop', 'cx', 'cy', 'r', 'pathLength', 'stroke-dasharray', 'fill', 'stroke', 'stroke-width', 'stroke-linecap', 'stroke-linejoin', 'decoding', 'loading'] }],
      '@angular-eslint/template/no-inline-styles': 'error',
      // The cells of the map are focusable and have their keys; the rule knows only elements that are so by themselves.
      '@angular-eslint/template/interactive-supports-focus': 'off',
    },
  },
);
