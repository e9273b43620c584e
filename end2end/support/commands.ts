import { spawn } from "node:child_process";

/** What a command left behind. */
export interface Outcome {
  /** The exit code; null if a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Longer than any command of these tests takes on a busy machine. */
const PATIENCE_MS = 20_000;

/** Runs a command to its end, whatever that is, as someone in an empty home folder would. */
export async function run(folder: string, program: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout, stderr };
}

/** Runs a command that must succeed. */
export async function mustRun(folder: string, program: string, ...args: string[]): Promise<void> {
  const outcome = await run(folder, program, ...args);
  if (outcome.code !== 0) {
    throw new Error(`${program} ${args.join(" ")} failed:\n${outcome.stderr}`);
  }
}
