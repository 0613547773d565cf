/**
 * Schedule expressions of EventBridge rules, in UTC.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export interface Schedule {
  /** The first time after `after` (milliseconds since the epoch); undefined when there is none any more. */
  next(after: number): number | undefined;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: HOUR, day: DAY };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** 29 February can be eight years away. */
const LOOK_AHEAD_DAYS = 8 * 366;

/**
 * Reads `rate(…)` and `cron(…)`, the latter without `L`, `W` and `#`.
 * @throws Error that says what is wrong or not supported.
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null) {
    const [, count = '', unit = '', plural] = rate;
    if ((count === '1') !== (plural === '')) {
      throw new Error(`${expression}: the unit is singular for 1, plural for more`);
    }
    const period = Number(count) * (UNITS[unit] ?? DAY);
    return { next: (after) => after + period };
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(' ');
  if (fields?.length !== 6) throw new Error(`${expression} is neither rate(…) nor cron(…) with six fields`);
  return cron(expression, fields);
}

function cron(expression: string, fields: readonly string[]): Schedule {
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = ''] = fields;
  if ((days === '?') === (weekdays === '?')) {
    throw new Error(`${expression}: one of day of month and day of week must be ?`);
  }
  const read = (text: string, from: number, to: number, names: readonly string[] = []) =>
    parseField(expression, text, { from, to, names });
  const at = {
    minutes: read(minutes, 0, 59),
    hours: read(hours, 0, 23),
    days: read(days, 1, 31),
    months: read(months, 1, 12, MONTHS),
    weekdays: read(weekdays, 1, 7, WEEKDAYS),
    years: read(years, 1970, 2199),
  };
  return {
    next(after) {
      const first = Math.floor(after / DAY);
      for (let day = first; day <= first + LOOK_AHEAD_DAYS; day += 1) {
        const date = new Date(day * DAY);
        if (
          !at.years(date.getUTCFullYear()) ||
          !at.months(date.getUTCMonth() + 1) ||
          !at.days(date.getUTCDate()) ||
          !at.weekdays(date.getUTCDay() + 1)
        ) {
          continue;
        }
        for (let minute = 0; minute < DAY / MINUTE; minute += 1) {
          const time = day * DAY + minute * MINUTE;
          if (time > after && at.hours(Math.floor(minute / 60)) && at.minutes(minute % 60)) return time;
        }
      }
      return undefined;
    },
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
  /** Names of the values, from the first on. */
  readonly names: readonly string[];
}

function parseField(expression: string, text: string, range: Range): (value: number) => boolean {
  const parts = text.split(',').map((part) => parsePart(expression, part, range));
  return (value) => parts.some((matches) => matches(value));
}

function parsePart(expression: string, part: string, range: Range): (value: number) => boolean {
  const [values = '', step = '1', ...rest] = part.split('/');
  const [first, last = part.includes('/') ? String(range.to) : first, ...more] = /^[*?]$/.test(values)
    ? [String(range.from), String(range.to)]
    : values.split('-');
  const from = valueOf(first, range);
  const to = valueOf(last, range);
  const every = /^[1-9]\d*$/.test(step) ? Number(step) : undefined;
  if (from === undefined || to === undefined || every === undefined || rest.length + more.length > 0) {
    throw new Error(`${expression}: ${part} is not supported`);
  }
  const inRange = (value: number) =>
    from <= to ? value >= from && value <= to : value >= from || value <= to;
  return (value) =>
    inRange(value) && (value - from + (value < from ? range.to - range.from + 1 : 0)) % every === 0;
}

function valueOf(text: string | undefined, { from, to, names }: Range): number | undefined {
  const named = names.indexOf(text?.toUpperCase() ?? '');
  if (named >= 0) return from + named;
  const value = Number(text);
  return text !== undefined && /^\d+$/.test(text) && value >= from && value <= to ? value : undefined;
}
