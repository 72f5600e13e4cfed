/** The import law: imports point inward (src -> models, streams; models -> types of streams; streams -> nothing of ours), no cycles, tests are leaves. */
const inside = (path) => ({ path })
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'streams-import-nothing-of-ours', severity: 'error', from: inside('^streams/'), to: { path: '^(src|models|test|bench|scripts)/' } },
    { name: 'models-import-only-streams', severity: 'error', from: inside('^models/'), to: { path: '^(src|test|bench|scripts)/' } },
    { name: 'models-and-streams-do-no-io', severity: 'error', from: inside('^(models|streams)/'), to: { dependencyTypes: ['core'], pathNot: '^(node:)?(assert|buffer)$' } },
    { name: 'tests-are-leaves', severity: 'error', from: inside('^(src|models|streams)/'), to: { path: '^(test|bench|scripts)/' } },
    { name: 'the-fold-is-pure', severity: 'error', from: inside('^src/(enterprise|watch|registry)/'), to: { path: '^(node:)?(fs|net|http|https|child_process|worker_threads|sqlite|timers|os)(/|$)' } },
    { name: 'the-fold-knows-no-edge', severity: 'error', from: inside('^src/(enterprise|watch|registry|fold|log)/'), to: { path: '^src/(ingest|http|telemetry|settings|cli|simulate|readmodel|serve|dashboard|handling)/' } },
    { name: 'tasks-do-not-know-each-other', severity: 'error', from: inside('^src/enterprise/'), to: { path: '^src/watch/' } },
    { name: 'the-runner-and-the-registry-know-no-task', severity: 'error', from: inside('^src/(fold|registry)/'), to: { path: '^src/(enterprise|watch)/' } },
    { name: 'what-runs-knows-no-training', severity: 'error', from: inside('^src/(enterprise|watch|registry|fold|log|engine|running)'), to: { path: '^src/training/' } },
    { name: 'what-scores-knows-no-learning', severity: 'error', from: inside('^models/(risk|counts|math|logistic)/'), to: { path: '^models/(learn|quality)/' } },
    { name: 'quality-knows-no-learning', severity: 'error', from: inside('^models/quality/'), to: { path: '^models/learn/' } },
    { name: 'the-simulator-knows-no-model', severity: 'error', from: inside('^src/simulate/'), to: { path: '^(models|src/(enterprise|watch|fold|log|cli))/' } },
    { name: 'only-the-embedded-log-knows-sqlite', severity: 'error', from: { pathNot: '^(src/log|src/readmodel|test/log|test/readmodel)/' }, to: { path: '^(node:)?sqlite$' } },
    { name: 'handling-is-a-fold-of-its-own', severity: 'error', from: inside('^src/handling/'), to: { path: '^(src|models)/', pathNot: '^src/handling/' } },
    { name: 'the-read-model-knows-the-log-alone', severity: 'error', from: inside('^src/readmodel/'), to: { path: '^(src|models)/', pathNot: '^(src/(readmodel|log|handling)/|src/(cells|errors|json|limits)\\.ts$|models/(counts/|facts\\.ts$))' } },
    { name: 'pages-import-contracts-and-handling', severity: 'error', from: inside('^src/dashboard/'), to: { path: '^(src|models)/', pathNot: '^src/(dashboard/|handling/|serve/contracts)' } },
    { name: 'pages-know-contracts-by-type-alone', severity: 'error', from: inside('^src/dashboard/'), to: { path: '^(src/(serve|handling)|streams)/', dependencyTypesNot: ['type-only'] } },
    { name: 'nobody-imports-pages', severity: 'error', from: { pathNot: '^(src/dashboard|test/dashboard)/' }, to: { path: '^src/dashboard/' } },
    { name: 'serving-is-an-edge', severity: 'error', from: { pathNot: '^(src/(serve|cli|dashboard)|test|bench|scripts)/' }, to: { path: '^src/serve/' } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^@tensorflow/tfjs-node$' } }, // optional: where it is not, WebAssembly serves
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, enhancedResolveOptions: { extensions: ['.ts', '.js'], exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] } },
}
