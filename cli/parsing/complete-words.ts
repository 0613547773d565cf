import type { Command as Node } from '@bomb.sh/tab';
import { argumentNotes, flagNotes, type Command, type Shape } from '../command.ts';
import { GLOBAL_FLAGS, ownFlags } from './global-flags.ts';

/** Names the words that a value can be. */
type Completer = (this: unknown, complete: (value: string, description: string) => void) => void;

/**
 * Prints what the last of the words of a command line can become, for the script of a shell.
 * @param words those after `keybound`; the last is the one that is being typed, '' at its beginning.
 */
export async function completeWords(words: readonly string[], commands: readonly Command[]): Promise<void> {
  // Loaded here, because no other command needs it.
  const { RootCommand } = await import('@bomb.sh/tab');
  const tree = new RootCommand();
  for (const { name } of commands) {
    const [group = '', second] = name.split(' ');
    if (second !== undefined && !tree.commands.has(group)) tree.command(group, `Commands for ${group}`);
  }
  for (const command of commands) {
    const node = tree.command(command.name, command.about);
    for (const [name, schema] of Object.entries(command.args)) {
      node.argument(name, completerOf(argumentNotes.get(schema)?.choices));
    }
    addFlags(node, { ...ownFlags(command), ...GLOBAL_FLAGS });
  }
  addFlags(tree, GLOBAL_FLAGS);
  tree.parse([...words]);
}

function addFlags(node: Node, flags: Shape): void {
  for (const [name, schema] of Object.entries(flags)) {
    const { kind, about, choices } = flagNotes.get(schema) ?? { kind: 'toggle', about: '' };
    if (kind === 'toggle') node.option(name, about);
    else node.option(name, about, completerOf(choices));
  }
  node.option('help', 'print help');
}

function completerOf(choices: readonly string[] = []): Completer {
  return (complete) => {
    for (const choice of choices) complete(choice, '');
  };
}
