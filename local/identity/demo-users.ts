import { stableUuid } from '../assembly/physical-names.ts';

/** Somebody who can sign in on one machine. The password is the user name: this is no secret and protects nothing. */
export interface DemoUser {
  readonly username: string;
  /** The same at every start, as data that belong to the user are kept. */
  readonly subject: string;
  readonly groups: readonly string[];
}

/** Everyone who can sign in. */
export const DEMO_USERS: readonly DemoUser[] = [
  demoUser('alice', ['developer']),
  demoUser('bob', ['developer']),
  demoUser('publisher', ['publisher']),
  demoUser('admin', ['administrator', 'developer', 'publisher']),
];

/** The one client of this machine that signs in by itself. Its secret is its name: no secret, it protects nothing. */
export const MACHINE_CLIENT: DemoUser = {
  username: 'keybound-machine',
  subject: stableUuid('demo-client/keybound-machine'),
  groups: ['developer'],
};

/** The user with these credentials, if there is one. */
export function authenticate(username: string, password: string): DemoUser | undefined {
  return DEMO_USERS.find((user) => user.username === username && user.username === password);
}

/** The user whom tokens and sessions know by this subject, if there is one. */
export function findSubject(subject: string): DemoUser | undefined {
  return DEMO_USERS.find((user) => user.subject === subject);
}

function demoUser(username: string, groups: readonly string[]): DemoUser {
  return { username, subject: stableUuid(`demo-user/${username}`), groups };
}
