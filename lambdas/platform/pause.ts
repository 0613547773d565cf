import { setTimeout as delay } from 'node:timers/promises';

/** Waits for so many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

export const systemPause: Pause = (milliseconds) => delay(milliseconds);
