/** `airlock completion`: the script that makes a shell complete commands and options. */
import { Argument, Command } from 'commander';
import { COMMANDS } from '../commands.mjs';
import { bashCompletion } from '../ui/completion/bash.js';
import { fishCompletion } from '../ui/completion/fish.js';
import { completionWords } from '../ui/completion/words.js';
import { zshCompletion } from '../ui/completion/zsh.js';
import { scriptPage } from '../text/completion.js';
import { print } from '../ui/output.mjs';
import { wholeProgram } from '../ui/program.mjs';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The script completes this name, whatever stands behind it: a program, an alias, a function. */
const NAME = 'airlock';

const HELP = `
Load it in a shell's start-up file:
  bash  source <(airlock completion bash)
  zsh   source <(airlock completion zsh)      after compinit
  fish  airlock completion fish | source
It completes the name ${NAME}: where there is none, make one, e.g.
  alias airlock='node /srv/airlock.mjs'`;

async function complete(shell: keyof typeof SHELLS): Promise<void> {
  print(scriptPage(SHELLS[shell](NAME, completionWords(await wholeProgram(NAME, '', COMMANDS)))));
}

export const command = (): Command =>
  new Command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action(complete);
