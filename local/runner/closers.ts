/** Closes everything at the end, in the opposite order of opening. */
export interface Closers {
  add(close: () => void | Promise<void>): void;
  /** Closes everything once, even when something fails; then rejects with the first failure. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const closers: (() => void | Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    add: (close) => {
      closers.push(close);
    },
    closeAll: () => (closing ??= run()),
  };
}
