// Whoever is refused is seen with the reason, at once; and whoever was let in can be revoked from there.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http2 from "node:http2";
import path from "node:path";

import type { Page } from "@playwright/test";

import type { Dashboard } from "../support/dashboard.ts";
import { requestWithCertificate, requestWithoutCertificate } from "../support/guide.ts";
import type { Postern } from "../support/postern.ts";
import { expect, test } from "../support/test.ts";

/** The promise of the product. */
const WITHIN_MS = 1_000;

test("a refused client is seen with the reason and with what to do", async ({ dashboard, page, fresh, certificates }) => {
  await protect(dashboard, fresh, certificates);
  await open(dashboard, "Handshakes");
  await expect(page.getByText("Every TLS attempt is recorded here")).toBeVisible();

  expect((await requestWithoutCertificate(certificates, fresh.port)).code).toBe(56);
  const refused = page.getByRole("row").filter({ hasText: "no client certificate" });
  await seen(page, () => expect(refused).toBeVisible({ timeout: 4_000 }));
  await expect(refused).toContainText("test.com");
  expect((await requestWithCertificate(certificates, fresh.port)).code).toBe(0);
  const accepted = page.getByRole("row").filter({ hasText: "with a verified certificate" });
  await seen(page, () => expect(accepted).toBeVisible({ timeout: 4_000 }));

  await page.getByLabel("Filter by verdict").selectOption({ label: "no client certificate" });
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(accepted).toBeHidden();
  await expect(refused).toBeVisible();
  await dashboard.settled();

  await refused.getByRole("link").click();
  await expect(page.getByText(/^Refused: /)).toBeVisible();
  await expect(page.getByRole("heading", { name: "What to do" })).toBeVisible();
  await expect(page.getByText("no_client_cert", { exact: true })).toBeVisible();
  await dashboard.settled();
  await page.getByRole("link", { name: "Show the SSL certificate", exact: true }).click();
  await expect(page.getByRole("heading", { name: "test.com", level: 1 })).toBeVisible();
});

test("a revoked client is cut off within a second, and comes back when allowed", async ({
  dashboard,
  page,
  fresh,
  certificates,
}) => {
  await protect(dashboard, fresh, certificates);
  const connection = await connect(fresh.port, certificates);
  await open(dashboard, "Clients");
  const revoke = page.getByRole("link", { name: /^Revoke…/ });
  await seen(page, () => expect(revoke).toBeVisible({ timeout: 2_000 }));
  await dashboard.settled();

  await revoke.click();
  const question = page.getByRole("dialog", { name: /^Revoke / });
  await expect(question).toContainText("All hosts of this group");
  await dashboard.settled();
  const asked = performance.now();
  await question.getByRole("button", { name: "Revoke", exact: true }).click();
  await connection.ended;
  expect(performance.now() - asked, "until the open connection has ended").toBeLessThan(WITHIN_MS);
  await expect(page.getByText(/^Denied: /)).toBeVisible();
  expect((await requestWithCertificate(certificates, fresh.port)).code).not.toBe(0);
  await dashboard.settled();

  await page.getByRole("link", { name: /^Allow again…/ }).click();
  await dashboard.settled();
  await page.getByRole("dialog").getByRole("button", { name: "Allow again", exact: true }).click();
  await expect(page.getByText(/^Nobody is denied/)).toBeVisible();
  expect((await requestWithCertificate(certificates, fresh.port)).code).toBe(0);
});

test("what is typed wrong is said at its field and not lost", async ({ dashboard, page, fresh }) => {
  await dashboard.signIn(fresh.dashboard);
  await open(dashboard, "Clients");
  await page.getByRole("button", { name: "Deny a client" }).click();
  const dialog = page.getByRole("dialog", { name: "Deny a client" });
  await expect(dialog).toBeVisible();
  await dashboard.settled();
  await dialog.getByLabel("Denied certificate").fill("sha256:12");
  await dialog.getByLabel("Name (optional)").fill("Old phone");
  await dialog.getByRole("button", { name: "Deny", exact: true }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await expect(dialog.getByLabel("Denied certificate")).toHaveValue("sha256:12");
  await expect(dialog.getByLabel("Name (optional)")).toHaveValue("Old phone");
});

/** Signs in and adds the guide's certificate, with peer verification. */
async function protect(dashboard: Dashboard, postern: Postern, certificates: string): Promise<void> {
  await dashboard.signIn(postern.dashboard);
  await dashboard.openList();
  await dashboard.addAndSee("test.com", {
    certificate: path.join(certificates, "server.crt"),
    privateKey: path.join(certificates, "server.key"),
    peerVerification: true,
    caCertificate: path.join(certificates, "ca.crt"),
  });
}

/** Follows the sidebar to a page of the group. */
async function open(dashboard: Dashboard, name: string): Promise<void> {
  const sidebar = dashboard.page.getByRole("navigation", { name: dashboard.words.groups });
  await sidebar.getByRole("link", { name, exact: true }).click();
  await expect(dashboard.page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await dashboard.settled();
}

/** Waits until a page shows something: live pages by themselves, others when they are loaded again. */
async function seen(page: Page, expectation: () => Promise<void>): Promise<void> {
  await expect(async () => {
    try {
      await expectation();
    } catch (error) {
      await page.reload();
      throw error;
    }
  }).toPass();
}

/** Opens an HTTP/2 connection with the guide's client certificate, which stays open until the gateway ends it. */
async function connect(port: number, certificates: string): Promise<{ ended: Promise<void> }> {
  const [cert, key] = await Promise.all(
    ["client.crt", "client.key"].map((name) => readFile(path.join(certificates, name))),
  );
  const session = http2.connect(`https://127.0.0.1:${port}`, {
    servername: "test.com",
    rejectUnauthorized: false,
    cert,
    key,
  });
  const ended = new Promise<void>((resolve) => session.once("close", resolve));
  await new Promise((resolve, reject) => session.once("connect", resolve).once("error", reject));
  const request = session.request({ ":path": "/ip", ":authority": `test.com:${port}` });
  const [headers] = await once(request, "response");
  expect(headers[":status"]).toBe(200);
  request.resume();
  return { ended };
}
