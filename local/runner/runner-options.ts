import type { AppOptions } from './load-stacks.ts';

/** A line for whoever watches the runner. */
export interface RunnerLine {
  /**
   * `function`: a line of a function's log; `access-log`: of a stage's; `event`: one that was published, as JSON;
   * `runner`: the runner's own.
   */
  readonly source: 'function' | 'access-log' | 'event' | 'runner';
  /** The function's, log group's or event bus's name. */
  readonly name: string;
  readonly line: string;
}

/** How a CDK app is run on this machine. */
export interface RunnerOptions extends AppOptions {
  /**
   * The port of the APIs.
   * @default any free port
   */
  readonly gatewayPort?: number;
  /**
   * The port of the management API and of sign-in.
   * @default any free port
   */
  readonly managementPort?: number;
  /**
   * A port that takes requests to `localhost` for ones to the domain `sandbox.localhost`, for apps that have it; 0 for
   * any free port.
   * @default no such port
   */
  readonly sandboxPort?: number;
  /**
   * Where everything is kept that outlives the runner: tables, keys, the issuer's signing key.
   * @default nothing is kept
   */
  readonly dataDirectory?: string;
  /**
   * For a reused assembly, which names the issuer that it was synthesized with: tokens then carry this issuer,
   * and the gateway takes the key from the runner itself.
   * @default 'http://localhost:<managementPort>'
   */
  readonly issuer?: string;
  /**
   * Any DynamoDB-compatible endpoint.
   * @default the embedded engine, which there is for Linux on x64
   */
  readonly dynamoDbEndpoint?: string;
  /**
   * Test aid: takes the client address from this request header.
   * @default the address of the client
   */
  readonly sourceIpHeader?: string;
  /**
   * How many events of one function can run at the same time.
   * @default 4
   */
  readonly maxInstances?: number;
  /**
   * Gets the lines of functions, access logs and the runner.
   * @default nobody sees them
   */
  readonly writeLine?: (line: RunnerLine) => void;
}
