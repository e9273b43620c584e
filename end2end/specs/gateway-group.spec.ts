// Gateway groups: each has its own listener, and none stands in another's way.

import net from "node:net";
import path from "node:path";

import { run } from "../support/commands.ts";
import type { Dashboard } from "../support/dashboard.ts";
import { requestWithCertificate } from "../support/guide.ts";
import { expect, signedIn as test } from "../support/test.ts";

test("a group is made, renamed and deleted", async ({ dashboard }, testInfo) => {
  const { page } = dashboard;
  const { name, renamed } = { name: `Partners ${testInfo.project.name}`, renamed: `Devices ${testInfo.project.name}` };
  const sidebar = page.getByRole("navigation", { name: "Gateway groups" });
  const port = await freePort();

  await addGroup(dashboard, name, `127.0.0.1:${port}`);
  await expect(sidebar.getByText(name, { exact: true })).toBeVisible();
  await expect(page.getByText(`127.0.0.1:${port}`).first()).toBeVisible();
  await expect.poll(() => accepts(port)).toBe(true);

  await sidebar.getByRole("link", { name: "Settings", exact: true }).filter({ visible: true }).last().click();
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await dashboard.settled();
  await page.getByLabel("Name", { exact: true }).fill(renamed);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(sidebar.getByText(renamed, { exact: true })).toBeVisible();
  await expect(sidebar.getByText(name, { exact: true })).toHaveCount(0);
  await dashboard.settled();

  await page.getByRole("button", { name: "Delete group…" }).click();
  await expect(page.getByRole("heading", { name: `Delete the gateway group “${renamed}”?` })).toBeVisible();
  await dashboard.settled();
  await page.getByRole("button", { name: "Delete group", exact: true }).click();
  await expect(sidebar.getByText(renamed, { exact: true })).toHaveCount(0);
  await expect.poll(() => accepts(port)).toBe(false);
});

test("a group with a certificate is not deleted", async ({ dashboard, certificates, fresh }) => {
  const { page } = dashboard;
  await dashboard.signIn(fresh.dashboard);
  await dashboard.openList();
  await dashboard.addAndSee("test.com", {
    certificate: path.join(certificates, "server.crt"),
    privateKey: path.join(certificates, "server.key"),
  });
  await dashboard.open(`${fresh.dashboard}/groups/default/delete`);
  await page.getByRole("button", { name: "Delete group", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("The group still has an SSL certificate. Delete it first.");
  await dashboard.open(`${fresh.dashboard}/groups/default/ssl-certificates`);
  await expect(dashboard.row("test.com")).toBeVisible();
});

test("a port that is taken is named, and other groups go on", async ({ dashboard, certificates, fresh }) => {
  const { page } = dashboard;
  await dashboard.signIn(fresh.dashboard);
  await dashboard.openList();
  await dashboard.addAndSee("test.com", {
    certificate: path.join(certificates, "server.crt"),
    privateKey: path.join(certificates, "server.key"),
    peerVerification: true,
    caCertificate: path.join(certificates, "ca.crt"),
  });
  const squatter = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => squatter.once("listening", resolve));
  const { port } = squatter.address() as net.AddressInfo;

  await addGroup(dashboard, "Taken", `127.0.0.1:${port}`);
  await expect(page.getByRole("alert")).toContainText(`Not listening on 127.0.0.1:${port}.`);
  await expect(page.getByRole("alert")).toContainText("Reason:");
  expect((await requestWithCertificate(certificates, fresh.port)).stdout).toMatch(/^HTTP\/2 200/);

  // Once the port is free, the group is served without anyone's help.
  await new Promise((resolve) => squatter.close(resolve));
  await expect.poll(() => accepts(port), { timeout: 30_000 }).toBe(true);
});

test("a port of another group is refused at its field", async ({ dashboard }) => {
  const { page } = dashboard;
  const port = await freePort();
  await addGroup(dashboard, `First ${port}`, `127.0.0.1:${port}`);
  // It is there, and not on its way any more.
  await expect(page).not.toHaveURL(/\/groups\/new/);
  await addGroup(dashboard, `Second ${port}`, `127.0.0.1:${port}`);
  await expect(page.getByLabel("Listener address", { exact: true })).toHaveAccessibleDescription(/listens there already/);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`Second ${port}`);
});

test("clients without SNI and plain HTTP follow the settings", async ({ dashboard, certificates, fresh }) => {
  const { page } = dashboard;
  const http = await freePort();
  await dashboard.signIn(fresh.dashboard);
  await dashboard.openList();
  await dashboard.addAndSee("test.com", {
    certificate: path.join(certificates, "server.crt"),
    privateKey: path.join(certificates, "server.key"),
  });
  /** What curl writes of the answer for test.com at an address, asked for by IP. */
  const ask = async (address: string, write: string) =>
    (await run(certificates, "curl", "-sk", "-o", "/dev/null", "-w", write, "-H", "Host: test.com", address)).stdout;
  const unnamed = `https://127.0.0.1:${fresh.port}/ip`;
  expect(await ask(unnamed, "%{http_code}")).toBe("000");

  await dashboard.open(`${fresh.dashboard}/groups/default/settings`);
  const certificate = page.getByLabel("Default certificate", { exact: true });
  await certificate.selectOption({ index: 1 });
  await expect(certificate.locator("option:checked")).toContainText("test.com");
  await page.getByLabel("Plain HTTP listener", { exact: true }).fill(`127.0.0.1:${http}`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();

  await expect.poll(() => ask(unnamed, "%{http_code}")).toBe("200");
  const plain = `http://127.0.0.1:${http}/ip?a=b`;
  expect(await ask(plain, "%{http_code} %{redirect_url}")).toBe(`308 https://test.com:${fresh.port}/ip?a=b`);
  await dashboard.open(`${fresh.dashboard}/groups/default`);
  await expect(page.getByText(`127.0.0.1:${http}`)).toBeVisible();
});

async function addGroup(dashboard: Dashboard, name: string, listener: string): Promise<void> {
  const { page } = dashboard;
  await dashboard.open(new URL("/groups/new", await base(dashboard)).href);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Listener address", { exact: true }).fill(listener);
  await page.getByRole("button", { name: "Add group", exact: true }).click();
  await dashboard.settled();
}

/** The dashboard's address: that of the page which is open, else the one that the test is signed in at. */
async function base(dashboard: Dashboard): Promise<string> {
  if (dashboard.page.url() === "about:blank") {
    await dashboard.open("/");
  }
  return dashboard.page.url();
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Does anyone listen on the port? */
async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
