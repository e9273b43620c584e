// Services: where requests go is set in the browser, and felt by the next request.

import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import type { Page } from "@playwright/test";

import { run, type Outcome } from "../support/commands.ts";
import type { Dashboard } from "../support/dashboard.ts";
import { expect, test } from "../support/test.ts";

test("a service is added, edited and deleted", async ({ dashboard, fresh, certificates, folder }) => {
  const { page } = dashboard;
  const node = await upstream("from the first node");
  const other = await upstream("from the second node");
  const group = `${fresh.dashboard}/groups/default`;
  const ask = (target: string): Promise<Outcome> => curl(folder, fresh.port, target);

  await dashboard.signIn(fresh.dashboard);
  await dashboard.openList();
  await dashboard.addAndSee("test.com", {
    certificate: path.join(certificates, "server.crt"),
    privateKey: path.join(certificates, "server.key"),
  });

  // A new group has one service, which answers everything.
  await openService(dashboard, "httpbin");
  await remove(dashboard, "httpbin");
  await expect(page.getByText("A service says where requests go")).toBeVisible();
  await expect.poll(async () => (await ask("/shop/1")).stdout).toMatch(/404$/);

  await page.getByRole("button", { name: "+ Add Service" }).click();
  await expect(page.getByRole("heading", { name: "Add service", level: 1 })).toBeVisible();
  await dashboard.settled();
  await page.getByLabel("Name", { exact: true }).fill("shop");
  await page.getByLabel("Hosts", { exact: true }).fill("test.com");
  const route = page.getByRole("group", { name: "Route 1", exact: true });
  await route.getByLabel("Paths", { exact: true }).fill("shop/*");
  await page.getByLabel("Nodes", { exact: true }).fill(`127.0.0.1:${node.port}`);
  await page.getByRole("button", { name: "Add", exact: true }).click();

  // What is wrong is said at its field, and what was typed is still there.
  await expect(route.getByText("“shop/*”: a path begins with /.")).toBeVisible();
  await dashboard.settled();
  await expect(page.getByLabel("Nodes", { exact: true })).toHaveValue(`127.0.0.1:${node.port}`);
  await route.getByLabel("Paths", { exact: true }).fill("/shop/*");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("heading", { name: "shop", level: 1 })).toBeVisible();
  await dashboard.settled();
  await dashboard.untilVisible(page.getByRole("cell", { name: "Healthy", exact: true }));
  await expect.poll(async () => (await ask("/shop/1")).stdout).toBe("from the first node /shop/1 200");
  expect((await ask("/elsewhere")).stdout).toMatch(/404$/);

  await dashboard.open(`${group}/services`);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "shop", exact: true }) });
  await expect(row.getByText("1/1 healthy")).toBeVisible();
  await expect(row.getByText("/shop/*")).toBeVisible();

  await openService(dashboard, "shop");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Edit service", level: 1 })).toBeVisible();
  await dashboard.settled();
  await page.getByLabel("Nodes", { exact: true }).fill(`127.0.0.1:${other.port}\n127.0.0.1:${await deadPort()}`);
  await page.getByText("Health checks", { exact: true }).click();
  await page.getByRole("switch", { name: "Active health check" }).check();
  await page.getByLabel("What is asked", { exact: true }).selectOption({ label: "TCP connection" });
  await page.getByLabel("Interval (s)", { exact: true }).fill("1");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect.poll(async () => (await ask("/shop/2")).stdout).toBe("from the second node /shop/2 200");
  await dashboard.settled();
  await dashboard.untilVisible(page.getByRole("cell", { name: /^Unhealthy/ }));

  await remove(dashboard, "shop");
  await expect.poll(async () => (await ask("/shop/1")).stdout).toMatch(/404$/);
  node.server.close();
  other.server.close();
});

interface Upstream {
  server: http.Server;
  port: number;
}

/** A node that answers with a word and the path that it was asked for. */
async function upstream(word: string): Promise<Upstream> {
  const server = http.createServer((request, response) => response.end(`${word} ${request.url}`));
  return { server, port: await listen(server) };
}

async function listen(server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A port where nobody listens any more. */
async function deadPort(): Promise<number> {
  const server = http.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the gateway answers as test.com, with the status at its end. */
async function curl(folder: string, port: number, target: string): Promise<Outcome> {
  const resolve = `test.com:${port}:127.0.0.1`;
  return await run(folder, "curl", "-ks", "--resolve", resolve, "-w", " %{http_code}", `https://test.com:${port}${target}`);
}

/** Follows the sidebar to a group's services, and there to one of them. */
async function openService(dashboard: Dashboard, name: string): Promise<void> {
  const { page } = dashboard;
  const sidebar = page.getByRole("navigation", { name: "Gateway groups" });
  await sidebar.getByRole("link", { name: "Services", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Services", level: 1 })).toBeVisible();
  await dashboard.settled();
  await page.getByRole("table").getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  await dashboard.settled();
}

/** Deletes the service whose page is open. */
async function remove(dashboard: Dashboard, name: string): Promise<void> {
  const { page } = dashboard;
  await page.getByRole("button", { name: "Delete…", exact: true }).click();
  await expect(page.getByRole("heading", { name: `Delete the service “${name}”?` })).toBeVisible();
  await dashboard.settled();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Services", level: 1 })).toBeVisible();
  await expect(link(page, name)).toHaveCount(0);
  await dashboard.settled();
}

function link(page: Page, name: string) {
  return page.getByRole("main").getByRole("link", { name, exact: true });
}
