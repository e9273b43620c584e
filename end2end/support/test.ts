import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { test as base, type BrowserContextOptions } from "@playwright/test";

import { Dashboard } from "./dashboard.ts";
import { makeCertificates } from "./guide.ts";
import { Postern } from "./postern.ts";
import { CHINESE, ENGLISH } from "./words.ts";

type StorageState = Exclude<BrowserContextOptions["storageState"], string | undefined>;

interface TestFixtures {
  /** A Postern of this test alone, with an administrator. */
  fresh: Postern;
  /** The dashboard in this test's browser, in the browser's language. */
  dashboard: Dashboard;
  /** An empty folder, removed afterwards. */
  folder: string;
}

interface WorkerFixtures {
  /** A Postern that the tests of a worker share, one after the other. */
  postern: Postern;
  /** Being signed in at it. */
  session: StorageState;
  /** A folder with the certificates that the guide's commands make. */
  certificates: string;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  postern: [
    async ({}, use) => {
      const postern = await Postern.start();
      await use(postern);
      await postern.remove();
    },
    { scope: "worker" },
  ],
  session: [
    async ({ browser, postern }, use) => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      await new Dashboard(await context.newPage(), false).signIn(postern.dashboard);
      const session = await context.storageState();
      await context.close();
      await use(session);
    },
    { scope: "worker" },
  ],
  certificates: [
    async ({}, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), "postern-certificates-"));
      await makeCertificates(folder, "as written");
      await use(folder);
      await rm(folder, { recursive: true });
    },
    { scope: "worker" },
  ],
  fresh: async ({}, use) => {
    const postern = await Postern.start();
    await use(postern);
    await postern.remove();
  },
  dashboard: async ({ page, locale, javaScriptEnabled }, use) => {
    const words = locale === CHINESE.locale ? CHINESE : ENGLISH;
    await use(new Dashboard(page, javaScriptEnabled, words));
  },
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), "postern-test-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

/** For tests that work at the shared Postern, signed in. */
export const signedIn = test.extend({
  baseURL: async ({ postern }, use) => use(postern.dashboard),
  storageState: async ({ session }, use) => use(session),
});

export { expect } from "@playwright/test";
