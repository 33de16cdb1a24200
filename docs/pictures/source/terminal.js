// A terminal with a shell on it, in which the real program runs; what is written to it is kept, with its time.

import { mkdtemp, mkdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import pty from '@lydell/node-pty';
import headless from '@xterm/headless';

const PROMPT = '> ';

/** As a terminal sends them; every other key is a letter and sends itself. */
const KEYS = {
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  'page up': '\x1b[5~',
  'page down': '\x1b[6~',
};

export class Terminal {
  /** What was written so far, and when: `{ at, data }`, in milliseconds. */
  written = [];
  #shell;
  #screen;
  #home;
  #ended;

  /** Opens one that stands at the shell's prompt. */
  static async open({ program, columns, rows, theme }) {
    const terminal = new Terminal();
    await terminal.#start({ program, columns, rows, theme });
    await terminal.waitFor((screen) => screen.startsWith(PROMPT), 'the prompt', 10_000);
    return terminal;
  }

  async #start({ program, columns, rows, theme }) {
    this.#screen = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
    // Where nothing of the person is who makes the pictures, and the program has its name.
    this.#home = await mkdtemp(path.join(tmpdir(), 'doorkey-pictures-'));
    const home = path.join(this.#home, 'home');
    const folder = path.join(this.#home, 'bin');
    await mkdir(home);
    await mkdir(folder);
    await symlink(program, path.join(folder, 'doorkey'));
    this.#shell = pty.spawn('bash', ['--noprofile', '--norc', '-i'], {
      cols: columns,
      rows,
      cwd: home,
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        HOME: home,
        LANG: 'C.UTF-8',
        TERM: 'xterm-256color',
        COLORTERM: 'truecolor',
        PS1: String.raw`\[\e[1;36m\]` + PROMPT + String.raw`\[\e[0m\]`,
        BASH_SILENCE_DEPRECATION_WARNING: '1',
        // Most people who set this up sit at a desktop. Nothing is opened: no picture needs it.
        BROWSER: 'true',
      },
    });
    this.#ended = new Promise((end) => this.#shell.onExit(end));
    this.#shell.onData((data) => {
      this.written.push({ at: performance.now(), data });
      this.#screen.write(data);
    });
    // What the program asks the terminal is answered: what it can do, and its background.
    this.#screen.onData((data) => this.#shell.write(data));
    this.#screen.parser.registerOscHandler(11, (data) => {
      if (data === '?') {
        const parts = theme.background.match(/[0-9a-f]{2}/gi);
        this.#shell.write(`\x1b]11;rgb:${parts.join('/')}\x1b\\`);
      }
      return true;
    });
  }

  /** The text on the screen, line by line. */
  get text() {
    const lines = this.#screen.buffer.active;
    return Array.from({ length: this.#screen.rows }, (_, row) =>
      lines.getLine(lines.baseY + row).translateToString(true),
    ).join('\n');
  }

  type(letters) {
    this.#shell.write(letters);
  }

  press(key) {
    if (!Object.hasOwn(KEYS, key) && [...key].length !== 1) throw new Error(`an unknown key: ${key}`);
    this.type(KEYS[key] ?? key);
  }

  /** Waits until the text on the screen is as it should be, and the program is not in the middle of drawing. */
  async waitFor(isSo, what, patience) {
    const settled = () => !this.#screen.modes.synchronizedOutputMode && isSo(this.text);
    if (settled()) return;
    let parsed;
    let timer;
    try {
      await new Promise((done, fail) => {
        parsed = this.#screen.onWriteParsed(() => settled() && done());
        timer = setTimeout(
          () => fail(new Error(`waited in vain for ${what}; the screen is\n${this.text}`)),
          patience,
        );
      });
    } finally {
      parsed.dispose();
      clearTimeout(timer);
    }
  }

  async close() {
    // As a terminal does that is closed. A shell that waits for the rest of a key's sequence does not hear of it.
    this.#shell.kill('SIGHUP');
    const killing = setTimeout(() => this.#shell.kill('SIGKILL'), 2_000);
    await this.#ended;
    clearTimeout(killing);
    this.#screen.dispose();
    await rm(this.#home, { recursive: true, force: true });
  }
}
