/** The id of a request, as API Gateway gives it, may begin with a dash and is no flag. */
const DASHED_REQUEST_ID = /^-\w[\w-]{8,}=$/;
/** Put before such an id while flags are looked for; no word of a command line can hold it. */
const NO_FLAG = '\u0000';

/** The word, so that it is not taken for a flag if it is the id of a request. */
export function maskRequestId(word: string): string {
  return DASHED_REQUEST_ID.test(word) ? `${NO_FLAG}${word}` : word;
}

export function unmaskRequestId(word: string): string {
  return word.startsWith(NO_FLAG) ? word.slice(NO_FLAG.length) : word;
}
