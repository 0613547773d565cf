import { setTimeout as delay } from 'node:timers/promises';

/** Waits for so many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

export const systemPause: Pause = (milliseconds) => delay(milliseconds);

const FIRST_PAUSE_MILLISECONDS = 20;

/** Waits after the try number `tried`, from 1: at random, twice as long each time, `longest` milliseconds at most. */
export const backOff = (tried: number, longest: number): Promise<void> =>
  delay(Math.random() * Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** tried, longest));
