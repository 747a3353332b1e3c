import type { Io } from "../io.js";
import { print } from "../print.js";
import { isLoopback, remoteOptions } from "./connector.js";
import type { Ask, FtpContext, FtpState } from "./context.js";
import { type Credentials, findCredentials, isSecret } from "./credentials.js";
import { commandFailure, failed, loginFailure, wordUsage } from "./errors.js";
import { Interrupted } from "./interrupted.js";
import { printable, quoted } from "./names.js";
import type { FtpFlags } from "./options.js";
import { Remote } from "./remote.js";
import type { Target } from "./target.js";
import { WORDS } from "./words.js";
import { findWord } from "./words/find-word.js";
import { synopsis } from "./words/help.js";

/** What a shell is made of. */
export interface ShellOptions {
  readonly io: Io;
  readonly flags: FtpFlags;
  /** Asks the user; `null` where nobody sits. */
  readonly ask: Ask | null;
  /** Whether commands come from a person, who is shown the server's words. */
  readonly isInteractive: boolean;
  /** Whether commands come from standard input. */
  readonly isInputRead: boolean;
}

/** Runs the client's commands, one at a time, over the session they share. */
export class Shell {
  readonly state: FtpState;
  readonly #options: ShellOptions;
  #controller: AbortController | null = null;
  #waitingLogin: ((signal: AbortSignal) => Promise<void>) | null = null;
  #stop: (reason: Interrupted) => void = () => {};
  readonly #stopped: Promise<never>;

  constructor(options: ShellOptions) {
    const { flags, isInputRead } = options;
    this.#options = options;
    this.state = {
      remote: null,
      target: null,
      lastDirectory: null,
      localDirectory: process.cwd(),
      type: flags.ascii === true ? "ascii" : "binary",
      isActive: flags.active === true,
      isAsking: flags.prompt,
      isVerbose: flags.verbose === true,
      isInputRead,
      isOver: false,
    };
    this.#stopped = new Promise((_, reject) => (this.#stop = reject));
    // Whoever waits hears of it; nobody may.
    this.#stopped.catch(() => {});
  }

  /**
   * Runs one command.
   *
   * @param words its name or the beginning of it, and its arguments.
   * @throws {FtpFailure} when it fails; {@link Interrupted} when {@link interrupt} stopped it.
   */
  async run(words: readonly string[]): Promise<void> {
    const [name = "", ...args] = words;
    const word = findWord(WORDS, name);
    const [least, most] = word.arity;
    if (args.length < least || args.length > most) {
      throw wordUsage(`Cannot ${word.name}: expected ${synopsis(word)}`);
    }
    if (word.name === "user") this.#waitingLogin = null;
    else if (word.group !== "settings" && word.group !== "local") await this.settle();
    try {
      await this.#interruptible((signal) => word.run(this.context(signal), args));
    } catch (error) {
      throw failed(`Cannot ${word.name}`, error);
    }
  }

  /**
   * Does what waits for the next command that asks the server: a script's login as whoever is known. `user` would have
   * taken its place.
   *
   * @throws {FtpFailure} when it fails; {@link Interrupted} when {@link interrupt} stopped it.
   */
  async settle(): Promise<void> {
    const login = this.#waitingLogin;
    this.#waitingLogin = null;
    if (login !== null) await this.#interruptible(login);
  }

  /** Connects to the server the command line names. */
  async open(target: Target): Promise<void> {
    await this.#interruptible((signal) => this.context(signal).open(target));
  }

  /** Stops what runs; the second time, and where nothing runs, it ends every wait on this shell. */
  interrupt(signal: "SIGINT" | "SIGTERM"): void {
    const reason = new Interrupted(signal);
    if (this.#controller === null || this.#controller.signal.aborted) this.#stop(reason);
    else this.#controller.abort(reason);
  }

  /** Waits for something that is no command, unless {@link interrupt} ends the wait. */
  wait<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#stopped]);
  }

  /** Ends the session. */
  close(): void {
    this.#waitingLogin = null;
    this.state.remote?.close();
    this.state.remote = null;
  }

  /** What a command works with. */
  context(signal: AbortSignal): FtpContext {
    const { state } = this;
    const { io, flags, ask, isInteractive } = this.#options;
    const tell = (line: string): void => {
      if (flags.quiet !== true) io.stderr.write(`${line}\n`);
    };
    const context: FtpContext = {
      io,
      state,
      signal,
      ask,
      remote() {
        if (state.remote === null) throw commandFailure('Not connected: "open HOST" connects');
        return state.remote;
      },
      open: (target) => this.#connect(target, context),
      logIn: async (user, password) => this.#logIn({ user, password }, context),
      close: () => this.close(),
      say: (text) => print(io.stdout, text),
      tell,
      reply(message) {
        // With the conversation shown it has been seen.
        if (isInteractive && !state.isVerbose) tell(message.split("\n").map(printable).join("\n"));
      },
    };
    return context;
  }

  async #interruptible(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    this.#controller = controller;
    try {
      await this.wait(run(controller.signal));
    } finally {
      this.#controller = null;
    }
  }

  async #connect(target: Target, context: FtpContext): Promise<void> {
    const { io, flags, isInteractive } = this.#options;
    this.close();
    this.state.target = target;
    const onLine = (line: string): void => {
      if (this.state.isVerbose) io.stderr.write(`${line}\n`);
    };
    const { remote, greeting } = await Remote.connect(remoteOptions(target, flags, onLine), context.signal);
    this.state.remote = remote;
    remote.isActive = this.state.isActive;
    this.state.lastDirectory = null;
    context.reply(greeting);
    const given = { user: target.user ?? flags.user, password: target.password };
    if (!isInteractive && given.user === undefined && target.directory === undefined) {
      // A server without anonymous would count the try as a failed login, and the script may name somebody next.
      this.#waitingLogin = (signal) => this.#logIn(given, this.context(signal));
      return;
    }
    await this.#logIn(given, context);
    if (target.directory === undefined) return;
    try {
      await remote.sendPath("CWD", target.directory);
    } catch (error) {
      throw failed(`Cannot change to ${quoted(target.directory)}`, error);
    }
  }

  async #logIn(
    given: { user?: string | undefined; password?: string | undefined },
    context: FtpContext,
  ): Promise<void> {
    const { io, flags, ask, isInteractive } = this.#options;
    const remote = context.remote();
    const { host } = remote.options;
    const sources = { io, ask, asksName: isInteractive, usesNetrc: flags.netrc, tell: context.tell };
    try {
      const credentials = await findCredentials(host, given, sources);
      this.#warn(remote, credentials);
      context.reply(await remote.login(credentials.user, credentials.password));
    } catch (error) {
      throw isInteractive ? loginFailure(error, remote.isOpen) : error;
    }
  }

  readonly #warned = new Set<string>();

  /** Says once for each server that a password is about to be readable on the way. */
  #warn(remote: Remote, credentials: Credentials): void {
    const { host } = remote.options;
    const isGuarded = remote.tls !== null || isLoopback(remote.address ?? "");
    if (isGuarded || !isSecret(credentials) || this.#warned.has(host)) return;
    this.#warned.add(host);
    this.#options.io.stderr.write(`belfry: warning: the password goes to ${host} in the clear; --tls protects it\n`);
  }
}
