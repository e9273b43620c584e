import { existsSync } from "node:fs";

import { defineConfig } from "@playwright/test";

// The system's browser where there is one: `cargo xtask test` installs it, or Playwright's own.
const chromium = "/usr/bin/chromium";
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "./specs",
  fullyParallel: true,
  forbidOnly: true,
  // A test that fails now and then is a defect to find, not to hide.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    locale: "en-US",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: existsSync(chromium) ? chromium : undefined,
      args: [
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        // Chromium's sandbox cannot be set up by root.
        ...(isRoot ? ["--no-sandbox"] : []),
      ],
    },
  },
  // Every page works without JavaScript, so the same specs run without it too, except those named *.hydrate.spec.ts.
  projects: [
    { name: "javascript" },
    { name: "no-javascript", testIgnore: "**/*.hydrate.spec.ts", use: { javaScriptEnabled: false } },
  ],
});
