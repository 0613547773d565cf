/** The tests by what they need. */
export interface TestFiles {
  readonly name: 'pure' | 'table' | 'stacks' | 'journeys';
  /** Globs from the project's root. */
  readonly include: readonly string[];
}

/** Each test file belongs to the first of these that includes it; a test holds each to what its files load. */
export const TEST_PROJECTS: readonly TestFiles[] = [
  {
    // Compute and read files, nothing else. They answer in seconds.
    name: 'pure',
    include: [
      'test/architecture/**/*.test.ts',
      'test/docs/{documents,glossary,reference}.test.ts',
      'test/lambdas/{contract,core,guard,open-api}/**/*.test.ts',
      'test/lambdas/authorizer/{lease-calls,record-refusal,remember}.test.ts',
      'test/lambdas/changes/{describe-change,event-schema,publish-changes}.test.ts',
      'test/lambdas/platform/**/{csv,env,http-schemas,log,read-body,read-caller}.test.ts',
      'test/lambdas/usage/{count-calls,refusal-counts}.test.ts',
      'test/lib/**/document-tags.test.ts',
      'test/cli/**/{help,output,parse-command-line,reading,rest-answers,settings,suggest}.test.ts',
      'test/local/assembly/**/{custom-resources,deploy-*,events,resolve-value}.test.ts',
      'test/local/dynamodb/engine-binary.test.ts',
      'test/local/functions/**/{*-pattern,log-router,schedule*,start-gate,stream-consumer}.test.ts',
      'test/local/gateway/**/{access-log,authorize*,backend-request,control-plane,cors,event-*}.test.ts',
      'test/local/gateway/**/{jwt-keys,lambda-response,match-route,query-string}.test.ts',
      'test/local/gateway/**/{request-target,resolve-stage}.test.ts',
      'test/local/iam/{dynamodb-authorizations,evaluate}.test.ts',
      'test/local/runner/{source-watch,welcome}.test.ts',
      'test/scripts/{check-template,cost}.test.ts',
    ],
  },
  {
    // Send requests to servers that they start, mostly to the whole runner, as a user would.
    name: 'journeys',
    include: [
      'test/journeys/**/*.test.ts',
      'test/attacks/{flood,forged-log-lines,forged-registrations,misplaced-secrets-in-commands}.test.ts',
      'test/attacks/tokens.test.ts',
      'test/cli/**/*.test.ts',
      'test/docs/leaked-key.test.ts',
      'test/local/*.test.ts',
      'test/local/{functions,gateway,identity,runner}/**/*.test.ts',
      'test/scripts/{first-deployment,replay-dead-letters}.test.ts',
    ],
  },
  {
    // Make stacks with the CDK and read their templates.
    name: 'stacks',
    include: [
      'test/lib/**/*.test.ts',
      'test/apis/petstore.test.ts',
      'test/docs/{runbooks,snippets}.test.ts',
      'test/local/assembly/synthesize.test.ts',
      'test/scripts/synth.test.ts',
    ],
  },
  {
    // Call handlers and use cases on the table, in an engine of their own.
    name: 'table',
    include: [
      'test/lambdas/**/*.test.ts',
      'test/attacks/**/*.test.ts',
      'test/apis/pizzashack.test.ts',
      'test/local/{dynamodb,iam}/**/*.test.ts',
    ],
  },
];

/** The globs of each project, and those of the projects before it, which it leaves out. */
export function projectFiles({ name, include }: TestFiles): {
  readonly include: string[];
  readonly exclude: string[];
} {
  const before = TEST_PROJECTS.slice(
    0,
    TEST_PROJECTS.findIndex((project) => project.name === name),
  );
  return { include: [...include], exclude: before.flatMap((project) => project.include) };
}
