import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BINARY = process.env["POSTERN_BIN"] ?? fileURLToPath(new URL("../../target/debug/postern", import.meta.url));

/** How long a start or an end may take on a busy machine. */
const PATIENCE_MS = 30_000;

export const ADMINISTRATOR = { name: "admin", password: "correct horse battery staple" };

/** A running Postern with a data folder of its own. */
export class Postern {
  /** Where the dashboard is. */
  dashboard = "";
  /** The one-time link, if there is no administrator yet. */
  setUp: string | undefined;
  /** Where gateway groups listen, by name. */
  readonly gateways = new Map<string, { host: string; port: number }>();

  private child: ChildProcess | undefined;
  private errors = "";

  private constructor(
    private readonly folder: string,
    private readonly administrator: boolean,
  ) {}

  /** Starts one on a new data folder, with an administrator unless its set-up is to be tried. */
  static async start({ administrator = true } = {}): Promise<Postern> {
    const postern = new Postern(await mkdtemp(path.join(tmpdir(), "postern-")), administrator);
    await postern.launch();
    return postern;
  }

  /** The port of the group that every new database has. */
  get port(): number {
    const gateway = this.gateways.get("default");
    if (gateway === undefined) {
      throw new Error("the default group does not listen");
    }
    return gateway.port;
  }

  /** Stops it politely and starts it again on the same data. Addresses are new afterwards. */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  /** Stops it for good. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }

  private async launch(): Promise<void> {
    this.gateways.clear();
    this.dashboard = "";
    this.setUp = undefined;
    this.errors = "";
    const folder = path.join(this.folder, "data");
    const child = spawn(
      BINARY,
      ["serve", "--data-dir", folder, "--dashboard", "127.0.0.1:0", "--gateway", "127.0.0.1:0"],
      {
        env: {
          PATH: process.env["PATH"],
          ...(this.administrator ? { POSTERN_ADMIN_PASSWORD: ADMINISTRATOR.password } : {}),
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.errors += text));

    const ready = new Promise<void>((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        this.read(line);
        // The set-up link, where there is one, is printed between these two.
        if (this.dashboard !== "" && this.gateways.has("default")) {
          resolve();
        }
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`postern ended with ${code} at its start:\n${this.errors}`)));
    });
    await inTime(ready, () => `postern is not ready:\n${this.errors}`);
  }

  private read(line: string): void {
    const [, what, value] = /^(dashboard|set-up|gateway [^:]+): (.*)$/.exec(line) ?? [];
    if (what === undefined || value === undefined) {
      return;
    }
    if (what === "dashboard") {
      this.dashboard = value.replace(/\/$/, "");
    } else if (what === "set-up") {
      this.setUp = value;
    } else {
      const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(value) ?? [];
      this.gateways.set(what.slice("gateway ".length), { host, port: Number(port) });
    }
  }

  private async stop(): Promise<void> {
    const child = this.child;
    if (child === undefined) {
      return;
    }
    this.child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`postern ended by itself with ${child.exitCode ?? child.signalCode}:\n${this.errors}`);
    }
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const [code] = await inTime(ended, () => {
      child.kill("SIGKILL");
      return `postern did not end after SIGTERM:\n${this.errors}`;
    });
    if (code !== 0) {
      throw new Error(`postern ended with ${code} after SIGTERM:\n${this.errors}`);
    }
  }
}

/** The promise's value, or an error if it takes too long. */
async function inTime<T>(promise: Promise<T>, explain: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(explain())), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
