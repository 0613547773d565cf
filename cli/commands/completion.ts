import { defineCommand } from '../command.ts';
import { choiceArgument } from '../parsing/flags.ts';

/** Kinds of shells that commands can be completed in. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completionCommands = [
  defineCommand({
    name: 'completion',
    about: 'Print a script that lets your shell complete commands, flags and their values',
    details: [
      'bash needs the package bash-completion. Each Tab runs keybound, which must be on your PATH.',
      'Nothing is sent to a server: names of APIs, applications and keys are not completed.',
    ].join('\n'),
    args: { shell: choiceArgument(SHELLS, SHELLS.join(', ')) },
    examples: [
      'keybound completion bash > ~/.local/share/bash-completion/completions/keybound',
      'keybound completion zsh > ~/.zsh/completions/_keybound',
      'keybound completion fish > ~/.config/fish/completions/keybound.fish',
    ],
    run: async (_context, { args }) => {
      const { RootCommand } = await import('@bomb.sh/tab');
      new RootCommand().setup('keybound', 'keybound', args.shell);
    },
  }),
];
