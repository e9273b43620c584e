// Every page, in both themes, has no accessibility violation that axe can find. axe is a script itself.

import path from "node:path";

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { Postern } from "../support/postern.ts";
import { expect, test } from "../support/test.ts";

for (const theme of ["light", "dark"]) {
  test(`pages before signing in, ${theme}`, async ({ dashboard, page }) => {
    const postern = await Postern.start({ administrator: false });
    await useTheme(page, postern, theme);
    for (const address of [postern.setUp!, `${postern.dashboard}/sign-in`]) {
      await dashboard.open(address);
      await expectNoViolation(page);
    }
    await postern.remove();
  });

  test(`pages after signing in, ${theme}`, async ({ dashboard, page, fresh, certificates }) => {
    test.slow();
    await useTheme(page, fresh, theme);
    await dashboard.signIn(fresh.dashboard);
    const group = `${fresh.dashboard}/groups/default`;
    const emptyPages = [
      ...["", "/settings", "/delete", "/ssl-certificates", "/ca-certificates"],
      ...["/handshakes", "/clients", "/clients/denied", "/clients/deny"],
      ...["/services", "/services/new"],
    ];
    for (const address of emptyPages.map((end) => group + end)) {
      await dashboard.open(address);
      await expectNoViolation(page);
    }

    await dashboard.open(`${group}/ssl-certificates`);
    const dialog = await dashboard.openDialog();
    await expectNoViolation(page);
    await dashboard.add(dialog, {});
    await expect(dialog.getByText("This is needed.").first()).toBeVisible();
    await expectNoViolation(page);

    await dashboard.open(`${group}/ssl-certificates`);
    await dashboard.addAndSee("test.com", {
      certificate: path.join(certificates, "server.crt"),
      privateKey: path.join(certificates, "server.key"),
      peerVerification: true,
      caCertificate: path.join(certificates, "ca.crt"),
    });
    await expectNoViolation(page);
    await dashboard.openDetail("test.com");
    const detail = page.url();
    await dashboard.open(`${group}/services`);
    const link = page.getByRole("link", { name: "httpbin", exact: true });
    const service = new URL((await link.getAttribute("href"))!, page.url()).href;
    const filledPages = [
      ...["", "/edit", "/replace", "/delete", "?confirm=peer-verification-off"].map((end) => detail + end),
      ...["", "/ca-certificates", "/handshakes", "/clients", "/services"].map((end) => group + end),
      ...["", "/edit", "/delete"].map((end) => service + end),
      `${fresh.dashboard}/groups/new`,
      `${fresh.dashboard}/no-such-page`,
    ];
    for (const address of filledPages) {
      await dashboard.open(address);
      await expectNoViolation(page);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    for (const address of [`${group}/ssl-certificates`, `${group}/ssl-certificates/new`, detail, `${group}/services`, service]) {
      await dashboard.open(address);
      await expectNoViolation(page);
    }
  });
}

async function useTheme(page: Page, postern: Postern, theme: string): Promise<void> {
  await page.context().addCookies([{ name: "theme", value: theme, url: postern.dashboard }]);
}

async function expectNoViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.html) }));
  expect.soft(found, page.url()).toEqual([]);
}
