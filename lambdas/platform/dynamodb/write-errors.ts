/** Another writer was there first: read again and decide anew. Nothing was written. */
export class WriteConflict extends Error {
  /** Places in the transaction of the writes whose condition does not hold; the rest is held by another transaction. */
  readonly unmet: readonly number[];

  constructor(unmet: readonly number[] = []) {
    super('an item changed since it was read');
    this.name = 'WriteConflict';
    this.unmet = unmet;
  }
}

/** The table has more to do than it can: nothing was written. */
export class TableBusy extends Error {
  constructor(cause: unknown) {
    super('the table throttles', { cause });
    this.name = 'TableBusy';
  }
}

/** The table did not say whether it carried out a write. `cause`: what it said instead. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('it is not known whether the transaction was carried out', { cause });
    this.name = 'OutcomeUnknown';
  }
}
