/** Runs each start in its turn, so many of them at a time; a start has ended when its promise resolves, and never rejects. */
export type StartGate = (start: () => Promise<void>) => void;

/**
 * A machine that starts more instances at a time than it has processors only makes all of them late, until they
 * exceed the time that Lambda gives them.
 */
export function createStartGate(atATime: number): StartGate {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  const proceed = (): void => {
    const start = running < atATime ? waiting.shift() : undefined;
    if (start === undefined) return;
    running += 1;
    void start().finally(() => {
      running -= 1;
      proceed();
    });
  };
  return (start) => {
    waiting.push(start);
    proceed();
  };
}
