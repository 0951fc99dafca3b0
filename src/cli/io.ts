// What a command is given of the terminal, and the exit codes. Imports nothing: the entry loads it for every call of `expos`.
export interface CommandIo {
  out(text: string): void;
  /** Diagnostics and progress; never part of the result. */
  err(text: string): void;
  /** True if stderr is a terminal, so that progress may be drawn. */
  readonly interactive: boolean;
}

export const processIo: CommandIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  /** Asked when needed: opening stderr takes time that `--help` need not spend. */
  get interactive() {
    return process.stderr.isTTY;
  },
};

export const exitCodes = { success: 0, refused: 1, misuse: 2 } as const;
